//! A run as its folder tells it.

use std::path::{Path, PathBuf};

use crate::base::{error::StudyError, files};
use crate::training::{
    logs::{EpochRow, read_csv},
    summary::Summary,
};

/// What a run has left.
#[derive(Debug, Clone)]
pub struct Run {
    /// Where it is.
    pub folder: PathBuf,
    /// What came of it.
    pub summary: Summary,
    /// Its epochs.
    pub epochs: Vec<EpochRow>,
}

impl Run {
    /// The run in a folder.
    ///
    /// # Errors
    ///
    /// If there is none that has ended, or a file is not what `cnn_cifar` writes.
    pub fn read(folder: &Path) -> Result<Self, StudyError> {
        let file = folder.join("summary.json");
        if !file.exists() {
            return Err(StudyError::NotFinished {
                folder: folder.into(),
            });
        }
        let text = files::read(&file).map_err(StudyError::io("read", &file))?;
        let summary = serde_json::from_str(&text).map_err(|error| StudyError::NoSummary {
            file: file.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            folder: folder.into(),
            summary,
            epochs: read_csv(&folder.join("metrics.csv"))?,
        })
    }

    /// The runs in these folders, each of which is another.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), and if a folder is named twice.
    pub fn read_all(folders: &[PathBuf]) -> Result<Vec<Self>, StudyError> {
        let mut seen = Vec::new();
        for folder in folders {
            let path = folder.canonicalize().unwrap_or(folder.clone());
            if seen.contains(&path) {
                return Err(StudyError::NamedTwice {
                    folder: folder.clone(),
                });
            }
            seen.push(path);
        }
        folders.iter().map(|folder| Self::read(folder)).collect()
    }

    /// Its name: that of its folder.
    pub fn name(&self) -> String {
        let name = self.folder.file_name().unwrap_or(self.folder.as_os_str());
        name.to_string_lossy().into_owned()
    }
}
