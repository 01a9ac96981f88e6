//! SReLU: three pieces, with learned thresholds and outer slopes.

crate::activation! {
    /// **SReLU**, the S-shaped ReLU: the identity between two learned thresholds, and lines with
    /// learned slopes beyond them (Jin et al. 2015, arXiv:1512.07030).
    ///
    /// | | x > t_right | x ≤ t_left | between |
    /// |---|---|---|---|
    /// | f(x) | t_right + a_right·(x − t_right) | t_left + a_left·(x − t_left) | x |
    /// | ∂f/∂x | a_right | a_left | 1 |
    /// | ∂f/∂t | 1 − a_right | 1 − a_left | 0 |
    /// | ∂f/∂a | x − t_right | x − t_left | 0 |
    ///
    /// The pieces are tried in this order.
    module SRelu, config SReluConfig, curve SReluCurve;
    name "srelu";
    formula "t_right + a_right*(x - t_right) if x > t_right, t_left + a_left*(x - t_left) if x <= t_left, else x";
    source "Jin et al. 2015, arXiv:1512.07030";
    params {
        /// threshold of the left line
        t_left: 0.0,
        /// slope of the left line
        a_left: 0.25,
        /// threshold of the right line
        t_right: 1.0,
        /// slope of the right line
        a_right: 1.0,
    }
    value(x) {
        let left = t_left + times(a_left, x - t_left);
        let right = t_right + times(a_right, x - t_right);
        select(gt(x, t_right), right, select(le(x, t_left), left, x))
    }
    // Right goes before left, should the thresholds ever pass each other.
    slope(x) {
        let is_left = le(x, min(t_left, t_right));
        select(gt(x, t_right), a_right, select(is_left, a_left, lit(1.0)))
    }
    grads(x) {
        t_left: { select(le(x, min(t_left, t_right)), -a_left + lit(1.0), lit(0.0)) }
        a_left: { select(le(x, min(t_left, t_right)), x - t_left, lit(0.0)) }
        t_right: { select(gt(x, t_right), -a_right + lit(1.0), lit(0.0)) }
        a_right: { select(gt(x, t_right), x - t_right, lit(0.0)) }
    }
}
