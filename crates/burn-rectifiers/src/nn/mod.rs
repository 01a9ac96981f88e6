//! Burn modules and configs on top of [`op`](crate::op), and the choice of an activation by name.

mod activation;
mod error;
mod learned;
mod macros;
mod rectifier;
mod start;

pub use crate::curve::family::*;
#[cfg(test)]
pub(crate) use activation::kernels;
pub use activation::{Activation, ActivationConfig, curves, find};
pub use error::ActivationError;
pub use learned::Learned;
pub use rectifier::{Rectifier, describe};
pub use start::Start;
