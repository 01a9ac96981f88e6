//! The example `explore` as its users meet it: a process with flags, figures and messages.

use std::{
    fs,
    process::{Command, Output, Stdio},
};

use crate::common;
use crate::common::{
    Precision,
    fixture::{self, Case, Entry, largest_terms},
    process::{self, example, text},
};
use burn::tensor::DType;
use burn_rectifiers::curves;
use serde_json::Value;
use tempfile::tempdir;

fn command(line: &str) -> Command {
    example("explore", line)
}

fn succeeds(mut command: Command) -> String {
    let output = command.output().expect("the example starts");
    let message = text(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{message}");
    assert_eq!(message, "", "{command:?}");
    text(&output.stdout)
}

/// Expects one line on standard error, nothing else, and this exit code; returns the line.
fn fails(output: &Output, code: i32) -> String {
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    process::fails(output, code)
}

fn refused(line: &str) -> String {
    fails(&command(line).output().unwrap(), 2)
}

/// The rows that `--json` prints, and nothing else.
fn json(line: &str) -> Vec<Value> {
    let printed = succeeds(command(&format!("{line} --json")));
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
}

/// A number of single precision, or one of the strings that stand for what JSON has not.
fn single(value: &Value) -> f32 {
    match value {
        Value::Number(number) => number.to_string().parse().unwrap(),
        Value::String(text) => {
            assert!(["inf", "-inf", "nan"].contains(&text.as_str()), "{text}");
            text.parse().unwrap()
        }
        other => panic!("{other} is no figure"),
    }
}

#[test]
fn the_list_has_everything_and_fits_a_terminal() {
    let printed = succeeds(command(""));
    assert!(printed.lines().all(|line| line.chars().count() <= 100));
    // Lines may be broken between words.
    let words: Vec<_> = printed.split_whitespace().collect();
    let words = words.join(" ");
    for curve in curves::all() {
        assert!(printed.contains(&format!("\n{} ", curve.name())));
        let mut parts = vec![curve.formula().to_string(), curve.source().into()];
        for info in curve.params() {
            parts.push(format!("{} = {}", info.name, info.default));
            parts.push(info.doc.into());
            parts.extend(info.bound.is_some().then(|| info.bound.to_string()));
        }
        for part in parts {
            assert!(words.contains(&part), "{part} in\n{printed}");
        }
    }
}

/// All points of the fixture, for what lies between the command line and the kernels: names, order
/// of parameters, digits.
#[test]
fn json_has_the_reference_figures() {
    for (backend, _) in common::devices() {
        // GPU drivers take a second to start, and `activation_reference` has them all: a few curves
        // show that the command line asks the right backend.
        let (every, most) = if backend == "flex" {
            (1, usize::MAX)
        } else {
            (6, 1)
        };
        for entry in fixture::entries().into_iter().step_by(every) {
            for case in entry.cases().iter().take(most) {
                check_case(backend, &entry, case);
            }
        }
    }
}

fn check_case(backend: &str, entry: &Entry, case: &Case) {
    let precision = Precision::of(backend, DType::F32);
    let names: Vec<&str> = entry.params().map(|(name, ..)| name).collect();
    let mut line = format!("{} --backend {backend}", entry.name);
    for (name, value) in names.iter().zip(&case.params) {
        line += &format!(" --set {name}={value}");
    }
    let points: Vec<_> = case
        .points
        .iter()
        .map(|p| (p.x as f32).to_string())
        .collect();
    let rows = json(&format!("{line} --at {}", points.join(",")));
    assert_eq!(rows.len(), case.points.len());
    for (row, point) in rows.iter().zip(&case.points) {
        assert_eq!(row.as_object().unwrap().len(), 4, "{row}");
        assert_eq!(single(&row["x"]), point.x as f32);
        let sizes = largest_terms(&entry.name, point.x, &case.params);
        let check = |got: &Value, exact: f64, which: usize| {
            let error = (f64::from(single(got)) - exact).abs();
            let size = sizes[which].max(exact.abs());
            let mut allowed = precision.allowed(&entry.name, size, 1.0, point.x, &case.params);
            if which > 1 {
                allowed += precision.allowed_term();
            }
            assert!(
                error <= allowed,
                "{line} at {}: {got}, not {exact}",
                point.x
            );
        };
        check(&row["value"], point.value, 0);
        check(&row["slope"], point.slope, 1);
        let grads = row["grads"].as_object().unwrap();
        assert_eq!(grads.len(), names.len());
        for (i, (name, exact)) in names.iter().zip(&point.grads).enumerate() {
            check(&grads[*name], *exact, i + 2);
        }
    }
}

#[test]
fn json_keeps_every_digit_of_single_precision() {
    let printed = succeeds(command("prelu --at=0.1,-1e-8,16777217,-inf,nan --json"));
    assert_eq!(
        printed,
        "[{\"x\":0.1,\"value\":0.1,\"slope\":1.0,\"grads\":{\"alpha\":0.0}},\n \
         {\"x\":-1e-8,\"value\":-2.5e-9,\"slope\":0.25,\"grads\":{\"alpha\":-1e-8}},\n \
         {\"x\":16777216.0,\"value\":16777216.0,\"slope\":1.0,\"grads\":{\"alpha\":0.0}},\n \
         {\"x\":\"-inf\",\"value\":\"-inf\",\"slope\":0.25,\"grads\":{\"alpha\":\"-inf\"}},\n \
         {\"x\":\"nan\",\"value\":\"nan\",\"slope\":0.25,\"grads\":{\"alpha\":\"nan\"}}]\n"
    );
    for curve in curves::all() {
        for row in json(&format!("{} --at -9..9:0.37", curve.name())) {
            // Nothing is shorter, so nothing was cut: the decimal is that of the number itself.
            for key in ["x", "value", "slope"] {
                let number = single(&row[key]);
                let shortest = serde_json::to_string(&number).unwrap();
                // Read by the same reader, which may be off by a digit of double precision.
                let shortest: Value = serde_json::from_str(&shortest).unwrap();
                assert_eq!(row[key], shortest);
            }
        }
    }
}

#[test]
fn types_are_those_asked_for() {
    let x = |dtype: &str| {
        let rows = json(&format!("elu --at 0.1 --dtype {dtype}"));
        rows[0]["x"].to_string()
    };
    assert_eq!(x("f64"), "0.1");
    assert_eq!(x("f32"), "0.1");
    assert_eq!(x("f16"), "0.099975586");
    assert_eq!(x("bf16"), "0.100097656");
    let value = json("elu --at=-1 --dtype f64")[0]["value"]
        .as_f64()
        .unwrap();
    assert!((value - f64::exp_m1(-1.0)).abs() < 1e-15);
}

#[test]
fn tables_say_what_was_computed() {
    for curve in curves::all() {
        let printed = succeeds(command(&format!("{} --at -2,0.5", curve.name())));
        let first = curve.formula().split_whitespace().next().unwrap();
        assert!(printed.starts_with(&format!("{}: {first}", curve.name())));
        for info in curve.params() {
            let (single, double) = (info.default as f32, info.default);
            let said = format!("{} = {single} (default {double}", info.name);
            assert!(printed.contains(&said), "{said} in\n{printed}");
        }
        let rows: Vec<Vec<&str>> = printed
            .lines()
            .rev()
            .take(3)
            .map(|line| line.split_whitespace().collect())
            .collect();
        let columns = 3 + curve.params().len();
        assert!(rows.iter().all(|row| row.len() == columns), "{printed}");
        assert_eq!([rows[2][0], rows[1][0], rows[0][0]], ["x", "-2", "0.5"]);
    }
    let printed = succeeds(command("prelu --set alpha=-0.5 --at=-3"));
    let row: Vec<_> = printed.lines().last().unwrap().split_whitespace().collect();
    assert_eq!(row, ["-3", "1.5", "-0.5", "-3"]);
    assert!(printed.contains("alpha = -0.5 (default 0.25"), "{printed}");
    // Without points, there are some on both sides.
    let printed = succeeds(command("prelu"));
    assert!(
        printed.contains("\n  -2  ") && printed.contains("\n   2  "),
        "{printed}"
    );
}

#[test]
fn bounds_are_named() {
    for curve in curves::all() {
        for info in curve.params().iter().filter(|info| info.bound.is_some()) {
            let (low, high) = info.bound.interval();
            for outside in [low - 1.0, high + 1.0] {
                if outside.is_finite() {
                    let line = format!("{} --set {}={outside}", curve.name(), info.name);
                    let message = refused(&line);
                    let bound = info.bound.to_string();
                    assert!(message.contains(&bound), "{bound}: {message}");
                }
            }
        }
    }
}

#[test]
#[cfg(not(feature = "rocm"))]
fn a_backend_that_was_left_out_names_its_feature() {
    let message = refused("prelu --backend rocm");
    assert!(message.contains("--features rocm"), "{message}");
}

/// The points of the lines of this colour.
fn lines(svg: &str, colour: &str) -> Vec<Vec<(f64, f64)>> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let lines = document.descendants().filter(|node| {
        node.has_tag_name(("http://www.w3.org/2000/svg", "polyline"))
            && node.attribute("stroke") == Some(colour)
    });
    let points = lines.map(|node| {
        let points = node.attribute("points").unwrap().split_whitespace();
        let number = |text: &str| text.parse::<f64>().unwrap();
        let point = points.map(|point| point.split_once(',').unwrap());
        point.map(|(x, y)| (number(x), number(y))).collect()
    });
    points.collect()
}

#[test]
fn the_picture_is_that_of_the_function() {
    let temp = tempdir().unwrap();
    let file = temp.path().join("prelu.svg");
    let mut drawing = command("prelu --set alpha=-0.5 --at -2,4 --json --svg");
    drawing.arg(&file);
    let printed = succeeds(drawing);
    assert!(serde_json::from_str::<Value>(&printed).is_ok(), "{printed}");

    let svg = fs::read_to_string(&file).unwrap();
    assert!(svg.contains("prelu: alpha = -0.5") && !svg.contains("NaN"));
    let value = lines(&svg, "#1F63AB");
    // The first may be the legend's.
    let value = value.iter().find(|line| line.len() > 2).unwrap();
    let [first, kink, last] = [value[0], value[1], value[2]];
    assert_eq!(value.len(), 3, "two straight sides: {value:?}");
    // From f(−2) = 1 down to f(0) = 0 and up to f(4) = 4; y grows downwards.
    let across = (last.0 - first.0) / 6.0;
    assert!((kink.0 - first.0 - 2.0 * across).abs() <= 2.0, "{value:?}");
    let up = (kink.1 - last.1) / 4.0;
    assert!((kink.1 - first.1 - up).abs() <= 2.0, "{value:?}");
    // The slope jumps: two level lines.
    let slope = lines(&svg, "#D66114");
    let level = slope.iter().filter(|line| (line[1].0 - line[0].0) > across);
    let level: Vec<_> = level.collect();
    assert_eq!(level.len(), 2, "{slope:?}");
    assert!(level.iter().all(|line| line[0].1 == line[1].1));
    // One line for the only parameter.
    assert!(svg.contains("∂f/∂alpha"));
}

#[test]
fn the_gallery_has_a_picture_per_curve() {
    let temp = tempdir().unwrap();
    let folder = temp.path().join("new/gallery");
    let mut drawing = command("--gallery");
    drawing.arg(&folder);
    let printed = succeeds(drawing);
    assert!(printed.trim_end().ends_with("index.html"), "{printed}");
    let page = fs::read_to_string(folder.join("index.html")).unwrap();
    assert_eq!(page.matches("<svg ").count(), curves::all().len());
    assert_eq!(page.matches("<article").count(), curves::all().len());
    assert!(
        !page.contains("src=") && !page.contains("@import"),
        "self-contained"
    );
    for curve in curves::all() {
        let name = curve.name();
        let svg = fs::read_to_string(folder.join(format!("{name}.svg"))).unwrap();
        assert!(
            lines(&svg, "#1F63AB").iter().any(|line| line.len() > 1),
            "{name}"
        );
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
        assert!(page.contains(&format!("id=\"{name}\"")), "{name}");
        // What each parameter does is shown and named: dashes for its lower value.
        let shown = match curve.params() {
            few if few.len() <= 4 => few,
            _ => &[],
        };
        assert_eq!(svg.contains("stroke-dasharray"), !shown.is_empty());
        for info in shown {
            assert!(
                svg.contains(&format!("\n{}", info.name)),
                "{name}: {}",
                info.name
            );
        }
        let formula = curve.formula().replace('&', "&amp;");
        let formula = formula.replace('<', "&lt;").replace('>', "&gt;");
        assert!(page.contains(&formula), "{formula}");
    }
    let is_svg = |name: &str| name.ends_with(".svg");
    let names = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let pictures = names.filter(|name| is_svg(&name.to_string_lossy()));
    assert_eq!(pictures.count(), curves::all().len());
    // It may be written again, but not over files of somebody else.
    let again = || {
        let mut command = command("--gallery");
        command.arg(&folder);
        command.output().unwrap()
    };
    assert!(again().status.success());
    fs::remove_file(folder.join(".burn-rectifiers")).unwrap();
    fs::write(folder.join("index.html"), "mine").unwrap();
    let message = process::fails(&again(), 2);
    assert!(
        message.contains("index.html") && message.contains("name another"),
        "{message}"
    );
    assert_eq!(
        fs::read_to_string(folder.join("index.html")).unwrap(),
        "mine"
    );
}

#[test]
fn a_closed_pipe_is_no_reason_to_panic() {
    for line in ["", "prelu", "prelu --at 0..90000 --json"] {
        let mut child = command(line)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(text(&output.stderr), "");
    }
}

#[test]
fn help_has_examples_that_work() {
    let help = succeeds(command("--help"));
    let examples = help
        .lines()
        .filter_map(|line| line.split_once("--example explore"));
    let mut tried = 0;
    for (cargo, line) in examples {
        let line = line.trim().trim_start_matches("-- ");
        if !cargo.contains("--features") && !line.contains("--features") {
            let temp = tempdir().unwrap();
            let mut command = command(line);
            command.current_dir(temp.path());
            succeeds(command);
            tried += 1;
        }
    }
    assert!(tried >= 5, "{help}");
}

/// A full disk is no reader that has left.
#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_written_is_an_error() {
    let full = std::fs::File::create("/dev/full").unwrap();
    let output = example("explore", "prelu --json").stdout(full).output();
    let message = process::fails(&output.unwrap(), 1);
    assert!(message.contains("standard output"), "{message}");
}
