//! SUGAR: a ReLU that goes back with the slope of a smooth function.

crate::activation! {
    /// **SUGAR**, surrogate gradient learning for ReLU: forward a ReLU with its exact zeros, backward the slope of B-SiLU, so
    /// that units which give 0 still learn (Horuz et al. 2025, arXiv:2505.22074).
    ///
    /// f(x) = max(0, x). With σ(x) = 1 / (1 + e⁻ˣ), the surrogate is g(x) = (x + 1.67)·σ(x) − 0.835, and the backward pass
    /// takes g′(x) = σ(x)·(1 + (x + 1.67)·σ(−x)).
    module Sugar, curve SugarCurve;
    name "sugar";
    formula "max(0, x)";
    surrogate "(x + 1.67)/(1 + exp(-x)) - 0.835";
    source "Horuz et al. 2025, arXiv:2505.22074";
    second_moment { 0.5 }
    decay e(x) { -abs(x) }
    // `le`, not `gt`: NaN is not ≤ 0, so it passes.
    value(x) { select(le(x, lit(0.0)), lit(0.0), x) }
    // With e = e^−|x|, σ(x) is 1/(1 + e) on one side, and e/(1 + e) on the other.
    slope(x) {
        let gate = e.gate();
        let is_right = gt(x, lit(0.0));
        let shifted = select(is_right, -e.exponent(), e.exponent()) + lit(1.67);
        let weight = select(is_right, e.value(), lit(1.0));
        let near = gate * (shifted * (gate * weight) + lit(1.0));
        select(is_right, near, e.scaled(near))
    }
}
