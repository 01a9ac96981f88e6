//! Learning rates, chosen on images that are neither trained with nor tested on.

use std::collections::BTreeMap;

use super::{Evidence, Plan};

/// The learning rate of each activation, in the main network and in plain ones by depth.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rates {
    main: BTreeMap<String, f64>,
    deep: BTreeMap<(String, usize), f64>,
}

impl Rates {
    /// Chooses by what was found: the rate with the lowest loss on the validation images, of several
    /// the smallest. A diverged training is never chosen, unless all are.
    pub fn choose(plan: &Plan, main: &[&str], deep: &[(&str, usize)], evidence: &Evidence) -> Self {
        let best = |trials: Vec<super::Trial>| {
            let loss = |trial: &super::Trial| {
                let loss = evidence.outcome(trial).loss();
                if loss.is_nan() { f64::INFINITY } else { loss }
            };
            let first = trials
                .into_iter()
                .min_by(|a, b| loss(a).total_cmp(&loss(b)));
            first.map_or(f64::NAN, |trial| trial.learning_rate)
        };
        Self {
            main: main
                .iter()
                .map(|name| (name.to_string(), best(plan.choosing(name))))
                .collect(),
            deep: deep
                .iter()
                .map(|&(name, depth)| {
                    (
                        (name.to_string(), depth),
                        best(plan.choosing_deep(name, depth)),
                    )
                })
                .collect(),
        }
    }

    /// In the main network; 0 before anything was chosen.
    pub fn of(&self, activation: &str) -> f64 {
        self.main.get(activation).copied().unwrap_or(0.0)
    }

    /// In a plain network of this depth; 0 before anything was chosen.
    pub fn of_depth(&self, activation: &str, depth: usize) -> f64 {
        let key = (activation.to_string(), depth);
        self.deep.get(&key).copied().unwrap_or(0.0)
    }
}
