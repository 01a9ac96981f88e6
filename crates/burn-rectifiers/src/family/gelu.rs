//! GELU: the input times the probability that a normal number is below it.

use crate::math::{Real, notation::*};

/// |x|, kept finite, and erfcx(|x|/√2)/2: times e^(−x²/2), that is the smaller tail of Φ.
#[inline(always)]
fn tail<T: Real>(x: T) -> [T; 2] {
    let size = min(abs(x), lit(1e18));
    [size, erfcx(size * lit(core::f64::consts::FRAC_1_SQRT_2)) * lit(0.5)]
}

crate::activation! {
    /// **GELU**, the Gaussian error linear unit: exact, not its approximation by a hyperbolic tangent (Hendrycks & Gimpel
    /// 2016, arXiv:1606.08415).
    ///
    /// f(x) = x·Φ(x), ∂f/∂x = Φ(x) + x·φ(x)
    ///
    /// where Φ(x) = (1 + erf(x/√2)) / 2 and φ(x) = e^(−x²/2) / √(2π) are the distribution and the density of a standard
    /// normal number. The relative error for x < 0 grows with x², as the exponent is rounded.
    module Gelu, curve GeluCurve;
    name "gelu";
    formula "x*(1 + erf(x/sqrt(2)))/2";
    source "Hendrycks & Gimpel 2016, arXiv:1606.08415";
    decay e(x) { x * x * lit(-0.5) }
    value(x) {
        let [size, q] = tail(x);
        let tail = e.scaled(q * size);
        select(gt(x, lit(0.0)), x - tail, -tail)
    }
    slope(x) {
        // 1/√(2π)
        const DENSITY: f64 = 0.398_942_280_401_432_7;
        let [size, q] = tail(x);
        let tail = e.times(q - size * lit(DENSITY));
        select(gt(x, lit(0.0)), -tail + lit(1.0), tail)
    }
}
