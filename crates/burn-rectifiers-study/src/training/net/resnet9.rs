//! A small residual network that trains in minutes.

use burn::{
    Tensor,
    module::Module,
    nn::{
        BatchNorm, BatchNormConfig, Linear,
        conv::Conv2d,
        pool::{MaxPool2d, MaxPool2dConfig},
    },
};
use burn_rectifiers::Activation;
use burn_rectifiers_data::{CHANNELS, SIDE};

use super::Builder;

/// ResNet-9, the residual network of the DAWNBench entries for CIFAR-10 (Page 2018, "How to train your ResNet"), for
/// images of 32×32.
///
/// With w channels in the first block: a block to w; a block to 2w, a max-pooling, and two blocks of 2w with a shortcut
/// around them; a block to 4w and a pooling; a block to 8w, a pooling, and two blocks of 8w with a shortcut around them;
/// a max-pooling over the 4×4 that are left, and the classifier. 411,834 learned numbers without those of the
/// activations for w = 16 and ten classes.
#[derive(Module, Debug)]
pub struct ResNet9 {
    /// Eight, from the image inwards.
    pub blocks: Vec<NormalizedBlock>,
    /// Halves height and width.
    pub pool: MaxPool2d,
    /// Over what is left of height and width.
    pub last_pool: MaxPool2d,
    /// To the classes.
    pub classifier: Linear,
}

/// Convolution 3×3 without bias, batch normalization, activation.
#[derive(Module, Debug)]
pub struct NormalizedBlock {
    /// Keeps height and width.
    pub conv: Conv2d,
    /// After the convolution.
    pub norm: BatchNorm,
    /// After the normalization.
    pub activation: Activation,
}

impl NormalizedBlock {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.activation
            .forward(self.norm.forward(self.conv.forward(x)))
    }
}

/// Channels of the eight blocks' outputs as multiples of the width, and by how much the image's side is divided there.
const BLOCKS: [(usize, usize); 8] = [
    (1, 1),
    (2, 1),
    (2, 2),
    (2, 2),
    (4, 2),
    (8, 4),
    (8, 8),
    (8, 8),
];

impl ResNet9 {
    pub(super) fn build(width: usize, classes: usize, build: &mut Builder) -> Self {
        let mut channels = CHANNELS;
        let blocks = BLOCKS.map(|(times, divided)| {
            let (inputs, side) = (channels, SIDE / divided);
            channels = times * width;
            NormalizedBlock {
                conv: build.conv_without_bias([inputs, channels], 3),
                norm: BatchNormConfig::new(channels).init(build.device()),
                activation: build.activation(&[channels, side, side]),
            }
        });
        Self {
            blocks: blocks.into(),
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            last_pool: MaxPool2dConfig::new([4, 4]).with_strides([4, 4]).init(),
            classifier: build.classifier(channels, classes),
        }
    }

    /// Logits `[batch, classes]` of images `[batch, 3, 32, 32]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let through = |range: std::ops::Range<usize>, x: Tensor<4>| {
            let blocks = self.blocks[range].iter();
            blocks.fold(x, |x, block| block.forward(x))
        };
        let x = self.pool.forward(through(0..2, images));
        let x = x.clone() + through(2..4, x);
        let x = self.pool.forward(through(4..5, x));
        let x = self.pool.forward(through(5..6, x));
        let x = x.clone() + through(6..8, x);
        self.classifier
            .forward(self.last_pool.forward(x).flatten(1, 3))
    }
}

/// Multiplications for one image, forward; numbers that are learned by the convolutions; outputs of the convolutions for
/// one image.
pub(super) fn sizes(width: usize) -> [f64; 3] {
    let mut inputs = CHANNELS as f64;
    BLOCKS.iter().fold([0.0; 3], |sums, (times, divided)| {
        let outputs = (times * width) as f64;
        let weights = 9.0 * inputs * outputs;
        let pixels = ((SIDE / divided) * (SIDE / divided)) as f64;
        inputs = outputs;
        [
            sums[0] + weights * pixels,
            sums[1] + weights,
            sums[2] + outputs * pixels,
        ]
    })
}
