//! ReLU²: a squared ReLU.

crate::activation! {
    /// **ReLU²**, the square of a ReLU (So et al. 2021, arXiv:2109.08668, who found it for transformers).
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | 0 | x² |
    /// | ∂f/∂x | 0 | 2·x |
    module ReluSquared, curve ReluSquaredCurve;
    name "relu_squared";
    formula "x^2 if x > 0, else 0";
    source "So et al. 2021, arXiv:2109.08668";
    second_moment { 1.5 }
    value(x) { select(le(x, lit(0.0)), lit(0.0), x * x) }
    slope(x) { select(le(x, lit(0.0)), lit(0.0), x * lit(2.0)) }
}
