//! Configurations of Burn's own activations as configurations of these.
//!
//! Each gives the same function as Burn's, and what Burn's does not learn is not learned here either.

use super::{ActivationConfig, PReluConfig};
use crate::nn::ActivationError;
use crate::op::Sharing;
use burn::nn::activation as theirs;

/// Burn's [`PReluConfig`](theirs::PReluConfig): one slope for all, or one per channel along axis 1.
impl From<theirs::PReluConfig> for PReluConfig {
    fn from(config: theirs::PReluConfig) -> Self {
        Self::new(config.num_parameters)
            .with_sharing(sharing(config.num_parameters))
            .with_alpha(config.alpha)
    }
}

impl From<theirs::PReluConfig> for ActivationConfig {
    fn from(config: theirs::PReluConfig) -> Self {
        let shared = Self::new("prelu".into(), vec![config.num_parameters]);
        shared
            .with_sharing(sharing(config.num_parameters))
            .with_start([("alpha".to_string(), config.alpha)].into())
    }
}

/// A slope of 0.01 is [`LeakyRelu`](crate::LeakyRelu), any other a [`PRelu`](crate::PRelu) that is not trained.
impl From<theirs::LeakyReluConfig> for ActivationConfig {
    fn from(config: theirs::LeakyReluConfig) -> Self {
        match config.negative_slope {
            0.01 => fixed("leaky_relu"),
            slope => frozen("prelu", "alpha", slope),
        }
    }
}

/// α = 1 is [`Elu`](crate::Elu), any other a [`LearnableElu`](crate::LearnableElu) that is not trained.
impl From<theirs::EluConfig> for ActivationConfig {
    fn from(config: theirs::EluConfig) -> Self {
        match config.alpha {
            1.0 => fixed("elu"),
            alpha => frozen("learnable_elu", "alpha", alpha),
        }
    }
}

/// A [`Softplus`](crate::Softplus) that is not trained. Burn's `threshold` has no counterpart: no input overflows.
impl From<theirs::SoftplusConfig> for ActivationConfig {
    fn from(config: theirs::SoftplusConfig) -> Self {
        frozen("softplus", "beta", config.beta)
    }
}

/// # Errors
///
/// [`ActivationError::UnknownActivation`] for those of Burn's that have no counterpart here.
impl TryFrom<theirs::ActivationConfig> for ActivationConfig {
    type Error = ActivationError;

    fn try_from(config: theirs::ActivationConfig) -> Result<Self, ActivationError> {
        use theirs::ActivationConfig as Theirs;
        Ok(match config {
            Theirs::Relu => fixed("relu"),
            Theirs::PRelu(config) => config.into(),
            Theirs::LeakyRelu(config) => config.into(),
            Theirs::Elu(config) => config.into(),
            Theirs::Selu => fixed("selu"),
            Theirs::Gelu => fixed("gelu"),
            Theirs::Sigmoid => fixed("sigmoid"),
            Theirs::Tanh => fixed("tanh"),
            Theirs::Softplus(config) => config.into(),
            other => {
                let shown = format!("{other:?}");
                let name = shown.split('(').next().unwrap_or_default();
                return Err(ActivationError::UnknownActivation {
                    name: name.into(),
                    known: super::curves::all().map(|curve| curve.name()).collect(),
                });
            }
        })
    }
}

/// Who shares `count` slopes in Burn: one is for all, several are for channels along axis 1.
fn sharing(count: usize) -> Sharing {
    match count {
        1 => Sharing::Layer,
        _ => Sharing::default(),
    }
}

/// An activation without parameters.
fn fixed(name: &str) -> ActivationConfig {
    ActivationConfig::new(name.into(), vec![1]).with_sharing(Sharing::Layer)
}

/// An activation whose one parameter stays at `value`.
fn frozen(name: &str, parameter: &str, value: f64) -> ActivationConfig {
    fixed(name)
        .with_start([(parameter.to_string(), value)].into())
        .with_frozen(vec![parameter.into()])
}
