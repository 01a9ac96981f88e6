//! Checkpoints that are either whole or not there.

use std::{
    collections::HashMap,
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use burn::{
    optim::{OptimizerRecord, lr_scheduler::LrSchedulerRecord},
    store::ModuleRecord,
    train::{
        checkpoint::{
            Checkpoint, Checkpointer, CheckpointerError, CheckpointingAction, CheckpointingStrategy,
        },
        metric::store::{Aggregate, EventStoreClient, Split},
    },
};

use super::recorder::Recorder;
use crate::training::checkpoints::PARTS;
use crate::{base::error::StudyError, training::run_folder::RunFolder};

/// The checkpoints of a run, the parts of which burn-train writes and deletes from three threads.
#[derive(Clone)]
pub(crate) struct WholeCheckpoints {
    folder: Arc<RunFolder>,
    /// How many parts there are of those that are not complete.
    parts: Arc<Mutex<HashMap<usize, usize>>>,
}

impl WholeCheckpoints {
    pub fn new(folder: Arc<RunFolder>) -> Self {
        Self {
            folder,
            parts: Arc::default(),
        }
    }

    /// What burn-train asks for one of [`PARTS`].
    pub fn part(&self, part: &'static str) -> Part {
        Part {
            of: self.clone(),
            name: part,
        }
    }

    /// A part of the checkpoint of `epoch` is written.
    fn has_part(&self, epoch: usize) -> Result<(), CheckpointerError> {
        // Held while the last part completes it, so that nothing is deleted meanwhile.
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = parts.entry(epoch).or_default();
        *count += 1;
        if *count < PARTS.len() {
            return Ok(());
        }
        parts.remove(&epoch);
        let texts = self.folder.texts(epoch).map_err(failed)?;
        let finished = self.folder.checkpoints().finish(epoch, texts);
        finished.map_err(CheckpointerError::IOError)
    }
}

fn failed(error: StudyError) -> CheckpointerError {
    CheckpointerError::IOError(io::Error::other(error.to_string()))
}

/// One part of each checkpoint.
pub(crate) struct Part {
    of: WholeCheckpoints,
    name: &'static str,
}

impl Part {
    fn file(&self) -> String {
        format!("{}.bpk", self.name)
    }
}

impl<R: Checkpoint> Checkpointer<R> for Part {
    fn save(&self, epoch: usize, record: R) -> Result<(), CheckpointerError> {
        let folder = self.of.folder.checkpoints().unfinished(epoch);
        fs::create_dir_all(&folder).map_err(CheckpointerError::IOError)?;
        record.save(folder.join(self.file()))?;
        self.of.has_part(epoch)
    }

    fn delete(&self, epoch: usize) -> Result<(), CheckpointerError> {
        // All parts go at once, when burn-train asks for the last one: by then a newer checkpoint is complete, or will
        // be the second but last.
        if self.name != PARTS[PARTS.len() - 1] {
            return Ok(());
        }
        let _parts = self.of.parts.lock();
        self.of.folder.checkpoints().delete(epoch).map_err(failed)
    }

    fn restore(&self, epoch: usize) -> Result<R, CheckpointerError> {
        R::load(self.of.folder.checkpoints().file(epoch, &self.file()))
    }
}

/// Keeps the last two checkpoints and that of the best epoch, if there are validation images to choose it by. Each is
/// written after the metrics of its epoch; none if something is wrong with those.
pub(crate) struct AfterMetrics {
    folder: Arc<RunFolder>,
    recorder: Recorder,
}

impl AfterMetrics {
    pub fn new(folder: Arc<RunFolder>, recorder: Recorder) -> Self {
        Self { folder, recorder }
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
        if self.recorder.has_failed() {
            return vec![];
        }
        let best = self.folder.best_epoch();
        let kept = |there: usize| there + 1 >= epoch || Some(there) == best;
        let there = self.folder.checkpoints().epochs();
        let old = there.into_iter().filter(|&there| !kept(there));
        let deleted = old.map(CheckpointingAction::Delete);
        std::iter::once(CheckpointingAction::Save)
            .chain(deleted)
            .collect()
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
    let file = |name| folder.checkpoints().file(epoch, name);
    readable::<ModuleRecord>(file("model.bpk"))?;
    readable::<OptimizerRecord>(file("optim.bpk"))?;
    readable::<LrSchedulerRecord>(file("scheduler.bpk"))
}
