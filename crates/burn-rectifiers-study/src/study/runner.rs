//! Runs the trials that are not finished yet, several at a time.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Instant,
};

use burn::{tensor::Device, train::Interrupter};
use burn_rectifiers_data::Split;

use super::{Finished, Progress, Store, Trial, training};
use crate::base::error::StudyError;

/// What trials are run with.
pub struct Runner<'a> {
    /// Where they are kept.
    pub store: &'a Store,
    /// The images.
    pub data: &'a Split,
    /// What computes.
    pub device: &'a Device,
    /// How many trials at a time.
    pub jobs: usize,
    /// Whether a trial may use one core only. Then its outcome does not depend on how many there are,
    /// and as many trials as cores at a time are faster than one that uses them all.
    pub one_core_each: bool,
    /// Stops after the current steps.
    pub interrupter: Interrupter,
}

impl Runner<'_> {
    /// All of these trials, finished: those in the store from there, the others run and stored, in
    /// the order given.
    ///
    /// # Errors
    ///
    /// If it is interrupted, or if a trial cannot be run or kept. What is finished stays in the
    /// store.
    pub fn finish(
        &self,
        trials: &[Trial],
        progress: &Progress,
    ) -> Result<Vec<Finished>, StudyError> {
        let found: Vec<_> = trials.iter().map(|trial| self.store.find(trial)).collect();
        let open = trials
            .iter()
            .zip(&found)
            .filter(|(_, found)| found.is_none());
        let open: Vec<&Trial> = open.map(|(trial, _)| trial).collect();
        let queue = Mutex::new(open.iter());
        let failure = Mutex::new(None);
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..self.jobs.min(open.len()) {
                scope.spawn(|| {
                    self.in_pool(|| {
                        while let Some(trial) = take(&queue) {
                            if let Err(error) = self.run(trial, progress, &stop) {
                                stop.store(true, Ordering::Relaxed);
                                lock(&failure).get_or_insert(error);
                                return;
                            }
                        }
                    });
                });
            }
        });
        if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let all = trials.iter().zip(found).map(|(trial, found)| {
            found
                .or_else(|| self.store.find(trial))
                .ok_or_else(|| StudyError::BrokenStudy {
                    file: self.store.file("runs"),
                    reason: format!("{} was there a moment ago", trial.id()),
                })
        });
        all.collect()
    }

    fn run(&self, trial: &Trial, progress: &Progress, stop: &AtomicBool) -> Result<(), StudyError> {
        let shown = progress.begin(trial);
        let start = Instant::now();
        let go_on = |share| {
            shown.at(share);
            !stop.load(Ordering::Relaxed) && !self.interrupter.should_stop()
        };
        let train = || training::train(trial, self.data, self.device, go_on);
        let outcome = catch_unwind(AssertUnwindSafe(train)).map_err(|panic| {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
            StudyError::Trial {
                trial: trial.title(),
                reason: said
                    .unwrap_or("a panic")
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .into(),
            }
        })?;
        let outcome = outcome.ok_or_else(|| StudyError::StudyInterrupted {
            folder: self.store.folder().into(),
        })?;
        let seconds = start.elapsed().as_secs_f64();
        self.store.keep(&Finished {
            trial: trial.clone(),
            outcome,
            seconds,
        })?;
        shown.finish();
        Ok(())
    }

    fn in_pool(&self, work: impl FnOnce() + Send) {
        if !self.one_core_each {
            return work();
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        // Without a pool of its own a trial is slower, and just as right.
        match pool {
            Ok(pool) => pool.install(work),
            Err(_) => work(),
        }
    }
}

fn take<'a>(queue: &Mutex<impl Iterator<Item = &'a &'a Trial>>) -> Option<&'a Trial> {
    lock(queue).next().copied()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::trial::tests::trial;
    use burn_rectifiers_data::synthetic;
    use std::collections::BTreeMap;

    #[test]
    fn trials_are_run_once_and_jobs_change_nothing() {
        let data = synthetic::split(1, 50, 30);
        let seeds = |range: std::ops::Range<u64>| -> Vec<Trial> {
            range.map(|seed| Trial { seed, ..trial() }).collect()
        };
        let run = |folder: &std::path::Path, jobs, trials: &[Trial], resume| {
            let store = Store::open(folder, &BTreeMap::new(), resume).unwrap();
            let runner = Runner {
                store: &store,
                data: &data,
                device: &Device::flex(),
                jobs,
                one_core_each: true,
                interrupter: Interrupter::new(),
            };
            runner.finish(trials, &Progress::silent()).unwrap()
        };
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let alone = run(one.path(), 1, &seeds(0..4), false);
        run(two.path(), 2, &seeds(1..3), false);
        let together = run(two.path(), 3, &seeds(0..4), true);
        for (alone, together) in alone.iter().zip(&together) {
            assert_eq!(
                (&alone.trial, &alone.outcome),
                (&together.trial, &together.outcome)
            );
        }
        // What was stored the first time was not run again.
        assert_eq!(run(two.path(), 2, &seeds(0..4), true), together);
    }

    #[test]
    fn an_interruption_keeps_what_is_finished() {
        let data = synthetic::split(1, 50, 30);
        let temp = tempfile::tempdir().unwrap();
        let store = Store::open(temp.path(), &BTreeMap::new(), false).unwrap();
        let interrupter = Interrupter::new();
        let runner = Runner {
            store: &store,
            data: &data,
            device: &Device::flex(),
            jobs: 1,
            one_core_each: true,
            interrupter: interrupter.clone(),
        };
        let progress = Progress::silent();
        runner.finish(&[trial()], &progress).unwrap();
        interrupter.stop(None);
        let other = Trial { seed: 7, ..trial() };
        let error = runner
            .finish(&[trial(), other.clone()], &progress)
            .unwrap_err();
        assert!(error.to_string().contains("--resume"), "{error}");
        assert!(store.find(&trial()).is_some() && store.find(&other).is_none());
    }
}
