//! P-TELU: a ReLU whose negative side is a learned hyperbolic tangent.

crate::activation! {
    /// **P-TELU**, the parametric tan hyperbolic linear unit: α·tanh(β·x) for negative inputs, both
    /// learned (Duggal & Gupta 2017).
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | α·tanh(βx) | x |
    /// | ∂f/∂x | α·β·sech²(βx) | 1 |
    /// | ∂f/∂α | tanh(βx) | 0 |
    /// | ∂f/∂β | α·x·sech²(βx) | 0 |
    module PTelu, config PTeluConfig, curve PTeluCurve;
    name "ptelu";
    formula "x if x > 0, else alpha*tanh(beta*x)";
    source "Duggal & Gupta 2017";
    params {
        /// minus the value approached as x goes to minus infinity
        alpha: 1.0,
        /// how fast it is approached
        beta: 1.0,
    }
    value(x) {
        let left = min(x, lit(0.0));
        let u = times(beta, left);
        // Where u may be too small to have all its digits, the curve is a line.
        let line = times(alpha * beta, left);
        let left = select(le(abs(u), lit(1e-20)), line, alpha * tanh(u));
        select(gt(x, lit(0.0)), x, left)
    }
    // With e = e^−2|βx|: tanh|βx| = (1 − e)/(1 + e), and sech²(βx) = 4·e/(1 + e)², where near zero an error of e cancels.
    slope(x) {
        let e = decay(abs(times(beta, min(x, lit(0.0)))) * lit(-2.0));
        let over = e.gate();
        let left = e.scaled(over * over * (alpha * lit(4.0)) * beta);
        select(gt(x, lit(0.0)), lit(1.0), left)
    }
    grads(x) {
        alpha: {
            let u = times(beta, min(x, lit(0.0)));
            let e = decay(abs(u) * lit(-2.0));
            let size = -e.minus_one() * e.gate();
            select(gt(u, lit(0.0)), size, -size)
        }
        beta: {
            let left = min(x, lit(0.0));
            let e = decay(abs(times(beta, left)) * lit(-2.0));
            let over = e.gate();
            e.times(times(over * over * (alpha * lit(4.0)), left))
        }
    }
}
