//! The example `bench` as its users meet it.

mod common;

use common::process::{example, fails, text};
use serde_json::Value;

#[test]
fn the_floor_is_told_to_machines_and_to_people() {
    let line = "floor --backend flex --rounds 3 --shape 4,3,40,60 --shape 5,7:1 \
                --activations prelu,elu --sharing layer,channel --dtype f32,bf16";
    let output = example("bench", &format!("{line} --json"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    // For each shape and type, PReLU in two sharings, and ELU, which has nothing to share.
    assert_eq!(rows.len(), 2 * 2 * 3);
    for row in &rows {
        for time in ["copy", "forward", "forward_over_copy", "add", "backward"] {
            assert!(row[time].as_f64().unwrap() > 0.0, "{time}: {row}");
        }
        assert_eq!(row["is_piecewise_linear"], row["curve"] == "prelu");
        assert!(row["burn_graph"].is_number(), "{row}");
    }

    let output = example("bench", line).output().unwrap();
    let printed = text(&output.stdout);
    assert!(printed.contains("4×3×40×60, BF16, flex"), "{printed}");
    let lines = printed
        .lines()
        .filter(|line| line.starts_with("prelu"))
        .count();
    assert_eq!(lines, 8, "{printed}");
}

#[test]
fn mistakes_are_told_in_a_line() {
    let refused = |line: &str| fails(&example("bench", line).output().unwrap(), 2);
    assert!(refused("floor --shape 4,0").contains("64,128,32,32"));
    assert!(refused("floor --shape 4,4:2").contains("axis"));
    assert!(refused("floor --activations prellu").contains("`prellu`"));
    assert!(refused("floor --rounds 0").contains("at least 1"));
}
