//! TeLU: the input times the hyperbolic tangent of its exponential.

use crate::math::{Decay, Real, notation::*};

/// eˣ from e^(−|x|), not above 19.9: tanh of that is 1.
#[inline(always)]
fn u<T: Real>(x: T, e: T::Decay) -> T {
    let u = select(gt(x, lit(0.0)), recip(max(e.value(), lit(0.05))), e.value());
    min(u, lit(19.9))
}

crate::activation! {
    /// **TeLU**, the hyperbolic tangent exponential linear unit (Fernandez & Mali 2024, arXiv:2412.20269).
    ///
    /// With u = eˣ: f(x) = x·tanh(u), ∂f/∂x = tanh(u) + x·u·(1 − tanh²(u))
    module Telu, curve TeluCurve;
    name "telu";
    formula "x*tanh(exp(x))";
    source "Fernandez & Mali 2024, arXiv:2412.20269";
    // For x > 3, tanh(u) is 1; for x < −20, it is u.
    decay e(x) { -abs(x) }
    value(x) {
        let near = tanh(u(x, e)) * x;
        select(le(x, lit(-20.0)), e.times(x), near)
    }
    slope(x) {
        let u = u(x, e);
        let d = decay(u * lit(-2.0));
        let half = d.gate() * lit(2.0);
        let bounded = min(max(x, lit(-20.0)), lit(3.0));
        let bend = d.scaled(bounded * u * half * half);
        let near = d.tanh(u) + select(gt(x, lit(3.0)), lit(0.0), bend);
        select(le(x, lit(-20.0)), e.times(x + lit(1.0)), near)
    }
}
