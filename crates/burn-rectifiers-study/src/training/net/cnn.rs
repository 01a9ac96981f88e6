//! The network: three blocks of convolution, activation and pooling, then a linear classifier.

use burn::{
    Tensor,
    module::Module,
    nn::{
        Linear,
        conv::Conv2d,
        pool::{MaxPool2d, MaxPool2dConfig},
    },
    tensor::Device,
};
use burn_rectifiers::{Activation, Sharing};
use burn_rectifiers_data::{CHANNELS, SIDE};

use super::Builder;

/// Convolution 3×3, activation, max-pooling 2×2.
#[derive(Module, Debug)]
pub struct Block {
    /// Keeps height and width.
    pub conv: Conv2d,
    /// The unit under test.
    pub activation: Activation,
    /// Halves height and width.
    pub pool: MaxPool2d,
}

/// A small convolutional network for images of 32×32.
///
/// The blocks have `width`, 2·`width` and 4·`width` channels. No normalization: what the activation
/// does to the signal is what shall be seen.
#[derive(Module, Debug)]
pub struct Cnn {
    /// From the image inwards.
    pub blocks: Vec<Block>,
    /// From the last feature map, flattened, to the classes.
    pub classifier: Linear,
}

impl Cnn {
    /// A network whose initial weights follow from the seed alone, whatever the device.
    ///
    /// # Panics
    ///
    /// If the activation is not in the family.
    pub fn new(
        (activation, sharing): (&str, Sharing),
        width: usize,
        classes: usize,
        seed: u64,
        device: &Device,
    ) -> Self {
        let mut build = Builder::new(activation, sharing, false, seed, device);
        Self::build(width, classes, &mut build)
    }

    pub(super) fn build(width: usize, classes: usize, build: &mut Builder) -> Self {
        let (mut channels, mut side) = (CHANNELS, SIDE);
        let blocks = [1, 2, 4]
            .map(|times| {
                let width = times * width;
                let block = Block {
                    conv: build.conv([channels, width], 3, 1),
                    activation: build.activation(&[width, side, side]),
                    pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
                };
                (channels, side) = (width, side / 2);
                block
            })
            .into();
        Self {
            blocks,
            classifier: build.classifier(channels * side * side, classes),
        }
    }

    /// Logits `[batch, classes]` of images `[batch, 3, 32, 32]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let mut x = images;
        for block in &self.blocks {
            let y = block.activation.forward(block.conv.forward(x));
            x = block.pool.forward(y);
        }
        self.classifier.forward(x.flatten(1, 3))
    }
}
