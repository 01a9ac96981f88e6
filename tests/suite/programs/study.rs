//! The example `study` as its users meet it: a process that may be killed.

use std::{
    fs,
    path::Path,
    process::{Child, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::common::process::{example, example_into, fails, text};
use serde_json::Value;

/// Small enough for a test: a dozen trainings of a second or less.
const SMALL: &str = "--claims 1,3,5 --activations prelu --seeds 2 --train-size 100 --test-size 20";

fn study(line: &str, out: &Path) -> std::process::Command {
    example_into("study", line, out)
}

fn start(line: &str, out: &Path) -> Child {
    let mut command = study(line, out);
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the example starts")
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn runs(folder: &Path) -> usize {
    let files = fs::read_dir(folder.join("runs")).into_iter().flatten();
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names.filter(|name| name.ends_with(".json")).count()
}

/// Killed ten times, at moments that differ, and resumed each time: the same files as a study that
/// nobody disturbed, and no training run twice.
#[test]
fn a_study_that_is_killed_goes_on_where_it_was() {
    let temp = tempfile::tempdir().unwrap();
    let [whole, broken] = ["whole", "broken"].map(|name| temp.path().join(name));
    let begin = Instant::now();
    let output = study(SMALL, &whole).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let took = begin.elapsed();

    let mut kept = 0;
    for turn in 1..=10u32 {
        let mut child = start(&format!("{SMALL} --resume"), &broken);
        // Spread over a sixth of the whole, so that something is left for the last.
        sleep(took / 60 * (1 + turn * 7 % 10));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(runs(&broken) >= kept, "a finished training was lost");
        kept = runs(&broken);
    }
    let before: Vec<_> = finished(&broken);
    let output = study(&format!("{SMALL} --resume"), &broken)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    for name in ["results.json", "results.csv"] {
        assert_eq!(read(&broken, name), read(&whole, name), "{name}");
    }
    for (name, contents) in before {
        assert_eq!(
            read(&broken, &format!("runs/{name}")),
            contents,
            "{name} was run again"
        );
    }
    assert_eq!(runs(&broken), runs(&whole));
}

/// The same with seeds that are added until comparisons are decided: killed in the middle of looks, it ends with the
/// same verdicts after the same looks.
#[test]
fn a_study_that_looks_again_goes_on_in_the_middle_of_a_look() {
    const LOOKS: &str = "--claims 3 --activations elu --seeds 2 --until-decided --max-seeds 9 --train-size 100 --test-size 20";
    let temp = tempfile::tempdir().unwrap();
    let [whole, broken] = ["whole", "broken"].map(|name| temp.path().join(name));
    let begin = Instant::now();
    let output = study(LOOKS, &whole).output().unwrap();
    let said = text(&output.stderr) + &text(&output.stdout);
    assert!(output.status.success(), "{said}");
    let took = begin.elapsed();
    // At the rates and with the first seeds: a choice from three, two activations with two seeds each.
    let first = 2 * 3 + 2 * 2;
    assert!(runs(&whole) > first, "{said}");
    assert!(said.contains("2 → 3 seeds: "), "{said}");

    // Until one has died in a look, however fast the machine is today.
    let is_in_a_look = || (first + 1..runs(&whole)).contains(&runs(&broken));
    for turn in 1.. {
        assert!(turn < 200, "none was killed in a look");
        let mut child = start(&format!("{LOOKS} --resume"), &broken);
        sleep(took / 40 * (1 + turn % 8));
        child.kill().unwrap();
        child.wait().unwrap();
        if is_in_a_look() {
            break;
        }
        if runs(&broken) == runs(&whole) {
            fs::remove_dir_all(&broken).unwrap();
        }
    }
    let output = study(&format!("{LOOKS} --resume"), &broken)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    for name in ["results.json", "results.csv"] {
        assert_eq!(read(&broken, name), read(&whole, name), "{name}");
    }
    let results: Value = serde_json::from_str(&read(&whole, "results.json")).unwrap();
    let findings = results["claims"][0]["findings"].as_array().unwrap();
    for finding in findings {
        let [look, seeds] = [&finding["look"][0], &finding["seeds"]];
        let looks = [2, 3, 5, 9].map(Value::from);
        assert_eq!(
            &looks[look.as_u64().unwrap() as usize - 1],
            seeds,
            "{finding}"
        );
    }

    // What was compared and what mattered could be read before.
    let output = study(&format!("{LOOKS} --dry-run"), &temp.path().join("dry"))
        .output()
        .unwrap();
    let plan = text(&output.stdout);
    for part in [
        "   `elu` needs fewer steps to the same loss than ReLU (±5 % of ReLU's steps)",
        "6 trainings choose learning rates, 4 come before the first look. Looks after 2, 3, 5, 9 seeds.",
    ] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
    assert!(!temp.path().join("dry").exists());

    // No time for more: what every activation gets is run, and nothing else.
    let hurried = temp.path().join("hurried");
    let output = study(&format!("{LOOKS} --hours 0.000001"), &hurried)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(runs(&hurried), first);
}

fn finished(folder: &Path) -> Vec<(String, String)> {
    let files = fs::read_dir(folder.join("runs"))
        .into_iter()
        .flatten()
        .flatten();
    let names = files.map(|file| file.file_name().into_string().unwrap());
    let names = names.filter(|name| name.ends_with(".json"));
    names
        .map(|name| (name.clone(), read(folder, &format!("runs/{name}"))))
        .collect()
}

#[test]
fn a_study_answers_every_claim_and_can_be_widened() {
    let temp = tempfile::tempdir().unwrap();
    let line = "--activations swish,elu --seeds 2 --train-size 100 --test-size 20 --jobs 2";
    let output = study(&format!("{line} --claims 4,5,6"), temp.path())
        .output()
        .unwrap();
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}{}", text(&output.stderr));
    for part in [
        "4. Sparse inputs",
        "5. Learnable beats fixed",
        "6. Free",
        "report.html",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }

    let results: Value = serde_json::from_str(&read(temp.path(), "results.json")).unwrap();
    let claims = results["claims"].as_array().unwrap();
    // Swish is in no claim, but it was asked for; the claim about time is not in this file.
    assert_eq!(claims.len(), 2);
    let text_of = |finding: &Value| finding["claim"]["text"].as_str().unwrap().to_string();
    let findings = claims[1]["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|finding| text_of(finding).contains("swish")),
        "{findings:?}"
    );

    let page = read(temp.path(), "report.html");
    assert!(
        page.contains("<svg") && !page.contains("<script"),
        "self-contained"
    );
    assert!(!page.contains("The plan has changed"));
    let costs: Value = serde_json::from_str(&read(temp.path(), "costs.json")).unwrap();
    for step in costs["steps"].as_array().unwrap() {
        // A step keeps at least the outputs of the first convolution, for 32 images of 8 channels.
        assert!(
            step["bytes"].as_u64().unwrap() > 32 * 8 * 1024 * 4,
            "{step}"
        );
        assert!(step["seconds"][0].as_f64().unwrap() > 0.0, "{step}");
    }

    // The same folder without --resume, with other images, and with more to do.
    let again = study(&format!("{line} --claims 5"), temp.path())
        .output()
        .unwrap();
    assert!(fails(&again, 2).contains("continue with --resume"));
    let other = "--claims 5 --train-size 130 --test-size 20 --resume";
    let other = study(other, temp.path()).output().unwrap();
    assert!(fails(&other, 2).contains("training images 100, not 130"));
    let had = runs(temp.path());
    let wider = line.replace("--seeds 2", "--seeds 3");
    let wider = study(&format!("{wider} --claims 5 --resume"), temp.path())
        .output()
        .unwrap();
    assert!(wider.status.success(), "{}", text(&wider.stderr));
    // ReLU, Swish and ELU with a third seed, and Swish in two more sharings.
    assert_eq!(runs(temp.path()), had + 5);
    let report = read(temp.path(), "report.md");
    let planned = "Planned before: looks after 2 seeds, at `relu`, `swish`, `elu`.";
    assert!(report.contains(planned), "{report}");
}

#[test]
fn two_processes_do_not_share_a_folder() {
    let temp = tempfile::tempdir().unwrap();
    let mut first = start(SMALL, temp.path());
    let begin = Instant::now();
    while !temp.path().join("study.json").exists() && begin.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(10));
    }
    let second = study(&format!("{SMALL} --resume"), temp.path())
        .output()
        .unwrap();
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(fails(&second, 2).contains("another process is at work"));
}

#[test]
fn help_shows_examples() {
    let output = example("study", "--help").output().unwrap();
    let help = text(&output.stdout);
    assert!(output.status.success());
    for part in ["--resume", "Examples:", "--budget standard", "4, 5 or 10"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}
