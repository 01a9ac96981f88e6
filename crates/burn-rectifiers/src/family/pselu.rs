//! SELU with both constants learned.

crate::activation! {
    /// **Parametric SELU**: the self-normalizing unit of Klambauer et al. 2017 (arXiv:1706.02515)
    /// with both constants learned; they start where SELU has them.
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | λ·α·(eˣ − 1) | λ·x |
    /// | ∂f/∂x | λ·α·eˣ | λ |
    /// | ∂f/∂λ | α·(eˣ − 1) | x |
    /// | ∂f/∂α | λ·(eˣ − 1) | 0 |
    module PSelu, config PSeluConfig, curve PSeluCurve;
    name "pselu";
    formula "lambda*x if x > 0, else lambda*alpha*(exp(x) - 1)";
    source "Klambauer et al. 2017, arXiv:1706.02515, with both constants learned";
    params {
        /// slope for x > 0
        lambda: 1.0507009873554805 in Bound::above(0.0),
        /// minus the value approached as x goes to minus infinity, divided by lambda
        alpha: 1.6732632423543772 in Bound::above(0.0),
    }
    decay e(x) { min(x, lit(0.0)) }
    value(x) {
        select(gt(x, lit(0.0)), lambda * x, lambda * alpha * e.minus_one())
    }
    slope(x) { select(gt(x, lit(0.0)), lambda, e.scaled(lambda * alpha)) }
    grads(x) {
        lambda: { select(gt(x, lit(0.0)), x, alpha * e.minus_one()) }
        alpha: { select(gt(x, lit(0.0)), lit(0.0), lambda * e.minus_one()) }
    }
}
