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
    value(x) { logistic_times(times(beta, x), x) }
    slope(x) {
        let u = times(beta, x);
        logistic_times(u, logistic_times(-u, u) + lit(1.0))
    }
    grads(x) {
        beta: {
            // σ(u)·σ(−u) = (sech(u/2) / 2)²
            let root = sech_half_times(times(beta, x), x) * lit(0.5);
            root * root
        }
    }
}
