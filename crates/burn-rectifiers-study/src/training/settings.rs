//! Everything a run depends on.

use std::path::PathBuf;

use burn_rectifiers::Sharing;
use clap::Args;
use serde::{Deserialize, Serialize, Serializer};

use crate::base::cli::{number, whole};
use crate::base::error::{StudyError, wrong};
use crate::base::memory::{available, too_much};
use crate::{base::backend::Backend, training::data_set::DataSet};

/// What decides the outcome of a run. Two runs with equal settings give equal numbers on a CPU.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
pub struct Settings {
    /// Activation after every convolution
    #[arg(long, value_name = "NAME", default_value = "prelu", value_parser = activation)]
    pub activation: String,

    /// What shares one set of learned parameters: layer, channel or element
    #[arg(long, value_name = "WHAT", default_value = "channel", value_parser = sharing)]
    #[serde(with = "as_text")]
    pub sharing: Sharing,

    /// What computes: flex, ndarray, wgpu, vulkan, metal, cuda or rocm; for all but flex, add
    /// `--features NAME` to the cargo command
    #[arg(long, value_name = "NAME", default_value = "flex")]
    pub backend: Backend,

    /// The images: synthetic, cifar10 or cifar100
    #[arg(long, value_name = "NAME", default_value = "synthetic")]
    pub data: DataSet,

    /// Folder of the CIFAR files [default: data]
    #[arg(long, value_name = "DIR")]
    #[serde(serialize_with = "as_shown")]
    pub data_dir: Option<PathBuf>,

    /// Training images [default: 5000 synthetic ones, or all there are]
    #[arg(long, value_name = "N", value_parser = whole::<usize>)]
    pub train_size: Option<usize>,

    /// Test images [default: 1000 synthetic ones, or all there are]
    #[arg(long, value_name = "N", value_parser = whole::<usize>)]
    pub test_size: Option<usize>,

    /// Passes over the training images
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = whole::<usize>)]
    pub epochs: usize,

    /// Images per step
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = whole::<usize>)]
    pub batch_size: usize,

    /// Learning rate of Adam
    #[arg(long, value_name = "RATE", default_value_t = 1e-3, value_parser = number)]
    pub lr: f64,

    /// Decoupled weight decay; for the weights, never for biases and activation parameters
    #[arg(long, value_name = "RATE", default_value_t = 0.0, value_parser = number)]
    pub weight_decay: f64,

    /// Decides weights, order and synthetic images
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole::<u64>)]
    pub seed: u64,

    /// Channels of the first block; the others have two and four times as many
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = whole::<usize>)]
    pub width: usize,
}

impl Default for Settings {
    /// What an empty command line means.
    fn default() -> Self {
        #[derive(clap::Parser)]
        struct Nothing {
            #[command(flatten)]
            settings: Settings,
        }
        <Nothing as clap::Parser>::parse_from(["settings"]).settings
    }
}

impl Settings {
    /// The settings, if their values make sense.
    ///
    /// # Errors
    ///
    /// For counts that are zero or absurdly large and for rates that are negative or not finite.
    pub fn checked(self) -> Result<Self, StudyError> {
        // Beyond these, memory would run out before anything is learned.
        let counts = [
            ("train-size", self.train_size.unwrap_or(1), 10_000_000),
            ("test-size", self.test_size.unwrap_or(1), 10_000_000),
            ("epochs", self.epochs, 1_000_000),
            ("batch-size", self.batch_size, 100_000),
            ("width", self.width, 4096),
        ];
        for (setting, count, most) in counts {
            if count == 0 {
                return Err(wrong(setting, count, "at least 1"));
            }
            if count > most {
                return Err(wrong(setting, count, &format!("at most {most}")));
            }
        }
        if !(self.lr.is_finite() && self.lr > 0.0) {
            return Err(wrong("lr", self.lr, "a number above 0, for example 0.001"));
        }
        // What is multiplied with it is of single precision.
        if !((self.weight_decay as f32).is_finite() && self.weight_decay >= 0.0) {
            return Err(wrong(
                "weight-decay",
                self.weight_decay,
                "a number of 0 or more that f32 can hold, for example 0.01",
            ));
        }
        match available() {
            Some(available) => self.fits(available),
            None => Ok(self),
        }
    }

    /// Refuses what surely takes more memory than `available` bytes; the system would end the process in the middle.
    fn fits(self, available: u64) -> Result<Self, StudyError> {
        if matches!(self.backend, Backend::Flex | Backend::Ndarray) {
            // Of three convolutions of 3×3: the weights, their gradients and Adam's two moments, and what a step keeps
            // of each image, which is the output of each convolution and of each activation.
            let (width, batch) = (self.width as u64, self.batch_size as u64);
            let weights = 4 * (27 * width + (18 + 72) * width * width);
            let kept = 2 * batch * width * (32 * 32 + 2 * 16 * 16 + 4 * 8 * 8);
            let bytes = size_of::<f32>() as u64 * (weights + kept);
            if bytes > available {
                return Err(match weights > kept {
                    true => too_much("width", self.width, bytes, available),
                    false => too_much("batch-size", self.batch_size, bytes, available),
                });
            }
        }
        Ok(self)
    }

    /// The activation in a few words: with its sharing, if it has anything to share.
    pub fn activation_title(&self) -> String {
        match burn_rectifiers::curves::find(&self.activation) {
            Ok(curve) if curve.params().is_empty() => self.activation.clone(),
            _ => format!("{} per {}", self.activation, self.sharing),
        }
    }

    /// The folder of the run unless the user names one: `runs/<activation>-<data>-<seed>`.
    pub fn default_folder(&self) -> PathBuf {
        PathBuf::from("runs").join(format!(
            "{}-{}-{}",
            self.activation,
            self.data.name(),
            self.seed
        ))
    }
}

/// The name as the family spells it, for `value_parser`.
///
/// # Errors
///
/// If no activation has it.
pub fn activation(name: &str) -> Result<String, burn_rectifiers::ActivationError> {
    burn_rectifiers::curves::find(name).map(|curve| curve.name().to_string())
}

fn sharing(text: &str) -> Result<Sharing, String> {
    match text {
        "layer" => Ok(Sharing::Layer),
        "channel" => Ok(Sharing::default()),
        "element" => Ok(Sharing::Element),
        _ => Err("expected layer, channel or element".into()),
    }
}

/// A path as it is shown: JSON has no place for names that are not UTF-8.
fn as_shown<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    let shown = path.as_ref().map(|path| path.display().to_string());
    shown.serialize(serializer)
}

/// Sharing as people write it, in files as on the command line.
pub(crate) mod as_text {
    use super::{Sharing, sharing};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(value: &Sharing, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Sharing, D::Error> {
        let text = String::deserialize(deserializer)?;
        sharing(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::base::cli;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        settings: Settings,
    }

    /// Settings from the text of a command line.
    pub(crate) fn settings(line: &str) -> Settings {
        let line = ["test"].into_iter().chain(line.split_whitespace());
        cli::parse_from::<Line>(line).unwrap().settings
    }

    #[test]
    fn survive_a_file() {
        let settings = settings("--sharing layer --data cifar100 --lr 0.01 --train-size 7");
        let text = serde_json::to_string(&settings).unwrap();
        assert!(text.contains(r#""sharing":"layer""#), "{text}");
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        for (line, start) in [
            ("--batch-size 0", "--batch-size 0: expected at least 1"),
            ("--epochs 0", "--epochs 0: expected"),
            (
                "--width 99999999",
                "--width 99999999: expected at most 4096",
            ),
            ("--lr 0", "--lr 0: expected a number above 0"),
            ("--lr NaN", "--lr NaN"),
            (
                "--weight-decay -1",
                "--weight-decay -1: expected a number of 0 or more",
            ),
        ] {
            let message = settings(line).checked().unwrap_err().to_string();
            assert!(message.starts_with(start), "{message}");
        }
        assert!(settings("").checked().is_ok());
    }

    #[test]
    fn the_folder_names_what_was_run() {
        let folder = settings("--activation relu --data cifar10 --seed 3").default_folder();
        assert_eq!(folder, PathBuf::from("runs/relu-cifar10-3"));
    }
}
