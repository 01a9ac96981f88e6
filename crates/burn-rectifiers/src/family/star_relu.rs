//! StarReLU: a squared ReLU with learned scale and height.

crate::activation! {
    /// **StarReLU**: a squared ReLU with learned scale s and height b; the defaults give mean 0 and
    /// variance 1 for standard normal inputs (Yu et al. 2022, arXiv:2210.13452).
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | b | s·x² + b |
    /// | ∂f/∂x | 0 | 2·s·x |
    /// | ∂f/∂s | 0 | x² |
    /// | ∂f/∂b | 1 | 1 |
    module StarRelu, config StarReluConfig, curve StarReluCurve;
    name "star_relu";
    formula "s*x^2 + b if x > 0, else b";
    source "Yu et al. 2022, arXiv:2210.13452";
    params {
        /// scale of the square
        s: 0.8944,
        /// the output for x <= 0
        b: -0.4472,
    }
    second_moment { 1.5 * s * s + s * b + b * b }
    value(x) { select(le(x, lit(0.0)), b, times(times(s, x), x) + b) }
    slope(x) { select(le(x, lit(0.0)), lit(0.0), times(s, x) * lit(2.0)) }
    grads(x) {
        s: { select(le(x, lit(0.0)), lit(0.0), x * x) }
        b: { lit(1.0) }
    }
}
