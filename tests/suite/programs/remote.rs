//! A model here, its devices in another process: `serve`, and `cnn_cifar` with `--backend remote`.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, ChildStdout, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use super::cnn_cifar::{into, rows};
use crate::common::process::{example, fails, succeeds};
use tempfile::tempdir;

const SMALL: &str = "--train-size 64 --test-size 30 --batch-size 16 --width 4";

/// A server in a process of its own, killed at the end.
pub(super) struct Server {
    process: Child,
    lines: BufReader<ChildStdout>,
    pub(super) url: String,
}

impl Server {
    pub(super) fn start(line: &str) -> Self {
        let mut command = example("serve", &format!("--port 0 {line}"));
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        let url = first.split_whitespace().find(|word| word.starts_with("ws"));
        let url = url.unwrap_or_else(|| panic!("no address in {first}"));
        Self {
            url: url.trim_end_matches(';').into(),
            process,
            lines,
        }
    }

    /// A training on it.
    fn train(&self, out: &Path, line: &str) -> std::process::Command {
        into(
            out,
            &format!("{SMALL} --backend remote --url {} {line}", self.url),
        )
    }

    /// The operations of a class that the next client to leave has sent.
    fn count(&mut self, class: &str) -> u64 {
        // Between what Burn's server tells.
        let lines = self.lines.by_ref().lines().map(Result::unwrap);
        let line = lines.skip_while(|line| !line.starts_with("A client has left"));
        let line = line.take(1).next().expect("the client has left");
        let (_, counts) = line.split_once("operations: ").expect(&line);
        let mut counts = counts.trim_end().split(", ");
        let count = counts.find_map(|count| count.strip_prefix(class));
        count.map_or(0, |count| count.trim().parse().expect(&line))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
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
    let mut server = Server::start("--count");
    succeeds(server.train(&there, "--epochs 2"));
    assert_near(&losses(&there), &losses(&here));
    // Three activations in each of eight steps, forward and backward, besides those that look at what was learned.
    let custom = server.count("custom");
    assert!((3 * 2 * 8..200).contains(&custom), "{custom}");
}

#[test]
fn a_server_that_dies_ends_the_training_in_one_line_and_the_run_resumes() {
    let temp = tempdir().unwrap();
    let [here, there] = ["here", "there"].map(|name| temp.path().join(name));
    let mut server = Server::start("");
    let mut training = server.train(&there, "--epochs 1000");
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
    let server = Server::start("");
    succeeds(server.train(&there, &format!("--resume --epochs {epochs}")));
    succeeds(into(&here, &format!("{SMALL} --epochs {epochs}")));
    assert_near(&losses(&there), &losses(&here));
}

#[test]
fn two_devices_of_a_server_train_like_one() {
    let temp = tempdir().unwrap();
    let [here, there] = ["here", "there"].map(|name| temp.path().join(name));
    succeeds(into(&here, &format!("{SMALL} --epochs 2")));
    let server = Server::start("--devices 2");
    succeeds(server.train(&there, "--epochs 2 --devices 2"));
    assert_near(&losses(&there), &losses(&here));
    let out = temp.path().join("too many");
    let output = server.train(&out, "--devices 3").output().unwrap();
    let line = fails(&output, 2);
    assert!(
        line.contains("--devices 3") && line.contains("at most 2"),
        "{line}"
    );
    assert!(fs::metadata(&out).is_err());
}
