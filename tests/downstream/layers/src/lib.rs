//! A crate of a user's that defines an activation: its kernels are compiled here, and nowhere else.

burn_rectifiers::activation! {
    /// A ReLU that both sides scale: β·x for x > 0, α·x elsewhere.
    module DoubleSlope, config DoubleSlopeConfig, curve DoubleSlopeCurve;
    name "double_slope";
    formula "beta*x if x > 0, else alpha*x";
    source "a test";
    params {
        /// slope for x <= 0
        alpha: 0.25,
        /// slope for x > 0
        beta: 1.0,
    }
    value(x) { select(gt(x, lit(0.0)), times(beta, x), times(alpha, x)) }
    slope(x) { select(gt(x, lit(0.0)), beta, alpha) }
    grads(x) {
        alpha: { select(gt(x, lit(0.0)), lit(0.0), x) }
        beta: { select(gt(x, lit(0.0)), x, lit(0.0)) }
    }
}
