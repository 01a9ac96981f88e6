//! Burn modules and configs on top of [`op`](crate::op), and the choice of an activation by name.

mod activation;
mod alpha_dropout;
mod error;
mod fit;
mod gain;
mod learned;
mod macros;
mod quadrature;
mod rectifier;
mod rrelu;
mod start;
mod transformative;

pub use crate::curve::family::*;
pub use activation::{Activation, ActivationConfig, curves, find};
pub use alpha_dropout::{AlphaDropout, AlphaDropoutConfig};
pub use error::ActivationError;
pub use fit::{Fit, fit};
pub use gain::{gain, initializer, integrated_second_moment, try_gain};
pub use learned::Learned;
pub use rectifier::{Rectifier, describe};
pub use rrelu::{RRelu, RReluConfig};
pub use start::{Start, starting_values};
pub use transformative::{Transformative, TransformativeConfig};
