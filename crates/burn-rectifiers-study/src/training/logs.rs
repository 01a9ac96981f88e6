//! What a run writes down while it trains: rows of `metrics.csv` and `steps.csv`.

use std::path::Path;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::base::{error::StudyError, files};

/// An epoch in `metrics.csv`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct EpochRow {
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// Mean loss over the training images, while the weights were changing.
    pub train_loss: f64,
    /// Fraction of training images classified correctly, while the weights were changing.
    pub train_accuracy: f64,
    /// Mean loss over the validation images after the epoch; without `--val-split`, those are the test images.
    pub valid_loss: f64,
    /// Fraction of the validation images classified correctly after the epoch.
    pub valid_accuracy: f64,
    /// Time for training.
    pub train_seconds: f64,
    /// Time for validation.
    pub valid_seconds: f64,
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
    /// Learning rate of the step.
    pub learning_rate: f64,
}

/// The rows of a file.
pub(crate) fn read_csv<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, StudyError> {
    let broken = |error: csv::Error| StudyError::Broken {
        file: path.into(),
        reason: error.to_string(),
    };
    let text = files::read(path).map_err(StudyError::io("read", path))?;
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize();
    // A run that was killed may have left half a row at the end of what the next one repeats.
    let rows: Vec<Result<T, _>> = rows.collect();
    let last = rows.len().saturating_sub(1);
    let rows = rows
        .into_iter()
        .enumerate()
        .filter(|(index, row)| row.is_ok() || *index != last);
    rows.map(|(_, row)| row.map_err(broken)).collect()
}

/// Rows as the text of a file.
pub(crate) fn csv_text<T: Serialize>(rows: impl IntoIterator<Item = T>) -> String {
    let mut writer = csv::Writer::from_writer(vec![]);
    for row in rows {
        writer.serialize(row).expect("plain data in memory");
    }
    let bytes = writer.into_inner().expect("plain data in memory");
    String::from_utf8(bytes).expect("made of text")
}
