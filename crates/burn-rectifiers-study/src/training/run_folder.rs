//! Where a run leaves its traces, and from where it continues.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use burn_rectifiers_data::{Images, Split};
use serde_json::Value;

use crate::base::cli::quoted;
use crate::base::files::{
    self, OwnFolder, can_be_folder, checksum_of, remove, replace, replace_by,
};
use crate::training::checkpoints::Checkpoints;
use crate::training::logs::{EpochRow, StepRow, csv_text, read_csv};
use crate::{
    base::error::StudyError,
    complain, say,
    training::{net::Net, settings::Settings, summary::Summary},
};

/// Whose the folder is.
const PROGRAM: &str = "cnn_cifar";

/// What a run leaves, besides its settings and checkpoints; a new one begins without.
const RESULTS: [&str; 6] = [
    "metrics.csv",
    "steps.csv",
    "model.bpk",
    "summary.json",
    "report.html",
    "activations.svg",
];

const SETTINGS: &str = "settings.json";
const DATA: &str = "data.json";
const CHECKPOINTS: &str = "checkpoint";

/// The images of a run: a name of each part, and what tells it from another.
type Fingerprint = BTreeMap<String, String>;

fn fingerprint(data: &Split) -> Fingerprint {
    let parts = [("training", &data.train), ("test", &data.test)];
    let of = |(name, images): (&str, &Images)| {
        [
            (format!("number of {name} images"), images.len().to_string()),
            (format!("{name} images"), checksum_of(images.bytes())),
            (format!("{name} labels"), checksum_of(images.labels())),
        ]
    };
    parts.into_iter().flat_map(of).collect()
}

/// How a run begins in its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// From the beginning, in a folder without a trained epoch of such a run.
    New,
    /// From the beginning, in place of what a run with the same settings left there.
    Overwrite,
    /// After the last whole epoch there.
    Resume,
}

/// The folder of one run. No other process works in it while this lives.
#[derive(Debug)]
pub struct RunFolder {
    own: OwnFolder,
    settings: Settings,
    data: Fingerprint,
    trained: usize,
}

impl RunFolder {
    /// Prepares the folder for a run with these settings and images.
    ///
    /// Resuming, `--epochs` may be larger than before; `--data-dir` may always differ, as data may be moved. A damaged
    /// checkpoint is said on standard error and kept under another name; the run goes on from the one before. Without
    /// any, as the first epoch had not ended, it begins again.
    ///
    /// # Errors
    ///
    /// If the folder has files that such a run did not write, if it holds a run with other settings or images, or one
    /// that is not to be overwritten, if nothing is there to resume, if another process is at work in it, or if a file
    /// cannot be read or written.
    pub fn open(
        path: PathBuf,
        settings: &Settings,
        data: &Split,
        begin: Begin,
    ) -> Result<Self, StudyError> {
        can_be_folder(&path)?;
        // A run that has nothing to go on with leaves nothing behind.
        if begin == Begin::Resume && !OwnFolder::is_there(&path, PROGRAM) {
            return Err(StudyError::NoCheckpoint { folder: path });
        }
        let names: Vec<&str> = RESULTS.into_iter().chain([SETTINGS, CHECKPOINTS]).collect();
        let mut folder = Self {
            own: OwnFolder::take(&path, PROGRAM, &names)?,
            settings: settings.clone().filled(),
            data: fingerprint(data),
            trained: 0,
        };
        folder.checkpoints().clean()?;
        match begin {
            Begin::Resume => folder.resume()?,
            _ => folder.begin(begin == Begin::Overwrite)?,
        }
        // Not its meaning: of a field that is there twice, each reader takes another.
        if files::read(&folder.file(SETTINGS)).ok() != Some(folder.settings_text()) {
            replace(&folder.file(SETTINGS), folder.settings_text())?;
        }
        Ok(folder)
    }

    /// Goes on after the last whole checkpoint.
    fn resume(&mut self) -> Result<(), StudyError> {
        let checkpoints = self.checkpoints();
        let mut damaged = None;
        for epoch in checkpoints.epochs().into_iter().rev() {
            let Err(damage) = checkpoints.check(epoch) else {
                return self.go_on_after(epoch);
            };
            let kept = checkpoints.set_aside(epoch)?;
            complain!(
                "{}: damaged: {}; this checkpoint is kept as {}",
                damage.file.display(),
                damage.reason,
                kept.display()
            );
            damaged = Some(damage.file);
        }
        if let Some(file) = damaged {
            return Err(StudyError::NoneWhole { file });
        }
        if let Ok(there) = json_in(&self.file(SETTINGS)) {
            self.refuse_other(&there, self.free(), RESUME)?;
        }
        say!(
            "{}: the first epoch had not ended; beginning again",
            self.path().display()
        );
        self.clear()
    }

    fn go_on_after(&mut self, epoch: usize) -> Result<(), StudyError> {
        let checkpoints = self.checkpoints();
        let settings = json_in(&checkpoints.file(epoch, SETTINGS))?;
        self.refuse_other(&settings, self.free(), RESUME)?;
        let data = json_in(&checkpoints.file(epoch, DATA))?;
        let mut parts = self.data.iter();
        if let Some((what, _)) = parts.find(|(what, sum)| data[what.as_str()] != ***sum) {
            return Err(StudyError::OtherImages {
                folder: self.path().into(),
                what: what.clone(),
            });
        }
        if epoch > self.settings.epochs {
            return Err(StudyError::Setting {
                setting: "epochs",
                value: self.settings.epochs.to_string(),
                expected: format!(
                    "at least {epoch}, the epochs trained in {}",
                    self.path().display()
                ),
            });
        }
        for name in ["metrics.csv", "steps.csv"] {
            checkpoints.copy(epoch, name, &self.file(name))?;
        }
        self.trained = epoch;
        Ok(())
    }

    /// Begins a run, in place of one without a trained epoch, or of one with the same settings if that is `overwritten`.
    fn begin(&mut self, overwritten: bool) -> Result<(), StudyError> {
        let Some(epochs) = self.last_checkpoint() else {
            return self.clear();
        };
        let files = [
            self.file(SETTINGS),
            self.checkpoints().file(epochs, SETTINGS),
        ];
        if let Some(there) = files.iter().find_map(|file| json_in(file).ok()) {
            self.refuse_other(&there, self.free(), ANEW)?;
            self.refuse_other(&there, FREE, MORE)?;
        }
        if !overwritten {
            return Err(StudyError::RunThere {
                folder: self.path().into(),
                epochs,
            });
        }
        self.clear()
    }

    /// As [`open`](Self::open), in the default folder of the settings, or in the first of `…_2`,
    /// `…_3` and so on that is not taken by something else.
    ///
    /// # Errors
    ///
    /// If nothing is there to resume, or a run that is not to be overwritten, or if a file cannot
    /// be read or written.
    pub fn open_default(
        settings: &Settings,
        data: &Split,
        begin: Begin,
    ) -> Result<Self, StudyError> {
        let base = settings.default_folder();
        let mut path = base.clone();
        for number in 2.. {
            match Self::open(path.clone(), settings, data, begin) {
                Err(StudyError::OtherRun { .. } | StudyError::Foreign { .. }) => {}
                Err(StudyError::NoCheckpoint { .. }) if !path.exists() => {
                    return Err(StudyError::NoCheckpoint { folder: base });
                }
                Err(StudyError::NoCheckpoint { .. }) => {}
                other => return other,
            }
            let mut name = base.clone().into_os_string();
            name.push(format!("_{number}"));
            path = name.into();
        }
        unreachable!("there is always a next number")
    }

    /// The path of a file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        self.own.path()
    }

    /// The settings of the run.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Epochs that were already trained when the folder was opened.
    pub fn trained(&self) -> usize {
        self.trained
    }

    /// Where its checkpoints are.
    pub(crate) fn checkpoints(&self) -> Checkpoints {
        Checkpoints::new(self.file(CHECKPOINTS))
    }

    /// The epochs so far.
    ///
    /// # Errors
    ///
    /// If `metrics.csv` cannot be read.
    pub fn epochs(&self) -> Result<Vec<EpochRow>, StudyError> {
        read_csv(&self.file("metrics.csv"))
    }

    /// The steps so far.
    ///
    /// # Errors
    ///
    /// If `steps.csv` cannot be read.
    pub fn steps(&self) -> Result<Vec<StepRow>, StudyError> {
        read_csv(&self.file("steps.csv"))
    }

    /// Writes what came of the run: `model.bpk`, the network's record, and `summary.json`.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub fn save(&self, model: &Net, summary: &Summary) -> Result<(), StudyError> {
        replace_by(&self.file("model.bpk"), |part| model.save(part))?;
        let text = serde_json::to_string_pretty(summary).expect("plain data");
        replace(&self.file("summary.json"), text + "\n")
    }

    /// Writes a page or a picture.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf, StudyError> {
        let path = self.file(name);
        replace(&path, text)?;
        Ok(path)
    }

    /// The epoch with the highest accuracy on the validation images so far, the first of those that are equal; none
    /// without such images.
    pub(crate) fn best_epoch(&self) -> Option<usize> {
        if self.settings.val_split == 0.0 {
            return None;
        }
        let rows = self.epochs().ok()?;
        let better = |best: EpochRow, row: EpochRow| match row.valid_accuracy > best.valid_accuracy
        {
            true => row,
            false => best,
        };
        rows.into_iter().reduce(better).map(|row| row.epoch)
    }

    /// The last epoch with a checkpoint.
    pub(crate) fn last_checkpoint(&self) -> Option<usize> {
        self.checkpoints().epochs().last().copied()
    }

    /// What a checkpoint of `epoch` has besides the parts that burn-train writes.
    pub(crate) fn texts(&self, epoch: usize) -> Result<[String; 4], StudyError> {
        let metrics = self.epochs()?.into_iter().filter(|row| row.epoch <= epoch);
        let steps = self.steps()?.into_iter().filter(|row| row.epoch <= epoch);
        Ok([
            csv_text(metrics),
            csv_text(steps),
            self.settings_text(),
            serde_json::to_string_pretty(&self.data).expect("plain data") + "\n",
        ])
    }

    /// Forgets what was recorded after `epoch`: a run that ended in the middle of an epoch leaves
    /// rows of it, and repeats the epoch.
    pub(crate) fn keep_epochs(&self, epoch: usize) -> Result<(), StudyError> {
        let [metrics, steps, ..] = self.texts(epoch)?;
        replace(&self.file("metrics.csv"), metrics)?;
        replace(&self.file("steps.csv"), steps)
    }

    fn settings_text(&self) -> String {
        as_text(&self.settings)
    }

    /// Settings that may be others when a run goes on. With a schedule that spans all epochs, a longer run is another
    /// from its first step.
    fn free(&self) -> &'static [&'static str] {
        match self.settings.schedule.is_the_same_for_more_epochs() {
            true => &["data_dir", "recipe", "epochs"],
            false => FREE,
        }
    }

    /// Refuses a folder in which a setting other than `free` has another value.
    fn refuse_other(
        &self,
        there: &Value,
        free: &[&str],
        advice: &'static str,
    ) -> Result<(), StudyError> {
        let here = as_read(&self.settings);
        let here = here.as_object().expect("settings have fields");
        // A run from before there was a setting is as it would be by default.
        let before = as_read(&Settings::default().filled());
        let there = |name: &str| there.get(name).unwrap_or(&before[name]).clone();
        let mut fields = here
            .iter()
            .filter(|(name, _)| !free.contains(&name.as_str()));
        match fields.find(|(name, value)| there(name) != **value) {
            None => Ok(()),
            Some((name, value)) => Err(StudyError::OtherRun {
                folder: self.path().into(),
                setting: name.replace('_', "-"),
                there: as_typed(&there(name)),
                here: as_typed(value),
                advice,
            }),
        }
    }

    /// Deletes what an earlier run left.
    fn clear(&self) -> Result<(), StudyError> {
        self.checkpoints().clear()?;
        RESULTS.iter().try_for_each(|name| remove(&self.file(name)))
    }
}

/// Settings that do not decide what a run computes.
const FREE: &[&str] = &["data_dir", "recipe"];

fn as_text(settings: &Settings) -> String {
    serde_json::to_string_pretty(settings).expect("settings are plain data") + "\n"
}

/// Settings as they are read from a file: a number may be read as its neighbour.
fn as_read(settings: &Settings) -> Value {
    serde_json::from_str(&as_text(settings)).expect("it was written as JSON")
}

const RESUME: &str = "resume with the same settings";
const ANEW: &str = "name another folder with --out, or delete this one";
const MORE: &str = "--resume goes on with it, or name another folder with --out";

/// A setting as on the command line.
fn as_typed(value: &Value) -> String {
    match value {
        Value::Null => "left to its default".into(),
        Value::String(text) => quoted(text),
        other => quoted(&other.to_string()),
    }
}

fn json_in(file: &Path) -> Result<Value, StudyError> {
    let text = files::read(file).map_err(StudyError::io("read", file))?;
    serde_json::from_str(&text).map_err(|error| StudyError::Broken {
        file: file.into(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::training::settings::tests::settings;

    fn data() -> Split {
        burn_rectifiers_data::synthetic::split(0, 20, 10)
    }

    fn open(path: &Path, line: &str, begin: Begin) -> Result<RunFolder, String> {
        let folder = RunFolder::open(path.join("run"), &settings(line), &data(), begin);
        folder.map_err(|error| error.to_string())
    }

    /// Leaves what a run would leave after so many epochs of two steps, and half of the next.
    fn pretend(folder: &RunFolder, epochs: usize) {
        let rows = (1..=epochs).map(|epoch| EpochRow {
            epoch,
            ..EpochRow::default()
        });
        fs::write(folder.file("metrics.csv"), csv_text(rows)).unwrap();
        let steps = (1..=2 * epochs + 1).map(|step| StepRow {
            step,
            epoch: step.div_ceil(2),
            loss: 0.5,
            learning_rate: 0.001,
        });
        fs::write(folder.file("steps.csv"), csv_text(steps)).unwrap();
        for epoch in epochs.saturating_sub(1).max(1)..=epochs {
            let texts = folder.texts(epoch).unwrap();
            crate::training::checkpoints::tests::pretend(&folder.checkpoints(), epoch, texts);
        }
    }

    #[test]
    fn another_run_is_not_overwritten() {
        let temp = tempfile::tempdir().unwrap();
        // One of which no epoch was kept has nothing to lose.
        open(temp.path(), "--lr 0.5", Begin::New).unwrap();
        pretend(&open(temp.path(), "--lr 0.01", Begin::New).unwrap(), 1);
        let message = open(temp.path(), "--lr 0.02", Begin::New).unwrap_err();
        assert!(
            message.contains("--lr 0.01, not 0.02; name another folder with --out"),
            "{message}"
        );
        let message = open(temp.path(), "--lr 0.01 --train-size 5", Begin::New).unwrap_err();
        assert!(
            message.contains("--train-size left to its default, not 5"),
            "{message}"
        );
        let message = open(temp.path(), "--lr 0.01", Begin::New).unwrap_err();
        assert!(
            message.contains("holds a run with 1 trained epoch"),
            "{message}"
        );
        open(temp.path(), "--lr 0.01", Begin::Overwrite).unwrap();
    }

    #[test]
    fn a_run_begins_where_its_checkpoint_is() {
        let temp = tempfile::tempdir().unwrap();
        let message = open(temp.path(), "", Begin::Resume).unwrap_err();
        assert!(
            message.contains("no checkpoint to resume from"),
            "{message}"
        );
        pretend(&open(temp.path(), "", Begin::New).unwrap(), 2);
        let folder = open(temp.path(), "--epochs 9", Begin::Resume).unwrap();
        assert_eq!((folder.trained(), folder.epochs().unwrap().len()), (2, 2));
        assert_eq!(folder.steps().unwrap().len(), 4);
        drop(folder);
        let message = open(temp.path(), "--epochs 1", Begin::Resume).unwrap_err();
        assert!(
            message.starts_with("--epochs 1: expected at least 2"),
            "{message}"
        );
        let message = open(temp.path(), "--seed 1", Begin::Resume).unwrap_err();
        assert!(
            message.contains("--seed 0, not 1; resume with the same"),
            "{message}"
        );
    }

    #[test]
    fn a_run_goes_on_from_the_newest_state_that_is_whole() {
        let temp = tempfile::tempdir().unwrap();
        let folder = open(temp.path(), "", Begin::New).unwrap();
        pretend(&folder, 3);
        let file = |name: &str| temp.path().join("run").join(name);
        drop(folder);
        // What people read may be gone or wrong: the checkpoint has it.
        fs::write(file(SETTINGS), "half a").unwrap();
        fs::remove_file(file("metrics.csv")).unwrap();
        fs::write(file("steps.csv"), "step,epoch,loss\nnonsense").unwrap();
        let message = open(temp.path(), "--lr 0.5", Begin::New).unwrap_err();
        assert!(message.contains("--lr 0.001, not 0.5"), "{message}");
        let folder = open(temp.path(), "", Begin::Resume).unwrap();
        assert_eq!((folder.trained(), folder.epochs().unwrap().len()), (3, 3));
        assert_eq!(folder.steps().unwrap().len(), 6);
        json_in(&folder.file(SETTINGS)).unwrap();
        drop(folder);

        fs::write(file("checkpoint/epoch-3/optim.bpk"), "zeros").unwrap();
        let folder = open(temp.path(), "", Begin::Resume).unwrap();
        assert_eq!((folder.trained(), folder.epochs().unwrap().len()), (2, 2));
        let kept = fs::read_to_string(file("checkpoint/damaged-epoch-3/optim.bpk"));
        assert_eq!(kept.unwrap(), "zeros");
        drop(folder);

        // Of none is left, what the message advises works.
        fs::write(file("checkpoint/epoch-2/steps.csv"), "").unwrap();
        let message = open(temp.path(), "", Begin::Resume).unwrap_err();
        assert!(message.contains("without --resume"), "{message}");
        assert_eq!(open(temp.path(), "", Begin::New).unwrap().trained(), 0);
    }

    #[test]
    fn a_run_without_an_epoch_begins_again() {
        let temp = tempfile::tempdir().unwrap();
        drop(open(temp.path(), "--lr 0.5", Begin::New).unwrap());
        let message = open(temp.path(), "", Begin::Resume).unwrap_err();
        assert!(message.contains("--lr 0.5, not 0.001"), "{message}");
        assert_eq!(
            open(temp.path(), "--lr 0.5", Begin::Resume)
                .unwrap()
                .trained(),
            0
        );
    }

    #[test]
    fn other_images_are_noticed() {
        let temp = tempfile::tempdir().unwrap();
        pretend(&open(temp.path(), "", Begin::New).unwrap(), 1);
        let mut labels = data().train.labels().to_vec();
        labels.reverse();
        let images = data().train;
        let classes = images.classes().to_vec();
        let train = Images::new(images.bytes().to_vec(), labels, classes);
        let changed = [
            (data().take(19, 10), "number of training images"),
            (
                Split {
                    train,
                    test: data().test,
                },
                "training labels",
            ),
        ];
        for (split, what) in changed {
            let path = temp.path().join("run");
            let opened = RunFolder::open(path, &settings(""), &split, Begin::Resume);
            let message = opened.unwrap_err().to_string();
            assert!(message.contains(what), "{message}");
        }
    }

    #[test]
    fn a_new_run_starts_clean() {
        let temp = tempfile::tempdir().unwrap();
        pretend(&open(temp.path(), "", Begin::New).unwrap(), 2);
        let message = open(temp.path(), "", Begin::New).unwrap_err();
        assert!(message.contains("2 trained epochs"), "{message}");
        let folder = open(temp.path(), "", Begin::Overwrite).unwrap();
        assert_eq!(folder.last_checkpoint(), None);
        assert!(!folder.file("metrics.csv").exists());
        assert!(
            open(temp.path(), "", Begin::Resume)
                .unwrap_err()
                .contains("another process")
        );
    }
}
