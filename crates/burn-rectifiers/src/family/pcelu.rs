//! CELU with a learned alpha.

crate::activation! {
    /// **Parametric CELU**: the continuously differentiable ELU of Barron 2017 (arXiv:1704.07483)
    /// with α learned; its slope at zero is 1 for every α.
    ///
    /// With u = x/α:
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | α·(eᵘ − 1) | x |
    /// | ∂f/∂x | eᵘ | 1 |
    /// | ∂f/∂α | eᵘ − 1 − u·eᵘ | 0 |
    module PCelu, config PCeluConfig, curve PCeluCurve;
    name "pcelu";
    formula "x if x > 0, else alpha*(exp(x/alpha) - 1)";
    source "Barron 2017, arXiv:1704.07483, with alpha learned";
    params {
        /// minus the value approached as x goes to minus infinity
        alpha: 1.0 in Bound::above(0.0),
    }
    decay e(x) { over_shared(min(x, lit(0.0)), alpha) }
    value(x) {
        let u = over_shared(min(x, lit(0.0)), alpha);
        // Where u may be too small to have all its digits, the curve is a line.
        select(gt(u, lit(-1e-20)), x, alpha * e.minus_one())
    }
    slope(x) { select(gt(x, lit(0.0)), lit(1.0), e.value()) }
    grads(x) { alpha: { e.intercept() } }
}
