//! How much a study may cost.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::training::{data_set::DataSet, net::Architecture};

/// How much a study may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Rough answers within 20 minutes on two cores, on built-in images
    Quick,
    /// Overnight on two cores, on CIFAR-10
    Standard,
    /// The networks of the papers, for those with a GPU
    Full,
}

/// What a [`Scale`] means: sizes of networks, numbers of images, epochs and seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// Images unless the user names others.
    pub data: DataSet,
    /// Training and test images, if not all.
    pub sizes: Option<[usize; 2]>,
    /// Seeds that every activation gets.
    pub seeds: usize,
    /// Seeds at which an open comparison is given up.
    pub most_seeds: usize,
    /// Minutes after which no seeds are added.
    pub minutes: Option<u64>,
    /// Activations compared.
    pub activations: &'static [&'static str],
    /// The network for all claims but that on depth.
    pub net: Architecture,
    /// More networks for the claim on learned parameters.
    pub also: &'static [Architecture],
    /// A network as people use it, for the claims on dead units and on accuracy.
    pub practice: Option<Practice>,
    /// Passes over all training images.
    pub epochs: usize,
    /// Images per step.
    pub batch_size: usize,
    /// Weight decay.
    pub weight_decay: f64,
    /// Whether images are flipped and cropped.
    pub augmented: bool,
    /// Learning rates to choose from.
    pub rates: &'static [f64],
    /// Depths of plain networks.
    pub depths: &'static [usize],
    /// Their channels.
    pub depth_width: usize,
    /// Training images for them at most.
    pub depth_images: usize,
    /// Passes over those.
    pub depth_epochs: usize,
    /// Training images for sparse and faint inputs at most.
    pub condition_images: usize,
    /// Passes over those.
    pub condition_epochs: usize,
}

/// A network with normalization, trained by a recipe that people use; see
/// [`Recipe::Fast`](crate::training::recipes::Recipe).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Practice {
    /// The network.
    pub net: Architecture,
    /// Passes over all training images.
    pub epochs: usize,
}

impl Practice {
    /// The activations compared: trainings take minutes.
    pub const ACTIVATIONS: [&str; 3] = ["relu", "leaky_relu", "prelu"];

    /// The name that sentences give it.
    pub const NAME: &str = "ResNet-9 with normalization";

    /// The name that stands in those of samples.
    pub const SHORT: &str = "ResNet-9";

    /// Images per step.
    pub const BATCH_SIZE: usize = 128;

    /// The largest learning rate of its one cycle.
    pub const RATE: f64 = 0.2;

    /// Its weight decay.
    pub const WEIGHT_DECAY: f64 = 5e-4;
}

/// What every scale compares: ReLU, its remedies, and one of each learnable kind.
const ACTIVATIONS: &[&str] = &[
    "relu",
    "leaky_relu",
    "prelu",
    "elu",
    "learnable_elu",
    "pelu",
    "selu",
    "srelu",
    "sparse_relu",
    "mpelu",
];

impl Scale {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::Full => "full",
        }
    }

    /// What it means.
    pub fn budget(self) -> Budget {
        match self {
            Self::Quick => Budget {
                data: DataSet::Synthetic,
                sizes: Some([2_000, 1_000]),
                seeds: 4,
                most_seeds: 12,
                minutes: Some(20),
                activations: ACTIVATIONS,
                net: Architecture::Cnn { width: 8 },
                also: &[],
                practice: None,
                epochs: 5,
                batch_size: 32,
                weight_decay: 0.0,
                augmented: false,
                rates: &[1e-3, 3e-3, 1e-2],
                depths: &[4, 8, 16, 32],
                depth_width: 12,
                depth_images: 1_200,
                depth_epochs: 3,
                condition_images: 1_000,
                condition_epochs: 4,
            },
            Self::Standard => Budget {
                data: DataSet::Cifar10,
                sizes: None,
                seeds: 5,
                most_seeds: 24,
                minutes: Some(10 * 60),
                activations: ACTIVATIONS,
                net: Architecture::Cnn { width: 16 },
                also: &[],
                practice: Some(Practice {
                    net: Architecture::ResNet9 { width: 16 },
                    epochs: 5,
                }),
                epochs: 5,
                batch_size: 64,
                weight_decay: 0.0,
                augmented: false,
                rates: &[1e-3, 2e-3, 4e-3, 8e-3],
                depths: &[4, 8, 16, 24, 32],
                depth_width: 16,
                depth_images: 5_000,
                depth_epochs: 3,
                condition_images: 5_000,
                condition_epochs: 4,
            },
            Self::Full => Budget {
                data: DataSet::Cifar10,
                sizes: None,
                seeds: 10,
                most_seeds: 24,
                minutes: None,
                activations: ACTIVATIONS,
                net: Architecture::SmallNet,
                also: &[
                    Architecture::Nin,
                    Architecture::ResNet { depth: 20 },
                    Architecture::ResNet { depth: 32 },
                ],
                practice: Some(Practice {
                    net: Architecture::ResNet9 { width: 64 },
                    epochs: 20,
                }),
                epochs: 60,
                batch_size: 64,
                weight_decay: 5e-4,
                augmented: true,
                rates: &[3e-4, 1e-3, 3e-3],
                depths: &[8, 16, 24, 32, 48, 64],
                depth_width: 32,
                depth_images: 50_000,
                depth_epochs: 10,
                condition_images: 50_000,
                condition_epochs: 30,
            },
        }
    }
}
