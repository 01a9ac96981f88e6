//! The example `bench` as its users meet it.

use crate::common::process::{example, text};
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
        assert_eq!(row["is_polynomial"], row["curve"] == "prelu");
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
fn a_training_step_has_a_time_and_a_peak_of_memory() {
    let line = "step --rounds 1 --batch-size 2 --width 2";
    let output = example("bench", &format!("{line} --json"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(rows[0]["name"], "relu");
    // At least the batch, and one feature map of each block.
    let least = 2.0 * 4.0 * (3 * 1024 + 2 * 1024 + 4 * 256 + 8 * 64) as f64 / f64::from(1 << 20);
    for row in &rows {
        for times in ["ms", "relu_ms"] {
            assert_eq!(row[times].as_array().unwrap().len(), 1);
        }
        assert!(row["peak_mib"].as_f64().unwrap() > least, "{row}");
    }
    for name in ["prelu", "Burn's relu", "Burn's prelu"] {
        assert!(rows.iter().any(|row| row["name"] == name), "{name}");
    }
    let line = format!("{line} --activations relu,prelu");
    let printed = example("bench", &line).output().unwrap();
    let printed = text(&printed.stdout);
    assert!(printed.contains("peak, MiB"), "{printed}");
    // Three of heading, two of ours, two of Burn's.
    assert_eq!(printed.lines().count(), 7, "{printed}");
}
