//! What a message tells to do works when it is done.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use tempfile::tempdir;

use super::bad_inputs::World;
use super::cnn_cifar::into;
use crate::common::process::{example, example_into, fails, succeeds, text};

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

    // Interrupted after some trainings.
    let out = temp.path().join("interrupted");
    let more = line.replace("--seeds 2", "--seeds 20");
    let child = example_into("study", &more, &out)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while fs::read_dir(out.join("runs")).map_or(0, |files| files.count()) < 2 {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "no training ends"
        );
        thread::sleep(Duration::from_millis(2));
    }
    let id = child.id().cast_signed();
    // SAFETY: it takes two numbers; the process is our child, and not waited for, so that its number is its own.
    assert_eq!(unsafe { libc::kill(id, libc::SIGINT) }, 0);
    let output = child.wait_with_output().unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(
        message.contains("interrupted; finished trainings are in "),
        "{message}"
    );
    assert!(
        message.contains(": the same command with --resume goes on"),
        "{message}"
    );
    succeeds(example_into("study", &format!("{more} --resume"), &out));
}

/// What is wrong, the advice, and what follows it: arguments, after commands with which files are moved, copied or
/// deleted. Paths are those of the bad inputs.
const TABLE: [(&str, &str); 6] = [
    (
        "cnn_cifar",
        r"
--activation prellu $SMALL         | did you mean `prelu`? | --activation prelu $SMALL
--acitvation relu $SMALL           | '--activation'        | --activation relu $SMALL
--sharing chanel $SMALL            | layer, channel or element | --sharing channel $SMALL
--sharing all $SMALL               | layer, channel or element | --sharing layer $SMALL
--sharing each $SMALL              | layer, channel or element | --sharing element $SMALL
--backend flx $SMALL               | 'flex'                | --backend flex $SMALL
--train-size 0 $TINY               | at least 1            | --train-size 1 --test-size 1 $TINY
--test-size 0 $TINY                | at least 1            | --test-size 1 --train-size 1 $TINY
--lr 0 $SMALL                      | above 0               | --lr 1e-9 $SMALL
--weight-decay -1 $SMALL           | 0 or more             | --weight-decay 0 $SMALL
--width 4096 --batch-size 100000   | what fits into memory | $SMALL
--lr 1e30 --out new $SMALL         | a lower --lr may help | --lr 1e-3 --out new $SMALL
--data-dir cifar/good $TINY        | cifar10 or cifar100 with --data-dir | --data cifar10 --data-dir cifar/good $TINY
--data cifar --data-dir cifar/good $TINY | 'cifar10'       | --data cifar10 --data-dir cifar/good $TINY
--data cifar10 --data-dir new $TINY | name the folder with the CIFAR-10 files | --data cifar10 --data-dir cifar/good $TINY
--data cifar10 --data-dir file $TINY | name the folder with the CIFAR-10 files | --data cifar10 --data-dir cifar/good $TINY
--data cifar10 --data-dir cifar/good --train-size 21 $TINY | at most 20 | --data cifar10 --data-dir cifar/good --train-size 20 $TINY
--data cifar10 --data-dir cifar/empty $TINY | fetch it again | cp cifar/good/data_batch_1.bin cifar/empty ; --data cifar10 --data-dir cifar/empty $TINY
--data cifar10 --data-dir cifar/truncated $TINY | fetch the file again | cp cifar/good/data_batch_1.bin cifar/truncated ; --data cifar10 --data-dir cifar/truncated $TINY
--out file $SMALL                  | or move that away     | mv file away ; --out file $SMALL
--out file/new $SMALL              | or move that away     | mv file away ; --out file/new $SMALL
--out dangling/new $SMALL          | name another folder   | --out another/new $SMALL
--out dangling $SMALL              | or move that away     | mv dangling away ; --out dangling $SMALL
--out pipe $SMALL                  | or move that away     | mv pipe away ; --out pipe $SMALL
--out mark-folder $SMALL           | name another folder   | --out another $SMALL
--out gallery $SMALL               | name another folder   | --out another $SMALL
--out longer --resume $SMALL       | at least 2            | --out longer --resume --epochs 3 $DATA
--out damaged --resume $SMALL      | start the run without --resume | --out damaged $SMALL
--out no-sums --resume $SMALL      | start the run without --resume | --out no-sums $SMALL
--out old-settings $SMALL          | name another folder with --out | --out another $SMALL
--out old-settings $SMALL          | or delete this one    | rm -r old-settings ; --out old-settings $SMALL
cd run/checkpoint/epoch-1 && echo x > model.bpk && sha256sum [!S]* > SHA256SUMS ; --out run --resume --epochs 2 $DATA | start the run with --overwrite | --out run --overwrite --epochs 2 $DATA
--out text-settings $SMALL         | --resume goes on with it | --out text-settings --resume $SMALL
",
    ),
    (
        "study",
        r"
--claims 0 $STUDY                  | from 1 to 6           | --claims 1 $STUDY
--budget Quick $STUDY              | 'quick'               | --budget quick $STUDY
--out file $STUDY                  | or move that away     | mv file away ; --out file $STUDY
--out run $STUDY                   | name another folder   | --out another $STUDY
--out study-text --resume $STUDY   | delete it and use --resume | rm study-text/study.json ; --out study-text --resume $STUDY
--out study-other --resume $STUDY  | name another folder with --out | --out another $STUDY
--out study-runs $STUDY            | or move that away     | mv study-runs/runs away ; --out study-runs $STUDY
",
    ),
    (
        "explore",
        r"
preluu                             | did you mean `prelu`? | prelu
prelu --colour                     | --help lists the flags | --help
prelu --set alpha                  | PARAM=VALUE           | prelu --set alpha=0.5
prelu --set =1                     | there are: alpha      | prelu --set alpha=1
prelu --set alhpa=1                | did you mean `alpha`? | prelu --set alpha=1
prelu --set alpha=one              | one such as 0.5, -3, 1e-4, inf or nan | prelu --set alpha=1e-4 --at 0.5,-3,inf,nan
prelu --set alpha=nan              | finite                | prelu --set alpha=3
prelu --set alpha=1e39             | f32 can hold          | prelu --set alpha=1e38
prelu --set alpha=1e9 --dtype f16  | f16 can hold          | prelu --set alpha=1e4 --dtype f16
prelu --set alpha=1 --set alpha=2  | `alpha` once          | prelu --set alpha=2
pelu --set a=0                     | >= 0.1                | pelu --set a=0.1
--set alpha=1                      | <NAME>                | prelu --set alpha=1
prelu --at 3..1                    | LOW..HIGH:STEP        | prelu --at 1..3:0.5
prelu --at 0..1e9                  | at most 100000 points | prelu --at 1..100000:1
prelu --dtype f8                   | f64, f32, f16, bf16   | prelu --dtype bf16
prelu --svg dir                    | name another file     | prelu --svg x.svg
prelu --svg dir                    | name another file, or move that away | mv dir away ; prelu --svg dir
prelu --svg file/x.svg             | or move that away     | mv file away ; mkdir file ; prelu --svg file/x.svg
prelu --svg new/x.svg              | the folder new is not there | mkdir new ; prelu --svg new/x.svg
prelu --svg pipe                   | or move that away     | mv pipe away ; prelu --svg pipe
prelu --svg x.svg --at inf         | from -1000 to 1000    | prelu --svg x.svg --at -1000,1000
prelu --svg x.svg --at 1           | at least 0.01 apart   | prelu --svg x.svg --at 1,1.01
--gallery dangling                 | or move that away     | mv dangling away ; --gallery dangling
--book run                         | name another folder   | --book another
",
    ),
    (
        "bench",
        r"
                                   | floor or step         | floor $BRIEF
flor $BRIEF                        | 'floor'               | floor $BRIEF
floor --shape 4 $ROUND             | two to four sizes     | floor --shape 4,4 $ROUND
floor --shape 4,4:2 $ROUND         | axis                  | floor --shape 4,4:1 $ROUND
floor --sharing chanel $BRIEF      | 'channel'             | floor --sharing channel $BRIEF
floor --activations prellu         | did you mean `prelu`? | floor $BRIEF
floor --rounds 0                   | at least 1            | floor $BRIEF
",
    ),
    (
        "own_model",
        r"
--activation prelo --epochs 1      | did you mean `prelu`? | --activation prelu --epochs 1
--lr 1e30 --epochs 1 --out new     | a lower --lr may help | --lr 0.001 --epochs 1 --out new
--out file --epochs 1              | or move that away     | mv file away ; --out file --epochs 1
",
    ),
    (
        "custom_curve",
        r"
--backend flx                      | 'flex'                | --backend flex
",
    ),
];

/// What rows have for their flags.
const SHORT: [(&str, &str); 8] = [
    ("$SMALL", "--epochs 1 $DATA"),
    ("$DATA", "--train-size 16 --test-size 10 $SIZE"),
    ("$TINY", "--epochs 1 $SIZE"),
    ("$SIZE", "--batch-size 8 --width 2 --no-tui"),
    ("$STUDY", "--activations prelu $FEW"),
    (
        "$FEW",
        "--claims 1 --seeds 2 --train-size 100 --test-size 20",
    ),
    ("$BRIEF", "--shape 4,4 $ROUND"),
    ("$ROUND", "--activations prelu --rounds 1"),
];

/// Runs commands that `;` separates in `folder`; the last is the program with these arguments.
fn run(folder: &Path, program: &str, commands: &str) -> Output {
    let mut commands = commands.to_string();
    for (short, long) in SHORT {
        commands = commands.replace(short, long);
    }
    let (before, arguments) = commands.rsplit_once(" ; ").unwrap_or(("", &commands));
    for command in before.split(" ; ").filter(|command| !command.is_empty()) {
        let mut shell = Command::new("sh");
        let done = shell.args(["-c", command]).current_dir(folder).status();
        assert!(done.unwrap().success(), "{command}");
    }
    let mut command = example(program, arguments);
    command.current_dir(folder).output().unwrap()
}

#[test]
fn of_a_line_works() {
    let world = World::new();
    let rows = TABLE.iter().flat_map(|(program, table)| {
        let lines = table.lines().filter(|line| !line.is_empty());
        lines.map(move |line| (*program, line))
    });
    let mut failures = vec![];
    for (program, row) in rows {
        let cells: Vec<_> = row.split(" | ").map(str::trim).collect();
        let [wrong, advice, right] = cells[..] else {
            panic!("{row}: three cells")
        };
        let temp = tempdir().unwrap();
        world.make(row, temp.path());
        let output = run(temp.path(), program, wrong);
        let message = text(&output.stderr);
        if output.status.success() || !message.contains(advice) {
            failures.push(format!("{program}: {row}\n    not told: {message}"));
        }
        let output = run(temp.path(), program, right);
        if !output.status.success() {
            let message = text(&output.stderr);
            failures.push(format!("{program}: {row}\n    does not work: {message}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn of_runs_that_cannot_be_compared_works() {
    let temp = tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| temp.path().join(name));
    works(&first, "--epochs 1");
    works(&second, "--epochs 1 --seed 1");
    let page = temp.path().join("page");
    let compare = |runs: [&Path; 2]| {
        let [a, b] = runs.map(|run| run.display().to_string());
        example_into("compare", &format!("{a} {b}"), &page)
    };
    let told = |runs: [&Path; 2], code: i32, advice: &str| {
        let message = fails(&compare(runs).output().unwrap(), code);
        assert!(message.contains(advice), "{message}");
    };
    told([&first, &first], 2, "name each run once");
    // One that was interrupted before its end.
    fs::remove_file(second.join("summary.json")).unwrap();
    told(
        [&first, &second],
        2,
        "finish it with --resume, or name another folder",
    );
    works(&second, "--epochs 1 --seed 1 --resume");
    succeeds(compare([&first, &second]));
    fs::write(second.join("summary.json"), "no summary").unwrap();
    told([&first, &second], 1, "repeat the run, or leave it out");
    works(&second, "--epochs 1 --seed 1 --overwrite");
    succeeds(compare([&first, &second]));
}

#[test]
fn of_changed_images_works() {
    let temp = tempdir().unwrap();
    World::new().make("cifar", temp.path());
    let [images, copy] =
        ["good/data_batch_1.bin", "copy"].map(|f| temp.path().join("cifar").join(f));
    let resume = "--data cifar10 --data-dir cifar/good --out new --epochs 2 --resume $SIZE";
    let run = |line| run(temp.path(), "cnn_cifar", line);
    assert!(
        run("--data cifar10 --data-dir cifar/good --out new $TINY")
            .status
            .success()
    );
    fs::copy(&images, &copy).unwrap();
    let mut changed = fs::read(&images).unwrap();
    changed[0] = 9;
    fs::write(&images, changed).unwrap();
    let message = fails(&run(resume), 2);
    assert!(
        message.contains("bring those back, or name another folder with --out"),
        "{message}"
    );
    assert!(
        run("--data cifar10 --data-dir cifar/good --out another $TINY")
            .status
            .success()
    );
    fs::rename(copy, images).unwrap();
    assert!(run(resume).status.success());
}

/// What the cargo command is told to have exists.
#[test]
fn of_a_backend_that_is_not_compiled_in_works() {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    for (backend, is_there) in [
        ("remote", cfg!(feature = "remote")),
        ("wgpu", cfg!(feature = "wgpu")),
        ("cuda", cfg!(feature = "cuda")),
    ] {
        if is_there {
            continue;
        }
        let temp = tempdir().unwrap();
        let output = run(
            temp.path(),
            "cnn_cifar",
            &format!("--backend {backend} $SMALL"),
        );
        let message = fails(&output, 2);
        assert!(
            message.contains(&format!("add `--features {backend}`")),
            "{message}"
        );
        assert!(manifest.contains(&format!("\n{backend} = [")), "{backend}");
    }
}

#[test]
#[cfg(feature = "remote")]
fn of_a_server_that_is_not_there_works() {
    let temp = tempdir().unwrap();
    let train = |url: &str| {
        let line = format!("{LINE} --epochs 1 --backend remote");
        let mut command = into(&temp.path().join("run"), &line);
        command.env("BURN_REMOTE_ADDRESS", url);
        command
    };
    // No host has this name, so nobody waits for one.
    let message = fails(&train("ws://no-host.invalid:3000").output().unwrap(), 1);
    for word in [
        "no-host.invalid",
        "start a server with `cargo run --features remote --example serve`, or set BURN_REMOTE_ADDRESS to the URL of one",
    ] {
        assert!(message.contains(word), "{message}");
    }
    let server = super::remote::serve("");
    succeeds(train(&server.url));
}

/// What the tests of a server follow.
const WITH_A_SERVER: &str = "start it again, and continue with --resume";

/// What is told to do that no test here can: it takes a network, a GPU, or time.
const UNTRIED: [&str; 7] = [
    "fetch them with --download",
    "--download into another folder fetches the whole set",
    "try again, or unpack the archive into ",
    "try again or use another source",
    "wait for that one and start again",
    "check the driver or take --backend flex",
    "take another with --port",
];

/// Every advice in the texts of errors is followed above, or is among those that cannot be.
#[test]
fn of_all_errors_is_followed() {
    let (above, _) = include_str!("advice.rs")
        .split_once("const UNTRIED")
        .unwrap();
    let is_told = |advice: &str| {
        let is_elsewhere = WITH_A_SERVER.contains(advice);
        is_elsewhere
            || above.contains(advice)
            || UNTRIED.iter().any(|untried| untried.starts_with(advice))
    };
    let (mut advices, mut missing) = (0, vec![]);
    for file in ["data/src/error.rs", "study/src/base/error.rs"] {
        let source = fs::read_to_string(format!("crates/burn-rectifiers-{file}")).unwrap();
        for text in source.split("#[error(").skip(1) {
            let text = text.split('"').nth(1).unwrap_or_default();
            let Some((_, advice)) = text.rsplit_once("; ") else {
                continue;
            };
            // What is constant in it.
            let advice = advice.split('{').next().unwrap().trim_end();
            advices += 1;
            // A question, what was done, and what should have been.
            let is_advice = ![
                "is this a",
                "nothing was kept",
                "the logs so far are in",
                "expected",
            ]
            .contains(&advice);
            if is_advice && !is_told(advice) {
                missing.push(advice.to_string());
            }
        }
    }
    assert!(missing.is_empty() && advices > 15, "{advices}, {missing:?}");
}
