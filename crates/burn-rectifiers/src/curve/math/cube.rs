//! The dialect of GPU kernels.
//!
//! The same names as in [`host`](super::host), as CubeCL functions of one lane's number.

pub use cubecl;
pub use cubecl::prelude::{CubeType, Float, Scope, Sequence, SequenceExpand, cube, comptime, select};

use cubecl::prelude::*;

/// The text of a curve, read by CubeCL. Parameters come as a list that exists while compiling.
#[cube]
pub trait CubeFormula: 'static + Send + Sync {
    /// f(x).
    fn value<T: Float>(x: T, params: &Sequence<T>) -> T;
    /// ∂f/∂x.
    fn slope<T: Float>(x: T, params: &Sequence<T>) -> T;
    /// ∂f/∂p for each parameter p.
    fn grads<T: Float>(x: T, params: &Sequence<T>) -> Sequence<T>;
}

/// A constant.
#[cube]
pub fn lit<T: Float>(#[comptime] value: f64) -> T {
    T::new(comptime!(value as f32))
}

/// `a > b`; false if either is NaN.
#[cube]
pub fn gt<T: Float>(a: T, b: T) -> bool {
    a > b
}

/// `a <= b`; false if either is NaN.
#[cube]
pub fn le<T: Float>(a: T, b: T) -> bool {
    a <= b
}

/// The smaller of `a` and `b`; NaN if `a` is NaN.
#[cube]
pub fn min<T: Float>(a: T, b: T) -> T {
    select(a > b, b, a)
}

/// e to the power of `a`.
#[cube]
pub fn exp<T: Float>(a: T) -> T {
    a.exp()
}

/// e to the power of `a`, minus one, accurate near zero.
///
/// CubeCL's own subtracts 1 from 1.00001 and loses five digits; here a polynomial serves for
/// |a| ≤ 1/2, where the subtraction would cancel.
#[cube]
pub fn exp_m1<T: Float>(a: T) -> T {
    let half = T::new(0.5_f32);
    let one = T::new(1.0_f32);
    let small = select(a > half, half, select(a < -half, -half, a));
    // a·(1 + a/2·(1 + a/3·(…))), up to a⁹/9!, below 2⁻²⁵ of the whole.
    let mut sum = one;
    #[unroll]
    for k in 0..8u32 {
        sum = one + small * T::new(comptime!(1.0_f32 / (9 - k) as f32)) * sum;
    }
    select(a * a <= half * half, small * sum, a.exp() - one)
}
