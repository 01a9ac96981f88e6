//! GoLU: the input times Gompertz's growth curve.

crate::activation! {
    /// **GoLU**, the Gompertz linear unit (Das et al. 2025, arXiv:2502.03654).
    ///
    /// With w = e⁻ˣ: f(x) = x·e⁻ʷ, ∂f/∂x = (1 + x·w)·e⁻ʷ
    ///
    /// The relative error for x < 0 grows with w, as the exponent is rounded.
    module Golu, curve GoluCurve;
    name "golu";
    formula "x*exp(-exp(-x))";
    source "Das et al. 2025, arXiv:2502.03654";
    // Where w is beyond e²⁰, e⁻ʷ is 0 in any precision.
    decay e(x) { -exp(min(-x, lit(20.0))) }
    // Far from 0, x is multiplied before the power of two is.
    value(x) { select(gt(x, lit(-3.5)), e.value() * x, e.times(x)) }
    slope(x) { e.times(times(exp(min(-x, lit(20.0))), x) + lit(1.0)) }
}
