//! Leaky ReLU.

crate::activation! {
    /// **Leaky ReLU**: a ReLU with the fixed slope 0.01 for negative inputs (Maas et al. 2013).
    /// [`PRelu`](crate::PRelu) learns the slope; Burn's [`LeakyRelu`](burn::nn::activation::LeakyRelu) keeps that of its
    /// config.
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | x / 100 | x |
    /// | ∂f/∂x | 1 / 100 | 1 |
    module LeakyRelu, curve LeakyReluCurve;
    name "leaky_relu";
    formula "x if x > 0, else x/100";
    source "Maas et al. 2013";
    second_moment { (1.0 + 0.01 * 0.01) / 2.0 }
    value(x) { select(gt(x, lit(0.0)), x, x * lit(0.01)) }
    slope(x) { select(gt(x, lit(0.0)), lit(1.0), lit(0.01)) }
}
