//! The kinds of images that there are.

use burn_rectifiers_data::cifar::Kind;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// Where images come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataSet {
    /// Ten classes of shapes, drawn from the seed; no download.
    Synthetic,
    /// CIFAR-10 in its binary layout.
    Cifar10,
    /// CIFAR-100 in its binary layout.
    Cifar100,
}

impl DataSet {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Synthetic => "synthetic",
            Self::Cifar10 => "cifar10",
            Self::Cifar100 => "cifar100",
        }
    }

    pub(crate) fn kind(self) -> Option<Kind> {
        match self {
            Self::Synthetic => None,
            Self::Cifar10 => Some(Kind::Cifar10),
            Self::Cifar100 => Some(Kind::Cifar100),
        }
    }
}
