//! ISRLU: a ReLU whose negative side is an inverse square root.

crate::activation! {
    /// **ISRLU**, the inverse square root linear unit, with its α learned (Carlile et al. 2017,
    /// arXiv:1710.09967): smooth to the second derivative, and without an exponential.
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | x / √(1 + αx²) | x |
    /// | ∂f/∂x | (1 + αx²)^(−3/2) | 1 |
    /// | ∂f/∂α | −f(x)³/2 | 0 |
    ///
    /// For large negative inputs it approaches −1/√α; with α = 0 it is the identity.
    module Isrlu, config IsrluConfig, curve IsrluCurve;
    name "isrlu";
    formula "x if x > 0, else x/sqrt(alpha*x^2 + 1)";
    source "Carlile et al. 2017, arXiv:1710.09967";
    params {
        /// one divided by the square of the value approached
        alpha: 1.0 in Bound::at_least(0.0),
    }
    // Nothing is far for α = 0; its root stays away from zero for the sake of gradients.
    value(x) {
        let left = min(x, lit(0.0));
        let square = times(times(alpha, left), left);
        // Where 1 does not count beside αx², and αx² may be infinite, it is −1/√α.
        let is_far = gt(square, lit(1e30));
        let far = -recip(sqrt(select(gt(alpha, lit(0.0)), alpha, lit(1.0))));
        let near = over_shared(left, sqrt(square + lit(1.0)));
        select(gt(x, lit(0.0)), x, select(is_far, far, near))
    }
    slope(x) {
        let left = min(x, lit(0.0));
        let sum = times(times(alpha, left), left) + lit(1.0);
        let root = recip(sqrt(sum));
        root * root * root
    }
    grads(x) {
        alpha: {
            let left = min(x, lit(0.0));
            let square = times(times(alpha, left), left);
            let is_far = gt(square, lit(1e30));
            let far = -recip(sqrt(select(gt(alpha, lit(0.0)), alpha, lit(1.0))));
            let near = over_shared(left, sqrt(square + lit(1.0)));
            let value = select(is_far, far, near);
            value * lit(-0.5) * value * value
        }
    }
}
