//! PDELU: an ELU with a deformed exponential.

crate::activation! {
    /// **PDELU**, the parametric deformable ELU: an ELU whose exponential is replaced by the
    /// deformed one, (1 + (1 − t)·x)^(1/(1 − t)), which reaches 0 at a finite distance (Cheng et al.
    /// 2020); here with the paper's t = 0.9, that is (1 + x/10)¹⁰ down to x = −10.
    ///
    /// | | x ≤ −10 | −10 < x ≤ 0 | x > 0 |
    /// |---|---|---|---|
    /// | f(x) | −α | α·((1 + x/10)¹⁰ − 1) | x |
    /// | ∂f/∂x | 0 | α·(1 + x/10)⁹ | 1 |
    /// | ∂f/∂α | −1 | (1 + x/10)¹⁰ − 1 | 0 |
    module PDelu, config PDeluConfig, curve PDeluCurve;
    name "pdelu";
    formula "x if x > 0, -alpha if x <= -10, else alpha*((x/10 + 1)^10 - 1)";
    source "Cheng et al. 2020, with t = 0.9";
    params {
        /// minus the value reached at x = -10
        alpha: 1.0,
    }
    value(x) {
        // w¹⁰ − 1 = (w⁵ − 1)·(w⁵ + 1), and with w = 1 + t,
        // w⁵ − 1 = t·(5 + 10t + 10t² + 5t³ + t⁴): nothing cancels near zero. x itself is the
        // factor, not t, which may be too small to have all its digits.
        let left = max(min(x, lit(0.0)), lit(-10.0));
        let (t, w) = (left * lit(0.1), (left + lit(10.0)) * lit(0.1));
        let sum = (((t + lit(5.0)) * t + lit(10.0)) * t + lit(10.0)) * t + lit(5.0);
        let power = w * w * (w * w) * w;
        select(gt(x, lit(0.0)), x, alpha * (sum * (power + lit(1.0)) * lit(0.1) * left))
    }
    slope(x) {
        let left = max(min(x, lit(0.0)), lit(-10.0));
        // A power multiplies the rounding error of its base by nine. Near zero, that of 1 + x/10 is
        // known, and taken into account; below −5, x + 10 has none.
        let tenth = max(left, lit(-5.0)) * lit(0.1);
        let base = tenth + lit(1.0);
        let lost = tenth - (base - lit(1.0));
        let square = base * base;
        let near = square * square * (square * square) * (lost * lit(9.0) + base);
        let sum = left + lit(10.0);
        let square = sum * sum;
        let far = square * square * (square * square) * sum;
        let left = select(gt(x, lit(-5.0)), alpha * near, alpha * lit(1e-9) * far);
        select(gt(x, lit(0.0)), lit(1.0), left)
    }
    grads(x) {
        alpha: {
            let left = max(min(x, lit(0.0)), lit(-10.0));
            let (t, w) = (left * lit(0.1), (left + lit(10.0)) * lit(0.1));
            let sum = (((t + lit(5.0)) * t + lit(10.0)) * t + lit(10.0)) * t + lit(5.0);
            let power = w * w * (w * w) * w;
            sum * (power + lit(1.0)) * lit(0.1) * left
        }
    }
}
