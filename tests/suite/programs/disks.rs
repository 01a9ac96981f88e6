//! Runs of `cnn_cifar` on disks that are full, and on disks whose power is cut.
//!
//! They need the right to mount file systems, which a container or a user may lack: then they are skipped, and say so.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use super::cnn_cifar::{into, numbers, parameters, rows};
use crate::common::Numbers;
use crate::common::process::{crashes, succeeds, text};

const LINE: &str = "--train-size 96 --test-size 20 --batch-size 16 --width 4 --epochs 4";

/// A mounted file system.
struct Mounted(PathBuf);

impl Mounted {
    /// Mounts with these arguments; nothing if that is not allowed.
    fn new(arguments: &[&str], at: PathBuf) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let output = Command::new("mount").args(arguments).arg(&at).output();
        match output {
            Ok(output) if output.status.success() => Some(Self(at)),
            refused => {
                let reason = match refused {
                    Ok(output) => text(&output.stderr),
                    Err(error) => error.to_string(),
                };
                // Not `println!`: the test harness would swallow it.
                let _ = writeln!(
                    std::io::stderr(),
                    "skipped: cannot mount: {}",
                    reason.trim()
                );
                None
            }
        }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// What an undisturbed run gives: its summary, steps and number of epochs.
fn undisturbed() -> (TempDir, Outcome) {
    let temp = tempdir().unwrap();
    let out = temp.path().join("whole");
    succeeds(into(&out, LINE));
    let outcome = outcome(&out);
    (temp, outcome)
}

/// Summary, steps, epochs, and the parameters as they were saved.
type Outcome = (Value, Vec<Vec<String>>, usize, Vec<u8>);

fn outcome(out: &Path) -> Outcome {
    let epochs = rows(out, "metrics.csv").len();
    (
        numbers(out),
        rows(out, "steps.csv"),
        epochs,
        parameters(out),
    )
}

/// Ends a run that was disturbed, as its user would.
fn end(out: &Path, what: &str) -> Outcome {
    let resume = match out.join(".burn-rectifiers").exists() {
        true => " --resume",
        false => "",
    };
    let output = into(out, &format!("{LINE}{resume}")).output().unwrap();
    let (said, message) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{what}: {said}{message}");
    outcome(out)
}

#[test]
fn a_full_disk_costs_nothing_that_was_kept() {
    let (temp, whole) = undisturbed();
    let mut full = 0;
    for kilobytes in (4..400).step_by(20) {
        let size = format!("size={kilobytes}k");
        let arguments = ["-t", "tmpfs", "-o", &size, "none"];
        let Some(disk) = Mounted::new(&arguments, temp.path().join("disk")) else {
            return;
        };
        let out = disk.0.join("run");
        let output = into(&out, LINE).output().unwrap();
        let message = text(&output.stderr);
        if !output.status.success() {
            full += 1;
            assert_eq!(output.status.code(), Some(1), "{size}: {message}");
            let is_line = message.starts_with("error: ") && message.lines().count() == 1;
            assert!(is_line && message.contains("space"), "{size}: {message}");
        }
        // Somebody makes room.
        let more = ["-o", "remount,size=8m"];
        let status = Command::new("mount").args(more).arg(&disk.0).status();
        assert!(status.unwrap().success());
        assert!(end(&out, &size) == whole, "{size}");
    }
    assert!(full > 5, "{full} of the disks were full");
}

#[test]
fn a_power_cut_costs_an_epoch_at_most() {
    let (temp, whole) = undisturbed();
    let file = |name: &str| temp.path().join(name);
    fs::write(file("image"), vec![0; (24 << 20) * crashes(1) as usize]).unwrap();
    let make = Command::new("mkfs.ext4")
        .args(["-q", "-F"])
        .arg(file("image"))
        .output();
    if !make.is_ok_and(|output| output.status.success()) {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: cannot make an ext4 file system"
        );
        return;
    }
    let image = file("image").display().to_string();
    let Some(disk) = Mounted::new(&["-o", "loop", &image], file("disk")) else {
        return;
    };
    let mut random = Numbers(11);
    let mut begun = 0;
    let cuts = crashes(6);
    for cut in 0..cuts {
        let out = disk.0.join(format!("run-{cut}"));
        let started = Instant::now();
        let mut child = into(&out, LINE)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Some time before the end of the training, which takes about a second; then everything stands still.
        sleep(std::time::Duration::from_secs_f64(random.between(0.1, 0.9)));
        let id = child.id().to_string();
        let signal = |name: &str| Command::new("kill").args([name, &id]).status().unwrap();
        signal("-STOP");
        // What the disk has, without what the system still holds in memory.
        fs::copy(file("image"), file("copy")).unwrap();
        let _ = child.kill();
        child.wait().unwrap();

        let what = format!("power cut after {:?}", started.elapsed());
        let check = Command::new("e2fsck").arg("-fy").arg(file("copy")).output();
        // 1: errors were corrected, such as a journal that was replayed.
        assert!(check.unwrap().status.code().unwrap() <= 1, "{what}");
        let copy = file("copy").display().to_string();
        let after = Mounted::new(&["-o", "loop", &copy], file("after")).unwrap();
        let out = after.0.join(format!("run-{cut}"));
        begun += usize::from(out.join("checkpoint").exists());
        assert!(end(&out, &what) == whole, "{what}");
    }
    println!("{begun} of {cuts} had a checkpoint");
}
