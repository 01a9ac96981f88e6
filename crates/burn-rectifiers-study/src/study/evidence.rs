//! What is known when trials are finished.

use std::collections::HashMap;

use super::{Finished, Outcome, Trial};

/// The outcomes of trials.
#[derive(Debug, Default)]
pub struct Evidence {
    outcomes: HashMap<String, Outcome>,
}

impl Evidence {
    /// Adds finished trials.
    pub fn add(&mut self, finished: impl IntoIterator<Item = Finished>) {
        let outcomes = finished.into_iter().map(|f| (f.trial.id(), f.outcome));
        self.outcomes.extend(outcomes);
    }

    /// What came of a trial.
    ///
    /// # Panics
    ///
    /// If it was not run: claims ask for what they use.
    pub fn outcome(&self, trial: &Trial) -> &Outcome {
        let outcome = self.outcomes.get(&trial.id());
        outcome.unwrap_or_else(|| panic!("{} is not part of the study", trial.title()))
    }
}
