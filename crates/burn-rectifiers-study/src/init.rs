//! Initial weights that do not depend on the backend.
//!
//! Burn's initializers draw from each backend's own generator, so the same seed gives other weights
//! on another backend. Here the host draws them. Initial weights and order of the images being the
//! same everywhere, training on two backends differs only by rounding.

use burn::{
    module::{Initializer, Param},
    nn::{
        Linear, LinearConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Distribution, Tensor, TensorData},
};
use rand::rngs::StdRng;

/// Draws the layers of a network, one after the other.
pub(crate) struct Weights {
    rng: StdRng,
    device: Device,
}

impl Weights {
    /// Layers on this device, all random numbers from this seed.
    pub fn new(seed: u64, device: &Device) -> Self {
        Self {
            rng: crate::rng::stream("weights", seed, 0),
            device: device.clone(),
        }
    }

    /// A 3×3 convolution that keeps height and width.
    pub fn conv(&mut self, channels: [usize; 2]) -> Conv2d {
        let mut conv = Conv2dConfig::new(channels, [3, 3])
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            .with_initializer(Initializer::Zeros)
            .init(&self.device);
        conv.weight = self.uniform([channels[1], channels[0], 3, 3], 9 * channels[0]);
        conv
    }

    /// The classifier at the end.
    pub fn linear(&mut self, inputs: usize, outputs: usize) -> Linear {
        let mut linear = LinearConfig::new(inputs, outputs)
            .with_initializer(Initializer::Zeros)
            .init(&self.device);
        linear.weight = self.uniform([inputs, outputs], inputs);
        linear
    }

    /// Uniform in ±1/√fan-in, the default of Burn and of PyTorch; biases begin at zero.
    fn uniform<const D: usize>(&mut self, shape: [usize; D], fan_in: usize) -> Param<Tensor<D>> {
        let limit = 1.0 / (fan_in as f64).sqrt();
        let range = Distribution::Uniform(-limit, limit);
        let data = TensorData::random::<f32, _, _>(shape, range, &mut self.rng);
        Param::from_data(data, &self.device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides_within_the_limit() {
        let device = Device::flex();
        let draw = |seed| {
            Weights::new(seed, &device)
                .conv([32, 64])
                .weight
                .val()
                .into_data()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let scaled: Vec<f64> = draw(1).iter::<f64>().map(|w| w * 288f64.sqrt()).collect();
        assert!(scaled.iter().all(|w| w.abs() <= 1.0));
        let variance = scaled.iter().map(|w| w * w).sum::<f64>() / scaled.len() as f64;
        assert!((3.0 * variance - 1.0).abs() < 0.03, "{variance}");
    }
}
