//! DELU: SiLU on the left, a learned line with a smooth start on the right.

crate::activation! {
    /// **DELU**: SiLU for negative inputs, and for positive ones a line of learned slope that starts
    /// with an exponential (Pishchik 2023).
    ///
    /// With σ(x) = 1 / (1 + e⁻ˣ):
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | x·σ(x) | (n + ½)·x + 1 − e⁻ˣ |
    /// | ∂f/∂x | σ(x)·(1 + x·σ(−x)) | n + ½ + e⁻ˣ |
    /// | ∂f/∂n | 0 | x |
    module Delu, config DeluConfig, curve DeluCurve;
    name "delu";
    formula "(n + 1/2)*x + 1 - exp(-x) if x > 0, else x/(1 + exp(-x))";
    source "Pishchik 2023";
    params {
        /// slope far right, less one half
        n: 1.0,
    }
    // With e = e^−|x|, σ(x) = e/(1 + e) for x ≤ 0, and σ(−x) = 1/(1 + e). So one exponential serves both sides.
    decay e(x) { -abs(x) }
    value(x) {
        let line = times(n + lit(0.5), max(x, lit(0.0))) - e.minus_one();
        let curved = e.times(min(x, lit(0.0)) * e.gate());
        select(gt(x, lit(0.0)), line, curved)
    }
    slope(x) {
        let gate = e.gate();
        let curved = e.scaled((e.exponent() * gate + lit(1.0)) * gate);
        select(gt(x, lit(0.0)), n + lit(0.5) + e.value(), curved)
    }
    grads(x) { n: { max(x, lit(0.0)) } }
}
