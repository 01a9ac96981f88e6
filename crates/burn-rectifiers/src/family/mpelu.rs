//! MPELU: an ELU with learned saturation value and rate.

crate::activation! {
    /// **MPELU**, the multiple parametric ELU: learned saturation value and rate (Li et al. 2016,
    /// arXiv:1606.00305). ELU for α = β = 1; close to PReLU for small β.
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | α·(e^(βx) − 1) | x |
    /// | ∂f/∂x | α·β·e^(βx) | 1 |
    /// | ∂f/∂α | e^(βx) − 1 | 0 |
    /// | ∂f/∂β | α·x·e^(βx) | 0 |
    module MPelu, config MPeluConfig, curve MPeluCurve;
    name "mpelu";
    formula "x if x > 0, else alpha*(exp(beta*x) - 1)";
    source "Li et al. 2016, arXiv:1606.00305";
    params {
        /// minus the value approached as x goes to minus infinity
        alpha: 1.0,
        /// how fast it is approached
        beta: 1.0 in Bound::above(0.0),
    }
    decay e(x) { beta * min(x, lit(0.0)) }
    value(x) {
        let left = min(x, lit(0.0));
        let u = beta * left;
        // Where u may be too small to have all its digits, the curve is a line.
        let left = select(gt(u, lit(-1e-20)), alpha * beta * left, alpha * e.minus_one());
        select(gt(x, lit(0.0)), x, left)
    }
    slope(x) {
        let left = e.scaled(alpha * beta);
        select(gt(x, lit(0.0)), lit(1.0), left)
    }
    grads(x) {
        alpha: { select(gt(x, lit(0.0)), lit(0.0), e.minus_one()) }
        beta: {
            let left = e.times(times(alpha, x));
            select(gt(x, lit(0.0)), lit(0.0), left)
        }
    }
}
