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
    decay e(x) { -exp(-x) }
    value(x) { e.times(x) }
    slope(x) { e.times(times(exp(-x), x) + lit(1.0)) }
}
