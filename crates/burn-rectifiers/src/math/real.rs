//! What a number must offer for formulas to be evaluated with it.

use super::erf;
use crate::simd::{Arithmetic, horner};

/// A number that formulas can be evaluated with: `f64`, an `f32` or several in a register, or the recording
/// [`Sym`](crate::curve::Sym).
pub trait Real: Arithmetic {
    /// Whether 24 bits are all that it keeps, so that shorter polynomials serve.
    const IS_SINGLE: bool = false;
    /// Whether x is finite and the curve's exponent from −40 to 0, as [`activation!`](crate::activation) says. A formula may then
    /// go a shorter way.
    const IS_IN_RANGE: bool = false;
    /// e to the power of `self`.
    fn exp(self) -> Self;
    /// e to the power of `self`, minus one, accurate near zero.
    fn exp_m1(self) -> Self;
    /// Natural logarithm of one plus `self`, accurate near zero.
    fn ln_1p(self) -> Self;
    /// Natural logarithm of one plus `self`, divided by `self`, for `self` from 0 to 1.
    #[inline(always)]
    fn ln_1p_share(self) -> Self {
        // Nothing is divided by a small number, so that the derivative is right where it is composed from
        // primitives.
        let near = horner(&[1.0, -1.0 / 2.0, 1.0 / 3.0, -1.0 / 4.0, 1.0 / 5.0], self);
        let far = self.ln_1p() / self.max(Self::lit(1e-3));
        Self::select(self.le(Self::lit(1e-3)), near, far)
    }
    /// e to the power of `self`, which is not positive.
    type Decay: Decay<Self>;
    /// The form of numbers that needs fewer steps, if x is finite and the exponent of its exponential from −40 to 0.
    type InRange: Form<Self>;
    /// Whether that form saves enough to be worth compiling loops for.
    const HAS_IN_RANGE: bool = false;
    /// Whether `x` and `exponent` are in that range, in all lanes.
    #[inline(always)]
    fn is_in_range(_x: Self, _exponent: Self::InRange) -> bool {
        false
    }
    /// `self`·`factor`, where 0 gives 0 even if the factor is infinite.
    #[inline(always)]
    fn times(self, factor: Self) -> Self {
        // Still a product with the factor, so that its derivative is right where it is composed from
        // primitives.
        let finite = factor.min(Self::lit(3e38)).max(Self::lit(-3e38));
        self * Self::select(self.eq(Self::lit(0.0)), finite, factor)
    }
    /// One divided by `self`.
    #[inline(always)]
    fn recip(self) -> Self {
        Self::lit(1.0) / self
    }
}

/// A form in which numbers of type `R` can be computed with.
pub trait Form<R>: Real {
    /// The number in this form.
    fn of(number: R) -> Self;
    /// What it stands for.
    fn number(self) -> R;
}

/// Every number is a form of itself.
impl<R: Real> Form<R> for R {
    #[inline(always)]
    fn of(number: R) -> Self {
        number
    }
    #[inline(always)]
    fn number(self) -> R {
        self
    }
}

/// eᵃ for a ≤ 0, kept so that no digit of a product with it is lost where it is tiny or zero itself.
pub trait Decay<T: Real>: Copy {
    /// That for `a`.
    fn of(a: T) -> Self;
    /// a, but finite where eᵃ is 0, so that their product is 0 there.
    fn exponent(self) -> T;
    /// eᵃ.
    fn value(self) -> T;
    /// 1 / (1 + eᵃ), the logistic function of −a; that of a is eᵃ times as large.
    #[inline(always)]
    fn gate(self) -> T {
        (self.value() + T::lit(1.0)).recip()
    }
    /// The logistic function of `u`, for a = −|u|: accurate in both tails.
    #[inline(always)]
    fn logistic(self, u: T) -> T {
        T::select(u.gt(T::lit(0.0)), T::lit(1.0), self.value()) * self.gate()
    }
    /// `factor` times that, and 0 for u = −∞ whatever the factor.
    #[inline(always)]
    fn logistic_times(self, u: T, factor: T) -> T {
        let near = factor * self.gate();
        T::select(u.gt(T::lit(0.0)), near, self.times(near))
    }
    /// The hyperbolic tangent of `u`, for a = −2·|u|.
    #[inline(always)]
    fn tanh(self, u: T) -> T {
        let t = self.minus_one();
        let size = -t * (t + T::lit(2.0)).recip();
        T::select(u.gt(T::lit(0.0)), size, -size)
    }
    /// The error function of `u`, for a = −u².
    #[inline(always)]
    fn erf(self, u: T) -> T {
        let size = u.abs();
        let bounded = size.min(T::lit(1.0));
        let near = erf::share(bounded * bounded, T::IS_SINGLE).mul_add(u, u);
        let far = T::lit(1.0) - self.scaled(erf::erfcx(size, T::IS_SINGLE));
        let far = T::select(u.gt(T::lit(0.0)), far, -far);
        // Beyond, more cancels in the polynomial than in the difference.
        T::select(size.le(T::lit(0.75)), near, far)
    }
    /// eᵃ − 1 − `a`, which is a²/2 near zero.
    #[inline(always)]
    fn remainder(self, a: T) -> T {
        // a²·(1/2! + a/3! + a²/4! + …); for |a| ≤ 1, the next term is below the last digit.
        const COEFFICIENTS: [f64; 18] = over_factorials(0.0);
        let count = if T::IS_SINGLE { 10 } else { 18 };
        let bounded = a.max(T::lit(-1.0));
        let near = bounded * bounded * horner(&COEFFICIENTS[..count], bounded);
        T::select(a.gt(T::lit(-1.0)), near, self.minus_one() - a)
    }
    /// eᵃ·`factor`, for a factor up to 10³⁰.
    fn scaled(self, factor: T) -> T;
    /// eᵃ·`factor`, and 0 for a = −∞ whatever the factor.
    fn times(self, factor: T) -> T;
    /// eᵃ·`one`·`other`, and 0 for a = −∞ whatever they are. The product of the two may overflow.
    fn times_both(self, one: T, other: T) -> T;
    /// eᵃ − 1, with all its digits for small a.
    fn minus_one(self) -> T;
    /// eᵃ − 1 − a·eᵃ, where the tangent of eᵃ − 1 at a is when it comes to zero. Near there it is −a²/2.
    fn intercept(self) -> T;
}

/// 1/2!, (1 + g)/3!, (1 + 2g)/4!, …
pub(super) const fn over_factorials<const N: usize>(g: f64) -> [f64; N] {
    let (mut all, mut factorial, mut i) = ([0.0; N], 1.0, 0);
    while i < N {
        factorial *= (i + 2) as f64;
        all[i] = (1.0 + g * i as f64) / factorial;
        i += 1;
    }
    all
}
