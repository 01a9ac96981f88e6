//! Burn modules and configs on top of [`op`](crate::op), and the choice of an activation by name.

mod activation;
mod error;
mod macros;

pub use crate::curve::family::*;
#[cfg(test)]
pub(crate) use activation::kernels;
pub use activation::{Activation, ActivationConfig, curves, find};
pub use error::UnknownActivation;

use burn::module::Param;
use burn::nn::Initializer;
use burn::tensor::{Device, Tensor};

/// A parameter of `count` values that all start at `value`.
#[doc(hidden)]
pub fn parameter(count: usize, value: f64, device: &Device) -> Param<Tensor<1>> {
    Initializer::Constant { value }.init([count], device)
}

/// How a parameter shows when its module is printed: its size.
#[doc(hidden)]
pub fn describe(param: &Param<Tensor<1>>) -> String {
    param.shape().to_string()
}
