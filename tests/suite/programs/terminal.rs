//! Programs on a terminal: burn-train's dashboard with its keys, and terminals that know nothing but lines.
//!
//! The terminal is that of util-linux's `script`. Where there is none, the tests are skipped, and say so.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::tempdir;

use super::cnn_cifar::{numbers, rows};
use crate::common::process::{example, succeeds};

const LONG: &str = "--train-size 200 --test-size 20 --batch-size 16 --width 4 --epochs 200";

/// What switches a terminal to the screen of a dashboard.
const DASHBOARD: &str = "\x1b[?1049h";

/// An example on a terminal of this kind, whose output goes to `shown`.
struct OnTerminal(Child);

impl OnTerminal {
    /// Nothing if there is no `script`.
    fn start(kind: &str, name: &str, line: &str, out: &Path, shown: &Path) -> Option<Self> {
        let program = example(name, "");
        let command = format!(
            "stty rows 40 cols 140; exec {} {line} --out {}",
            program.get_program().display(),
            out.display()
        );
        let mut script = Command::new("script");
        script.args(["-q", "-e", "-c", &command]);
        script.arg(shown.with_extension("typescript"));
        script.env("TERM", kind).env_remove("RUST_BACKTRACE");
        script.stdin(Stdio::piped()).stderr(Stdio::null());
        match script.stdout(File::create(shown).unwrap()).spawn() {
            Ok(child) => Some(Self(child)),
            Err(_) => {
                // Not `println!`: the test harness would swallow it.
                let _ = writeln!(std::io::stderr(), "skipped: there is no `script`");
                None
            }
        }
    }

    fn press(&mut self, keys: &str) {
        let stdin = self.0.stdin.as_mut().expect("piped");
        stdin.write_all(keys.as_bytes()).unwrap();
        sleep(Duration::from_millis(300));
    }

    fn ended(&mut self) -> Option<i32> {
        wait("the end", || self.0.try_wait().unwrap().is_some());
        self.0.wait().unwrap().code()
    }
}

impl Drop for OnTerminal {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "no {what}");
        sleep(Duration::from_millis(20));
    }
}

fn text(shown: &Path) -> String {
    String::from_utf8_lossy(&fs::read(shown).unwrap()).into_owned()
}

/// Of the dashboard's two ways to quit, and of Ctrl-C: each ends a run so that it can go on.
#[test]
fn a_run_that_is_ended_in_the_dashboard_can_go_on() {
    let temp = tempdir().unwrap();
    for (name, keys) in [
        ("killed", &["q", "k"][..]),
        ("stopped", &["q", "s"]),
        ("interrupted", &["\x03"]),
    ] {
        let (out, shown) = (
            temp.path().join(name),
            temp.path().join(name.to_owned() + ".txt"),
        );
        let Some(mut run) = OnTerminal::start("xterm", "cnn_cifar", LONG, &out, &shown) else {
            return;
        };
        wait("second epoch", || rows(&out, "metrics.csv").len() > 2);
        keys.iter().for_each(|key| run.press(key));
        let code = run.ended();
        let shown = text(&shown);
        assert_eq!(code, Some(130), "{name}: {shown}");
        assert!(shown.contains(DASHBOARD), "{name}");
        assert!(
            shown.contains("the same command with --resume"),
            "{name}: {shown}"
        );
        assert!(!shown.contains("panicked"), "{name}: {shown}");
    }
    let epochs = rows(&temp.path().join("killed"), "metrics.csv").len();
    let short = LONG.replace("--epochs 200", &format!("--epochs {}", epochs + 1));
    let run = |name: &str, more: &str| {
        let mut command = example("cnn_cifar", &format!("{short} {more}"));
        command.arg("--out").arg(temp.path().join(name));
        succeeds(command);
        numbers(&temp.path().join(name))
    };
    assert_eq!(run("killed", "--resume"), run("whole", ""));
}

#[test]
fn a_model_of_ones_own_is_ended_with_a_line() {
    let temp = tempdir().unwrap();
    for (name, keys) in [("killed", &["q", "k"][..]), ("interrupted", &["\x03"])] {
        let (out, shown) = (
            temp.path().join(name),
            temp.path().join(name.to_owned() + ".txt"),
        );
        let Some(mut run) = OnTerminal::start("xterm", "own_model", "--epochs 200", &out, &shown)
        else {
            return;
        };
        wait("first epoch", || {
            out.join("valid/epoch-1/Loss.log").exists()
        });
        keys.iter().for_each(|key| run.press(key));
        let code = run.ended();
        let shown = text(&shown);
        assert_eq!(code, Some(130), "{name}: {shown}");
        assert!(
            shown.contains("interrupted in epoch ") && shown.contains("logs so far are in"),
            "{name}: {shown}"
        );
        assert!(!out.join("learned_curves.svg").exists());
    }
}

#[test]
fn a_dumb_terminal_gets_lines() {
    let temp = tempdir().unwrap();
    for (name, line, said) in [
        (
            "cnn_cifar",
            &*LONG.replace("--epochs 200", "--epochs 2"),
            "epoch 2/2: ",
        ),
        ("own_model", "--epochs 1", "epoch 1 of 1, valid: "),
    ] {
        let (out, shown) = (
            temp.path().join(name),
            temp.path().join(name.to_owned() + ".txt"),
        );
        let Some(mut run) = OnTerminal::start("dumb", name, line, &out, &shown) else {
            return;
        };
        let code = run.ended();
        let shown = text(&shown);
        assert_eq!(code, Some(0), "{shown}");
        assert!(shown.contains(said) && !shown.contains('\x1b'), "{shown}");
    }
}
