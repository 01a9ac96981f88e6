//! Everything a run depends on.

use std::path::PathBuf;

use burn_rectifiers::Sharing;
use burn_rectifiers_data::Augment;
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize, Serializer};

use crate::base::backend::Backend;
use crate::base::cli::{number, whole};
use crate::base::error::{StudyError, wrong};
use crate::base::memory::{available, too_much};
use crate::training::{
    data_set::DataSet,
    net::{Architecture, Network},
    optimizer::Optimizer,
    recipes::{Recipe, recipe},
    schedule::Schedule,
    strategy::Strategy,
};

/// What decides the outcome of a run. Two runs with equal settings give equal numbers on a CPU.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
pub struct Settings {
    /// Values for the flags below, each of which can be given another: first (a minute), fast (accurate in minutes) or
    /// paper (ResNet-20 as in He et al. 2015)
    #[arg(long, value_name = "NAME", default_value = "first")]
    pub recipe: Recipe,

    /// Activation after every convolution
    #[arg(long, value_name = "NAME", default_value = "prelu", value_parser = activation)]
    pub activation: String,

    /// What shares one set of learned parameters: layer, channel or element
    #[arg(long, value_name = "WHAT", default_value = "channel", value_parser = sharing)]
    #[serde(with = "as_text")]
    pub sharing: Sharing,

    /// cnn (three convolutions), resnet9, resnet20 (or 32, 44, …), nin (network in network), plain-8 (or another number
    /// of convolutions without normalization and shortcuts)
    #[arg(long, value_name = "NAME", default_value = "cnn", default_value_ifs = recipe("network"))]
    pub network: Network,

    /// Channels of the first block [default: 32 for cnn, 16 for resnet9, 24 for plain-N]
    #[arg(long, value_name = "N", value_parser = whole::<usize>)]
    pub width: Option<usize>,

    /// What computes: flex, ndarray, wgpu, vulkan, metal, cuda, rocm or remote; for all but flex, add
    /// `--features NAME` to the cargo command
    #[arg(long, value_name = "NAME", default_value = "flex")]
    pub backend: Backend,

    /// Devices of the backend that share the images of each step; a CPU, or a lone device of wgpu, counts as often as it is
    /// asked for
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole::<usize>)]
    pub devices: usize,

    /// How devices share a step: single, multi (the first collects the gradients) or ddp (collectives; cuda alone)
    /// [default: single for one device, multi for several]
    #[arg(long, value_name = "NAME")]
    pub strategy: Option<Strategy>,

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

    /// Share of the training images that are kept for validation, at least 0 and below 1: the epoch that is best on them
    /// is the result, instead of the last
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = number)]
    pub val_split: f64,

    /// Random variations of training images: none, flip (mirrored), crop (moved by up to four pixels) or flip-crop
    #[arg(long, value_name = "WHAT", default_value = "none", default_value_ifs = recipe("augment"))]
    pub augment: Augmentation,

    /// Passes over the training images
    #[arg(
        long,
        value_name = "N",
        default_value = "5",
        default_value_ifs = recipe("epochs"),
        value_parser = whole::<usize>
    )]
    pub epochs: usize,

    /// Images per step
    #[arg(
        long,
        value_name = "N",
        default_value = "64",
        default_value_ifs = recipe("batch-size"),
        value_parser = whole::<usize>
    )]
    pub batch_size: usize,

    /// adam, sgd (with momentum) or muon (for convolutions; adam for the rest)
    #[arg(long, value_name = "NAME", default_value = "adam", default_value_ifs = recipe("optimizer"))]
    pub optimizer: Optimizer,

    /// Learning rate, the highest in the course of the schedule [default: 0.001 for adam, 0.05 for sgd, 0.005 for muon]
    #[arg(long, value_name = "RATE", default_value_ifs = recipe("lr"), value_parser = number)]
    pub lr: Option<f64>,

    /// What the learning rate does: constant, cosine (falls to 0), one-cycle (rises and falls along lines) or step (a
    /// tenth after half of the steps, a hundredth after three quarters)
    #[arg(long, value_name = "NAME", default_value = "constant", default_value_ifs = recipe("schedule"))]
    pub schedule: Schedule,

    /// Epochs, also a part of one, in which the learning rate rises from a 25th [default: 0; three tenths of all for
    /// one-cycle]
    #[arg(long, value_name = "EPOCHS", value_parser = number)]
    pub warm_up: Option<f64>,

    /// Weight decay; for the weights, never for biases, normalizations and activation parameters
    #[arg(
        long,
        value_name = "RATE",
        default_value = "0",
        default_value_ifs = recipe("weight-decay"),
        value_parser = number
    )]
    pub weight_decay: f64,

    /// Share of a label's probability that is spread over all classes while training
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = number)]
    pub label_smoothing: f64,

    /// Judge by a moving average of the weights, of which each step keeps this share, for example 0.99; 0 for none
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = number)]
    pub ema: f64,

    /// Decides weights, order, variations and synthetic images
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole::<u64>)]
    pub seed: u64,
}

/// How training images are varied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Augmentation {
    /// Not at all.
    None,
    /// Every other image mirrored, at random.
    Flip,
    /// Moved by up to four pixels in each direction, at random.
    Crop,
    /// Both.
    FlipCrop,
}

impl Augmentation {
    /// What it is for one image.
    pub(crate) fn augment(self) -> Augment {
        let usual = Augment::default();
        Augment {
            flip: usual.flip && matches!(self, Self::Flip | Self::FlipCrop),
            crop_padding: match self {
                Self::Crop | Self::FlipCrop => usual.crop_padding,
                _ => 0,
            },
        }
    }
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
    /// The settings with everything that was left open, if their values make sense.
    ///
    /// # Errors
    ///
    /// For counts that are zero or absurdly large, for rates that are negative or not finite, and for what does not go
    /// together.
    pub fn checked(self) -> Result<Self, StudyError> {
        let network = self.network;
        if let Some(width) = self.width
            && !network.has_widths()
            && width != network.usual_width()
        {
            let expected = format!(
                "no other than {} with --network {network}",
                network.usual_width()
            );
            return Err(wrong("width", width, &expected));
        }
        let rate = self.learning_rate();
        // Beyond these, memory would run out before anything is learned.
        let counts = [
            ("train-size", self.train_size.unwrap_or(1), 10_000_000),
            ("test-size", self.test_size.unwrap_or(1), 10_000_000),
            ("epochs", self.epochs, 1_000_000),
            ("batch-size", self.batch_size, 100_000),
            ("width", self.width(), 4096),
        ];
        for (setting, count, most) in counts {
            if count == 0 {
                return Err(wrong(setting, count, "at least 1"));
            }
            if count > most {
                return Err(wrong(setting, count, &format!("at most {most}")));
            }
        }
        if !(rate.is_finite() && rate > 0.0) {
            return Err(wrong("lr", rate, "a number above 0, for example 0.001"));
        }
        let warm_up = self.warm_up();
        if !(0.0..=self.epochs as f64).contains(&warm_up) {
            let expected = format!("from 0 to the number of epochs, {}", self.epochs);
            return Err(wrong("warm-up", warm_up, &expected));
        }
        // So Burn's schedules want it.
        let is_scheduled =
            warm_up > 0.0 || !matches!(self.schedule, Schedule::Constant | Schedule::Step);
        if is_scheduled && rate > 1.0 {
            return Err(wrong(
                "lr",
                rate,
                "at most 1 for a schedule other than constant without --warm-up",
            ));
        }
        // What is multiplied with it is of single precision.
        if !((self.weight_decay as f32).is_finite() && self.weight_decay >= 0.0) {
            return Err(wrong(
                "weight-decay",
                self.weight_decay,
                "a number of 0 or more that f32 can hold, for example 0.01",
            ));
        }
        let shares = [
            ("val-split", self.val_split, 0.1),
            ("label-smoothing", self.label_smoothing, 0.1),
            ("ema", self.ema, 0.99),
        ];
        for (setting, share, example) in shares {
            if !(0.0..1.0).contains(&share) {
                let expected = format!("at least 0 and below 1, for example {example}");
                return Err(wrong(setting, share, &expected));
            }
        }
        let strategy = self.strategy();
        strategy.check(self.backend, self.devices, self.batch_size)?;
        let settings = self.filled();
        match available() {
            Some(available) => settings.fits(available),
            None => Ok(settings),
        }
    }

    /// The settings with everything that was left open. Runs are told apart by these.
    pub(crate) fn filled(self) -> Self {
        Self {
            lr: Some(self.learning_rate()),
            width: Some(self.width()),
            warm_up: Some(self.warm_up()),
            strategy: Some(self.strategy()),
            ..self
        }
    }

    /// The highest learning rate.
    pub fn learning_rate(&self) -> f64 {
        self.lr.unwrap_or_else(|| self.optimizer.usual_rate())
    }

    /// Channels of the first block.
    pub fn width(&self) -> usize {
        self.width.unwrap_or_else(|| self.network.usual_width())
    }

    /// Epochs in which the learning rate rises.
    pub fn warm_up(&self) -> f64 {
        let usual = self.schedule.usual_warm_up() * self.epochs as f64;
        self.warm_up.unwrap_or(usual)
    }

    /// How the images of a step are spread over devices.
    pub fn strategy(&self) -> Strategy {
        self.strategy.unwrap_or(Strategy::usual(self.devices))
    }

    /// The network without its activation.
    pub fn architecture(&self) -> Architecture {
        self.network.architecture(self.width())
    }

    /// Refuses what surely takes more memory than `available` bytes; the system would end the process in the middle.
    fn fits(self, available: u64) -> Result<Self, StudyError> {
        if matches!(self.backend, Backend::Flex | Backend::Ndarray) {
            // The weights, their gradients and an optimizer's two moments, and what a step keeps of each image, which is
            // the output of each convolution and of each activation.
            let [weights, outputs] = self.architecture().sizes();
            let (weights, kept) = (4.0 * weights, 2.0 * outputs * self.batch_size as f64);
            let bytes = (size_of::<f32>() as f64 * (weights + kept)) as u64;
            if bytes > available {
                return Err(match (weights > kept, self.network) {
                    (true, Network::Plain { .. }) if self.width() <= self.network.usual_width() => {
                        too_much("network", self.network, bytes, available)
                    }
                    (true, _) => too_much("width", self.width(), bytes, available),
                    _ => too_much("batch-size", self.batch_size, bytes, available),
                });
            }
        }
        Ok(self)
    }

    /// All flags in their order, with the values that they have.
    pub(crate) fn flags(&self) -> Vec<(String, String)> {
        use clap::CommandFactory;
        #[derive(clap::Parser)]
        struct Flags {
            #[command(flatten)]
            _settings: Settings,
        }
        let here = serde_json::to_value(self).expect("plain data");
        let command = Flags::command();
        let flags = command.get_arguments().filter_map(|arg| arg.get_long());
        let value = |flag: &str| match &here[flag.replace('-', "_")] {
            serde_json::Value::Null => "left to its default".into(),
            serde_json::Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        flags.map(|flag| (flag.to_string(), value(flag))).collect()
    }

    /// The flags that the recipe has set, with the values that they have.
    pub fn recipe_in_words(&self) -> String {
        let set = |name: &str| self.recipe.values().any(|(flag, _)| flag == name);
        let flags = self.flags().into_iter().filter(|(flag, _)| set(flag));
        let flags: String = flags
            .map(|(flag, value)| format!(" --{flag} {value}"))
            .collect();
        format!("recipe {}:{flags}", self.recipe.name())
    }

    /// What the run is, in a few words.
    pub fn title(&self) -> String {
        let activation = self.activation_title();
        format!("{activation} in {} on {}", self.network, self.data.name())
    }

    /// What the images are that epochs are judged by.
    pub(crate) fn judging(&self) -> &'static str {
        match self.val_split > 0.0 {
            true => "validation",
            false => "test",
        }
    }

    /// The activation in a few words: with its sharing, if it has anything to share.
    pub fn activation_title(&self) -> String {
        match burn_rectifiers::curves::find(&self.activation) {
            Ok(curve) if curve.params().is_empty() => self.activation.clone(),
            _ => format!("{} per {}", self.activation, self.sharing),
        }
    }

    /// The folder of the run unless the user names one: `runs/<activation>-<data>-<seed>`, with the network before it if
    /// that is another than the first.
    pub fn default_folder(&self) -> PathBuf {
        let network = match self.network {
            Network::Cnn => String::new(),
            other => format!("{other}-"),
        };
        let (activation, data) = (&self.activation, self.data.name());
        PathBuf::from("runs").join(format!("{network}{activation}-{data}-{}", self.seed))
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
            (
                "--width 8 --network nin",
                "--width 8: expected no other than 192",
            ),
            (
                "--val-split 1",
                "--val-split 1: expected at least 0 and below 1",
            ),
            ("--ema nan", "--ema NaN: expected"),
            (
                "--warm-up 6",
                "--warm-up 6: expected from 0 to the number of epochs, 5",
            ),
            ("--schedule cosine --lr 2", "--lr 2: expected at most 1"),
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
