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
    // With h = e^(x/2), σ(x) = h²/(1 + h²) and σ(−x) = 1/(1 + h²). So one exponential serves both sides.
    value(x) {
        let (left, right) = (min(x, lit(0.0)), max(x, lit(0.0)));
        let is_right = gt(x, lit(0.0));
        let u = select(is_right, -right, left * lit(0.5));
        let line = times(n + lit(0.5), right) - exp_m1(u);
        let h = exp(u);
        let curved = h * times(h, left) * recip_1_to_4(h * h + lit(1.0));
        select(is_right, line, curved)
    }
    slope(x) {
        let (left, right) = (min(x, lit(0.0)), max(x, lit(0.0)));
        let is_right = gt(x, lit(0.0));
        let h = exp(select(is_right, -right, left * lit(0.5)));
        let gate = recip_1_to_4(h * h + lit(1.0));
        let curved = h * times(h, left * gate + lit(1.0)) * gate;
        select(is_right, n + lit(0.5) + h, curved)
    }
    grads(x) { n: { max(x, lit(0.0)) } }
}
