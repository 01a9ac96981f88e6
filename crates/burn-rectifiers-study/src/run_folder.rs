//! Where a run leaves its traces, and from where it continues.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use burn::module::Module;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Cnn, Settings, StudyError, Summary};

/// The files of a checkpoint: it is whole when all three are there.
pub(crate) const CHECKPOINT_PARTS: [&str; 3] = ["model", "optim", "scheduler"];

/// What an earlier run in the same folder may have left; a new one begins without.
const RESULTS: [&str; 7] = [
    "metrics.csv",
    "steps.csv",
    "model.bpk",
    "summary.json",
    "curves.svg",
    "activations.svg",
    "parameters.svg",
];

/// An epoch in `metrics.csv`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct EpochRow {
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// Mean loss over the training images, while the weights were changing.
    pub train_loss: f64,
    /// Fraction of training images classified correctly, while the weights were changing.
    pub train_accuracy: f64,
    /// Mean loss over the test images after the epoch.
    pub test_loss: f64,
    /// Fraction of test images classified correctly after the epoch.
    pub test_accuracy: f64,
    /// Time for training.
    pub train_seconds: f64,
    /// Time for testing.
    pub test_seconds: f64,
    /// Training images per second of training.
    pub images_per_second: f64,
}

/// A training step in `steps.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StepRow {
    /// Number of the step since the beginning of the run, from 1.
    pub step: usize,
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// Loss of the batch, to the last digit.
    pub loss: f64,
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

/// The folder of one run.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    settings: Settings,
    trained: usize,
}

impl RunFolder {
    /// Prepares the folder.
    ///
    /// Resuming, `--epochs` may be larger than before; `--data-dir` may always differ, as data may be moved.
    ///
    /// # Errors
    ///
    /// If the folder holds a run with other settings, or one that is not to be overwritten, or no
    /// checkpoint to resume from.
    pub fn open(path: PathBuf, settings: &Settings, begin: Begin) -> Result<Self, StudyError> {
        let mut folder = Self {
            path,
            settings: settings.clone(),
            trained: 0,
        };
        let no_checkpoint = || StudyError::NoCheckpoint {
            folder: folder.path.clone(),
        };
        let there = folder.stored_settings()?;
        if begin == Begin::Resume {
            folder.refuse_other(
                &there.ok_or_else(no_checkpoint)?,
                &["data_dir", "epochs"],
                RESUME,
            )?;
            let trained = folder.last_checkpoint().ok_or_else(no_checkpoint)?;
            if trained > settings.epochs {
                return Err(StudyError::Setting {
                    setting: "epochs",
                    value: settings.epochs.to_string(),
                    expected: format!(
                        "at least {trained}, the epochs trained in {}",
                        folder.path.display()
                    ),
                });
            }
            folder.trained = trained;
            folder.keep_epochs(trained)?;
        } else {
            if let Some(there) = there {
                folder.refuse_other(&there, &["data_dir"], ANEW)?;
            }
            if let (Begin::New, Some(epochs)) = (begin, folder.last_checkpoint()) {
                return Err(StudyError::RunThere {
                    folder: folder.path,
                    epochs,
                });
            }
            folder.clear()?;
        }
        folder.write_json("settings.json", settings)?;
        Ok(folder)
    }

    /// As [`open`](Self::open), in the default folder of the settings, or in the first of `…_2`,
    /// `…_3` and so on that is not taken by a run with other settings.
    ///
    /// # Errors
    ///
    /// If there is no checkpoint to resume from, or a run that is not to be overwritten, or if a file cannot
    /// be read or written.
    pub fn open_default(settings: &Settings, begin: Begin) -> Result<Self, StudyError> {
        let base = settings.default_folder();
        let mut path = base.clone();
        for number in 2.. {
            match Self::open(path, settings, begin) {
                Err(StudyError::OtherRun { .. }) => {}
                Err(StudyError::NoCheckpoint { .. }) => {
                    return Err(StudyError::NoCheckpoint { folder: base });
                }
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
        self.path.join(name)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The settings of the run.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Epochs that were already trained when the folder was opened.
    pub fn trained(&self) -> usize {
        self.trained
    }

    /// Where burn-train keeps checkpoints.
    pub fn checkpoints(&self) -> PathBuf {
        self.file("checkpoint")
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
    pub fn save(&self, model: &Cnn, summary: &Summary) -> Result<(), StudyError> {
        let path = self.file("model.bpk");
        model
            .clone()
            .save_file(&path)
            .map_err(|error| StudyError::Io {
                action: "write",
                path,
                reason: error.to_string(),
            })?;
        self.write_json("summary.json", summary)
    }

    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), StudyError> {
        let path = self.file(name);
        let text = serde_json::to_string_pretty(value).map_err(StudyError::io("write", &path))?;
        fs::write(&path, text + "\n").map_err(StudyError::io("write", path))
    }

    /// The last epoch with a whole checkpoint.
    pub(crate) fn last_checkpoint(&self) -> Option<usize> {
        let names = fs::read_dir(self.checkpoints())
            .into_iter()
            .flatten()
            .flatten();
        let names = names.filter_map(|entry| entry.file_name().into_string().ok());
        names
            .filter_map(|name| {
                name.strip_prefix("model-")?
                    .strip_suffix(".bpk")?
                    .parse()
                    .ok()
            })
            .filter(|&epoch| {
                CHECKPOINT_PARTS
                    .iter()
                    .all(|part| self.checkpoint_file(part, epoch).exists())
            })
            .max()
    }

    /// One file of a checkpoint.
    pub(crate) fn checkpoint_file(&self, part: &str, epoch: usize) -> PathBuf {
        self.checkpoints().join(format!("{part}-{epoch}.bpk"))
    }

    /// Forgets what was recorded after `epoch`: a run that ended in the middle of an epoch leaves
    /// rows of it, and repeats the epoch.
    pub(crate) fn keep_epochs(&self, epoch: usize) -> Result<(), StudyError> {
        let metrics: Vec<EpochRow> = self
            .epochs()?
            .into_iter()
            .filter(|row| row.epoch <= epoch)
            .collect();
        if metrics.len() != epoch {
            return Err(StudyError::Broken {
                file: self.file("metrics.csv"),
                reason: format!(
                    "{} epochs, but the checkpoint is of epoch {epoch}",
                    metrics.len()
                ),
            });
        }
        let steps = self.steps()?.into_iter().filter(|row| row.epoch <= epoch);
        write_csv(&self.file("metrics.csv"), metrics)?;
        write_csv(&self.file("steps.csv"), steps)
    }

    fn stored_settings(&self) -> Result<Option<Value>, StudyError> {
        let file = self.file("settings.json");
        if !file.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&file).map_err(StudyError::io("read", &file))?;
        let value = serde_json::from_str(&text);
        value.map(Some).map_err(|error| StudyError::Broken {
            file,
            reason: error.to_string(),
        })
    }

    /// Refuses a folder in which a setting other than `free` has another value.
    fn refuse_other(
        &self,
        there: &Value,
        free: &[&str],
        advice: &'static str,
    ) -> Result<(), StudyError> {
        let here = serde_json::to_value(&self.settings).expect("settings are plain data");
        let here = here.as_object().expect("settings have fields");
        let mut fields = here
            .iter()
            .filter(|(name, _)| !free.contains(&name.as_str()));
        match fields.find(|(name, value)| there[name.as_str()] != **value) {
            None => Ok(()),
            Some((name, value)) => Err(StudyError::OtherRun {
                folder: self.path.clone(),
                setting: name.replace('_', "-"),
                there: as_typed(&there[name.as_str()]),
                here: as_typed(value),
                advice,
            }),
        }
    }

    fn clear(&self) -> Result<(), StudyError> {
        fs::create_dir_all(&self.path).map_err(StudyError::io("create the folder", &self.path))?;
        let checkpoints = self.checkpoints();
        if checkpoints.exists() {
            fs::remove_dir_all(&checkpoints).map_err(StudyError::io("delete", checkpoints))?;
        }
        for file in RESULTS.map(|name| self.file(name)) {
            if file.exists() {
                fs::remove_file(&file).map_err(StudyError::io("delete", file))?;
            }
        }
        Ok(())
    }
}

const RESUME: &str = "resume with the same settings";
const ANEW: &str = "name another folder with --out, or delete this one";

/// A setting as on the command line.
fn as_typed(value: &Value) -> String {
    match value {
        Value::Null => "left to its default".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn read_csv<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, StudyError> {
    let broken = |error: csv::Error| StudyError::Broken {
        file: path.into(),
        reason: error.to_string(),
    };
    let rows = csv::Reader::from_path(path)
        .map_err(broken)?
        .into_deserialize();
    // A run that was killed may have left half a row at the end of what the next one repeats.
    let rows: Vec<Result<T, _>> = rows.collect();
    let last = rows.len().saturating_sub(1);
    let rows = rows
        .into_iter()
        .enumerate()
        .filter(|(index, row)| row.is_ok() || *index != last);
    rows.map(|(_, row)| row.map_err(broken)).collect()
}

/// Replaces the file in one go, so that there is always a whole one.
fn write_csv<T: Serialize>(
    path: &Path,
    rows: impl IntoIterator<Item = T>,
) -> Result<(), StudyError> {
    let part = path.with_extension("csv.part");
    let write = || -> csv::Result<()> {
        let mut writer = csv::Writer::from_writer(File::create(&part)?);
        rows.into_iter().try_for_each(|row| writer.serialize(row))?;
        Ok(writer.flush()?)
    };
    write().map_err(StudyError::io("write", &part))?;
    fs::rename(&part, path).map_err(StudyError::io("replace", path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::settings;

    fn open(path: &Path, line: &str, begin: Begin) -> Result<RunFolder, String> {
        RunFolder::open(path.join("run"), &settings(line), begin).map_err(|error| error.to_string())
    }

    /// Leaves what a run would leave after so many epochs of two steps, and half of the next.
    fn pretend(folder: &RunFolder, epochs: usize) {
        let rows = (1..=epochs).map(|epoch| EpochRow {
            epoch,
            ..EpochRow::default()
        });
        write_csv(&folder.file("metrics.csv"), rows).unwrap();
        let steps = (1..=2 * epochs + 1).map(|step| StepRow {
            step,
            epoch: step.div_ceil(2),
            loss: 0.5,
        });
        write_csv(&folder.file("steps.csv"), steps).unwrap();
        fs::create_dir_all(folder.checkpoints()).unwrap();
        for part in CHECKPOINT_PARTS {
            fs::write(folder.checkpoint_file(part, epochs), "").unwrap();
        }
    }

    #[test]
    fn another_run_is_not_overwritten() {
        let temp = tempfile::tempdir().unwrap();
        open(temp.path(), "--lr 0.01", Begin::New).unwrap();
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
        open(temp.path(), "--lr 0.01", Begin::New).unwrap();
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
    fn a_partial_checkpoint_does_not_count() {
        let temp = tempfile::tempdir().unwrap();
        let folder = open(temp.path(), "", Begin::New).unwrap();
        pretend(&folder, 2);
        fs::write(folder.checkpoint_file("model", 3), "").unwrap();
        assert_eq!(folder.last_checkpoint(), Some(2));
    }

    #[test]
    fn a_new_run_starts_clean() {
        let temp = tempfile::tempdir().unwrap();
        let folder = open(temp.path(), "", Begin::New).unwrap();
        pretend(&folder, 2);
        let message = open(temp.path(), "", Begin::New).unwrap_err();
        assert!(message.contains("2 trained epochs"), "{message}");
        assert_eq!(folder.last_checkpoint(), Some(2));
        let folder = open(temp.path(), "", Begin::Overwrite).unwrap();
        assert_eq!(folder.last_checkpoint(), None);
        assert!(!folder.file("metrics.csv").exists());
    }
}
