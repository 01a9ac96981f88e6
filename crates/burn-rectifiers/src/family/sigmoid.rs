//! The logistic sigmoid, a baseline.

crate::activation! {
    /// The **logistic sigmoid**, σ(x) = 1 / (1 + e⁻ˣ), with slope σ(x)·σ(−x): the classic that
    /// saturates on both sides, as a baseline.
    module Sigmoid, curve SigmoidCurve;
    name "sigmoid";
    formula "1/(1 + exp(-x))";
    source "baseline";
    decay e(x) { -abs(x) }
    value(x) { e.logistic(x) }
    slope(x) {
        let gate = e.gate();
        e.scaled(gate * gate)
    }
}
