//! Swish: the input times its own gate.

crate::activation! {
    /// **Swish**: the input times a logistic gate of learned sharpness β (Ramachandran et al. 2017,
    /// arXiv:1710.05941). SiLU for β = 1; half the identity for β = 0; ReLU as β grows.
    ///
    /// With σ(u) = 1 / (1 + e⁻ᵘ) and u = β·x:
    /// f(x) = x·σ(u), ∂f/∂x = σ(u)·(1 + u·σ(−u)), ∂f/∂β = x²·σ(u)·σ(−u)
    module Swish, config SwishConfig, curve SwishCurve;
    name "swish";
    formula "x/(1 + exp(-beta*x))";
    source "Ramachandran et al. 2017, arXiv:1710.05941";
    params {
        /// sharpness of the gate
        beta: 1.0,
    }
    decay e(x) { -abs(times(beta, x)) }
    value(x) { e.logistic_times(times(beta, x), x) }
    // With u = βx and e = e^−|u|, the gate of u is 1/(1 + e) on one side, and e/(1 + e) on the other.
    slope(x) {
        let u = times(beta, x);
        let gate = e.gate();
        let weight = select(gt(u, lit(0.0)), -e.value(), lit(1.0));
        let near = gate * (e.exponent() * (gate * weight) + lit(1.0));
        select(gt(u, lit(0.0)), near, e.scaled(near))
    }
    grads(x) {
        beta: {
            let root = x * e.gate();
            e.times_both(root, root)
        }
    }
}
