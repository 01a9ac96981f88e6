//! The mathematics: what an activation is, without a word about tensors.
//!
//! A curve gives its formula, slope and parameter derivatives once, in the notation of
//! [`math`](crate::math). The same text serves plain numbers (CPU kernels) and a recording of its
//! operations (GPU kernels, and composition from Burn's primitives).

mod bound;
mod macros;
mod program;

pub use bound::{Bound, MARGIN};
#[doc(hidden)]
pub use macros::{assert_same_names, last};
#[doc(hidden)]
pub use program::{Program, Programs, Step, Sym};

use crate::math::{Decay, Real};
use core::any::Any;
use core::fmt::Debug;

/// Most parameters a curve can have.
pub const MAX_PARAMS: usize = 10;

/// Most parameters a kernel can have: those of a curve, and four of the lines around it.
pub(crate) const MAX_KERNEL_PARAMS: usize = MAX_PARAMS + 4;

/// A parameter of a curve: its name, where it starts, where it stays and what it means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParamInfo {
    /// Name in formulas and records, such as `alpha`.
    pub name: &'static str,
    /// Value before training.
    pub default: f64,
    /// The values it may take.
    pub bound: Bound,
    /// What the parameter does, in a few words.
    pub doc: &'static str,
}

/// An activation function of one real variable and some learned parameters.
///
/// Implemented by [`activation!`](crate::activation) and `transformed`, never by hand. Curves live as long as the
/// process, so *which* activation to compute can be passed around as a value.
pub trait Curve: Any + Debug + Send + Sync {
    /// Name on the command line and in reports, such as `"prelu"`.
    fn name(&self) -> &'static str;

    /// The formula in one line.
    fn formula(&self) -> &'static str;

    /// The function whose slope stands in for that of [`formula`](Self::formula), in one line: a surrogate, of which the
    /// backward pass takes the slope. `None` for a curve that is differentiated as it is.
    fn surrogate(&self) -> Option<&'static str> {
        None
    }

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

    /// Derivative with respect to `x` at `x`, in double precision: that of the [`surrogate`](Self::surrogate), if there is one.
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

    /// E\[f(z)²\] for standard normal z, where it has a closed form.
    ///
    /// # Panics
    ///
    /// If `params` has not one value per parameter.
    fn second_moment(&self, params: &[f64]) -> Option<f64> {
        let _ = params;
        None
    }
}

/// The text of a curve, generic over the numbers it is evaluated with.
///
/// Written by [`activation!`](crate::activation). `N` parameters come as an array.
#[doc(hidden)]
pub trait Formula<const N: usize>: Curve {
    /// Whether the formulas below use an exponential.
    const DECAYS: bool;
    /// a ≤ 0, where the formulas use eᵃ. Not used otherwise.
    fn exponent<T: Real>(x: T, params: [T; N]) -> T;
    /// f(x).
    fn value<T: Real>(x: T, e: T::Decay, params: [T; N]) -> T;
    /// ∂f/∂x, or the slope of the surrogate. At a kink, the derivative of the piece that holds there.
    fn slope<T: Real>(x: T, e: T::Decay, params: [T; N]) -> T;
    /// ∂f/∂p for each parameter p.
    fn grads<T: Real>(x: T, e: T::Decay, params: [T; N]) -> [T; N];

    /// The exponential for these formulas. If they use none, nobody computes it.
    #[inline(always)]
    fn decay<T: Real>(x: T, params: [T; N]) -> T::Decay {
        T::Decay::of(Self::exponent(x, params))
    }
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
