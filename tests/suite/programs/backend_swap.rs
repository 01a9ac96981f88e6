//! The example `backend_swap` as its users meet it.

use std::fs;

use crate::common::devices;
use crate::common::process::{example_into, succeeds, text};

const SMALL: &str = "--steps 6 --batch-size 8 --width 4";

/// All backends that have a device here.
fn backends() -> Vec<&'static str> {
    devices().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn backends_agree_and_a_page_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("swap");
    let names = backends();
    let line = format!("{SMALL} --activation pelu --backends {}", names.join(","));
    let printed = succeeds(example_into("backend_swap", &line, &out));
    let page = fs::read_to_string(out.join("index.html")).unwrap();
    for name in &names {
        let row = printed
            .lines()
            .find(|row| row.starts_with(&format!("{name} ")));
        let row = row.unwrap_or_else(|| panic!("{name}: {printed}"));
        // Losses begin where ten classes are equally likely, and go on.
        let numbers: Vec<f64> = row
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect();
        let [.., first, last] = numbers[..] else {
            panic!("{row}")
        };
        assert!((first - 10f64.ln()).abs() < 0.5 && last != first, "{row}");
        // Three blocks of a convolution, forward and backward, and Adam; none that a CPU would launch.
        let kernels = row.split_whitespace().nth(2).unwrap();
        let on_gpu = !["flex", "ndarray", "remote"].contains(name);
        let counted = kernels
            .parse()
            .is_ok_and(|count: usize| (30..300).contains(&count));
        assert!(counted || (!on_gpu && kernels == "-"), "{row}");
        assert!(
            page.contains(&format!("<th scope=\"row\">{name}</th>")),
            "{page}"
        );
    }
    let pairs = names.len() * (names.len() - 1) / 2;
    assert_eq!(printed.matches(" agree").count(), pairs, "{printed}");
    // The drawing, and a line of its legend for each.
    assert_eq!(page.matches("<svg ").count(), 1 + names.len());
    assert!(page.contains("pelu after every convolution"), "{page}");
}

#[test]
fn one_backend_says_how_to_compare() {
    let folder = tempfile::tempdir().unwrap();
    let help = example_into("backend_swap", "--help", folder.path())
        .output()
        .unwrap();
    assert!(text(&help.stdout).contains("--features ndarray,wgpu --example backend_swap"));
    let printed = succeeds(example_into(
        "backend_swap",
        &format!("{SMALL} --backends flex"),
        folder.path(),
    ));
    assert!(!printed.contains("agree"), "{printed}");
    // A later run takes the place of an earlier one.
    succeeds(example_into(
        "backend_swap",
        &format!("{SMALL} --backends flex"),
        folder.path(),
    ));
}

/// What goes wrong in the process of a backend is told in a line.
#[test]
fn a_training_that_fails_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // No folder for what the process is to hand back.
    let mut command = example_into(
        "backend_swap",
        &format!("{SMALL} --backends flex"),
        folder.path(),
    );
    let output = command
        .env("TMPDIR", folder.path().join("nowhere"))
        .output()
        .unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.starts_with("error: flex: ") && message.lines().count() == 1,
        "{message}"
    );
}
