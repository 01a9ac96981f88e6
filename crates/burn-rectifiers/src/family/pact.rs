//! PACT: a ReLU with a learned ceiling.

crate::activation! {
    /// **PACT**, the parameterized clipping activation: a ReLU that a learned n cuts off, made for
    /// quantized networks (Choi et al. 2018, arXiv:1805.06085).
    ///
    /// | | x ≤ 0 | 0 < x < n | x ≥ n |
    /// |---|---|---|---|
    /// | f(x) | 0 | x | n |
    /// | ∂f/∂x | 0 | 1 | 0 |
    /// | ∂f/∂n | 0 | 0 | 1 |
    module Pact, config PactConfig, curve PactCurve;
    name "pact";
    formula "0 if x <= 0, x if x < n, else n";
    source "Choi et al. 2018, arXiv:1805.06085";
    params {
        /// the largest output
        n: 6.0 in Bound::above(0.0),
    }
    value(x) { select(le(x, lit(0.0)), lit(0.0), select(le(n, x), n, x)) }
    slope(x) {
        let inside = select(le(n, x), lit(0.0), lit(1.0));
        select(le(x, lit(0.0)), lit(0.0), inside)
    }
    grads(x) {
        n: {
            let clipped = select(le(n, x), lit(1.0), lit(0.0));
            select(le(x, lit(0.0)), lit(0.0), clipped)
        }
    }
}
