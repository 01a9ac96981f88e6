//! PolyReLU: a learned polynomial of a ReLU.

crate::activation! {
    /// **PolyReLU**: a learned polynomial of third degree of a ReLU (Zhuo et al. 2024, arXiv:2411.03884, whose code starts
    /// with a₀ = 0 and 1/3 for the others).
    ///
    /// With r = max(x, 0): f(x) = a₀ + a₁·r + a₂·r² + a₃·r³; ∂f/∂x = a₁ + 2·a₂·r + 3·a₃·r² for x > 0, else 0; ∂f/∂aᵢ = rⁱ
    module PolyRelu, config PolyReluConfig, curve PolyReluCurve;
    name "poly_relu";
    formula "a0 + a1*x + a2*x^2 + a3*x^3 if x > 0, else a0";
    source "Zhuo et al. 2024, arXiv:2411.03884";
    params {
        /// the output for x <= 0
        a0: 0.0,
        /// slope right of 0
        a1: 0.333_333_333_333_333_3,
        /// factor of the square
        a2: 0.333_333_333_333_333_3,
        /// factor of the cube
        a3: 0.333_333_333_333_333_3,
    }
    value(x) {
        let polynomial = times(times(times(a3, x) + a2, x) + a1, x) + a0;
        select(le(x, lit(0.0)), a0, polynomial)
    }
    slope(x) {
        let line = times(a3, x) * lit(3.0) + a2 * lit(2.0);
        select(le(x, lit(0.0)), lit(0.0), times(line, x) + a1)
    }
    grads(x) {
        a0: { lit(1.0) }
        a1: { select(le(x, lit(0.0)), lit(0.0), x) }
        a2: { select(le(x, lit(0.0)), lit(0.0), x * x) }
        a3: { select(le(x, lit(0.0)), lit(0.0), x * x * x) }
    }
}
