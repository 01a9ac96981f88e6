//! The networks that experiments train, each in a file of its own.
//!
//! All are built by one builder, so that initial weights follow from a seed alone, on any backend;
//! those of deep networks have the gain that suits the curve.

mod builder;
mod cnn;
mod nin;
mod plain;
mod resnet;
mod small_net;

use std::fmt;

use burn::{Tensor, module::Module, tensor::Device};
use burn_rectifiers::{Activation, Sharing};
use serde::{Deserialize, Serialize};

pub(crate) use builder::Builder;
pub use cnn::{Block, Cnn};
pub use nin::Nin;
pub use plain::Plain;
pub use resnet::{ResNet, Residual};
pub use small_net::SmallNet;

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
        }
    }

    /// Whether anything is random while it trains, beside the order of the images.
    pub fn is_random(self) -> bool {
        matches!(self, Self::SmallNet | Self::Nin)
    }

    /// Whether weights are drawn with the gain of the curve; see `Builder::new`.
    fn keeps_variance(self) -> bool {
        !matches!(self, Self::Cnn { .. })
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
        }
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
