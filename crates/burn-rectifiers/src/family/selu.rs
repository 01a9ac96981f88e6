//! SELU: the self-normalizing unit.

crate::activation! {
    /// **SELU**, the scaled ELU, whose constants make mean 0 and variance 1 a stable fixed point
    /// from layer to layer (Klambauer et al. 2017, arXiv:1706.02515).
    ///
    /// With λ ≈ 1.0507 and α ≈ 1.6733:
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | λ·α·(eˣ − 1) | λ·x |
    /// | ∂f/∂x | λ·α·eˣ | λ |
    module Selu, curve SeluCurve;
    name "selu";
    formula "1.0507*x if x > 0, else 1.7581*(exp(x) - 1)";
    source "Klambauer et al. 2017, arXiv:1706.02515";
    second_moment { 1.0 }
    decay e(x) { min(x, lit(0.0)) }
    value(x) {
        let left = e.minus_one() * lit(1.7580993408473768);
        select(gt(x, lit(0.0)), x * lit(1.0507009873554805), left)
    }
    slope(x) {
        let left = e.scaled(lit(1.7580993408473768));
        select(gt(x, lit(0.0)), lit(1.0507009873554805), left)
    }
}
