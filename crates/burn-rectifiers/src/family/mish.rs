//! Mish: the input times the hyperbolic tangent of its softplus.

crate::activation! {
    /// **Mish**: the input times the hyperbolic tangent of its softplus (Misra 2019, arXiv:1908.08681).
    ///
    /// With s = ln(1 + eˣ): f(x) = x·tanh(s), ∂f/∂x = tanh(s) + x·σ(x)·(1 − tanh²(s))
    ///
    /// where σ(x) = 1 / (1 + e⁻ˣ).
    module Mish, curve MishCurve;
    name "mish";
    formula "x*tanh(log(1 + exp(x)))";
    source "Misra 2019, arXiv:1908.08681";
    // With n = eˣ, tanh(ln(1 + n)) = n·(n + 2)/(n² + 2n + 2); for x > 0, both are divided by n².
    decay e(x) { -abs(x) }
    value(x) {
        let n = e.value();
        let right = (n * lit(2.0) + lit(1.0)) * recip((n + lit(1.0)) * n * lit(2.0) + lit(1.0));
        let left = (n + lit(2.0)) * recip((n + lit(2.0)) * n + lit(2.0));
        select(gt(x, lit(0.0)), x * right, e.times(x * left))
    }
    slope(x) {
        let n = e.value();
        let right = recip((n + lit(1.0)) * n * lit(2.0) + lit(1.0));
        let left = recip((n + lit(2.0)) * n + lit(2.0));
        let bend = (n + lit(1.0)) * lit(4.0);
        let on_right = (n * lit(2.0) + lit(1.0)) * right + e.times(x) * (n * bend * right * right);
        let on_left = e.times((n + lit(2.0)) * left + x * (bend * left * left));
        select(gt(x, lit(0.0)), on_right, on_left)
    }
}
