//! Sparse ReLU: a learned threshold switches weak units off.

crate::activation! {
    /// **Sparse ReLU**: a one-sided soft threshold. What does not exceed the learned θ is switched
    /// off, which makes codes sparse (the shrinkage of LISTA, Gregor & LeCun 2010, on one side).
    ///
    /// | | x ≤ θ | x > θ |
    /// |---|---|---|
    /// | f(x) | 0 | x − θ |
    /// | ∂f/∂x | 0 | 1 |
    /// | ∂f/∂θ | 0 | −1 |
    module SparseRelu, config SparseReluConfig, curve SparseReluCurve;
    name "sparse_relu";
    formula "x - theta if x > theta, else 0";
    source "one-sided soft threshold, Gregor & LeCun 2010 (LISTA)";
    params {
        /// what an input must exceed
        theta: 0.0 in Bound::at_least(0.0),
    }
    value(x) { select(le(x, theta), lit(0.0), x - theta) }
    slope(x) { select(gt(x, theta), lit(1.0), lit(0.0)) }
    grads(x) { theta: { select(gt(x, theta), lit(-1.0), lit(0.0)) } }
}
