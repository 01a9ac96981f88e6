//! SmallNet, on which PELU was first tried.

use burn::{
    Tensor,
    module::Module,
    nn::{
        Dropout, DropoutConfig, Linear,
        conv::Conv2d,
        pool::{MaxPool2d, MaxPool2dConfig},
    },
};
use burn_rectifiers::Activation;
use burn_rectifiers_data::{CHANNELS, SIDE};

use super::Builder;

/// SmallNet (Trottier et al. 2016, arXiv:1605.09332): three convolutions 3×3 of 32, 64 and 128
/// channels, each followed by activation, max-pooling and dropout of 0.2; then 512 units with
/// activation and dropout of 0.5, and the classifier.
#[derive(Module, Debug)]
pub struct SmallNet {
    /// From the image inwards.
    pub convs: Vec<Conv2d>,
    /// One after each convolution, and one after the hidden layer.
    pub activations: Vec<Activation>,
    /// Halves height and width.
    pub pool: MaxPool2d,
    /// After each convolution.
    pub dropout: Dropout,
    /// From the last feature map, flattened.
    pub hidden: Linear,
    /// After the hidden layer.
    pub hidden_dropout: Dropout,
    /// To the classes.
    pub classifier: Linear,
}

impl SmallNet {
    pub(super) fn build(classes: usize, build: &mut Builder) -> Self {
        let (mut convs, mut activations) = (Vec::new(), Vec::new());
        let (mut channels, mut side) = (CHANNELS, SIDE);
        for width in [32, 64, 128] {
            convs.push(build.conv([channels, width], 3, 1));
            activations.push(build.activation(&[width, side, side]));
            (channels, side) = (width, side / 2);
        }
        activations.push(build.activation(&[512]));
        Self {
            convs,
            activations,
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            dropout: DropoutConfig::new(0.2).init(),
            hidden: build.linear(channels * side * side, 512),
            hidden_dropout: DropoutConfig::new(0.5).init(),
            classifier: build.classifier(512, classes),
        }
    }

    /// Logits `[batch, classes]` of images `[batch, 3, 32, 32]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let mut x = images;
        for (conv, activation) in self.convs.iter().zip(&self.activations) {
            x = self.pool.forward(activation.forward(conv.forward(x)));
            x = self.dropout.forward(x);
        }
        let x = self.hidden.forward(x.flatten(1, 3));
        let last = self.activations.last().expect("one after the hidden layer");
        let x = self.hidden_dropout.forward(last.forward(x));
        self.classifier.forward(x)
    }
}
