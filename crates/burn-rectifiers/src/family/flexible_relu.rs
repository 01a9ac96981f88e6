//! FReLU: a ReLU with a learned height.

crate::activation! {
    /// **FReLU**, the flexible ReLU: a ReLU moved up or down by a learned b, so that its outputs can
    /// be negative (Qiu et al. 2018, arXiv:1706.08098).
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | b | x + b |
    /// | ∂f/∂x | 0 | 1 |
    /// | ∂f/∂b | 1 | 1 |
    module FlexibleRelu, config FlexibleReluConfig, curve FlexibleReluCurve;
    name "flexible_relu";
    formula "x + b if x > 0, else b";
    source "Qiu et al. 2018, arXiv:1706.08098";
    params {
        /// the smallest output
        b: 0.0,
    }
    second_moment { 0.5 + b * (2.0 / core::f64::consts::PI).sqrt() + b * b }
    value(x) { select(le(x, lit(0.0)), b, x + b) }
    slope(x) { select(gt(x, lit(0.0)), lit(1.0), lit(0.0)) }
    grads(x) { b: { lit(1.0) } }
}
