//! PDELU: an ELU with a deformed exponential.

use super::math::host::{Real, lit, max, min};

/// An eighth of x where the curve is curved, and of the ends elsewhere.
#[inline(always)]
fn eighth<T: Real>(x: T) -> T {
    max(min(x, lit(0.0)), lit(-10.0)) * lit(0.125)
}

/// (x/10 + 1)¹⁰ − 1, for x from −10 to 0.
///
/// With w = x/10 + 1, it is (w⁵ + 1)·(w⁴ + w³ + w² + w + 1)·(w − 1): nothing cancels. x itself is the factor, not w − 1,
/// which may be too small to have all its digits.
#[inline(always)]
fn deformed<T: Real>(x: T) -> T {
    let s = eighth(x) + lit(1.25);
    let square = s * s;
    let power_1 = (square * square).mul_add(s * lit(0.32768), lit(1.0));
    // In powers of s = w·5/4, and divided by 10.
    let sum = s.mul_add(lit(0.04096), lit(0.0512));
    let sum = sum.mul_add(s, lit(0.064)).mul_add(s, lit(0.08));
    let sum = sum.mul_add(s, lit(0.1));
    sum * power_1 * max(min(x, lit(0.0)), lit(-10.0))
}

crate::activation! {
    /// **PDELU**, the parametric deformable ELU: an ELU whose exponential is replaced by the
    /// deformed one, (1 + (1 − t)·x)^(1/(1 − t)), which reaches 0 at a finite distance (Cheng et al.
    /// 2020); here with the paper's t = 0.9, that is (1 + x/10)¹⁰ down to x = −10.
    ///
    /// | | x ≤ −10 | −10 < x ≤ 0 | x > 0 |
    /// |---|---|---|---|
    /// | f(x) | −α | α·((1 + x/10)¹⁰ − 1) | x |
    /// | ∂f/∂x | 0 | α·(1 + x/10)⁹ | 1 |
    /// | ∂f/∂α | −1 | (1 + x/10)¹⁰ − 1 | 0 |
    module PDelu, config PDeluConfig, curve PDeluCurve;
    name "pdelu";
    formula "x if x > 0, -alpha if x <= -10, else alpha*((x/10 + 1)^10 - 1)";
    source "Cheng et al. 2020, with t = 0.9";
    params {
        /// minus the value reached at x = -10
        alpha: 1.0,
    }
    // With h = x/8 and s = h + 5/4, of which only the sum is rounded, x/10 + 1 is s·4/5.
    value(x) { select(gt(x, lit(0.0)), x, alpha * deformed(x)) }
    slope(x) {
        let h = eighth(x);
        let s = h + lit(1.25);
        // A power multiplies the rounding error of its base by nine; it is known, and taken into account.
        let lost = h - (s - lit(1.25));
        let (square, base) = (s * s, lost.mul_add(lit(9.0), s));
        let fourth = square * square;
        let left = fourth * fourth * base * (alpha * lit(0.134217728));
        select(gt(x, lit(0.0)), lit(1.0), left)
    }
    grads(x) { alpha: { deformed(x) } }
}
