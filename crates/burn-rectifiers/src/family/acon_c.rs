//! ACON-C: a smooth switch between two learned slopes.

use crate::math::notation::lit;
use crate::math::{Decay, Real};

/// The derivative of x·σ(u) by x: for the side that u is on, and divided by e = e^−|u| for the other one.
///
/// That is σ(u) + u·σ(u)·σ(−u), or (1 + e + |u|·e)/(1 + e)², and (1 + e − |u|)/(1 + e)².
#[inline(always)]
fn sides<T: Real>(e: T::Decay) -> [T; 2] {
    let (gate, whole): (T, T) = (e.gate(), e.value() + lit(1.0));
    let near = e.value().mul_add(-e.exponent(), whole);
    let far = whole + e.exponent();
    let square = gate * gate;
    [near * square, far * square]
}

crate::activation! {
    /// **ACON-C**: a smooth form of [`DPRelu`](crate::DPRelu) that learns whether to be active at
    /// all (Ma et al. 2021, arXiv:2009.04759). As β grows it becomes max(p₁·x, p₂·x); for β = 0 it
    /// is the line (p₁ + p₂)/2·x. Swish for p₁ = 1, p₂ = 0.
    ///
    /// With d = p₁ − p₂, u = β·d·x and σ(u) = 1 / (1 + e⁻ᵘ):
    ///
    /// | | |
    /// |---|---|
    /// | f(x) | p₁·x·σ(u) + p₂·x·σ(−u) |
    /// | ∂f/∂x | p₁·σ(u) + p₂·σ(−u) + d·u·σ(u)·σ(−u) |
    /// | ∂f/∂p₁ | x·σ(u) + x·u·σ(u)·σ(−u) |
    /// | ∂f/∂p₂ | x·σ(−u) − x·u·σ(u)·σ(−u) |
    /// | ∂f/∂β | d²·x²·σ(u)·σ(−u) |
    module AconC, config AconCConfig, curve AconCCurve;
    name "acon_c";
    formula "(p1 - p2)*x/(1 + exp(-beta*(p1 - p2)*x)) + p2*x";
    source "Ma et al. 2021, arXiv:2009.04759";
    params {
        /// slope on one side
        p1: 1.0,
        /// slope on the other side
        p2: 0.0,
        /// sharpness of the switch
        beta: 1.0,
    }
    decay e(x) { -abs(times(beta, times(p1 - p2, x))) }
    // With e = e^−|u|, the gate of the side that u is on is 1/(1 + e), and the other one e/(1 + e).
    value(x) {
        let u = times(beta, times(p1 - p2, x));
        let gate = e.gate();
        let (line, other) = (times(p1, x), times(p2, x));
        let near = select(gt(u, lit(0.0)), line, other) * gate;
        let far = select(gt(u, lit(0.0)), other, line) * gate;
        // The line of β = 0, along which p₁·x and p₂·x may overflow where their mean does not.
        let mean = times((p1 + p2) * lit(0.5), x);
        select(eq(u, lit(0.0)), mean, near + e.times(far))
    }
    slope(x) {
        let u = times(beta, times(p1 - p2, x));
        let [near, far] = sides(e);
        let this = select(gt(u, lit(0.0)), p1, p2);
        let other = select(gt(u, lit(0.0)), p2, p1);
        this.mul_add(near, e.times_both(far, other))
    }
    grads(x) {
        p1: {
            let u = times(beta, times(p1 - p2, x));
            let [near, far] = sides(e);
            select(gt(u, lit(0.0)), x * near, e.times_both(far, x))
        }
        p2: {
            let u = times(beta, times(p1 - p2, x));
            let [near, far] = sides(e);
            select(gt(u, lit(0.0)), e.times_both(far, x), x * near)
        }
        beta: {
            let root = times(p1 - p2, x) * e.gate();
            e.times_both(root, root)
        }
    }
}
