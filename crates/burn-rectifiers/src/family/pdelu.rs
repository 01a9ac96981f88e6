//! PDELU: an ELU with a deformed exponential.

use crate::math::Real;
use crate::math::notation::{lit, max, min};

/// (x/10 + 1)¹⁰ − 1, for x from −10 to 0.
///
/// With w = x/10 + 1, it is (w⁵ + 1)·(w⁴ + w³ + w² + w + 1)·(w − 1): nothing cancels. x itself is the factor, not w − 1,
/// which may be too small to have all its digits.
#[inline(always)]
fn deformed<T: Real>(x: T) -> T {
    let left = max(min(x, lit(0.0)), lit(-10.0));
    // Of which only the sum is rounded.
    let s = left.mul_add(lit(0.125), lit(1.25));
    let square = s * s;
    let power_1 = (square * square).mul_add(s * lit(0.32768), lit(1.0));
    // In powers of s = w·5/4, and divided by 10.
    let high = square.mul_add(lit(0.04096), s.mul_add(lit(0.0512), lit(0.064)));
    let sum = square.mul_add(high, s.mul_add(lit(0.08), lit(0.1)));
    sum * power_1 * left
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
    value(x) { select(gt(x, lit(0.0)), x, alpha * deformed(x)) }
    slope(x) {
        let left = max(min(x, lit(0.0)), lit(-10.0));
        // A power multiplies the rounding error of its base by nine. Near zero, that of 1 + x/10 is
        // known, and taken into account; from −5 down, x + 10 has none. (One base for both, x/8 + 5/4, would have twice that
        // rounding error, which is beyond what is allowed where a GPU's driver takes what is lost for 0, as it may.)
        let is_near = gt(x, lit(-5.0));
        let tenth = left * lit(0.1);
        let near = tenth + lit(1.0);
        let lost = select(is_near, tenth - (near - lit(1.0)), lit(0.0));
        let base = select(is_near, near, left + lit(10.0));
        let unit = select(is_near, alpha, alpha * lit(1e-9));
        let square = base * base;
        let power_8 = square * square * (square * square);
        let left = power_8 * (unit * lost.mul_add(lit(9.0), base));
        select(gt(x, lit(0.0)), lit(1.0), left)
    }
    grads(x) { alpha: { deformed(x) } }
}
