//! Learning rates, chosen on images that are neither trained with nor tested on.

use std::collections::BTreeMap;

use super::{Evidence, Plan, Trial};
use crate::net::Architecture;

/// The learning rate of each activation in each network.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rates(BTreeMap<(Architecture, String), f64>);

impl Rates {
    /// Chooses by what was found: the rate with the lowest loss on the validation images, of several
    /// the smallest. A diverged training is never chosen, unless all are.
    pub fn choose(plan: &Plan, wanted: &[(Architecture, &str)], evidence: &Evidence) -> Self {
        let loss = |trial: &Trial| {
            let loss = evidence.outcome(trial).loss();
            if loss.is_nan() { f64::INFINITY } else { loss }
        };
        let best = |&(net, name): &(Architecture, &str)| {
            let trials = plan.choosing(net, name).into_iter();
            let best = trials.min_by(|a, b| loss(a).total_cmp(&loss(b)));
            let rate = best.map_or(f64::NAN, |trial| trial.learning_rate);
            ((net, name.to_string()), rate)
        };
        Self(wanted.iter().map(best).collect())
    }

    /// That of an activation in a network; 0 before anything was chosen.
    pub fn of(&self, net: Architecture, activation: &str) -> f64 {
        let key = (net, activation.to_string());
        self.0.get(&key).copied().unwrap_or(0.0)
    }
}
