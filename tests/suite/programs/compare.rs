//! The example `compare` as its users meet it.

use std::fs;

use crate::common::process::{example_into, succeeds};
use tempfile::tempdir;

#[test]
fn runs_are_put_side_by_side() {
    let temp = tempdir().unwrap();
    let mut folders = String::new();
    for (name, line) in [
        ("a", "--activation prelu --seed 0"),
        ("b", "--activation prelu --seed 1"),
        ("c", "--activation elu --seed 0 --lr 0.01"),
        ("d", "--activation elu --seed 1 --lr 0.01"),
    ] {
        let out = temp.path().join(name);
        let size = "--train-size 64 --test-size 30 --batch-size 16 --width 2 --epochs 2";
        succeeds(example_into("cnn_cifar", &format!("{line} {size}"), &out));
        folders += &format!("{} ", out.display());
    }
    let out = temp.path().join("page");
    let printed = succeeds(example_into("compare", &folders, &out));
    let accuracy = |name: &str| {
        let text = fs::read_to_string(temp.path().join(name).join("summary.json")).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
        100.0 * summary["test_accuracy"].as_f64().unwrap()
    };
    let rows: Vec<Vec<&str>> = printed
        .lines()
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    let row = |name: &str| {
        rows.iter()
            .find(|row| row.first() == Some(&name))
            .expect(name)
            .clone()
    };
    assert_eq!(row("prelu, lr 0.001")[1], "2", "{printed}");
    let [a, b, c, d] = ["a", "b", "c", "d"].map(accuracy);
    let difference = row("elu, lr 0.01 − prelu, lr 0.001");
    let told: f64 = difference[2].trim_end_matches(" points").parse().unwrap();
    assert!(
        (told - ((c - a) + (d - b)) / 2.0).abs() <= 0.005 * told.abs().max(1.0),
        "{printed}"
    );
    assert_eq!(row("--lr"), ["--lr", "0.001", "0.01"]);
    assert_eq!(row("--activation"), ["--activation", "prelu", "elu"]);
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    for part in [
        "Compared: prelu, lr 0.001 · elu, lr 0.01",
        "Differences of test accuracy",
        "Training loss",
    ] {
        assert!(page.contains(part), "{part}");
    }
    // Again, in place of the first page.
    succeeds(example_into("compare", &folders, &out));
}
