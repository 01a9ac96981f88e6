//! Network in network.

use burn::{
    Tensor,
    module::Module,
    nn::{
        Dropout, DropoutConfig, PaddingConfig2d,
        conv::Conv2d,
        pool::{AvgPool2d, AvgPool2dConfig, MaxPool2d, MaxPool2dConfig},
    },
};
use burn_rectifiers::Activation;
use burn_rectifiers_data::{CHANNELS, SIDE};

use super::Builder;

/// Network in network (Lin, Chen & Yan 2013, arXiv:1312.4400) for images of 32×32: three stages of
/// one spatial convolution and two of 1×1, pooling and dropout of 0.5 between them, and the mean
/// over each of the last feature maps as the score of a class.
#[derive(Module, Debug)]
pub struct Nin {
    /// Nine, from the image inwards.
    pub convs: Vec<Conv2d>,
    /// One after each convolution but the last.
    pub activations: Vec<Activation>,
    /// After the first stage.
    pub max_pool: MaxPool2d,
    /// After the second stage.
    pub average_pool: AvgPool2d,
    /// After each pooling.
    pub dropout: Dropout,
}

impl Nin {
    pub(super) fn build(classes: usize, build: &mut Builder) -> Self {
        // Channels and kernels of the three stages.
        let stages = [
            [(192, 5), (160, 1), (96, 1)],
            [(192, 5), (192, 1), (192, 1)],
            [(192, 3), (192, 1), (classes, 1)],
        ];
        let (mut convs, mut activations) = (Vec::new(), Vec::new());
        let (mut channels, mut side) = (CHANNELS, SIDE);
        for stage in stages {
            for (width, kernel) in stage {
                convs.push(build.conv([channels, width], kernel, 1));
                activations.push(build.activation(&[width, side, side]));
                channels = width;
            }
            side /= 2;
        }
        // The last convolution's outputs are the scores.
        activations.pop();
        let padding = PaddingConfig2d::Explicit(1, 1, 1, 1);
        Self {
            convs,
            activations,
            max_pool: MaxPool2dConfig::new([3, 3])
                .with_strides([2, 2])
                .with_padding(padding.clone())
                .init(),
            average_pool: AvgPool2dConfig::new([3, 3])
                .with_strides([2, 2])
                .with_padding(padding)
                .init(),
            dropout: DropoutConfig::new(0.5).init(),
        }
    }

    /// Logits `[batch, classes]` of images `[batch, 3, 32, 32]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let mut x = images;
        for (index, conv) in self.convs.iter().enumerate() {
            x = conv.forward(x);
            if let Some(activation) = self.activations.get(index) {
                x = activation.forward(x);
            }
            x = match index {
                2 => self.dropout.forward(self.max_pool.forward(x)),
                5 => self.dropout.forward(self.average_pool.forward(x)),
                _ => x,
            };
        }
        x.mean_dim(3).mean_dim(2).flatten(1, 3)
    }
}
