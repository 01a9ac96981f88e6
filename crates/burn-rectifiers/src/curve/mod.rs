//! The mathematics: what an activation is, without a word about tensors.
//!
//! Each activation is one file that gives its formula, slope and parameter derivatives once, in the
//! notation of [`math`]. The same text serves plain numbers (CPU kernels) and a recording of its
//! operations (GPU kernels, and composition from Burn's primitives).

mod elu;
mod leaky_relu;
mod learnable_elu;
mod prelu;
mod relu;

pub mod math;

pub use elu::{Elu, EluCurve};
pub use leaky_relu::{LeakyRelu, LeakyReluCurve};
pub use learnable_elu::{LearnableElu, LearnableEluConfig, LearnableEluCurve};
pub use prelu::{PRelu, PReluConfig, PReluCurve};
pub use relu::{Relu, ReluCurve};

use core::fmt::Debug;
use math::host::Real;

/// Most parameters a curve can have.
pub const MAX_PARAMS: usize = 4;

/// A parameter of a curve: its name, where it starts and what it means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParamInfo {
    /// Name in formulas, records and on the command line, such as `alpha`.
    pub name: &'static str,
    /// Value before training.
    pub default: f64,
    /// What the parameter does, in a few words.
    pub doc: &'static str,
}

/// An activation function of one real variable and some learned parameters.
///
/// Implemented by [`activation!`](crate::activation), never by hand. Curves are unit values with a
/// static lifetime, so *which* activation to compute can be passed around as a value.
pub trait Curve: Debug + Send + Sync + 'static {
    /// Name on the command line and in reports, such as `"prelu"`.
    fn name(&self) -> &'static str;

    /// The formula in one line.
    fn formula(&self) -> &'static str;

    /// Author, year and arXiv number of the paper.
    fn source(&self) -> &'static str;

    /// The learned parameters, in order.
    fn params(&self) -> &'static [ParamInfo];

    /// Value at `x`, in double precision.
    ///
    /// # Panics
    ///
    /// If `params` has not one value per parameter.
    fn value_at(&self, x: f64, params: &[f64]) -> f64;

    /// Derivative with respect to `x` at `x`, in double precision.
    ///
    /// # Panics
    ///
    /// If `params` has not one value per parameter.
    fn slope_at(&self, x: f64, params: &[f64]) -> f64;

    /// Derivative with respect to each parameter at `x`, in double precision.
    ///
    /// # Panics
    ///
    /// If `params` has not one value per parameter.
    fn grads_at(&self, x: f64, params: &[f64]) -> Vec<f64>;
}

/// The text of a curve, generic over the numbers it is evaluated with.
///
/// Written by [`activation!`](crate::activation). `N` parameters come as an array.
pub trait Formula<const N: usize>: Curve {
    /// f(x).
    fn value<T: Real>(x: T, params: [T; N]) -> T;
    /// ∂f/∂x. At a kink, the derivative of the piece that holds there.
    fn slope<T: Real>(x: T, params: [T; N]) -> T;
    /// ∂f/∂p for each parameter p.
    fn grads<T: Real>(x: T, params: [T; N]) -> [T; N];
}

/// `params` as an array, or a panic that names the curve.
#[doc(hidden)]
pub fn params_of<const N: usize>(curve: &dyn Curve, params: &[f64]) -> [f64; N] {
    params.try_into().unwrap_or_else(|_| {
        panic!(
            "activation `{}` has {N} parameter(s), but {} value(s) were given",
            curve.name(),
            params.len()
        )
    })
}
