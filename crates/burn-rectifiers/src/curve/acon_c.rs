//! ACON-C: a smooth switch between two learned slopes.

crate::activation! {
    /// **ACON-C**: a smooth form of [`DPRelu`](crate::DPRelu) that learns whether to be active at
    /// all (Ma et al. 2021, arXiv:2009.04759). As β grows it becomes max(p₁·x, p₂·x); for β = 0 it
    /// is the line (p₁ + p₂)/2·x. Swish for p₁ = 1, p₂ = 0.
    ///
    /// With d = p₁ − p₂, u = β·d·x and σ(u) = 1 / (1 + e⁻ᵘ):
    ///
    /// | | |
    /// |---|---|
    /// | f(x) | p₁·x·σ(u) + p₂·x·σ(−u) |
    /// | ∂f/∂x | p₁·σ(u) + p₂·σ(−u) + d·u·σ(u)·σ(−u) |
    /// | ∂f/∂p₁ | x·σ(u) + x·u·σ(u)·σ(−u) |
    /// | ∂f/∂p₂ | x·σ(−u) − x·u·σ(u)·σ(−u) |
    /// | ∂f/∂β | d²·x²·σ(u)·σ(−u) |
    module AconC, config AconCConfig, curve AconCCurve;
    name "acon_c";
    formula "(p1 - p2)*x/(1 + exp(-beta*(p1 - p2)*x)) + p2*x";
    source "Ma et al. 2021, arXiv:2009.04759";
    params {
        /// slope on one side
        p1: 1.0,
        /// slope on the other side
        p2: 0.0,
        /// sharpness of the switch
        beta: 1.0,
    }
    value(x) {
        let u = times(beta, times(p1 - p2, x));
        let curved = logistic_times(u, times(p1, x)) + logistic_times(-u, times(p2, x));
        // The line of β = 0, along which p₁·x and p₂·x may overflow where their mean does not.
        select(eq(u, lit(0.0)), times((p1 + p2) * lit(0.5), x), curved)
    }
    slope(x) {
        let u = times(beta, times(p1 - p2, x));
        let line = logistic_times(u, p1) + logistic_times(-u, p2);
        // σ(u)·σ(−u) = (sech(u/2) / 2)²
        line + sech_half_times(u, p1 - p2) * sech_half_times(u, u) * lit(0.25)
    }
    grads(x) {
        p1: {
            let u = times(beta, times(p1 - p2, x));
            let bend = times(sech_half_times(u, u), sech_half_times(u, x)) * lit(0.25);
            logistic_times(u, x) + bend
        }
        p2: {
            let u = times(beta, times(p1 - p2, x));
            let bend = times(sech_half_times(u, u), sech_half_times(u, x)) * lit(0.25);
            logistic_times(-u, x) - bend
        }
        beta: {
            let y = times(p1 - p2, x);
            let root = sech_half_times(times(beta, y), y) * lit(0.5);
            root * root
        }
    }
}
