//! The networks that experiments train, each in a file of its own.
//!
//! All are built by one builder, so that initial weights follow from a seed alone, on any backend;
//! those of deep networks have the gain that suits the curve.

mod builder;
mod cnn;
mod network;
mod nin;
mod plain;
mod resnet;
mod resnet9;
mod small_net;
mod values;

use std::{fmt, io, path::Path};

use burn::{Tensor, module::Module, tensor::Device};
use burn_rectifiers::{Activation, Sharing};
use serde::{Deserialize, Serialize};

pub(crate) use builder::Builder;
pub use cnn::{Block, Cnn};
pub use network::Network;
pub use nin::Nin;
pub use plain::Plain;
pub use resnet::{ResNet, Residual};
pub use resnet9::{NormalizedBlock, ResNet9};
pub use small_net::SmallNet;
pub(crate) use values::{gradients, learned, values};

/// Which network, without its activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// [`Cnn`], the network of `cnn_cifar`.
    Cnn {
        /// Channels of the first block.
        width: usize,
    },
    /// [`Plain`], as deep as one likes.
    Plain {
        /// Convolutions.
        depth: usize,
        /// Channels of each.
        width: usize,
    },
    /// [`SmallNet`] of the PELU paper.
    SmallNet,
    /// [`Nin`], network in network.
    Nin,
    /// [`ResNet`] with this many layers: 20, 32, …
    ResNet {
        /// 6n + 2.
        depth: usize,
    },
    /// [`ResNet9`].
    ResNet9 {
        /// Channels of the first block.
        width: usize,
    },
}

impl Architecture {
    /// Multiplications for one image, forward: what a run costs, roughly.
    pub fn multiplications(self) -> f64 {
        match self {
            Self::Cnn { width } => {
                let w = width as f64;
                1024.0 * 27.0 * w + 256.0 * 18.0 * w * w + 64.0 * 72.0 * w * w
            }
            Self::Plain { depth, width } => {
                let w = width as f64;
                256.0 * 27.0 * w + (depth as f64 - 1.0) * 64.0 * (9.0 * w * w + 60.0 * w)
            }
            Self::SmallNet => 1.1e7,
            Self::Nin => 2.2e8,
            Self::ResNet { depth } => 2.0e6 * depth as f64,
            Self::ResNet9 { width } => resnet9::sizes(width)[0],
        }
    }

    /// Roughly, how many weights convolutions have, and how many outputs they have for one image.
    pub(crate) fn sizes(self) -> [f64; 2] {
        match self {
            Self::Cnn { width } => {
                let w = width as f64;
                [(27.0 + 18.0 * w + 72.0 * w) * w, 1792.0 * w]
            }
            Self::Plain { depth, width } => {
                let (w, others) = (width as f64, depth as f64 - 1.0);
                [(27.0 + 9.0 * w * others) * w, (256.0 + 64.0 * others) * w]
            }
            Self::SmallNet => [1.1e6, 5.7e4],
            Self::Nin => [9.7e5, 6.5e5],
            Self::ResNet { depth } => [1.4e4 * depth as f64, 9.4e3 * depth as f64],
            Self::ResNet9 { width } => {
                let [_, weights, outputs] = resnet9::sizes(width);
                [weights, outputs]
            }
        }
    }

    /// Whether anything is random while it trains, beside the order of the images.
    pub fn is_random(self) -> bool {
        matches!(self, Self::SmallNet | Self::Nin)
    }

    /// Whether weights are drawn with the gain of the curve; see `Builder::new`.
    fn keeps_variance(self) -> bool {
        !matches!(self, Self::Cnn { .. } | Self::ResNet9 { .. })
    }

    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Cnn { width } => format!(
                "three blocks of convolution 3×3, activation and max-pooling with {width}, {} and \
                 {} channels, then a linear classifier; no normalization",
                2 * width,
                4 * width
            ),
            Self::Plain { depth, width } => format!(
                "{depth} convolutions 3×3 of {width} channels, each followed by the activation, \
                 without normalization and without shortcuts"
            ),
            Self::SmallNet => "SmallNet of Trottier et al. (2016)".into(),
            Self::Nin => "network in network (Lin et al. 2013)".into(),
            Self::ResNet { depth } => format!("ResNet-{depth} (He et al. 2015)"),
            Self::ResNet9 { width } => {
                format!("ResNet-9 (Page 2018) with {width} channels in its first block")
            }
        }
    }
}

impl fmt::Display for Architecture {
    /// A name, with the sizes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cnn { width } => write!(f, "cnn, width {width}"),
            Self::Plain { depth, width } => write!(f, "plain, depth {depth}, width {width}"),
            Self::SmallNet => f.write_str("small net"),
            Self::Nin => f.write_str("network in network"),
            Self::ResNet { depth } => write!(f, "resnet, depth {depth}"),
            Self::ResNet9 { width } => write!(f, "resnet9, width {width}"),
        }
    }
}

/// A network of any architecture.
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant)] // There is one at a time.
pub enum Net {
    /// See [`Cnn`].
    Cnn(Cnn),
    /// See [`Plain`].
    Plain(Plain),
    /// See [`SmallNet`].
    SmallNet(SmallNet),
    /// See [`Nin`].
    Nin(Nin),
    /// See [`ResNet`].
    ResNet(ResNet),
    /// See [`ResNet9`].
    ResNet9(ResNet9),
}

impl Net {
    /// A network whose initial weights follow from the seed, whatever the device.
    ///
    /// # Panics
    ///
    /// If the activation is not in the family.
    pub fn new(
        architecture: Architecture,
        (activation, sharing): (&str, Sharing),
        classes: usize,
        seed: u64,
        device: &Device,
    ) -> Self {
        let keeps_variance = architecture.keeps_variance();
        let mut build = Builder::new(activation, sharing, keeps_variance, seed, device);
        match architecture {
            Architecture::Cnn { width } => Self::Cnn(Cnn::build(width, classes, &mut build)),
            Architecture::Plain { depth, width } => {
                Self::Plain(Plain::build([depth, width], classes, &mut build))
            }
            Architecture::SmallNet => Self::SmallNet(SmallNet::build(classes, &mut build)),
            Architecture::Nin => Self::Nin(Nin::build(classes, &mut build)),
            Architecture::ResNet { depth } => {
                Self::ResNet(ResNet::build(depth, classes, &mut build))
            }
            Architecture::ResNet9 { width } => {
                Self::ResNet9(ResNet9::build(width, classes, &mut build))
            }
        }
    }

    /// Writes the record of the network itself, [`Cnn`] or another, for `Module::load_file`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn save(&self, file: &Path) -> io::Result<()> {
        let saved = match self.clone() {
            Self::Cnn(net) => net.save_file(file),
            Self::Plain(net) => net.save_file(file),
            Self::SmallNet(net) => net.save_file(file),
            Self::Nin(net) => net.save_file(file),
            Self::ResNet(net) => net.save_file(file),
            Self::ResNet9(net) => net.save_file(file),
        };
        saved.map_err(io::Error::other)
    }

    /// The activations, from the image inwards.
    pub fn activations(&self) -> Vec<&Activation> {
        match self {
            Self::Cnn(net) => net.blocks.iter().map(|block| &block.activation).collect(),
            Self::Plain(net) => net.activations.iter().collect(),
            Self::SmallNet(net) => net.activations.iter().collect(),
            Self::Nin(net) => net.activations.iter().collect(),
            Self::ResNet(net) => {
                let inner = net.blocks.iter().flat_map(|block| &block.activations);
                std::iter::once(&net.activation).chain(inner).collect()
            }
            Self::ResNet9(net) => net.blocks.iter().map(|block| &block.activation).collect(),
        }
    }

    /// Logits `[batch, classes]` of images `[batch, 3, 32, 32]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        match self {
            Self::Cnn(net) => net.forward(images),
            Self::Plain(net) => net.forward(images),
            Self::SmallNet(net) => net.forward(images),
            Self::Nin(net) => net.forward(images),
            Self::ResNet(net) => net.forward(images),
            Self::ResNet9(net) => net.forward(images),
        }
    }

    /// The activation with this number, counted from 0 from the image inwards, in words.
    pub fn activation_name(&self, index: usize) -> String {
        format!("{} {}", self.activation_kind(), index + 1)
    }

    /// What activations are numbered as.
    pub(crate) fn activation_kind(&self) -> &'static str {
        match self {
            Self::Cnn(_) => "block",
            _ => "activation",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_architecture_classifies() {
        let device = Device::flex();
        for architecture in [
            Architecture::Cnn { width: 2 },
            Architecture::Plain { depth: 3, width: 2 },
            Architecture::SmallNet,
            Architecture::Nin,
            Architecture::ResNet { depth: 8 },
            Architecture::ResNet9 { width: 2 },
        ] {
            let net = Net::new(architecture, ("pelu", Sharing::default()), 7, 1, &device);
            let logits = net.forward(Tensor::ones([2, 3, 32, 32], &device));
            assert_eq!(logits.dims(), [2, 7], "{architecture:?}");
            let all: Vec<f64> = logits.into_data().iter().collect();
            assert!(all.iter().all(|x| x.is_finite()), "{architecture:?}");
        }
    }

    /// The signal neither fades nor explodes in 32 layers, whatever the curve.
    #[test]
    fn deep_nets_keep_the_variance_at_the_start() {
        let device = Device::flex();
        let images = Tensor::random(
            [8, 3, 32, 32],
            burn::tensor::Distribution::Normal(0.0, 1.0),
            &device,
        );
        let architecture = Architecture::Plain {
            depth: 32,
            width: 24,
        };
        for activation in ["relu", "prelu", "elu", "selu"] {
            let net = Net::new(
                architecture,
                (activation, Sharing::default()),
                10,
                3,
                &device,
            );
            let ((), seen) = burn_rectifiers::observe::observe(|| {
                net.forward(images.clone());
            });
            assert_eq!(seen.len(), 32);
            let square = |at: usize| {
                let input = seen[at].total().input;
                input.variance() + input.mean().powi(2)
            };
            let ratio = square(31) / square(1);
            assert!((0.02..50.0).contains(&ratio), "{activation}: {ratio}");
        }
    }
}
