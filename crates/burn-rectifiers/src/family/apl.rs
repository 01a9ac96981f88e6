//! APL: a ReLU plus two learned hinges.

crate::activation! {
    /// **APL**, the adaptive piecewise linear unit: a ReLU plus hinges of learned slope and place
    /// (Agostinelli et al. 2014, arXiv:1412.6830); here two of them.
    ///
    /// f(x) = max(0, x) + a₁·max(0, b₁ − x) + a₂·max(0, b₂ − x)
    ///
    /// | | x < bᵢ | x ≥ bᵢ |
    /// |---|---|---|
    /// | hinge i adds to ∂f/∂x | −aᵢ | 0 |
    /// | ∂f/∂aᵢ | bᵢ − x | 0 |
    /// | ∂f/∂bᵢ | aᵢ | 0 |
    module Apl, config AplConfig, curve AplCurve;
    name "apl";
    formula "max(0, x) + a1*max(0, b1 - x) + a2*max(0, b2 - x)";
    source "Agostinelli et al. 2014, arXiv:1412.6830";
    params {
        /// minus the slope of the first hinge
        a1: -0.25,
        /// where the first hinge starts, going left
        b1: 0.0,
        /// minus the slope of the second hinge
        a2: 0.0,
        /// where the second hinge starts, going left
        b2: 0.5,
    }
    value(x) {
        let first = times(a1, max(b1 - x, lit(0.0)));
        let second = times(a2, max(b2 - x, lit(0.0)));
        let near = max(x, lit(0.0)) + first + second;
        // Far left of both hinges, their infinities could cancel; the line through both cannot.
        let far = times(-(a1 + a2), x) + (a1 * b1 + a2 * b2);
        select(gt(x, min(min(b1, b2), lit(-1e18))), near, far)
    }
    slope(x) {
        let right = select(gt(x, lit(0.0)), lit(1.0), lit(0.0));
        -select(gt(b1, x), a1, lit(0.0)) - select(gt(b2, x), a2, lit(0.0)) + right
    }
    grads(x) {
        a1: { max(b1 - x, lit(0.0)) }
        b1: { select(gt(b1, x), a1, lit(0.0)) }
        a2: { max(b2 - x, lit(0.0)) }
        b2: { select(gt(b2, x), a2, lit(0.0)) }
    }
}
