//! The example `cnn_cifar` as its users meet it: a process with flags, files and messages.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::common::Numbers;
use crate::common::process::{crashes, example, example_into, fails, succeeds, text};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// A run of about a second.
const SMALL: &str = "--train-size 64 --test-size 30 --batch-size 16 --width 4 --epochs 1";

fn command(line: &str) -> Command {
    example("cnn_cifar", line)
}

pub(super) fn into(out: &Path, line: &str) -> Command {
    example_into("cnn_cifar", line, out)
}

fn summary(out: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(out.join("summary.json")).unwrap()).unwrap()
}

/// The summary without what depends on the clock.
pub(super) fn numbers(out: &Path) -> Value {
    let mut summary = summary(out);
    summary
        .as_object_mut()
        .unwrap()
        .remove("timings")
        .expect("timings have a key of their own");
    summary
}

/// The rows of a CSV file below its header.
pub(super) fn rows(out: &Path, name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(out.join(name)).unwrap_or_default();
    text.lines()
        .skip(1)
        .map(|line| line.split(',').map(String::from).collect())
        .collect()
}

fn temp() -> (TempDir, PathBuf) {
    let temp = tempdir().unwrap();
    let out = temp.path().join("run");
    (temp, out)
}

#[test]
fn a_run_leaves_numbers_pictures_and_a_network() {
    let (_temp, out) = temp();
    let printed = succeeds(into(&out, SMALL));
    for word in [
        "test accuracy",
        "block 3",
        "alpha",
        "report.html",
        "activations.svg",
    ] {
        assert!(printed.contains(word), "{word} in\n{printed}");
    }

    let summary = summary(&out);
    let accuracy = summary["test_accuracy"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&accuracy) && summary["test_loss"].as_f64().unwrap() > 0.0);
    assert!(summary["timings"]["images_per_second"].as_f64().unwrap() > 0.0);
    assert!(summary["timings"]["seconds"].as_f64().unwrap() > 0.0);
    for (setting, value) in [
        ("activation", "prelu"),
        ("sharing", "channel"),
        ("backend", "flex"),
    ] {
        assert_eq!(summary["settings"][setting], value);
    }
    assert_eq!(summary["settings"]["width"], 4);
    let layers = summary["layers"].as_array().unwrap();
    assert_eq!(layers.len(), 3);
    for (layer, units) in layers.iter().zip([4, 8, 16]) {
        let alpha = &layer["parameters"]["alpha"];
        assert_eq!(
            (&layer["units"], &alpha["count"]),
            (&units.into(), &units.into())
        );
        assert_eq!(layer["dead_share"], 0.0);
        let [min, mean, max] = ["min", "mean", "max"].map(|key| alpha[key].as_f64().unwrap());
        assert!(
            min < mean && mean < max && min > 0.0 && max < 0.5,
            "{alpha}"
        );
    }

    assert_eq!(rows(&out, "metrics.csv").len(), 1);
    let steps = rows(&out, "steps.csv");
    assert_eq!(
        steps.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(),
        ["1", "2", "3", "4"]
    );
    assert!(steps.iter().all(|row| row[2].parse::<f64>().unwrap() > 0.0));
    // The last row of metrics.csv and the summary judge the same network by the same images.
    let last: f64 = rows(&out, "metrics.csv")[0][4].parse().unwrap();
    assert!((last - accuracy).abs() < 1e-9);
    assert!(fs::metadata(out.join("model.bpk")).unwrap().len() > 1000);
    let svg = fs::read_to_string(out.join("activations.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    assert!(svg.contains("block 3") && !svg.contains("NaN"));
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    for part in [
        "<h1>prelu per channel in cnn on synthetic</h1>",
        "Confusion matrix",
        "The most frequent mistakes",
        "data:image/bmp;base64,Qk",
        "alpha of each block",
        "<code>--batch-size</code>",
        "Learning rate",
    ] {
        assert!(page.contains(part), "{part}");
    }
    // Loss, accuracy, rate; three activations; alpha; confusion; four entries of a legend.
    assert_eq!(page.matches("<svg ").count(), 3 + 3 + 1 + 1 + 4);
    assert!(!page.contains("NaN") && !page.contains("src=\"http"));
}

#[test]
fn an_activation_without_parameters_has_no_picture_of_them() {
    let (_temp, out) = temp();
    let printed = succeeds(into(&out, &format!("{SMALL} --activation relu")));
    assert!(printed.contains("none"));
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(!page.contains("parameters by depth") && out.join("activations.svg").exists());
    assert_eq!(
        summary(&out)["layers"][0]["parameters"],
        serde_json::json!({})
    );
}

#[test]
fn every_sharing_trains() {
    for (sharing, counts) in [("layer", [1, 1, 1]), ("element", [4096, 2048, 1024])] {
        let (_temp, out) = temp();
        succeeds(into(
            &out,
            &format!("{SMALL} --activation learnable_elu --sharing {sharing}"),
        ));
        let summary = summary(&out);
        for (layer, count) in summary["layers"].as_array().unwrap().iter().zip(counts) {
            assert_eq!(layer["parameters"]["alpha"]["count"], count);
        }
    }
}

#[test]
fn the_seed_decides_every_number() {
    let (_temp, out) = temp();
    let runs = [("a", 5), ("b", 5), ("c", 6)].map(|(name, seed)| {
        let out = out.join(name);
        succeeds(into(&out, &format!("{SMALL} --seed {seed}")));
        (numbers(&out), rows(&out, "steps.csv"))
    });
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0].1, runs[2].1);
}

#[test]
fn weight_decay_changes_the_weights() {
    let (_temp, out) = temp();
    succeeds(into(&out.join("a"), SMALL));
    succeeds(into(&out.join("b"), &format!("{SMALL} --weight-decay 0.1")));
    let losses = ["a", "b"].map(|run| rows(&out.join(run), "steps.csv"));
    assert_eq!(
        losses[0][0], losses[1][0],
        "the first step begins with the same weights"
    );
    assert_ne!(losses[0][3], losses[1][3]);
}

/// Starts the command, sends the signal once `metrics.csv` has `epochs` rows, and waits.
fn signalled(mut command: Command, out: &Path, epochs: usize, signal: &str) -> Output {
    use std::process::Stdio;
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    // The checkpoint follows the row by a moment.
    while rows(out, "metrics.csv").len() < epochs || !checkpoint(out, epochs) {
        assert!(
            Instant::now() < deadline,
            "no epoch {epochs} in two minutes"
        );
        sleep(Duration::from_millis(5));
    }
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    child.wait_with_output().unwrap()
}

fn checkpoint(out: &Path, epoch: usize) -> bool {
    let there = |epoch: usize| {
        out.join(format!("checkpoint/epoch-{epoch}/SHA256SUMS"))
            .exists()
    };
    there(epoch) || there(epoch + 1)
}

#[test]
#[cfg(unix)]
fn a_killed_and_interrupted_run_ends_like_an_undisturbed_one() {
    let (_temp, out) = temp();
    let line = "--train-size 500 --test-size 20 --width 4 --epochs 12 --weight-decay 0.01";
    let whole = out.join("whole");
    succeeds(into(&whole, line));

    let torn = out.join("torn");
    signalled(into(&torn, line), &torn, 2, "-KILL");
    let resume = format!("{line} --resume");
    for (epochs, signal) in [(4, "-INT"), (6, "-TERM")] {
        let output = signalled(into(&torn, &resume), &torn, epochs, signal);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{signal}: {message}");
        assert!(
            message.contains("same command with --resume") && !message.contains("panicked"),
            "{signal}: {message}"
        );
        assert!(!torn.join("summary.json").exists());
    }

    succeeds(into(&torn, &resume));
    assert_eq!(numbers(&torn), numbers(&whole));
    assert_eq!(rows(&torn, "steps.csv"), rows(&whole, "steps.csv"));
    assert_eq!(rows(&torn, "metrics.csv").len(), 12);
}

/// Schedules, momentum, dropout, variations of images, statistics of normalizations and the average all go on as they would
/// have.
#[test]
fn a_run_of_any_recipe_goes_on_as_it_would_have() {
    let (_temp, out) = temp();
    let size = "--train-size 60 --test-size 20 --batch-size 16 --epochs 3";
    for (index, line) in [
        "--recipe fast --width 2 --val-split 0.25 --ema 0.9 --label-smoothing 0.1",
        "--network plain-3 --width 4 --optimizer muon --schedule cosine --warm-up 0.5 --augment flip",
        "--network nin --optimizer sgd --lr 0.01 --schedule step --augment crop",
        "--width 2 --devices 2 --weight-decay 0.01",
    ]
    .iter()
    .enumerate()
    {
        let line = format!("{line} {size}");
        let (whole, torn) = (out.join(format!("whole-{index}")), out.join(format!("torn-{index}")));
        succeeds(into(&whole, &line));
        // As after an interruption in the third epoch.
        succeeds(into(&torn, &line));
        let checkpoint = torn.join("checkpoint/epoch-3");
        fs::remove_file(checkpoint.join("SHA256SUMS")).unwrap();
        if !torn.join("checkpoint/epoch-2").exists() {
            panic!("{line}: no checkpoint of the second epoch");
        }
        succeeds(into(&torn, &format!("{line} --resume")));
        assert_eq!(numbers(&torn), numbers(&whole), "{line}");
        assert_eq!(rows(&torn, "steps.csv"), rows(&whole, "steps.csv"), "{line}");
        assert_eq!(parameters(&torn), parameters(&whole), "{line}");
    }
}

#[test]
fn a_recipe_says_what_it_is_and_is_what_it_says() {
    let (_temp, out) = temp();
    let line = "--recipe fast --width 2 --train-size 40 --test-size 10 --epochs 1";
    let printed = succeeds(into(&out, line));
    let said = printed
        .lines()
        .find_map(|line| line.strip_prefix("recipe fast: "));
    let said = said.expect("the recipe is told");
    assert!(
        said.contains("--network resnet9 ") && said.contains(" --epochs 1 --batch-size 128 "),
        "{said}"
    );
    let typed = out.with_file_name("typed");
    let line = format!("{line} {said}")
        .replace("--epochs 1 ", "")
        .replace("--recipe fast", "");
    succeeds(into(&typed, &format!("{line} --epochs 1")));
    assert_eq!(parameters(&typed), parameters(&out));
    // A schedule spans all epochs: a longer run is another.
    let longer = "--recipe fast --width 2 --train-size 40 --test-size 10 --epochs 2 --resume";
    let message = fails(&into(&out, longer).output().unwrap(), 2);
    assert!(message.contains("--epochs 1, not 2"), "{message}");
}

/// The rates of `steps.csv` are those of the schedule.
#[test]
fn rates_rise_and_fall() {
    let (_temp, out) = temp();
    succeeds(into(
        &out,
        &format!("{SMALL} --schedule one-cycle --warm-up 0.5 --lr 0.5"),
    ));
    let rates: Vec<f64> = rows(&out, "steps.csv")
        .iter()
        .map(|row| row[3].parse().unwrap())
        .collect();
    let expected = [0.02, 0.26, 0.5, 0.25];
    let near = |(rate, expected): (&f64, &f64)| (rate - expected).abs() < 1e-12;
    assert!(
        rates.len() == 4 && rates.iter().zip(&expected).all(near),
        "{rates:?}"
    );
}

/// The best epoch is chosen by images that are neither trained on nor those of the test, and its checkpoint stays.
#[test]
fn the_best_epoch_is_the_result() {
    let (_temp, out) = temp();
    // A rate at which accuracy goes up and down.
    let line = "--train-size 200 --test-size 50 --batch-size 16 --width 2 --epochs 8 --val-split 0.3 --lr 0.05";
    succeeds(into(&out, line));
    let summary = summary(&out);
    assert_eq!(
        (&summary["train_images"], &summary["validation_images"]),
        (&140.into(), &60.into())
    );
    let rows = rows(&out, "metrics.csv");
    let accuracies: Vec<f64> = rows.iter().map(|row| row[4].parse().unwrap()).collect();
    let highest = accuracies.iter().copied().fold(0.0, f64::max);
    let best = 1 + accuracies
        .iter()
        .position(|accuracy| *accuracy == highest)
        .unwrap();
    assert_eq!(summary["epoch"], best);
    let there = |epoch: usize| out.join(format!("checkpoint/epoch-{epoch}")).exists();
    let kept: Vec<bool> = (1..=8).map(there).collect();
    let expected: Vec<bool> = (1..=8).map(|epoch| epoch >= 7 || epoch == best).collect();
    assert_eq!(kept, expected, "{accuracies:?}");
    // Reported again, it is the same network.
    let first = parameters(&out);
    succeeds(into(&out, &format!("{line} --resume")));
    assert_eq!(parameters(&out), first);
    assert_eq!(self::summary(&out)["epoch"], best);
}

/// At the same batch, two devices compute what one does, but for the order of sums.
#[test]
fn two_devices_train_like_one() {
    let (_temp, out) = temp();
    let line =
        "--train-size 36 --test-size 10 --batch-size 16 --width 4 --epochs 2 --augment flip-crop";
    let (one, two, torn) = (out.join("one"), out.join("two"), out.join("torn"));
    succeeds(into(&one, line));
    succeeds(into(&two, &format!("{line} --devices 2")));
    let losses = |out: &Path| -> Vec<f64> {
        let rows = rows(out, "steps.csv");
        rows.iter().map(|row| row[2].parse().unwrap()).collect()
    };
    let (ones, twos) = (losses(&one), losses(&two));
    // Of the last batch of four, each device has two.
    assert_eq!((ones.len(), twos.len()), (6, 6));
    for (step, (one, two)) in ones.iter().zip(&twos).enumerate() {
        assert!(
            (one - two).abs() <= 1e-5 * one,
            "step {step}: {one} and {two}"
        );
    }
    let shorter = line.replace("--epochs 2", "--epochs 1");
    succeeds(into(&torn, &format!("{shorter} --devices 2")));
    succeeds(into(&torn, &format!("{line} --devices 2 --resume")));
    assert_eq!(losses(&torn), twos);
}

/// A terminal that is closed ends a run, and one that was started with `nohup` not.
#[test]
#[cfg(target_os = "linux")]
fn a_hangup_ends_a_run_unless_it_is_ignored() {
    let (_temp, out) = temp();
    let line = "--train-size 500 --test-size 20 --width 4 --epochs 8";
    // Whatever this test was started with.
    let with = |signal: &str, line: &str| {
        let run = into(&out, line);
        let mut command = Command::new("env");
        command.arg(signal).arg(run.get_program());
        command.args(run.get_args()).env_remove("RUST_BACKTRACE");
        command
    };
    let output = signalled(with("--default-signal=HUP", line), &out, 2, "-HUP");
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(message.contains("same command with --resume"), "{message}");
    let resume = format!("{line} --resume");
    let output = signalled(with("--ignore-signal=HUP", &resume), &out, 4, "-HUP");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(rows(&out, "metrics.csv").len(), 8);
}

#[test]
fn a_finished_run_can_go_on() {
    let (_temp, out) = temp();
    let longer = SMALL.replace("--epochs 1", "--epochs 2");
    succeeds(into(&out.join("a"), SMALL));
    // Nothing to do but to report again.
    let first = numbers(&out.join("a"));
    succeeds(into(&out.join("a"), &format!("{SMALL} --resume")));
    assert_eq!(numbers(&out.join("a")), first);
    succeeds(into(&out.join("a"), &format!("{longer} --resume")));
    succeeds(into(&out.join("b"), &longer));
    assert_eq!(numbers(&out.join("a")), numbers(&out.join("b")));
}

#[test]
fn a_learning_rate_that_diverges_says_so() {
    let (_temp, out) = temp();
    for rate in ["1e30", "1e308"] {
        let out = out.join(rate);
        // Such an epoch is no checkpoint, so that nothing goes on from there.
        for resume in ["", "--resume"] {
            let line = format!("{SMALL} --lr {rate} {resume}");
            let message = fails(&into(&out, &line).output().unwrap(), 1);
            assert!(
                message.contains("loss of step ") && message.contains("--lr"),
                "{message}"
            );
            let names_layer = message.contains("parameter blocks.") || message.contains("block ");
            assert!(names_layer, "{message}");
            assert!(!checkpoint(&out, 1) && !out.join("model.bpk").exists());
        }
    }
    // Where numbers stay finite, it ends, and says so.
    let line = format!("{SMALL} --activation pelu --lr 1000");
    let output = into(&out.join("finite"), &line).output().unwrap();
    let message = text(&output.stderr);
    assert!(output.status.success(), "{message}");
    assert!(
        message.starts_with("warning: ") && message.contains("diverged"),
        "{message}"
    );
}

#[test]
fn another_run_is_neither_overwritten_nor_mixed() {
    let (_temp, out) = temp();
    let message = fails(
        &into(&out, &format!("{SMALL} --resume")).output().unwrap(),
        2,
    );
    assert!(
        message.contains("no checkpoint to resume from"),
        "{message}"
    );
    succeeds(into(&out, SMALL));
    for (line, word) in [
        ("--seed 1", "--seed 0, not 1; name another"),
        ("--lr 0.5 --resume", "--lr 0.001, not 0.5; resume"),
    ] {
        let message = fails(&into(&out, &format!("{SMALL} {line}")).output().unwrap(), 2);
        assert!(message.contains(word), "{message}");
    }
    // The same run again would cost what has been trained.
    let before = numbers(&out);
    let message = fails(&into(&out, SMALL).output().unwrap(), 2);
    assert!(message.contains("1 trained epoch; --resume"), "{message}");
    assert_eq!(numbers(&out), before);
    succeeds(into(&out, &format!("{SMALL} --overwrite")));
    assert_eq!(numbers(&out), before);
}

#[test]
fn runs_that_name_no_folder_keep_out_of_each_others_way() {
    let temp = tempdir().unwrap();
    let here = |line: &str, epochs: usize| {
        let small = SMALL.replace("--epochs 1", &format!("--epochs {epochs}"));
        let mut command = command(&format!("{small} {line}"));
        command.current_dir(temp.path());
        command
    };
    let first = temp.path().join("runs/prelu-synthetic-0");
    let second = temp.path().join("runs/prelu-synthetic-0_2");
    succeeds(here("", 1));
    let printed = succeeds(here("--sharing layer", 1));
    assert!(printed.contains("runs/prelu-synthetic-0_2"), "{printed}");
    assert_eq!(summary(&first)["settings"]["sharing"], "channel");
    assert_eq!(summary(&second)["settings"]["sharing"], "layer");

    // Each is found again by its settings.
    succeeds(here("--sharing layer --resume", 2));
    assert_eq!(rows(&second, "metrics.csv").len(), 2);
    assert_eq!(rows(&first, "metrics.csv").len(), 1);
    let message = fails(&here("--lr 0.5 --resume", 1).output().unwrap(), 2);
    assert!(
        message.contains("runs/prelu-synthetic-0: no checkpoint"),
        "{message}"
    );
}

#[test]
#[cfg(unix)]
fn a_reader_that_leaves_does_not_end_the_run() {
    let (_temp, out) = temp();
    let mut command = into(&out, SMALL);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(summary(&out)["test_accuracy"].is_f64());
}

/// Everything in a folder, by path.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => all.append(&mut contents(&entry.path())),
            false => drop(all.insert(entry.path(), fs::read(entry.path()).unwrap())),
        }
    }
    all
}

/// Every file of the newest checkpoint, changed in one bit or cut: the run says which it is, keeps it, and ends as if
/// nothing had been.
#[test]
fn a_damaged_checkpoint_costs_an_epoch() {
    let (_temp, out) = temp();
    let [two, three] =
        [2, 3].map(|epochs| SMALL.replace("--epochs 1", &format!("--epochs {epochs}")));
    let (torn, whole) = (out.join("torn"), out.join("whole"));
    succeeds(into(&torn, &two));
    succeeds(into(&whole, &three));
    let fresh = contents(&torn);
    let newest = torn.join("checkpoint/epoch-2");
    for (number, file) in fresh
        .keys()
        .filter(|file| file.starts_with(&newest))
        .enumerate()
    {
        fs::remove_dir_all(&torn).unwrap();
        for (path, bytes) in &fresh {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let mut bytes = fresh[file].clone();
        let middle = bytes.len() / 2;
        match number % 2 {
            0 => bytes[middle] ^= 1 << (number % 8),
            _ => bytes.truncate(middle),
        }
        fs::write(file, &bytes).unwrap();
        let mut command = into(&torn, &format!("{three} --resume"));
        let output = command.output().unwrap();
        let message = text(&output.stderr);
        assert!(output.status.success(), "{file:?}: {message}");
        let said = message.lines().count() == 1 && message.contains("damaged");
        let sums = file.ends_with("SHA256SUMS");
        assert!(
            said && (sums || message.contains(file.to_str().unwrap())),
            "{message}"
        );
        let kept = torn.join("checkpoint/damaged-epoch-2");
        assert_eq!(
            fs::read(kept.join(file.file_name().unwrap())).unwrap(),
            bytes
        );
        assert_eq!(numbers(&torn), numbers(&whole), "{file:?}");
        assert_eq!(
            rows(&torn, "steps.csv"),
            rows(&whole, "steps.csv"),
            "{file:?}"
        );
        assert_eq!(rows(&torn, "metrics.csv").len(), 3, "{file:?}");
    }
}

/// Without settings, without metrics, with nonsense in them: what a resume needs is in the checkpoint.
#[test]
fn files_for_people_may_be_lost() {
    let (_temp, out) = temp();
    let longer = SMALL.replace("--epochs 1", "--epochs 2");
    succeeds(into(&out.join("whole"), &longer));
    let torn = out.join("torn");
    succeeds(into(&torn, SMALL));
    fs::remove_file(torn.join("settings.json")).unwrap();
    fs::write(torn.join("metrics.csv"), "").unwrap();
    fs::write(torn.join("steps.csv"), "step,epoch,loss\n1,1,a\n2,1,b\n").unwrap();
    // The run is still known for what it is.
    let message = fails(
        &into(&torn, &format!("{SMALL} --lr 0.5")).output().unwrap(),
        2,
    );
    assert!(message.contains("--lr 0.001, not 0.5"), "{message}");
    let message = fails(&into(&torn, SMALL).output().unwrap(), 2);
    assert!(message.contains("--resume"), "{message}");
    succeeds(into(&torn, &format!("{longer} --resume")));
    assert_eq!(numbers(&torn), numbers(&out.join("whole")));
    assert_eq!(
        rows(&torn, "steps.csv"),
        rows(&out.join("whole"), "steps.csv")
    );
}

#[test]
fn files_of_others_are_left_as_they_are() {
    let (temp, out) = temp();
    for name in [
        "metrics.csv",
        "settings.json",
        "checkpoint/mine.txt",
        "model.bpk",
    ] {
        let folder = out.join(name.replace('/', "-"));
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "mine").unwrap();
        let before = contents(&folder);
        for line in ["", "--overwrite", "--resume"] {
            let output = into(&folder, &format!("{SMALL} {line}")).output().unwrap();
            fails(&output, 2);
            assert_eq!(contents(&folder), before, "{name} {line}");
        }
    }
    // In a default folder, the next number is taken.
    let foreign = temp.path().join("runs/prelu-synthetic-0");
    fs::create_dir_all(&foreign).unwrap();
    fs::write(foreign.join("summary.json"), "mine").unwrap();
    let mut command = command(SMALL);
    command.current_dir(temp.path());
    let printed = succeeds(command);
    assert!(printed.contains("runs/prelu-synthetic-0_2"), "{printed}");
    assert_eq!(
        fs::read_to_string(foreign.join("summary.json")).unwrap(),
        "mine"
    );
}

#[test]
fn two_processes_do_not_share_a_folder() {
    let (_temp, out) = temp();
    let long = SMALL.replace("--epochs 1", "--epochs 1000");
    let mut first = into(&out, &long)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while rows(&out, "metrics.csv").is_empty() {
        assert!(Instant::now() < deadline, "no epoch in a minute");
        sleep(Duration::from_millis(10));
    }
    for line in ["", "--resume", "--overwrite"] {
        let output = into(&out, &format!("{long} {line}")).output().unwrap();
        let message = fails(&output, 2);
        assert!(message.contains("another process"), "{message}");
    }
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn images_that_changed_are_noticed() {
    let (temp, out) = temp();
    let line = |data: &str| format!("{SMALL} --data cifar10 --data-dir {data}");
    let write = |folder: &str, shift: usize| {
        let folder = temp.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        for (file, count) in [("data_batch_1.bin", 64), ("test_batch.bin", 30)] {
            let record = |i: usize| {
                let pixels = (0..3072).map(move |p| (p * (i + 1) % 251) as u8);
                std::iter::once(((i + shift) % 10) as u8).chain(pixels)
            };
            fs::write(
                folder.join(file),
                (0..count).flat_map(record).collect::<Vec<u8>>(),
            )
            .unwrap();
        }
        folder.display().to_string()
    };
    let (before, moved, permuted) = (write("a", 0), write("b", 0), write("c", 1));
    succeeds(into(&out, &line(&before)));
    let message = fails(
        &into(&out, &format!("{} --resume", line(&permuted)))
            .output()
            .unwrap(),
        2,
    );
    assert!(
        message.contains("the test labels are not those"),
        "{message}"
    );
    succeeds(into(&out, &format!("{} --resume", line(&moved))));
}

/// The bytes of all parameters of a run's model. Before them, in a record, is what names them, which has ids that are new
/// in each process.
pub fn parameters(out: &Path) -> Vec<u8> {
    let mut record = fs::read(out.join("model.bpk")).unwrap();
    let names = u32::from_le_bytes(record[6..10].try_into().unwrap()) as usize;
    record.drain(..10 + names);
    assert!(record.iter().filter(|byte| **byte != 0).count() > 2_000);
    record
}

/// Killed at any moment, again and again, a run ends like one that was left alone.
#[test]
#[cfg(unix)]
fn runs_killed_at_random_end_like_undisturbed_ones() {
    let (_temp, out) = temp();
    let line = "--train-size 96 --test-size 20 --batch-size 16 --width 4 --epochs 6";
    let whole = out.join("whole");
    let started = Instant::now();
    succeeds(into(&whole, line));
    let span = started.elapsed();
    let mut random = Numbers(7);
    for chain in 0..crashes(4) {
        let torn = out.join(format!("torn-{chain}"));
        let mut begun = false;
        for _ in 0..5 {
            let resume = if begun { " --resume" } else { "" };
            let mut child = into(&torn, &format!("{line}{resume}"))
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            sleep(span.mul_f64(random.between(0.0, 0.9)));
            // It may have ended; if so, it ended well, or had nothing to resume.
            let _ = child.kill();
            let output = child.wait_with_output().unwrap();
            let message = text(&output.stderr);
            assert!(
                message.is_empty() || message.contains("nothing") || message.contains("--resume"),
                "{message}"
            );
            begun = torn.join(".burn-rectifiers").exists();
        }
        let resume = if begun { " --resume" } else { "" };
        let output = into(&torn, &format!("{line}{resume}")).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(numbers(&torn), numbers(&whole));
        assert_eq!(rows(&torn, "steps.csv"), rows(&whole, "steps.csv"));
        assert_eq!(rows(&torn, "metrics.csv").len(), 6);
        assert!(parameters(&torn) == parameters(&whole), "other parameters");
        let left: Vec<_> = contents(&torn)
            .into_keys()
            .filter(|path| {
                let path = path.to_string_lossy();
                path.contains("unfinished") || path.ends_with(".part")
            })
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// A full standard output, or a full standard error, costs no training.
#[test]
#[cfg(target_os = "linux")]
fn a_full_output_does_not_end_the_run() {
    let (_temp, out) = temp();
    let full = || {
        let full = fs::OpenOptions::new().write(true).open("/dev/full");
        full.unwrap()
    };
    let output = into(&out, SMALL).stdout(full()).output().unwrap();
    assert!(fails(&output, 1).contains("standard output"));
    assert!(summary(&out)["test_accuracy"].is_f64() && out.join("report.html").exists());
    // What goes wrong keeps its exit code.
    let output = into(&out, SMALL).stderr(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let output = command("--help").stdout(full()).output().unwrap();
    assert!(fails(&output, 1).contains("standard output"));
}

#[test]
fn cifar_files_are_read() {
    let (temp, out) = temp();
    for (file, count) in [
        ("data_batch_1.bin", 20),
        ("data_batch_2.bin", 20),
        ("test_batch.bin", 12),
    ] {
        let record = |i: usize| {
            std::iter::once((i % 10) as u8).chain((0..3072).map(move |p| (p * (i + 1) % 251) as u8))
        };
        fs::write(
            temp.path().join(file),
            (0..count).flat_map(record).collect::<Vec<u8>>(),
        )
        .unwrap();
    }
    let data = format!(
        "--data cifar10 --data-dir {} --width 4 --epochs 1",
        temp.path().display()
    );
    succeeds(into(&out, &data));
    let summary = summary(&out);
    assert_eq!(
        (&summary["train_images"], &summary["test_images"]),
        (&40.into(), &12.into())
    );
    let output = into(&out, &format!("{data} --train-size 41"))
        .output()
        .unwrap();
    assert!(fails(&output, 2).contains("--train-size 41: expected at most 40"));
}

/// Images and tensors that are too large; networks are rows of `bad_inputs`.
#[test]
#[cfg(target_os = "linux")]
fn what_memory_cannot_hold_is_refused() {
    const LARGEST: u64 = 10_000_000 * 3072;
    let free = burn_rectifiers_study::memory::available().unwrap();
    for (name, line, setting) in [
        (
            "cnn_cifar",
            "--train-size 10000000",
            "--train-size 10000000",
        ),
        ("study", "--test-size 10000000", "--test-size 10000000"),
        (
            "bench",
            "floor --shape 1024,1024,1024 --dtype f64",
            "--shape 1024×1024×1024",
        ),
    ] {
        if free > LARGEST {
            continue;
        }
        let temp = tempdir().unwrap();
        let mut command = example(name, line);
        let message = fails(&command.current_dir(&temp).output().unwrap(), 2);
        let gigabytes = message.matches(" GB").count();
        assert!(message.contains(setting) && gigabytes == 2, "{message}");
        assert_eq!(fs::read_dir(&temp).unwrap().count(), 0);
    }
}

#[test]
fn every_program_tells_its_version() {
    for name in [
        "bench",
        "cnn_cifar",
        "custom_curve",
        "explore",
        "own_model",
        "study",
    ] {
        let printed = succeeds(example(name, "--version"));
        assert_eq!(
            printed.trim(),
            format!("{name} {}", env!("CARGO_PKG_VERSION"))
        );
    }
}

#[test]
fn help_shows_flags_and_examples() {
    let printed = succeeds(command("--help"));
    for flag in [
        "--activation",
        "--sharing",
        "--backend",
        "--data",
        "--data-dir",
        "--download",
        "--train-size",
        "--test-size",
        "--epochs",
        "--batch-size",
        "--lr",
        "--weight-decay",
        "--seed",
        "--width",
        "--out",
        "--resume",
        "--no-tui",
        "Examples:",
    ] {
        assert!(printed.contains(flag), "{flag}");
    }
}

#[test]
#[cfg(not(feature = "rocm"))]
fn a_backend_that_is_not_compiled_in_names_its_feature() {
    let message = fails(&command("--backend rocm").output().unwrap(), 2);
    assert!(message.contains("--features rocm"), "{message}");
}

/// Wherever Burn names no device itself.
#[test]
#[cfg(feature = "wgpu")]
fn a_resumed_run_stays_on_its_backend() {
    let (_temp, out) = temp();
    succeeds(into(&out, SMALL));
    let longer = SMALL.replace("--epochs 1", "--epochs 2");
    let mut without_gpu = into(&out, &format!("{longer} --resume"));
    for drivers in [
        "VK_ICD_FILENAMES",
        "VK_DRIVER_FILES",
        "__EGL_VENDOR_LIBRARY_FILENAMES",
    ] {
        without_gpu.env(drivers, "/nonexistent");
    }
    succeeds(without_gpu);
}

/// Same weights, same batches: only rounding differs.
#[test]
#[cfg(feature = "wgpu")]
fn losses_on_wgpu_are_those_on_flex() {
    let (_temp, out) = temp();
    let line = "--train-size 320 --test-size 10 --batch-size 16 --width 8 --epochs 1";
    let [flex, wgpu] = ["flex", "wgpu"].map(|backend| {
        let out = out.join(backend);
        succeeds(into(&out, &format!("{line} --backend {backend}")));
        rows(&out, "steps.csv")
    });
    assert_eq!((flex.len(), wgpu.len()), (20, 20));
    for (flex, wgpu) in flex.iter().zip(&wgpu) {
        let [a, b] = [flex, wgpu].map(|row| row[2].parse::<f64>().unwrap());
        assert!(
            (a - b).abs() <= 1e-3 * a.abs(),
            "step {}: {a} and {b}",
            flex[0]
        );
    }
}
