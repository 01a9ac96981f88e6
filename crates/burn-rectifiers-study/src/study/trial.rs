//! One training: everything its outcome depends on, beside the images and the program.

use std::{fmt, hash::Hasher};

use burn::optim::lr_scheduler::module_lr_scheduler::ModuleLrScheduler;
use burn_rectifiers::Sharing;
use serde::{Deserialize, Serialize};

use super::Condition;
use crate::training::{net::Architecture, optimizer::Optimizer, schedule::Schedule, settings};

/// One training. Equal trials have equal outcomes, on a CPU to the last bit, and are run once
/// however many claims ask for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The network.
    pub net: Architecture,
    /// The activation in it.
    pub activation: String,
    /// Who shares its parameters.
    #[serde(with = "settings::as_text")]
    pub sharing: Sharing,
    /// What is done to the images.
    pub condition: Condition,
    /// What makes steps of gradients.
    #[serde(
        default = "usual_optimizer",
        skip_serializing_if = "is_usual_optimizer"
    )]
    pub optimizer: Optimizer,
    /// What the learning rate does.
    #[serde(default = "usual_schedule", skip_serializing_if = "is_usual_schedule")]
    pub schedule: Schedule,
    /// The learning rate, the largest of the schedule.
    pub learning_rate: f64,
    /// For the weights only.
    pub weight_decay: f64,
    /// Images per step.
    pub batch_size: usize,
    /// Passes over the training images.
    pub epochs: usize,
    /// The first so many of the training images.
    pub images: usize,
    /// Whether images are flipped and cropped at random.
    pub augmented: bool,
    /// What the network is judged by.
    pub judged_on: JudgedOn,
    /// Whether the activations are observed after every epoch.
    pub observed: bool,
    /// Decides initial weights, order and what is random in the condition. The same for all
    /// activations, which makes trials pairs.
    pub seed: u64,
}

/// What trials have unless they say otherwise. Those say nothing, so that they are found under the names that they had before
/// there was a choice.
fn usual_optimizer() -> Optimizer {
    Optimizer::Adam
}

fn is_usual_optimizer(optimizer: &Optimizer) -> bool {
    *optimizer == usual_optimizer()
}

fn usual_schedule() -> Schedule {
    Schedule::Constant
}

fn is_usual_schedule(schedule: &Schedule) -> bool {
    *schedule == usual_schedule()
}

/// What a network is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgedOn {
    /// The test images; all `images` are trained with.
    Test,
    /// The last fifth of `images`; the others are trained with. Learning rates are chosen by this.
    Validation,
}

impl fmt::Display for JudgedOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Test => "test",
            Self::Validation => "validation",
        })
    }
}

impl Trial {
    /// What the trial is stored under: readable at the front, and a hash of everything.
    pub fn id(&self) -> String {
        let text = serde_json::to_string(self).expect("a trial is plain data");
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        hash.write(text.as_bytes());
        format!(
            "{}-seed{}-{:016x}",
            self.activation,
            self.seed,
            hash.finish()
        )
    }

    /// Images to train with.
    pub fn training_images(&self) -> usize {
        match self.judged_on {
            JudgedOn::Test => self.images,
            JudgedOn::Validation => self.images - self.images / 5,
        }
    }

    /// The learning rate of each step.
    pub(super) fn rates(&self) -> ModuleLrScheduler {
        let steps = self.steps();
        let warm_up = self.schedule.usual_warm_up() * steps as f64;
        let warm_up = warm_up.round() as usize;
        self.schedule.scheduler(self.learning_rate, steps, warm_up)
    }

    /// Steps in all.
    pub fn steps(&self) -> usize {
        self.epochs * self.training_images().div_ceil(self.batch_size)
    }

    /// What it costs, in multiplications: forward and backward for each image, and a look at those
    /// that judge after every epoch.
    pub fn work(&self, test_images: usize) -> f64 {
        let judged = match self.judged_on {
            JudgedOn::Test => test_images,
            JudgedOn::Validation => self.images / 5,
        };
        let looks = if self.observed { 2.0 } else { 1.0 };
        let images = 3.0 * self.training_images() as f64 + looks * judged as f64;
        // Small networks pay for more than their multiplications.
        (self.net.multiplications() + 5e5) * self.epochs as f64 * images
    }

    /// In words, for progress.
    pub fn title(&self) -> String {
        let depth = match self.net {
            Architecture::Plain { depth, .. } => format!(", {depth} layers"),
            _ => String::new(),
        };
        let condition = match self.condition {
            Condition::FULL => String::new(),
            condition => format!(", {condition}"),
        };
        let purpose = match self.judged_on {
            JudgedOn::Test => String::new(),
            JudgedOn::Validation => ", choosing".into(),
        };
        format!(
            "{} (seed {}{depth}{condition}, rate {}{purpose})",
            self.activation, self.seed, self.learning_rate
        )
    }
}

/// Fowler, Noll and Vo's hash (FNV-1a): the standard library's may change with its version.
pub(super) struct Fnv(pub u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn trial() -> Trial {
        Trial {
            net: Architecture::Cnn { width: 2 },
            activation: "prelu".into(),
            sharing: Sharing::default(),
            condition: Condition::FULL,
            optimizer: Optimizer::Adam,
            schedule: Schedule::Constant,
            learning_rate: 1e-3,
            weight_decay: 0.0,
            batch_size: 16,
            epochs: 2,
            images: 50,
            augmented: false,
            judged_on: JudgedOn::Test,
            observed: true,
            seed: 1,
        }
    }

    #[test]
    fn the_id_tells_trials_apart_and_stays() {
        let one = trial();
        let text = serde_json::to_string(&one).unwrap();
        let back: Trial = serde_json::from_str(&text).unwrap();
        assert_eq!((back.id(), &back), (one.id(), &one));
        let other = Trial {
            learning_rate: 2e-3,
            ..one.clone()
        };
        assert_ne!(other.id(), one.id());
        // A study that was begun with an earlier version can be resumed.
        assert_eq!(one.id(), "prelu-seed1-1fa3787b37e89d59");
        let other = Trial {
            optimizer: Optimizer::Sgd,
            schedule: Schedule::OneCycle,
            ..one.clone()
        };
        let text = serde_json::to_string(&other).unwrap();
        let back: Trial = serde_json::from_str(&text).unwrap();
        assert!(back == other && other.id() != one.id());
    }

    #[test]
    fn validation_images_are_not_trained_with() {
        let trial = Trial {
            judged_on: JudgedOn::Validation,
            ..trial()
        };
        assert_eq!((trial.training_images(), trial.steps()), (40, 6));
    }
}
