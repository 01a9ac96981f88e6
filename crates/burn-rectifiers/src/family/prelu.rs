//! PReLU: a ReLU whose negative side has a learned slope.

crate::activation! {
    /// **PReLU**, the parametric rectified linear unit: a ReLU whose slope for negative inputs is
    /// learned (He et al. 2015, arXiv:1502.01852).
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | α·x | x |
    /// | ∂f/∂x | α | 1 |
    /// | ∂f/∂α | x | 0 |
    ///
    /// With α = 0 it is ReLU, with α = 1 the identity. The paper uses no weight decay on α: it
    /// would push the units toward ReLU.
    ///
    /// Burn's [`PRelu`](burn::nn::activation::PRelu) has the same formula, with slopes along axis 1.
    module PRelu, config PReluConfig, curve PReluCurve;
    name "prelu";
    formula "x if x > 0, else alpha*x";
    source "He et al. 2015, arXiv:1502.01852";
    params {
        /// slope for x <= 0
        alpha: 0.25,
    }
    second_moment { (1.0 + alpha * alpha) / 2.0 }
    value(x) { select(gt(x, lit(0.0)), x, times(alpha, x)) }
    slope(x) { select(gt(x, lit(0.0)), lit(1.0), alpha) }
    grads(x) { alpha: { select(gt(x, lit(0.0)), lit(0.0), x) } }
}
