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
    slope(x) {
        let u = times(beta, min(x, lit(0.0)));
        select(gt(x, lit(0.0)), lit(1.0), sech_times(u, alpha) * sech_times(u, beta))
    }
    grads(x) {
        alpha: { select(gt(x, lit(0.0)), lit(0.0), tanh(times(beta, min(x, lit(0.0))))) }
        beta: {
            let left = min(x, lit(0.0));
            let u = times(beta, left);
            times(sech_times(u, alpha), sech_times(u, left))
        }
    }
}
