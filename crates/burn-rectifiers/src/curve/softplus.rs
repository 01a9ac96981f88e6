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
        let bend = select(gt(size, lit(40.0)), h / beta * h, ln_1p(h * h) / beta);
        max(x, lit(0.0)) + bend
    }
    slope(x) { logistic(beta * x) }
    grads(x) {
        beta: {
            let size = abs(beta * x);
            let h = exp(size * lit(-0.5));
            let entropy = ln_1p(h * h) + times(h * h, size) / (h * h + lit(1.0));
            let far = times(h, (size + lit(1.0)) / beta / beta) * h;
            -select(gt(size, lit(40.0)), far, entropy / beta / beta)
        }
    }
}
