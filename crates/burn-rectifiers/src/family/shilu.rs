//! ShiLU: a ReLU with learned slope and height.

crate::activation! {
    /// **ShiLU**, the shifted rectified linear unit: a ReLU of learned slope α, moved up or down by
    /// a learned β (Pishchik 2023).
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | β | α·x + β |
    /// | ∂f/∂x | 0 | α |
    /// | ∂f/∂α | 0 | x |
    /// | ∂f/∂β | 1 | 1 |
    module ShiLu, config ShiLuConfig, curve ShiLuCurve;
    name "shilu";
    formula "alpha*x + beta if x > 0, else beta";
    source "Pishchik 2023";
    params {
        /// slope for x > 0
        alpha: 1.0,
        /// the output for x <= 0
        beta: 0.0,
    }
    second_moment {
        let mean = alpha / (2.0 * core::f64::consts::PI).sqrt();
        alpha * alpha / 2.0 + 2.0 * mean * beta + beta * beta
    }
    value(x) { select(le(x, lit(0.0)), beta, times(alpha, x) + beta) }
    slope(x) { select(gt(x, lit(0.0)), alpha, lit(0.0)) }
    grads(x) {
        alpha: { max(x, lit(0.0)) }
        beta: { lit(1.0) }
    }
}
