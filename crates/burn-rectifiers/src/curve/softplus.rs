//! Softplus: a smooth ReLU of learned sharpness.

crate::activation! {
    /// **Softplus** with learned sharpness β: a smooth ReLU (Dugas et al. 2000).
    ///
    /// f(x) = ln(1 + e^(βx)) / β, ∂f/∂x = σ(βx), ∂f/∂β = −H(βx) / β²
    ///
    /// where σ(u) = 1 / (1 + e⁻ᵘ), and H(u) = ln(1 + e^−|u|) + |u|·σ(−|u|) is the entropy of a
    /// coin that shows heads with probability σ(u). As β grows, f approaches ReLU.
    module Softplus, config SoftplusConfig, curve SoftplusCurve;
    name "softplus";
    formula "log(exp(beta*x) + 1)/beta";
    source "Dugas et al. 2000, with beta learned";
    params {
        /// sharpness of the bend
        beta: 1.0 in Bound::above(0.0),
    }
    // e^−|βx| is the square of h, which keeps its digits where the square is too small to have all
    // of them; there ln(1 + h²) is h².
    value(x) {
        let size = abs(beta * x);
        let h = exp(size * lit(-0.5));
        let bend = select(gt(size, lit(40.0)), h * recip(beta) * h, ln_1p_0_to_1(h * h) * recip(beta));
        max(x, lit(0.0)) + bend
    }
    slope(x) { logistic_times(beta * x, lit(1.0)) }
    grads(x) {
        beta: {
            let size = abs(beta * x);
            let h = exp(size * lit(-0.5));
            let gate = recip_1_to_4(h * h + lit(1.0));
            let entropy = ln_1p_0_to_1(h * h) + times(h * h, size) * gate;
            let scale = recip(beta);
            let far = times(h, (size + lit(1.0)) * scale * scale) * h;
            -select(gt(size, lit(40.0)), far, entropy * scale * scale)
        }
    }
}
