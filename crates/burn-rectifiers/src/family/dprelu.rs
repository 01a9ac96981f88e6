//! DPReLU: a line through zero with a learned slope on either side.

crate::activation! {
    /// **DPReLU**, the dual parametric ReLU: both slopes are learned (Kunc & Kléma 2024,
    /// arXiv:2402.09092).
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | α·x | β·x |
    /// | ∂f/∂x | α | β |
    /// | ∂f/∂α | x | 0 |
    /// | ∂f/∂β | 0 | x |
    module DPRelu, config DPReluConfig, curve DPReluCurve;
    name "dprelu";
    formula "beta*x if x > 0, else alpha*x";
    source "Kunc & Klema 2024, arXiv:2402.09092";
    params {
        /// slope for x <= 0
        alpha: 0.25,
        /// slope for x > 0
        beta: 1.0,
    }
    second_moment { (alpha * alpha + beta * beta) / 2.0 }
    value(x) { times(select(gt(x, lit(0.0)), beta, alpha), x) }
    slope(x) { select(gt(x, lit(0.0)), beta, alpha) }
    grads(x) {
        alpha: { select(gt(x, lit(0.0)), lit(0.0), x) }
        beta: { select(gt(x, lit(0.0)), x, lit(0.0)) }
    }
}
