//! The hyperbolic tangent, a baseline.

crate::activation! {
    /// The **hyperbolic tangent**, with slope sech²(x): the classic that saturates on both sides,
    /// centred at zero, as a baseline.
    module Tanh, curve TanhCurve;
    name "tanh";
    formula "tanh(x)";
    source "baseline";
    decay e(x) { abs(x) * lit(-2.0) }
    value(x) { e.tanh(x) }
    slope(x) {
        let over = e.gate() * lit(2.0);
        e.scaled(over * over)
    }
}
