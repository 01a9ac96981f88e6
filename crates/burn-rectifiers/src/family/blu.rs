//! BLU: a smooth line that a learned parameter bends.

crate::activation! {
    /// **BLU**, the bendable linear unit: the identity plus a learned share of a smooth bend
    /// (Godfrey 2019).
    ///
    /// f(x) = β·(√(x² + 1) − 1) + x, ∂f/∂x = β·x/√(x² + 1) + 1, ∂f/∂β = √(x² + 1) − 1
    ///
    /// With |β| ≤ 1 it never falls; far out its slopes are 1 − β and 1 + β.
    module Blu, config BluConfig, curve BluCurve;
    name "blu";
    formula "beta*(sqrt(x^2 + 1) - 1) + x";
    source "Godfrey 2019";
    params {
        /// how much it bends; negative bends down
        beta: 0.0 in Bound::between(-1.0, 1.0),
    }
    // With h = √(x² + 1): h − 1 = x²/(h + 1), h − |x| = 1/(h + |x|). So nothing cancels, neither
    // near zero nor, for β = ±1, far out. One division serves both.
    value(x) {
        let (size, h) = (abs(x), root_1p_square(x));
        let is_near = le(size, lit(1.0));
        let part = select(is_near, size, lit(1.0)) / (h + select(is_near, lit(1.0), size));
        let turn = select(gt(x, lit(0.0)), beta, -beta);
        let far = times(turn + lit(1.0), x) + beta * (part - lit(1.0));
        select(is_near, beta * (size * part) + x, far)
    }
    slope(x) {
        let (size, h) = (abs(x), root_1p_square(x));
        let turn = select(gt(x, lit(0.0)), beta, -beta);
        turn + lit(1.0) - turn / h / (h + size)
    }
    grads(x) {
        beta: {
            let (size, h) = (abs(x), root_1p_square(x));
            let is_near = le(size, lit(1.0));
            let part = select(is_near, size, lit(1.0)) / (h + select(is_near, lit(1.0), size));
            select(is_near, size * part, size + (part - lit(1.0)))
        }
    }
}
