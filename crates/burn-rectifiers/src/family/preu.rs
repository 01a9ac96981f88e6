//! PREU: a ReLU whose negative side dips and comes back.

crate::activation! {
    /// **PREU**, the parametric rectified exponential unit: a learned slope, and for negative inputs
    /// an exponential of learned rate that takes the output back to zero (Ying et al. 2019).
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | α·x·e^(βx) | α·x |
    /// | ∂f/∂x | α·(1 + βx)·e^(βx) | α |
    /// | ∂f/∂α | x·e^(βx) | x |
    /// | ∂f/∂β | α·x²·e^(βx) | 0 |
    module PReu, config PReuConfig, curve PReuCurve;
    name "preu";
    formula "alpha*x if x > 0, else alpha*x*exp(beta*x)";
    source "Ying et al. 2019";
    params {
        /// slope for x > 0
        alpha: 1.0,
        /// how fast the negative side returns to zero
        beta: 1.0 in Bound::above(0.0),
    }
    decay e(x) { beta * min(x, lit(0.0)) }
    value(x) { select(gt(x, lit(0.0)), times(alpha, x), e.times(times(alpha, x))) }
    slope(x) {
        let left = e.scaled(alpha * (e.exponent() + lit(1.0)));
        select(gt(x, lit(0.0)), alpha, left)
    }
    grads(x) {
        alpha: { select(gt(x, lit(0.0)), x, e.times(x)) }
        beta: {
            let finite = max(min(x, lit(0.0)), lit(-1e30));
            e.times_both(finite, alpha * finite)
        }
    }
}
