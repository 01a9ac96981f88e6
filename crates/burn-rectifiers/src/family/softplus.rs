//! Softplus: a smooth ReLU of learned sharpness.

crate::activation! {
    /// **Softplus** with learned sharpness β: a smooth ReLU (Dugas et al. 2000).
    ///
    /// f(x) = ln(1 + e^(βx)) / β, ∂f/∂x = σ(βx), ∂f/∂β = −H(βx) / β²
    ///
    /// where σ(u) = 1 / (1 + e⁻ᵘ), and H(u) = ln(1 + e^−|u|) + |u|·σ(−|u|) is the entropy of a
    /// coin that shows heads with probability σ(u). As β grows, f approaches ReLU.
    ///
    /// Burn's [`Softplus`](burn::nn::activation::Softplus) keeps the β of its config.
    module Softplus, config SoftplusConfig, curve SoftplusCurve;
    name "softplus";
    formula "log(exp(beta*x) + 1)/beta";
    source "Dugas et al. 2000, with beta learned";
    params {
        /// sharpness of the bend
        beta: 1.0 in Bound::above(0.0),
    }
    // With e = e^−|βx|, ln(1 + e) is e times a factor from ln 2 to 1, which keeps its digits where e has none
    // left.
    decay e(x) { -abs(beta * x) }
    value(x) { max(x, lit(0.0)) + e.scaled(ln_1p_share(e.value()) * recip(beta)) }
    slope(x) { e.logistic(beta * x) }
    grads(x) {
        beta: {
            let entropy = ln_1p_share(e.value()) - e.exponent() * e.gate();
            e.scaled(entropy * (-recip(beta) * recip(beta)))
        }
    }
}
