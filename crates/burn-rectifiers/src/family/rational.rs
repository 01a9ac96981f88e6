//! Rational: a learned quotient of polynomials.

use crate::math::{Real, notation::*};

/// Up to this |x|, powers do not overflow, and beyond it, 1 is next to nothing beside them.
const NEAR: f64 = 1e4;

/// P / (1 + |Q|) and its derivatives, computed one way up to [`NEAR`] and another beyond.
struct Quotient<T: Real> {
    is_near: T::Mask,
    near: Near<T>,
    far: Far<T>,
}

impl<T: Real> Quotient<T> {
    #[inline(always)]
    fn new(x: T, a: [T; 6], b: [T; 4]) -> Self {
        let (end, beyond) = (lit::<T>(NEAR), lit::<T>(2.0 * NEAR));
        let is_near = le(abs(x), end);
        let bounded = if T::IS_IN_RANGE {
            x
        } else {
            max(min(x, beyond), -beyond)
        };
        Self {
            is_near,
            near: Near::new(bounded, a, b),
            far: Far::new(select(is_near, end, x), a, b),
        }
    }

    /// What of the two holds. Where all x are known to be near, nobody computes the other.
    #[inline(always)]
    fn choose(&self, near: T, far: T) -> T {
        if T::IS_IN_RANGE {
            near
        } else {
            select(self.is_near, near, far)
        }
    }

    #[inline(always)]
    fn value(&self) -> T {
        self.choose(self.near.value, self.far.value())
    }

    #[inline(always)]
    fn slope(&self) -> T {
        self.choose(self.near.slope(), self.far.slope())
    }

    #[inline(always)]
    fn of_a(&self, j: usize) -> T {
        self.choose(self.near.of_a(j), self.far.of_a(j))
    }

    #[inline(always)]
    fn of_b(&self, k: usize) -> T {
        self.choose(self.near.of_b(k), self.far.of_b(k))
    }
}

/// The formulas as printed.
struct Near<T> {
    x: T,
    /// 1 / (1 + |Q|).
    inverse: T,
    a: [T; 6],
    b: [T; 4],
    value: T,
    /// s·f / (1 + |Q|).
    outer: T,
}

impl<T: Real> Near<T> {
    #[inline(always)]
    fn new(x: T, a: [T; 6], b: [T; 4]) -> Self {
        let one = lit::<T>(1.0);
        let q = polynomial(&b, x) * x;
        // Q may be too small for a number, but has a sign.
        let of_x = sign_of(x);
        let like_q = polynomial(&b, of_x * max(abs(x), lit(1e-12))) * of_x;
        let sign = select(gt(like_q, lit(0.0)), one, -one);
        let inverse = recip(sign * q + one);
        let value = polynomial(&a, x) * inverse;
        Self {
            x,
            inverse,
            a,
            b,
            value,
            outer: sign * value * inverse,
        }
    }

    /// (P′ − s·Q′·f) / (1 + |Q|).
    #[inline(always)]
    fn slope(&self) -> T {
        // Multiplied before x is: what x makes tiny has few digits.
        let [b1, b2, b3, b4] = self.b;
        let of_q = [
            lit(0.0),
            b1 * self.outer,
            b2 * self.outer,
            b3 * self.outer,
            b4 * self.outer,
        ];
        let of_q = slope_of_polynomial(&of_q, self.x);
        slope_of_polynomial(&self.a, self.x) * self.inverse - of_q
    }

    /// The derivative with respect to aⱼ.
    #[inline(always)]
    fn of_a(&self, j: usize) -> T {
        self.times_power(self.inverse, j)
    }

    /// The derivative with respect to bₖ.
    #[inline(always)]
    fn of_b(&self, k: usize) -> T {
        self.times_power(-self.outer, k)
    }

    /// `factor`·xʲ.
    #[inline(always)]
    fn times_power(&self, factor: T, j: usize) -> T {
        let mut product = factor;
        for _ in 0..j {
            product = product * self.x;
        }
        product
    }
}

/// Numerator and denominator divided by xᵐ, m the largest k with bₖ ≠ 0. What is then left of their terms are powers of t = 1/x,
/// but for those of the numerator above xᵐ.
struct Far<T: Real> {
    x: T,
    t: T,
    /// Whether k ≤ m, for k = 1, 2, 3 and 4.
    within: [T::Mask; 4],
    /// xᵐ / (1 + |Q|).
    inverse: T,
    /// 1 where Q > 0, and −1 elsewhere.
    sign: T,
    /// The coefficients of P times `inverse`, and those of Q.
    a: [T; 6],
    b: [T; 4],
    /// f is `head`·x + `rest`, of which the second has no positive power of x.
    head: T,
    rest: T,
}

// By number, as in the formulas.
#[allow(clippy::needless_range_loop)]
impl<T: Real> Far<T> {
    #[inline(always)]
    fn new(x: T, mut a: [T; 6], b: [T; 4]) -> Self {
        let (zero, one) = (lit::<T>(0.0), lit::<T>(1.0));
        let mut m = zero;
        for k in 0..4 {
            m = select(eq(b[k], zero), m, lit(k as f64 + 1.0));
        }
        let within = [
            le(lit(1.0), m),
            le(lit(2.0), m),
            le(lit(3.0), m),
            le(lit(4.0), m),
        ];
        let t = recip(x);

        // |x|⁻ᵐ and Q·x⁻ᵐ. Above m, Q has nothing but zeros, which may have a derivative.
        let bounded = max(min(x, lit(1e9)), lit(-1e9));
        let (mut power, mut q, mut above) = (one, zero, one);
        for k in 0..4 {
            above = select(within[k], one, above * bounded);
            power = select(within[k], power * abs(t), power);
            q = select(within[k], q * t + b[k], b[k] * above + q);
        }
        let of_x = sign_of(x);
        let of_power = select(eq(m, one), of_x, select(eq(m, lit(3.0)), of_x, one));
        let sign = select(gt(q * of_power, zero), one, -one);
        let inverse = of_power * recip(power + sign * of_power * q);

        for a in &mut a {
            *a = *a * inverse;
        }
        let (mut head, mut rest) = (a[5], a[0]);
        for k in (1..5).rev() {
            head = select(within[k - 1], head, times(head, x) + a[k]);
        }
        for k in 1..5 {
            rest = select(within[k - 1], rest * t + a[k], rest);
        }
        Self {
            x,
            t,
            within,
            inverse,
            sign,
            a,
            b,
            head,
            rest,
        }
    }

    #[inline(always)]
    fn value(&self) -> T {
        times(self.head, self.x) + self.rest
    }

    /// With e = x·|Q|′/(1 + |Q|), which comes to m: Σ (j − e)·aⱼ·xʲ⁻¹/(1 + |Q|), where nothing large is subtracted.
    #[inline(always)]
    fn slope(&self) -> T {
        let Self { x, t, within, .. } = *self;
        let mut e = lit::<T>(0.0);
        for k in 0..4 {
            let term = self.b[k] * lit(k as f64 + 1.0);
            e = select(within[k], e * t + term, e);
        }
        let e = e * self.sign * self.inverse;
        let mut parts = self.a;
        for j in 0..6 {
            parts[j] = (lit::<T>(j as f64) - e) * parts[j];
        }
        let (mut head, mut rest) = (parts[5], parts[0] * t);
        for k in (1..5).rev() {
            head = select(within[k - 1], head, times(head, x) + parts[k]);
        }
        for k in 1..5 {
            rest = select(within[k - 1], (rest + parts[k]) * t, rest);
        }
        head + rest
    }

    /// `factor`·xʲ⁻ᵐ for j ≥ m, and `factor` below.
    #[inline(always)]
    fn above(&self, factor: T, j: usize) -> T {
        let mut product = factor;
        for k in 1..=j {
            let next = product * self.x;
            product = match k {
                5 => next,
                _ => select(self.within[k - 1], factor, next),
            };
        }
        product
    }

    /// `factor`·tᵐ⁻ʲ for j < m, and `factor` from there on.
    #[inline(always)]
    fn below(&self, factor: T, j: usize) -> T {
        let mut product = factor;
        for k in (j..4).rev() {
            product = select(self.within[k], product * self.t, factor);
        }
        product
    }

    /// The derivative with respect to aⱼ.
    #[inline(always)]
    fn of_a(&self, j: usize) -> T {
        self.below(self.above(self.inverse, j), j)
    }

    /// The derivative with respect to bₖ.
    #[inline(always)]
    fn of_b(&self, k: usize) -> T {
        let [head, rest] = [self.head * self.inverse, self.rest * self.inverse];
        let value = times(head, self.x) + rest;
        let above = self.above(value, k);
        let mut product = select(eq(value, lit(0.0)), value, above);
        if k < 4 {
            let mut head = self.below(head, k + 1);
            if k == 1 {
                // With m = 3, head·t is (a₅·x + a₄)·t.
                let far = self.a[4] * self.inverse * self.t + self.a[5] * self.inverse;
                head = select(self.within[3], head, select(self.within[2], far, head));
            }
            let below = head + self.below(rest, k);
            product = select(self.within[k], below, product);
        }
        -(self.sign * product)
    }
}

/// 1, 0 or −1.
#[inline(always)]
fn sign_of<T: Real>(x: T) -> T {
    let (zero, one) = (lit::<T>(0.0), lit::<T>(1.0));
    select(gt(x, zero), one, select(eq(x, zero), zero, -one))
}

/// c₀ + c₁·x + c₂·x² + …
#[inline(always)]
fn polynomial<T: Real>(coefficients: &[T], x: T) -> T {
    let (last, others) = coefficients.split_last().expect("some terms");
    let mut sum = *last;
    for coefficient in others.iter().rev() {
        sum = sum * x + *coefficient;
    }
    sum
}

/// c₁ + 2·c₂·x + 3·c₃·x² + …
#[inline(always)]
fn slope_of_polynomial<T: Real>(coefficients: &[T], x: T) -> T {
    let last = coefficients.len() - 1;
    let mut sum = coefficients[last] * lit(last as f64);
    for k in (2..last).rev() {
        sum = sum * x + coefficients[k] * lit(k as f64);
    }
    sum * x + coefficients[1]
}

crate::activation! {
    /// **Rational activation**, or Padé activation unit: a learned quotient of polynomials, in the form whose denominator has no
    /// zeros (Molina, Schramowski & Kersting 2020, arXiv:1907.06732, equation 5).
    ///
    /// With P = a₀ + a₁·x + a₂·x² + a₃·x³ + a₄·x⁴ + a₅·x⁵, Q = b₁·x + b₂·x² + b₃·x³ + b₄·x⁴, D = 1 + |Q|, and s = 1 where Q > 0
    /// and −1 elsewhere:
    ///
    /// f(x) = P / D, ∂f/∂x = (P′ − s·Q′·f) / D, ∂f/∂aⱼ = xʲ / D, ∂f/∂bₖ = −s·xᵏ·f / D
    ///
    /// It starts as the best fit to LeakyReLU with slope 0.01 on \[−3, 3\], which is 0.034 off at most. Any other start is a
    /// [`fit`](crate::nn::fit()) away:
    ///
    /// ```
    /// use burn_rectifiers::{RationalConfig, curves::RationalCurve, nn::fit};
    ///
    /// let fit = fit(&RationalCurve, f64::tanh, -3.0..=3.0);
    /// assert!(fit.max_error < 4e-6);
    /// let config = RationalConfig::new(64).with_values(&fit.params);
    /// # assert_eq!(config.b2, fit.params[7]);
    /// ```
    ///
    /// Beyond the interval of a fit, f is about a₅/b₄·x, or what the highest powers give that are not 0.
    module Rational, config RationalConfig, curve RationalCurve;
    name "rational";
    formula "(a0 + a1*x + a2*x^2 + a3*x^3 + a4*x^4 + a5*x^5)/(1 + abs(b1*x + b2*x^2 + b3*x^3 + b4*x^4))";
    source "Molina et al. 2020, arXiv:1907.06732";
    params {
        /// output at 0
        a0: 0.033_563_347_915,
        /// factor of x above
        a1: 0.505,
        /// factor of x² above
        a2: 1.653_349_230_611,
        /// factor of x³ above
        a3: 2.009_848_356_334,
        /// factor of x⁴ above
        a4: 0.931_813_819_286,
        /// factor of x⁵ above
        a5: 0.152_408_555_674,
        /// factor of x below
        b1: 0.0,
        /// factor of x² below
        b2: 3.979_897_735_315,
        /// factor of x³ below
        b3: 0.0,
        /// factor of x⁴ below
        b4: 0.301_799_120_147,
    }
    // Not an exponent, but from −40 to 0 in the range.
    decay _e(x) { abs(x) * lit(-40.0 / NEAR) }
    shared q(x) { Quotient::new(x, [a0, a1, a2, a3, a4, a5], [b1, b2, b3, b4]) }
    value(x) { q.value() }
    slope(x) { q.slope() }
    grads(x) {
        a0: { q.of_a(0) }
        a1: { q.of_a(1) }
        a2: { q.of_a(2) }
        a3: { q.of_a(3) }
        a4: { q.of_a(4) }
        a5: { q.of_a(5) }
        b1: { q.of_b(1) }
        b2: { q.of_b(2) }
        b3: { q.of_b(3) }
        b4: { q.of_b(4) }
    }
}
