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

/// How large initial weights are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Spread {
    /// Uniform in ±1/√fan-in, the default of Burn and of PyTorch, whatever the activation.
    Usual,
    /// Normal with deviation gain/√fan-in, so that the variance stays what it is from layer to layer
    /// (He et al. 2015, arXiv:1502.01852).
    Gain(f64),
}

/// Draws the layers of a network, one after the other; biases begin at zero.
pub(crate) struct Weights {
    rng: StdRng,
    device: Device,
}

impl Weights {
    /// Layers on this device, all random numbers from this seed.
    pub fn new(seed: u64, device: &Device) -> Self {
        Self {
            rng: crate::base::rng::stream("weights", seed, 0),
            device: device.clone(),
        }
    }

    /// A convolution of odd `kernel`, padded so that a stride of 1 keeps height and width, before
    /// something that needs this spread.
    pub fn conv(
        &mut self,
        [inputs, outputs]: [usize; 2],
        kernel: usize,
        stride: usize,
        spread: Spread,
    ) -> Conv2d {
        let around = kernel / 2;
        let mut conv = Conv2dConfig::new([inputs, outputs], [kernel, kernel])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(around, around, around, around))
            .with_initializer(Initializer::Zeros)
            .init(&self.device);
        let shape = [outputs, inputs, kernel, kernel];
        conv.weight = self.draw(shape, kernel * kernel * inputs, spread);
        conv
    }

    /// A linear layer before something that needs this spread.
    pub fn linear(&mut self, inputs: usize, outputs: usize, spread: Spread) -> Linear {
        let mut linear = LinearConfig::new(inputs, outputs)
            .with_initializer(Initializer::Zeros)
            .init(&self.device);
        linear.weight = self.draw([inputs, outputs], inputs, spread);
        linear
    }

    fn draw<const D: usize>(
        &mut self,
        shape: [usize; D],
        fan_in: usize,
        spread: Spread,
    ) -> Param<Tensor<D>> {
        let unit = 1.0 / (fan_in as f64).sqrt();
        let distribution = match spread {
            Spread::Usual => Distribution::Uniform(-unit, unit),
            Spread::Gain(gain) => Distribution::Normal(0.0, gain * unit),
        };
        let data = TensorData::random::<f32, _, _>(shape, distribution, &mut self.rng);
        Param::from_data(data, &self.device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(seed: u64, spread: Spread) -> Vec<f64> {
        let conv = Weights::new(seed, &Device::flex()).conv([32, 64], 3, 1, spread);
        let weights = conv.weight.val().into_data();
        weights.iter::<f64>().map(|w| w * 288f64.sqrt()).collect()
    }

    #[test]
    fn the_seed_decides_within_the_limit() {
        assert_eq!(draw(1, Spread::Usual), draw(1, Spread::Usual));
        assert_ne!(draw(1, Spread::Usual), draw(2, Spread::Usual));
        assert!(draw(1, Spread::Usual).iter().all(|w| w.abs() <= 1.0));
    }

    #[test]
    fn the_spread_is_as_asked() {
        let spreads = [
            (Spread::Usual, 1.0 / 3.0),
            (Spread::Gain(1.0), 1.0),
            (Spread::Gain(2f64.sqrt()), 2.0),
        ];
        for (spread, expected) in spreads {
            let weights = draw(1, spread);
            let variance = weights.iter().map(|w| w * w).sum::<f64>() / weights.len() as f64;
            assert!(
                (variance / expected - 1.0).abs() < 0.04,
                "{spread:?}: {variance}"
            );
        }
    }
}
