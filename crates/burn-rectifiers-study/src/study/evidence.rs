//! What is known when trials are finished.

use std::{cell::RefCell, collections::HashMap};

use super::{Finished, Outcome, Trial};

/// The outcomes of trials.
#[derive(Debug, Default)]
pub struct Evidence {
    finished: HashMap<String, Finished>,
    /// Trials that were asked for and are not there, while somebody wants to know.
    missed: RefCell<Option<Vec<Trial>>>,
    nothing: Outcome,
}

impl Evidence {
    /// Adds finished trials.
    pub fn add(&mut self, finished: impl IntoIterator<Item = Finished>) {
        let finished = finished.into_iter();
        self.finished.extend(finished.map(|f| (f.trial.id(), f)));
    }

    /// Whether a trial is there.
    pub fn has(&self, trial: &Trial) -> bool {
        self.finished.contains_key(&trial.id())
    }

    /// What came of a trial.
    ///
    /// # Panics
    ///
    /// If it was not run: claims ask for what they use.
    pub fn outcome(&self, trial: &Trial) -> &Outcome {
        if let Some(finished) = self.finished.get(&trial.id()) {
            return &finished.outcome;
        }
        match self.missed.borrow_mut().as_mut() {
            Some(missed) => missed.push(trial.clone()),
            None => panic!("{} is not part of the study", trial.title()),
        }
        &self.nothing
    }

    /// The trials that `ask` asks for and that are not there, each once. It gets an outcome without any number for them.
    pub fn missing(&self, ask: impl FnOnce()) -> Vec<Trial> {
        *self.missed.borrow_mut() = Some(Vec::new());
        ask();
        let mut missed = self.missed.take().unwrap_or_default();
        let mut ids = std::collections::HashSet::new();
        missed.retain(|trial| ids.insert(trial.id()));
        missed
    }

    /// How many seconds all trials took, and the multiplications that they did; see [`Trial::work`].
    pub fn cost(&self, test_images: usize) -> [f64; 2] {
        let all = self.finished.values();
        all.fold([0.0; 2], |[seconds, work], finished| {
            [
                seconds + finished.seconds,
                work + finished.trial.work(test_images),
            ]
        })
    }
}
