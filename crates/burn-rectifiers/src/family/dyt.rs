//! DyT: a hyperbolic tangent with learned scales, in place of normalization.

crate::activation! {
    /// **DyT**, the dynamic hyperbolic tangent, which stands in for the normalizations of transformers (Zhu et al. 2025,
    /// arXiv:2503.10622). There, a layer shares α, and γ and δ are per
    /// channel: name `alpha` in the config's `per_layer`.
    ///
    /// f(x) = γ·tanh(α·x) + δ; with t = tanh(α·x): ∂f/∂x = γ·α·(1 − t²), ∂f/∂α = γ·x·(1 − t²), ∂f/∂γ = t, ∂f/∂δ = 1
    module DyT, config DyTConfig, curve DyTCurve;
    name "dyt";
    formula "gamma*tanh(alpha*x) + delta";
    source "Zhu et al. 2025, arXiv:2503.10622";
    params {
        /// factor of the input
        alpha: 0.5,
        /// factor of the output
        gamma: 1.0,
        /// added to the output
        delta: 0.0,
    }
    decay e(x) { abs(times(alpha, x)) * lit(-2.0) }
    value(x) {
        let u = times(alpha, x);
        // Where u may be too small to have all its digits, the curve is a line.
        let line = times(gamma * alpha, x);
        select(le(abs(u), lit(1e-20)), line, e.tanh(u) * gamma) + delta
    }
    slope(x) {
        let half = e.gate() * lit(2.0);
        e.times_both(gamma * half, alpha * half)
    }
    grads(x) {
        alpha: {
            let half = e.gate() * lit(2.0);
            let product = e.times_both(gamma * half, x * half);
            select(eq(gamma, lit(0.0)), lit(0.0), product)
        }
        gamma: { e.tanh(times(alpha, x)) }
        delta: { lit(1.0) }
    }
}
