//! The command line of `backend_swap`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::base::backend::Backend;
use crate::base::cli::{number, whole};
use crate::base::error::{StudyError, wrong};
use crate::training::settings::{Settings, activation};

/// What is trained, and on what.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// The backends, separated by commas: flex, ndarray, wgpu, vulkan, metal, cuda or rocm; for all but flex, add
    /// `--features NAME` to the cargo command [default: all that are compiled in]
    #[arg(
        long,
        value_name = "NAME,…",
        value_delimiter = ',',
        overrides_with = "backends"
    )]
    backends: Vec<Backend>,

    /// Activation after every convolution
    #[arg(long, value_name = "NAME", default_value = "prelu", value_parser = activation)]
    pub activation: String,

    /// Steps of Adam
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = whole::<usize>)]
    pub steps: usize,

    /// Images per step
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = whole::<usize>)]
    pub batch_size: usize,

    /// Channels of the first block; the others have two and four times as many
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = whole::<usize>)]
    pub width: usize,

    /// Learning rate of Adam
    #[arg(long, value_name = "RATE", default_value_t = 1e-3, value_parser = number)]
    pub lr: f64,

    /// Decides weights, images and their order
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole::<u64>)]
    pub seed: u64,

    /// Folder for the page, which replaces that of an earlier run
    #[arg(long, value_name = "DIR", default_value = "runs/backend_swap")]
    pub out: PathBuf,

    /// Trains here on the one backend, and writes what came of it into this file
    #[arg(long, value_name = "FILE", hide = true)]
    pub(super) trace: Option<PathBuf>,
}

/// For the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  cargo run --example backend_swap
  cargo run --features ndarray,wgpu --example backend_swap
  cargo run --features ndarray --example backend_swap -- --backends flex,ndarray --activation pelu --steps 200

The exit code is 1 if two backends differ by more than the tolerance.";

impl Arguments {
    /// The arguments, if they make sense.
    pub(super) fn checked(self) -> Result<Self, StudyError> {
        if self.steps == 0 || self.steps > 100_000 {
            return Err(wrong("steps", self.steps, "from 1 to 100000"));
        }
        for (i, backend) in self.backends.iter().enumerate() {
            if self.backends[..i].contains(backend) {
                return Err(wrong("backends", backend.name(), "each name once"));
            }
        }
        for backend in self.backends() {
            if !backend.is_compiled() {
                let name = backend.name();
                return Err(StudyError::NotCompiled { name });
            }
            self.settings(backend).checked()?;
        }
        Ok(self)
    }

    /// Those that were asked for, or all that are compiled in.
    pub(super) fn backends(&self) -> Vec<Backend> {
        match &self.backends[..] {
            [] => {
                let all = Backend::value_variants().iter().copied();
                all.filter(|backend| backend.is_at_hand()).collect()
            }
            chosen => chosen.to_vec(),
        }
    }

    /// What a training of the network needs to know.
    pub(super) fn settings(&self, backend: Backend) -> Settings {
        Settings {
            activation: self.activation.clone(),
            backend,
            batch_size: self.batch_size,
            width: Some(self.width),
            lr: Some(self.lr),
            seed: self.seed,
            // As many images as steps take, up to those of a run.
            train_size: Some(self.steps.saturating_mul(self.batch_size).clamp(1, 5_000)),
            test_size: Some(500),
            ..Settings::default()
        }
    }

    /// How to compare more, if there is more.
    pub(super) fn missing(&self, compared: &[Backend]) -> Option<String> {
        let others = Backend::value_variants().iter();
        let others: Vec<_> = others
            .filter(|other| !other.is_compiled())
            .map(|other| other.name())
            .collect();
        match others.is_empty() || !self.backends.is_empty() {
            true => None,
            false if compared.len() == 1 => Some(format!(
                "One backend is compiled in, so nothing is compared. `--features NAME` of cargo adds others: {}",
                others.join(", ")
            )),
            false => Some(format!(
                "`--features NAME` of cargo adds: {}",
                others.join(", ")
            )),
        }
    }
}
