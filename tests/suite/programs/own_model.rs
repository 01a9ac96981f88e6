//! The example `own_model` as its users meet it.

use std::fs;

use crate::common::process::{example, text};
use tempfile::tempdir;

#[test]
fn a_run_leaves_logs_a_table_and_a_picture() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("new/folder");
    let mut command = example(
        "own_model",
        "--activation pelu --epochs 2 --every 15 --no-tui",
    );
    let output = command.arg("--out").arg(&out).output().unwrap();
    let (printed, message) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{message}");
    assert_eq!(message, "");
    let passes = [
        "1 of 2, train",
        "1 of 2, valid",
        "2 of 2, train",
        "2 of 2, valid",
    ];
    for (pass, line) in passes.iter().zip(printed.lines()) {
        assert!(line.starts_with(&format!("epoch {pass}: Loss ")), "{line}");
        assert!(
            line.contains(", Accuracy ") && line.contains("Dead Units "),
            "{line}"
        );
    }
    let table: Vec<_> = printed.lines().filter(|l| l.contains(": pelu")).collect();
    assert_eq!(table.len(), 4, "{printed}");
    let picture = fs::read_to_string(out.join("learned_curves.svg")).unwrap();
    let document = roxmltree::Document::parse(&picture).unwrap();
    let texts: Vec<_> = document.descendants().filter_map(|n| n.text()).collect();
    for layer in 0..4 {
        let title = format!("{layer}: pelu: 16 units, 0 dead");
        assert!(texts.iter().any(|t| t.trim() == title), "{texts:?}");
    }
    // 40 steps, of which each 15th from the first on is seen; then the whole epoch.
    for metric in ["Dead_Units", "Gradient_Norm", "Gradient_Norm_stem"] {
        let log = fs::read_to_string(out.join(format!("train/epoch-1/{metric}.log"))).unwrap();
        assert_eq!(log.lines().count(), 3 + 1, "{metric}: {log}");
    }
}

#[test]
fn help_shows_examples() {
    let help = example("own_model", "--help").output().unwrap();
    assert!(text(&help.stdout).contains("Examples:"));
}
