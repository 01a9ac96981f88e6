//! What people ask `explore` for.

use std::fs;

use burn_rectifiers::curves;
use burn_rectifiers_study::explore::{Arguments, answer};
use clap::Parser;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::Value;

use super::{bytes::damaged_text, folder, fuzz, in_proportion};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

/// Points that are evaluated at most.
const MOST: usize = 100_000;

/// The words of a command line.
fn words() -> impl Strategy<Value = Vec<String>> {
    let names: Vec<String> = curves::all()
        .map(|curve| curve.name().to_string())
        .collect();
    let at = damaged_text(&[
        "-1,0,1",
        "-4..4:0.5",
        "nan",
        "inf,-inf",
        "1e308",
        "-1e308..1e308:1e308",
        "0..5:1e-3",
        "-0.3..0.3:0.1,7",
        "0..99999",
        "0..60000,0..60000",
        "5e-324..1e-323:5e-324",
    ]);
    // A short line that asks for a lot.
    let many = (1..300usize).prop_map(|times| vec!["0..99999"; times].join(","));
    let at = prop_oneof![19 => at, 1 => many];
    let set = prop_oneof![
        damaged_text(&[
            "alpha=0.5",
            "beta=-3",
            "a=2,b=1e-4",
            "alpha=1e300",
            "b=1e-320"
        ]),
        (
            select(vec!["alpha", "beta", "a", "b", "gamma", "lambda"]),
            any::<f64>()
        )
            .prop_map(|(name, value)| format!("{name}={value:?}")),
    ];
    let flag = |flag: &'static str, value: BoxedStrategy<String>| {
        value.prop_map(move |value| format!("--{flag}={value}"))
    };
    let types = select(vec!["f32", "f64", "f16", "bf16"]).prop_map(String::from);
    let flags = prop_oneof![
        4 => flag("at", at.boxed()),
        3 => flag("set", set.boxed()),
        1 => flag("dtype", types.boxed()),
        1 => Just("--json".to_string()),
        1 => Just("--svg".to_string()),
        1 => damaged_text(&["--json", "--at", "--dtype=f32", "--", "-"]),
    ];
    let name = prop_oneof![9 => select(names), 1 => damaged_text(&["prelu"])];
    (name, vec(flags, 0..4)).prop_map(|(name, flags)| [vec![name], flags].concat())
}

#[test]
fn questions_are_answered_or_refused() {
    let place = folder();
    let svg = place.path().join("picture.svg");
    fuzz("explore", 500, words(), |mut words| {
        // Pictures belong to this test, and so do folders.
        let line = words
            .iter_mut()
            .map(|word| match word.starts_with("--svg") {
                true => format!("--svg={}", svg.display()),
                false => word.clone(),
            });
        let line: Vec<String> = std::iter::once("explore".into()).chain(line).collect();
        if line
            .iter()
            .any(|word| word.starts_with("--book") || word.starts_with("--gallery"))
        {
            return;
        }
        let size = line.iter().map(String::len).sum();
        let Ok(Line { arguments }) = in_proportion(size, || Line::try_parse_from(&line)) else {
            return;
        };
        // Each point takes a line of text, and there are at most so many.
        match in_proportion(size + 40 * MOST, || answer(arguments)) {
            Ok(text) => {
                if line.iter().any(|word| word == "--json") {
                    let points: Value = serde_json::from_str(&text).unwrap();
                    assert!(points.as_array().is_some_and(|points| points.len() <= MOST));
                }
                if let Ok(text) = fs::read_to_string(&svg) {
                    roxmltree::Document::parse(&text).unwrap();
                }
            }
            // What was typed is in it, and whoever prints it knows how.
            Err(error) => drop(error.to_string()),
        }
        let _ = fs::remove_file(&svg);
    });
}
