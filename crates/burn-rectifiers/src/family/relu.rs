//! ReLU.

crate::activation! {
    /// **ReLU**, the rectified linear unit: max(0, x) (Nair & Hinton 2010).
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | 0 | x |
    /// | ∂f/∂x | 0 | 1 |
    module Relu, curve ReluCurve;
    name "relu";
    formula "max(0, x)";
    source "Nair & Hinton 2010";
    second_moment { 0.5 }
    // `le`, not `gt`: NaN is not ≤ 0, so it passes.
    value(x) { select(le(x, lit(0.0)), lit(0.0), x) }
    slope(x) { select(gt(x, lit(0.0)), lit(1.0), lit(0.0)) }
}
