//! Which trials a study consists of.

use burn_rectifiers::{Sharing, curves::find};
use serde::{Deserialize, Serialize};
use std::fmt;

use super::{Budget, Condition, Evidence, Practice, Rates, Trial, trial::JudgedOn};
use crate::{
    statistics::Looks,
    training::{net::Architecture, optimizer::Optimizer, schedule::Schedule},
};

/// Seeds from here on choose learning rates, and are never used for anything else.
const CHOOSING: u64 = 1_000_000;

/// A learning rate is harsh if it is so many times the one that suits ReLU. Chosen after a first look,
/// at 400 synthetic images and two seeds, in which 10 left every network guessing.
pub const HARSH: f64 = 4.0;

/// What a study compares, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it may cost.
    pub budget: Budget,
    /// ReLU first.
    pub activations: Vec<String>,
    /// Whether the user chose them.
    pub chosen: bool,
    /// Seeds that every activation gets.
    pub seeds: Vec<u64>,
    /// Those and the ones that are added where a comparison is not decided.
    pub all_seeds: Vec<u64>,
    /// After how many of them comparisons are looked at.
    pub looks: Looks,
    /// Training images.
    pub images: usize,
    /// Classes of the images.
    pub classes: usize,
}

/// What of a plan must not change after a look, so that verdicts are wrong no more often than they say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Registered {
    looks: Looks,
    /// All that is compared: more comparisons make wider intervals.
    activations: Vec<String>,
}

impl fmt::Display for Registered {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let activations = self.activations.join("`, `");
        write!(f, "looks after {} seeds, at `{activations}`", self.looks)
    }
}

impl Plan {
    /// Within `budget`, with these activations and so many seeds, first and at most, on so many training images of so many
    /// classes.
    pub fn new(
        budget: Budget,
        activations: &[String],
        [first, most]: [usize; 2],
        images: usize,
        classes: usize,
    ) -> Self {
        let chosen = !activations.is_empty();
        let wanted: Vec<&str> = match chosen {
            true => activations.iter().map(String::as_str).collect(),
            false => budget.activations.to_vec(),
        };
        let mut activations = vec!["relu".to_string()];
        for name in wanted {
            if !activations.iter().any(|known| known == name) {
                activations.push(name.to_string());
            }
        }
        let most = most.max(first);
        Self {
            activations,
            chosen,
            seeds: (1..=first as u64).collect(),
            all_seeds: (1..=most as u64).collect(),
            looks: Looks::growing(first, most),
            images,
            classes,
            budget,
        }
    }

    /// What must not change after a look.
    pub(super) fn registered(&self) -> Registered {
        Registered {
            looks: self.looks.clone(),
            activations: self.activations.clone(),
        }
    }

    /// Those of the activations that a claim names, and those that only the user asked for.
    pub fn subjects(&self, named: &[&str]) -> Vec<&str> {
        let known = self.budget.activations;
        let all = self.activations.iter().map(String::as_str);
        all.filter(|name| named.contains(name) || (self.chosen && !known.contains(name)))
            .collect()
    }

    /// Whether all of these take part.
    pub fn has(&self, names: &[&str]) -> bool {
        let takes_part = |name: &&str| self.activations.iter().any(|other| other == name);
        names.iter().all(takes_part)
    }

    /// The accuracy of guessing.
    pub fn chance(&self) -> f64 {
        1.0 / self.classes as f64
    }

    /// The cross-entropy of guessing.
    pub fn loss_of_guessing(&self) -> f64 {
        (self.classes as f64).ln()
    }

    /// The training that most claims are about: of the main network, at the learning rate that suits
    /// the activation.
    pub fn main(&self, activation: &str, rates: &Rates, seed: u64) -> Trial {
        self.on(self.budget.net, activation, rates, seed)
    }

    /// A training of any network, at the learning rate that suits the activation in it.
    pub fn on(&self, net: Architecture, activation: &str, rates: &Rates, seed: u64) -> Trial {
        let budget = &self.budget;
        let (images, epochs) = match net {
            Architecture::Plain { .. } => (budget.depth_images, budget.depth_epochs),
            _ => (self.images, budget.epochs),
        };
        Trial {
            net,
            activation: activation.into(),
            sharing: Sharing::default(),
            condition: Condition::FULL,
            optimizer: Optimizer::Adam,
            schedule: Schedule::Constant,
            learning_rate: rates.of(net, activation),
            weight_decay: budget.weight_decay,
            batch_size: budget.batch_size,
            epochs,
            images: images.min(self.images),
            augmented: budget.augmented,
            judged_on: JudgedOn::Test,
            observed: net == budget.net,
            seed,
        }
    }

    /// The activations that are compared in a network as people use it, if there is one and ReLU has company.
    pub fn in_practice(&self) -> Vec<&str> {
        let all = self.activations.iter().map(String::as_str);
        let some = all.filter(|name| Practice::ACTIVATIONS.contains(name));
        let some: Vec<&str> = some.filter(|_| self.budget.practice.is_some()).collect();
        if some.len() > 1 { some } else { Vec::new() }
    }

    /// A training of the network as people use it, by its recipe.
    ///
    /// # Panics
    ///
    /// If the budget has none.
    pub fn practice(&self, activation: &str, seed: u64) -> Trial {
        let practice = self.budget.practice.expect("a network as people use it");
        Trial {
            net: practice.net,
            activation: activation.into(),
            sharing: Sharing::default(),
            condition: Condition::FULL,
            optimizer: Optimizer::Sgd,
            schedule: Schedule::OneCycle,
            learning_rate: Practice::RATE,
            weight_decay: Practice::WEIGHT_DECAY,
            batch_size: Practice::BATCH_SIZE,
            epochs: practice.epochs,
            images: self.images,
            augmented: true,
            judged_on: JudgedOn::Test,
            observed: true,
            seed,
        }
    }

    /// The training that most claims are about, with another sharing of parameters, and not observed.
    pub fn shared(&self, activation: &str, sharing: Sharing, rates: &Rates, seed: u64) -> Trial {
        Trial {
            sharing,
            observed: false,
            ..self.main(activation, rates, seed)
        }
    }

    /// The training that most claims are about, at a rate that is harsh.
    pub fn harsh(&self, activation: &str, rates: &Rates, seed: u64) -> Trial {
        Trial {
            learning_rate: HARSH * rates.of(self.budget.net, "relu"),
            ..self.main(activation, rates, seed)
        }
    }

    /// On images of which not all is left.
    pub fn conditioned(
        &self,
        activation: &str,
        condition: Condition,
        rates: &Rates,
        seed: u64,
    ) -> Trial {
        Trial {
            condition,
            images: self.images.min(self.budget.condition_images),
            epochs: self.budget.condition_epochs,
            observed: false,
            ..self.main(activation, rates, seed)
        }
    }

    /// The plain network of this depth.
    pub fn plain(&self, depth: usize) -> Architecture {
        Architecture::Plain {
            depth,
            width: self.budget.depth_width,
        }
    }

    /// The trials that choose the rate of an activation in a network.
    pub fn choosing(&self, net: Architecture, activation: &str) -> Vec<Trial> {
        let trial = self.on(net, activation, &Rates::default(), CHOOSING);
        let rates = self.rates(trial.net).iter();
        rates
            .map(|&learning_rate| Trial {
                learning_rate,
                judged_on: JudgedOn::Validation,
                observed: false,
                ..trial.clone()
            })
            .collect()
    }

    /// Chooses rates by what was found: the one with the lowest loss on the validation images, of several
    /// the smallest. A diverged training is never chosen, unless all are.
    pub fn choose_rates(&self, wanted: &[(Architecture, &str)], evidence: &Evidence) -> Rates {
        let loss = |trial: &Trial| {
            let loss = evidence.outcome(trial).loss();
            if loss.is_nan() { f64::INFINITY } else { loss }
        };
        let best = |&(net, name): &(Architecture, &str)| {
            let trials = self.choosing(net, name).into_iter();
            let best = trials.min_by(|a, b| loss(a).total_cmp(&loss(b)));
            let rate = best.map_or(f64::NAN, |trial| trial.learning_rate);
            ((net, name.to_string()), rate)
        };
        wanted.iter().map(best).collect()
    }

    /// The rates to choose from: deep networks bear less.
    pub fn rates(&self, net: Architecture) -> &'static [f64] {
        match net {
            Architecture::Plain { .. } => &[3e-4, 1e-3, 3e-3],
            _ => self.budget.rates,
        }
    }

    /// Those of the activations that have something to share.
    pub fn learnable(&self) -> Vec<&str> {
        let all = self.activations.iter().map(String::as_str);
        all.filter(|name| find(name).is_ok_and(|curve| !curve.params().is_empty()))
            .collect()
    }
}
