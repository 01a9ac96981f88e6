//! One device or several.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::base::backend::{Backend, check_count};
use crate::base::error::{StudyError, wrong};

/// How the images of a step are spread over devices. Each computes the gradients of its part, and their sum is that of the
/// whole step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// One device.
    Single,
    /// The first device collects gradients and makes the step.
    Multi,
    /// Distributed data parallel: each device keeps the network, and gradients are summed by collectives.
    Ddp,
}

impl Strategy {
    /// For so many devices, unless a user says otherwise.
    pub(crate) fn usual(devices: usize) -> Self {
        match devices {
            0 | 1 => Self::Single,
            _ => Self::Multi,
        }
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Multi => "multi",
            Self::Ddp => "ddp",
        }
    }

    /// Refuses what Burn cannot do with so many devices of a backend.
    pub(crate) fn check(
        self,
        backend: Backend,
        devices: usize,
        batch_size: usize,
    ) -> Result<(), StudyError> {
        check_count(devices)?;
        let refused = |expected: &str| Err(wrong("strategy", self.name(), expected));
        match self {
            Self::Single if devices > 1 => {
                refused(&format!("multi or ddp with --devices {devices}"))
            }
            Self::Multi | Self::Ddp if devices == 1 => {
                refused("single, or --devices with more than one")
            }
            Self::Ddp if backend != Backend::Cuda => {
                refused("multi; Burn 0.22 has the collectives that ddp needs for cuda alone")
            }
            _ if devices > batch_size => {
                let expected = format!("at least one image for each of {devices} devices");
                Err(wrong("batch-size", batch_size, &expected))
            }
            _ => Ok(()),
        }
    }
}
