//! ELU with a learned saturation value.

crate::activation! {
    /// **Learnable ELU**: the exponential linear unit of Clevert et al. 2015 (arXiv:1511.07289)
    /// with α learned. −α is the value that it approaches for large negative inputs.
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | α·(eˣ − 1) | x |
    /// | ∂f/∂x | α·eˣ | 1 |
    /// | ∂f/∂α | eˣ − 1 | 0 |
    module LearnableElu, config LearnableEluConfig, curve LearnableEluCurve;
    name "learnable_elu";
    formula "x if x > 0, else alpha*(exp(x) - 1)";
    source "Clevert et al. 2015, arXiv:1511.07289, with alpha learned";
    params {
        /// minus the value approached as x goes to minus infinity
        alpha: 1.0,
    }
    // The negative side is evaluated for every x, at min(x, 0), so that no exponential overflows.
    decay e(x) { min(x, lit(0.0)) }
    value(x) { select(gt(x, lit(0.0)), x, alpha * e.minus_one()) }
    slope(x) { select(gt(x, lit(0.0)), lit(1.0), e.scaled(alpha)) }
    grads(x) { alpha: { select(gt(x, lit(0.0)), lit(0.0), e.minus_one()) } }
}
