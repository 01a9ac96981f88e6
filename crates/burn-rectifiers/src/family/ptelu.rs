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
    // With e = e^−2|βx|: tanh|βx| = (1 − e)/(1 + e), and sech²(βx) = 4·e/(1 + e)², where near zero an error of e cancels.
    // Twice the size of u: were it twice u itself, a GPU's driver might double the factor of a β of 0 past all numbers.
    decay e(x) {
        let size = abs(times(beta, min(x, lit(0.0))));
        -size - size
    }
    value(x) {
        let left = min(x, lit(0.0));
        let u = times(beta, left);
        // Where u may be too small to have all its digits, the curve is a line.
        let line = times(alpha * beta, left);
        let left = select(le(abs(u), lit(1e-20)), line, alpha * e.tanh(u));
        select(gt(x, lit(0.0)), x, left)
    }
    slope(x) {
        let over = e.gate();
        let left = e.times_both(over * lit(4.0) * over, alpha * beta);
        select(gt(x, lit(0.0)), lit(1.0), left)
    }
    grads(x) {
        alpha: {
            let tanh = e.minus_one() * e.gate();
            select(gt(lit(0.0), beta), -tanh, tanh)
        }
        beta: {
            let over = e.gate();
            e.times_both(over * lit(4.0) * over, times(alpha, min(x, lit(0.0))))
        }
    }
}
