//! As many convolutions as one likes, one after the other.

use burn::{
    Tensor,
    module::Module,
    nn::{
        Linear,
        conv::Conv2d,
        pool::{MaxPool2d, MaxPool2dConfig},
    },
};
use burn_rectifiers::Activation;
use burn_rectifiers_data::{CHANNELS, SIDE};

use super::Builder;

/// Convolutions 3×3, each followed by the activation; neither normalization nor shortcuts, so that
/// nothing but weights and curves decides whether gradients arrive at the first.
///
/// The first has stride 2 and is followed by max-pooling: all others work on 8×8.
#[derive(Module, Debug)]
pub struct Plain {
    /// From the image inwards.
    pub convs: Vec<Conv2d>,
    /// One after each convolution.
    pub activations: Vec<Activation>,
    /// After the first activation.
    pub pool: MaxPool2d,
    /// From the last feature map, flattened, to the classes.
    pub classifier: Linear,
}

impl Plain {
    pub(super) fn build([depth, width]: [usize; 2], classes: usize, build: &mut Builder) -> Self {
        let side = SIDE / 4;
        let mut convs = vec![build.conv([CHANNELS, width], 3, 2)];
        let mut activations = vec![build.activation(&[width, SIDE / 2, SIDE / 2])];
        for _ in 1..depth {
            convs.push(build.conv([width, width], 3, 1));
            activations.push(build.activation(&[width, side, side]));
        }
        Self {
            convs,
            activations,
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            classifier: build.classifier(width * side * side, classes),
        }
    }

    /// Logits `[batch, classes]` of images `[batch, 3, 32, 32]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let mut x = images;
        for (index, (conv, activation)) in self.convs.iter().zip(&self.activations).enumerate() {
            x = activation.forward(conv.forward(x));
            if index == 0 {
                x = self.pool.forward(x);
            }
        }
        self.classifier.forward(x.flatten(1, 3))
    }
}
