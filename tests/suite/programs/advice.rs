//! What a message tells to do works when it is done.

use std::fs;
use std::path::Path;

use tempfile::tempdir;

use super::cnn_cifar::into;
use crate::common::process::{example_into, fails, succeeds, text};

const LINE: &str = "--train-size 64 --test-size 30 --batch-size 16 --width 4";

/// Expects an error with `advice`.
fn told(out: &Path, flags: &str, advice: &str) {
    let output = into(out, &format!("{LINE} {flags}")).output().unwrap();
    let message = text(&output.stderr);
    assert!(!output.status.success(), "{advice}");
    assert!(message.contains(advice), "{message}");
}

fn works(out: &Path, flags: &str) {
    succeeds(into(out, &format!("{LINE} {flags}")));
}

/// Damages the parameters of all checkpoints.
fn damage_all(out: &Path) {
    for checkpoint in fs::read_dir(out.join("checkpoint")).unwrap() {
        let file = checkpoint.unwrap().path().join("model.bpk");
        fs::write(file, "no record").unwrap();
    }
}

#[test]
fn of_a_run_works() {
    let temp = tempdir().unwrap();
    let out = temp.path().join("run");
    let another = temp.path().join("another");

    // Nothing there yet.
    told(
        &out,
        "--epochs 1 --resume",
        "start the run without --resume",
    );
    works(&out, "--epochs 1");

    // A run is there, of as many epochs or of fewer.
    told(
        &out,
        "--epochs 1",
        "--resume goes on with it, --overwrite begins again",
    );
    works(&out, "--epochs 1 --overwrite");
    told(
        &out,
        "--epochs 2",
        "--resume goes on with it, or name another folder",
    );
    works(&out, "--epochs 2 --resume");

    // One with other settings.
    told(
        &out,
        "--epochs 2 --lr 0.01 --resume",
        "resume with the same settings",
    );
    works(&out, "--epochs 2 --resume");
    told(
        &out,
        "--epochs 2 --lr 0.01",
        "name another folder with --out, or delete this one",
    );
    works(&another, "--epochs 1 --lr 0.01");
    fs::remove_dir_all(&out).unwrap();
    works(&out, "--epochs 1 --lr 0.01");

    // No checkpoint is whole.
    damage_all(&out);
    told(
        &out,
        "--epochs 2 --lr 0.01 --resume",
        "start the run without --resume",
    );
    works(&out, "--epochs 1 --lr 0.01");

    // Its settings are damaged.
    fs::write(out.join("settings.json"), "{").unwrap();
    for checkpoint in fs::read_dir(out.join("checkpoint")).unwrap() {
        fs::remove_dir_all(checkpoint.unwrap().path()).unwrap();
    }
    // With nothing that could be resumed, it begins again by itself.
    works(&out, "--epochs 1 --resume");

    // Somebody else's folder, and a file.
    let foreign = temp.path().join("foreign");
    fs::create_dir_all(&foreign).unwrap();
    fs::write(foreign.join("summary.json"), "mine").unwrap();
    told(&foreign, "--epochs 1", "name another folder");
    works(&temp.path().join("other"), "--epochs 1");
    let file = temp.path().join("file");
    fs::write(&file, "mine").unwrap();
    told(
        &file,
        "--epochs 1",
        "name another folder, or move that away",
    );
    fs::rename(&file, temp.path().join("moved")).unwrap();
    works(&file, "--epochs 1");
}

#[test]
fn of_a_study_works() {
    let temp = tempdir().unwrap();
    let out = temp.path().join("study");
    let line = "--claims 1 --activations prelu --seeds 2 --train-size 100 --test-size 20";
    let study = |flags: &str, out: &Path| example_into("study", &format!("{line} {flags}"), out);
    let told = |flags: &str, advice: &str| {
        let output = study(flags, &out).output().unwrap();
        let message = fails(&output, output.status.code().unwrap());
        assert!(message.contains(advice), "{message}");
    };
    succeeds(study("", &out));
    told(
        "",
        "continue with --resume or name another folder with --out",
    );
    succeeds(study("--resume", &out));
    let other = line.replace("--train-size 100", "--train-size 130");
    let mut other = example_into("study", &format!("{other} --resume"), &out);
    let output = other.output().unwrap();
    assert!(fails(&output, 2).contains("not 130; name another folder with --out"));
    fs::write(out.join("study.json"), "{").unwrap();
    told("--resume", "delete it and use --resume");
    fs::remove_file(out.join("study.json")).unwrap();
    succeeds(study("--resume", &out));
    succeeds(study("", &temp.path().join("another")));
}
