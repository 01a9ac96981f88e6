//! A crate of a user's: a model with an activation of the library, one chosen by name, and one of another crate. No
//! kernel is compiled here.

use burn::nn::{Linear, LinearConfig};
use burn::prelude::*;
use burn_rectifiers::{
    Activation, ActivationConfig, PRelu, PReluConfig,
    nn::{fit, gain},
};
use downstream_layers::{DoubleSlope, DoubleSlopeConfig};

/// A model with each kind of activation.
#[derive(Module, Debug)]
pub struct Net {
    input: Linear,
    prelu: PRelu,
    hidden: Linear,
    activation: Activation,
    slopes: DoubleSlope,
}

impl Net {
    /// With the activation called `name` in the middle.
    pub fn new(name: &str, device: &Device) -> Self {
        Self {
            input: LinearConfig::new(4, 8).init(device),
            prelu: PReluConfig::new(8).init(device),
            hidden: LinearConfig::new(8, 8).init(device),
            activation: ActivationConfig::new(name.into(), vec![8]).init(device),
            slopes: DoubleSlopeConfig::new(8).init(device),
        }
    }

    /// `[batch, 4]` to `[batch, 8]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let x = self.prelu.forward(self.input.forward(x));
        let x = self.activation.forward(self.hidden.forward(x));
        self.slopes.forward(x)
    }
}

/// What else a user may ask a curve for.
pub fn start() -> f64 {
    let curve = burn_rectifiers::curves::find("swish").expect("one of the family");
    let fitted = fit(curve, |x: f64| x.max(0.0), -4.0..=4.0);
    gain(&burn_rectifiers::curves::PReluCurve, &[0.25]) + fitted.rms_error
}
