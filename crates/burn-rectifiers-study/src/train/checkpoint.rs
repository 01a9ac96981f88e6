//! Checkpoints that are either whole or not there.

use std::{fs, path::PathBuf};

use burn::{
    optim::{OptimizerRecord, lr_scheduler::LrSchedulerRecord},
    store::ModuleRecord,
    train::{
        checkpoint::{
            Checkpoint, Checkpointer, CheckpointerError, CheckpointingAction,
            CheckpointingStrategy, KeepLastNCheckpoints,
        },
        metric::store::{Aggregate, EventStoreClient, Split},
    },
};

use crate::{RunFolder, StudyError};

/// Writes one part of each checkpoint under another name and renames it when it is complete, so
/// that a run killed at any moment leaves no half-written one.
pub(crate) struct WholeFiles {
    folder: PathBuf,
    part: &'static str,
}

impl WholeFiles {
    pub fn new(folder: &RunFolder, part: &'static str) -> Self {
        Self {
            folder: folder.checkpoints(),
            part,
        }
    }

    fn file(&self, epoch: usize) -> PathBuf {
        self.folder.join(format!("{}-{epoch}.bpk", self.part))
    }
}

impl<R: Checkpoint> Checkpointer<R> for WholeFiles {
    fn save(&self, epoch: usize, record: R) -> Result<(), CheckpointerError> {
        fs::create_dir_all(&self.folder).map_err(CheckpointerError::IOError)?;
        let file = self.folder.join(format!("unfinished-{}.bpk", self.part));
        record.save(file.clone())?;
        fs::rename(file, self.file(epoch)).map_err(CheckpointerError::IOError)
    }

    fn delete(&self, epoch: usize) -> Result<(), CheckpointerError> {
        match fs::remove_file(self.file(epoch)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(CheckpointerError::IOError(error))
            }
            _ => Ok(()),
        }
    }

    fn restore(&self, epoch: usize) -> Result<R, CheckpointerError> {
        R::load(self.file(epoch))
    }
}

/// Keeps the last two checkpoints, and writes each after the metrics of its epoch.
pub(crate) struct AfterMetrics(KeepLastNCheckpoints);

impl AfterMetrics {
    pub fn new() -> Self {
        Self(KeepLastNCheckpoints::new(2))
    }
}

impl CheckpointingStrategy for AfterMetrics {
    fn checkpointing(
        &mut self,
        epoch: usize,
        store: &EventStoreClient,
    ) -> Vec<CheckpointingAction> {
        // Metrics go to the recorder on a thread of their own. A question waits until that thread
        // has done all before it; the answer does not matter.
        let _ = store.find_metric("Loss", epoch, Aggregate::Mean, &Split::Valid);
        self.0.checkpointing(epoch, store)
    }
}

/// Reads the checkpoint once: burn-train panics on a broken one.
pub(crate) fn check(folder: &RunFolder, epoch: usize) -> Result<(), StudyError> {
    fn readable<R: Checkpoint>(file: PathBuf) -> Result<(), StudyError> {
        match R::load(file.clone()) {
            Ok(_) => Ok(()),
            Err(error) => Err(StudyError::Broken {
                file,
                reason: error.to_string(),
            }),
        }
    }
    readable::<ModuleRecord>(folder.checkpoint_file("model", epoch))?;
    readable::<OptimizerRecord>(folder.checkpoint_file("optim", epoch))?;
    readable::<LrSchedulerRecord>(folder.checkpoint_file("scheduler", epoch))
}
