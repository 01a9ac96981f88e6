//! Layers, one after the other, for one activation and one seed.

use burn::{
    nn::{Linear, conv::Conv2d},
    tensor::Device,
};
use burn_rectifiers::{
    Activation, ActivationConfig, Sharing, curve::Curve, curves::find, nn::try_gain,
};

use crate::training::init::{Spread, Weights};

/// Makes the layers of a network. The order of the calls decides the weights.
pub(crate) struct Builder {
    weights: Weights,
    /// Of what feeds an activation, and of the classifier, which feeds none.
    spreads: [Spread; 2],
    activation: String,
    sharing: Sharing,
    device: Device,
}

impl Builder {
    /// For a network of this activation, all random numbers from the seed. `keeps_variance` is for
    /// networks whose depth asks for it: their weights have the gain that suits the curve. Others are
    /// drawn as is usual. (With gains, `cnn_cifar` had a lower test accuracy for the one or two seeds
    /// that were tried: too few to say more.)
    ///
    /// # Panics
    ///
    /// If the activation is not in the family.
    pub fn new(
        activation: &str,
        sharing: Sharing,
        keeps_variance: bool,
        seed: u64,
        device: &Device,
    ) -> Self {
        let curve = find(activation).unwrap_or_else(|error| panic!("{error}"));
        Self {
            weights: Weights::new(seed, device),
            spreads: match keeps_variance {
                true => [Spread::Gain(initial_gain(curve)), Spread::Gain(1.0)],
                false => [Spread::Usual; 2],
            },
            activation: activation.into(),
            sharing: match sharing {
                // In `[batch, channel, height, width]`.
                Sharing::Channel { .. } => Sharing::Channel { axis: 1 },
                other => other,
            },
            device: device.clone(),
        }
    }

    /// Where the network is built.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// A convolution that feeds the activation: `kernel` wide and high, and padded so that a stride
    /// of 1 keeps height and width.
    pub fn conv(&mut self, channels: [usize; 2], kernel: usize, stride: usize) -> Conv2d {
        self.weights.conv(channels, kernel, stride, self.spreads[0])
    }

    /// A convolution whose outputs are normalized, so that a bias would do nothing.
    pub fn conv_without_bias(&mut self, channels: [usize; 2], kernel: usize) -> Conv2d {
        let mut conv = self.conv(channels, kernel, 1);
        conv.bias = None;
        conv
    }

    /// A linear layer that feeds the activation.
    pub fn linear(&mut self, inputs: usize, outputs: usize) -> Linear {
        self.weights.linear(inputs, outputs, self.spreads[0])
    }

    /// The linear layer at the end, which feeds none.
    pub fn classifier(&mut self, inputs: usize, classes: usize) -> Linear {
        self.weights.linear(inputs, classes, self.spreads[1])
    }

    /// The activation of a feature map `[channels, height, width]`, or of features `[n]`.
    pub fn activation(&self, shape: &[usize]) -> Activation {
        ActivationConfig::new(self.activation.clone(), shape.to_vec())
            .with_sharing(self.sharing)
            .init(&self.device)
    }
}

/// The gain for a curve with its parameters as they start; 1 for a curve that has none.
fn initial_gain(curve: &dyn Curve) -> f64 {
    let start: Vec<f64> = curve.params().iter().map(|info| info.default).collect();
    try_gain(curve, &start).unwrap_or(1.0)
}
