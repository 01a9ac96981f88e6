//! Derf: an error function with learned scales, in place of normalization.

crate::activation! {
    /// **Derf**, the dynamic error function, which stands in for the normalizations of transformers (Chen et al. 2025,
    /// arXiv:2512.10938). There, a layer shares α and s, and γ and δ are per channel:
    /// name `alpha` and `s` in the config's `per_layer`.
    ///
    /// With u = α·x + s and d = 2/√π·e^(−u²): f(x) = γ·erf(u) + δ, ∂f/∂x = γ·α·d, ∂f/∂α = γ·x·d, ∂f/∂s = γ·d, ∂f/∂γ = erf(u),
    /// ∂f/∂δ = 1
    ///
    /// Where the terms of u cancel, its rounding is relative to the larger one.
    module Derf, config DerfConfig, curve DerfCurve;
    name "derf";
    formula "gamma*erf(alpha*x + s) + delta";
    source "Chen et al. 2025, arXiv:2512.10938";
    params {
        /// factor of the input
        alpha: 0.5,
        /// added to the input
        s: 0.0,
        /// factor of the output
        gamma: 1.0,
        /// added to the output
        delta: 0.0,
    }
    decay e(x) {
        let u = times(alpha, x) + s;
        -(u * u)
    }
    value(x) {
        let u = times(alpha, x) + s;
        // Where u may be too small to have all its digits, the curve is a line.
        let line = (times(gamma * alpha, x) + gamma * s) * lit(core::f64::consts::FRAC_2_SQRT_PI);
        select(le(abs(u), lit(1e-20)), line, e.erf(u) * gamma) + delta
    }
    slope(x) { e.times_both(gamma * lit(core::f64::consts::FRAC_2_SQRT_PI), alpha) }
    grads(x) {
        alpha: {
            let product = e.times_both(gamma * lit(core::f64::consts::FRAC_2_SQRT_PI), x);
            select(eq(gamma, lit(0.0)), lit(0.0), product)
        }
        s: { e.times(gamma * lit(core::f64::consts::FRAC_2_SQRT_PI)) }
        gamma: { e.erf(times(alpha, x) + s) }
        delta: { lit(1.0) }
    }
}
