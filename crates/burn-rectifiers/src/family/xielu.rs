//! xIELU: a parabola on the right and an integrated ELU on the left.

use burn::tensor::{Tensor, activation::softplus};

crate::activation! {
    /// **xIELU**, the expanded integral of the exponential linear unit (Huang & Schlag 2024, arXiv:2411.13010), the
    /// activation of the Apertus language models.
    ///
    /// | | x ≤ 0 | x > 0 |
    /// |---|---|---|
    /// | f(x) | n·(eˣ − 1 − x) + β·x | p·x² + β·x |
    /// | ∂f/∂x | n·(eˣ − 1) + β | 2·p·x + β |
    /// | ∂f/∂αₚ | 0 | σ(αₚ)·x² |
    /// | ∂f/∂αₙ | σ(αₙ)·(eˣ − 1 − x) | 0 |
    /// | ∂f/∂β | eˣ − 1 | x |
    ///
    /// where p = ln(1 + e^αₚ) > 0, n = β + ln(1 + e^αₙ) > β and σ(a) = 1 / (1 + e⁻ᵃ). What is kept and learned is αₚ and αₙ, as
    /// in checkpoints of Hugging Face's transformers, and under the same names. [`XIeluConfig::with_factors`] and
    /// [`XIelu::factors`] speak of p and n, which start at 0.8. In the paper β stays 0.5: name it among the `frozen`.
    module XIelu, config XIeluConfig, curve XIeluCurve;
    name "xielu";
    formula "log(1 + exp(alpha_p))*x^2 + beta*x if x > 0, else (beta + log(1 + exp(alpha_n)))*(exp(x) - 1 - x) + beta*x";
    source "Huang & Schlag 2024, arXiv:2411.13010";
    params {
        /// its softplus is the factor of the square
        alpha_p: 0.203_382_320_811_024_55 in Bound::at_least(-40.0),
        /// its softplus, plus beta, is the factor on the left
        alpha_n: -1.050_225_612_814_846_7 in Bound::at_least(-40.0),
        /// slope at 0
        beta: 0.5,
    }
    value(x) {
        let left = min(x, lit(0.0));
        let e = decay(left);
        let on_right = times(times(softplus(alpha_p), x) + beta, x);
        // n = β + ln(1 + e^αₙ), sorted by β: nothing large cancels.
        let on_left = softplus(alpha_n) * e.remainder(left) + e.minus_one() * beta;
        select(gt(x, lit(0.0)), on_right, on_left)
    }
    slope(x) {
        let e = decay(min(x, lit(0.0)));
        let on_right = softplus(alpha_p) * x * lit(2.0) + beta;
        let on_left = softplus(alpha_n) * e.minus_one() + e.scaled(beta);
        select(gt(x, lit(0.0)), on_right, on_left)
    }
    grads(x) {
        alpha_p: { select(gt(x, lit(0.0)), logistic(alpha_p) * x * x, lit(0.0)) }
        alpha_n: {
            let left = min(x, lit(0.0));
            logistic(alpha_n) * decay(left).remainder(left)
        }
        beta: { select(gt(x, lit(0.0)), x, decay(min(x, lit(0.0))).minus_one()) }
    }
}

impl XIeluConfig {
    /// Starts with these factors of the square on the right and of the curve on the left.
    ///
    /// # Panics
    ///
    /// If `right` is not above 0, or `left` not above β, which must be set before.
    pub fn with_factors(self, right: f64, left: f64) -> Self {
        // ln(eᵃ − 1), the inverse of softplus.
        let inverse = |factor: f64| {
            assert!(factor > 0.0, "xielu: {right} must be above 0, and {left} above {}", self.beta);
            factor + (-(-factor).exp_m1()).ln()
        };
        let (right, left) = (inverse(right), inverse(left - self.beta));
        self.with_alpha_p(right).with_alpha_n(left)
    }
}

impl XIelu {
    /// The factors of the square on the right and of the curve on the left, one value each per unit.
    pub fn factors(&self) -> [Tensor<1>; 2] {
        let right = softplus(self.alpha_p.val(), 1.0);
        let left = softplus(self.alpha_n.val(), 1.0) + self.beta.val();
        [right, left]
    }
}
