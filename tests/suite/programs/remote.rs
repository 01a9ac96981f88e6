//! A model here, its devices in another process: `serve`, and `cnn_cifar` with `--backend remote`.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use super::cnn_cifar::{into, rows};
use crate::common::process::{Server, example, fails, succeeds};
use tempfile::tempdir;

const SMALL: &str = "--train-size 64 --test-size 30 --batch-size 16 --width 4";

/// The example `serve`.
pub(super) fn serve(line: &str) -> Server {
    Server::start(example("serve", &format!("--port 0 {line}")))
}

/// A training on a server.
fn train(server: &Server, out: &Path, line: &str) -> Command {
    let url = &server.url;
    into(out, &format!("{SMALL} --backend remote --url {url} {line}"))
}

/// The operations of a class that the next client to leave has sent.
fn count(server: &Server, class: &str) -> u64 {
    // Between what Burn's server tells.
    let mut lines = server.lines.iter();
    let line = lines.find(|line| line.starts_with("A client has left"));
    let line = line.expect("the client has left");
    let (_, counts) = line.split_once("operations: ").expect(&line);
    let mut counts = counts.trim_end().split(", ");
    let count = counts.find_map(|count| count.strip_prefix(class));
    count.map_or(0, |count| count.trim().parse().expect(&line))
}

/// The loss of each step.
fn losses(out: &Path) -> Vec<f64> {
    let rows = rows(out, "steps.csv");
    rows.iter().map(|row| row[2].parse().unwrap()).collect()
}

#[track_caller]
fn assert_near(these: &[f64], those: &[f64]) {
    assert_eq!(these.len(), those.len());
    for (this, that) in these.iter().zip(those) {
        assert!(
            (this - that).abs() <= 1e-5 * that.abs(),
            "{these:?}\n{those:?}"
        );
    }
}

#[test]
fn a_training_there_is_the_training_here() {
    let temp = tempdir().unwrap();
    let [here, there] = ["here", "there"].map(|name| temp.path().join(name));
    succeeds(into(&here, &format!("{SMALL} --epochs 2")));
    let server = serve("--count");
    succeeds(train(&server, &there, "--epochs 2"));
    assert_near(&losses(&there), &losses(&here));
    // Three activations in each of eight steps, forward and backward, besides those that look at what was learned.
    let custom = count(&server, "custom");
    assert!((3 * 2 * 8..200).contains(&custom), "{custom}");
}

#[test]
fn a_server_that_dies_ends_the_training_in_one_line_and_the_run_resumes() {
    let temp = tempdir().unwrap();
    let [here, there] = ["here", "there"].map(|name| temp.path().join(name));
    let mut server = serve("");
    let mut training = train(&server, &there, "--epochs 1000");
    let training = training.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut training = training.spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(100);
    while rows(&there, "metrics.csv").len() < 2 {
        assert!(Instant::now() < deadline, "no two epochs");
        assert!(training.try_wait().unwrap().is_none(), "ended too early");
        sleep(Duration::from_millis(10));
    }
    server.process.kill().unwrap();
    let line = fails(&training.wait_with_output().unwrap(), 1);
    assert!(
        line.contains("does not answer") && line.contains("--resume"),
        "{line}"
    );

    let epochs = rows(&there, "metrics.csv").len() + 1;
    let server = serve("");
    succeeds(train(
        &server,
        &there,
        &format!("--resume --epochs {epochs}"),
    ));
    succeeds(into(&here, &format!("{SMALL} --epochs {epochs}")));
    assert_near(&losses(&there), &losses(&here));
}

#[test]
fn two_devices_of_a_server_train_like_one() {
    let temp = tempdir().unwrap();
    let [here, there] = ["here", "there"].map(|name| temp.path().join(name));
    succeeds(into(&here, &format!("{SMALL} --epochs 2")));
    let server = serve("--devices 2");
    succeeds(train(&server, &there, "--epochs 2 --devices 2"));
    assert_near(&losses(&there), &losses(&here));
    let out = temp.path().join("too many");
    let output = train(&server, &out, "--devices 3").output().unwrap();
    let line = fails(&output, 2);
    assert!(
        line.contains("--devices 3") && line.contains("at most 2"),
        "{line}"
    );
    assert!(fs::metadata(&out).is_err());
}
