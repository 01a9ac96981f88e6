//! Residual networks for small images.

use burn::{
    Tensor,
    module::Module,
    nn::{BatchNorm, BatchNormConfig, Linear, conv::Conv2d},
};
use burn_rectifiers::Activation;
use burn_rectifiers_data::{CHANNELS, SIDE};

use super::Builder;

/// ResNet for CIFAR (He et al. 2015, arXiv:1512.03385, section 4.2): a convolution, three stages of
/// n residual blocks with 16, 32 and 64 channels, the mean over each feature map, the classifier;
/// 6n + 2 layers.
#[derive(Module, Debug)]
pub struct ResNet {
    /// From the image to 16 channels.
    pub conv: Conv2d,
    /// After the first convolution.
    pub norm: BatchNorm,
    /// After the first normalization.
    pub activation: Activation,
    /// From the image inwards.
    pub blocks: Vec<Residual>,
    /// To the classes.
    pub classifier: Linear,
}

/// Two convolutions 3×3 around which the input takes a shortcut.
#[derive(Module, Debug)]
pub struct Residual {
    /// Both convolutions.
    pub convs: [Conv2d; 2],
    /// After each convolution.
    pub norms: [BatchNorm; 2],
    /// Between them, and after the sum.
    pub activations: [Activation; 2],
}

impl ResNet {
    pub(super) fn build(depth: usize, classes: usize, build: &mut Builder) -> Self {
        let (mut channels, mut side) = (16, SIDE);
        let conv = build.conv([CHANNELS, channels], 3, 1);
        let norm = BatchNormConfig::new(channels).init(build.device());
        let activation = build.activation(&[channels, side, side]);
        let mut blocks = Vec::new();
        for width in [16, 32, 64] {
            for _ in 0..depth.saturating_sub(2) / 6 {
                let stride = width / channels;
                side /= stride;
                blocks.push(Residual {
                    convs: [
                        build.conv([channels, width], 3, stride),
                        build.conv([width, width], 3, 1),
                    ],
                    norms: [(); 2].map(|()| BatchNormConfig::new(width).init(build.device())),
                    activations: [(); 2].map(|()| build.activation(&[width, side, side])),
                });
                channels = width;
            }
        }
        Self {
            conv,
            norm,
            activation,
            blocks,
            classifier: build.classifier(channels, classes),
        }
    }

    /// Logits `[batch, classes]` of images `[batch, 3, 32, 32]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let x = self.norm.forward(self.conv.forward(images));
        let x = self.activation.forward(x);
        let x = self.blocks.iter().fold(x, |x, block| block.forward(x));
        self.classifier
            .forward(x.mean_dim(3).mean_dim(2).flatten(1, 3))
    }
}

impl Residual {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let inner = self.norms[0].forward(self.convs[0].forward(x.clone()));
        let inner = self.activations[0].forward(inner);
        let inner = self.norms[1].forward(self.convs[1].forward(inner));
        let shortcut = shortcut(x, inner.dims());
        self.activations[1].forward(inner + shortcut)
    }
}

/// The input in the shape of the output: every second pixel, and zeros for the new channels (option
/// A of the paper, which has no parameters).
fn shortcut(x: Tensor<4>, [batch, channels, height, width]: [usize; 4]) -> Tensor<4> {
    let [_, had, before, _] = x.dims();
    if had == channels {
        return x;
    }
    let stride = (before / height) as i32;
    let device = x.device();
    let x = x.slice(burn::tensor::s![.., .., ..;stride, ..;stride]);
    let zeros = Tensor::zeros([batch, channels - had, height, width], &device);
    Tensor::cat(vec![x, zeros], 1)
}
