//! ELU.

crate::activation! {
    /// **ELU**, the exponential linear unit with α = 1 (Clevert et al. 2015, arXiv:1511.07289).
    /// [`LearnableElu`](crate::LearnableElu) learns α; Burn's [`Elu`](burn::nn::activation::Elu) keeps the α of its config.
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | eˣ − 1 | x |
    /// | ∂f/∂x | eˣ | 1 |
    module Elu, curve EluCurve;
    name "elu";
    formula "x if x > 0, else exp(x) - 1";
    source "Clevert et al. 2015, arXiv:1511.07289";
    // The negative side is evaluated for every x, at min(x, 0), so that no exponential overflows.
    decay e(x) { min(x, lit(0.0)) }
    value(x) { select(gt(x, lit(0.0)), x, e.minus_one()) }
    slope(x) { select(gt(x, lit(0.0)), lit(1.0), e.value()) }
}
