//! PELU: an ELU with learned scales, smooth at zero.

crate::activation! {
    /// **PELU**, the parametric ELU: learned scales of value and input, with one slope on both
    /// sides of zero (Trottier et al. 2016, arXiv:1605.09332, which keeps both above 0.1).
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | a·(e^(x/b) − 1) | a·x/b |
    /// | ∂f/∂x | a/b·e^(x/b) | a/b |
    /// | ∂f/∂a | e^(x/b) − 1 | x/b |
    /// | ∂f/∂b | −a·x/b²·e^(x/b) | −a·x/b² |
    module Pelu, config PeluConfig, curve PeluCurve;
    name "pelu";
    formula "a*x/b if x > 0, else a*(exp(x/b) - 1)";
    source "Trottier et al. 2016, arXiv:1605.09332";
    params {
        /// minus the value approached as x goes to minus infinity
        a: 1.0 in Bound::at_least(0.1),
        /// how far left it takes to get there
        b: 1.0 in Bound::at_least(0.1),
    }
    decay e(x) { min(over_shared(x, b), lit(0.0)) }
    value(x) {
        let u = over_shared(x, b);
        // Where u may be too small to have all its digits, the curve is a line.
        select(gt(u, lit(-1e-20)), a * recip(b) * x, a * e.minus_one())
    }
    slope(x) {
        let left = e.scaled(a * recip(b));
        select(gt(x, lit(0.0)), a * recip(b), left)
    }
    grads(x) {
        a: {
            let u = over_shared(x, b);
            select(gt(x, lit(0.0)), u, e.minus_one())
        }
        b: {
            let line = a * recip(b) * recip(b) * x;
            let left = e.times(line);
            -select(gt(x, lit(0.0)), line, left)
        }
    }
}
