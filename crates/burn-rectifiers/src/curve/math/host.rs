//! The numbers that formulas work on, and the functions that formulas are written with.

use super::{double, exp, ln, single::Single, tame::Tame};
use core::ops::{Add, Div, Mul, Neg, Sub};

/// A number that formulas can be evaluated with: `f64`, what is [`Single`], or the recording
/// [`Sym`](super::trace::Sym).
pub trait Real:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// What a comparison gives.
    type Mask: Copy;

    /// A constant.
    fn lit(value: f64) -> Self;
    /// `self > other`; false for NaN.
    fn gt(self, other: Self) -> Self::Mask;
    /// `self <= other`; false for NaN.
    fn le(self, other: Self) -> Self::Mask;
    /// `self == other`; false for NaN.
    fn eq(self, other: Self) -> Self::Mask;
    /// `yes` where `mask` holds, else `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// The smaller of the two; `self` if either is NaN.
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self::select(self.gt(other), other, self)
    }
    /// The larger of the two; `self` if either is NaN.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self::select(other.gt(self), other, self)
    }
    /// e to the power of `self`.
    fn exp(self) -> Self;
    /// e to the power of `self`, minus one, accurate near zero.
    fn exp_m1(self) -> Self;
    /// Natural logarithm of one plus `self`, accurate near zero.
    fn ln_1p(self) -> Self;
    /// The same divided by `self`, for `self` from 0 to 1.
    #[inline(always)]
    fn ln_1p_share(self) -> Self {
        // Nothing is divided by a small number, so that the derivative is right where it is composed from
        // primitives.
        let terms = [1.0 / 5.0, -1.0 / 4.0, 1.0 / 3.0, -1.0 / 2.0, 1.0].map(Self::lit);
        let near = terms
            .into_iter()
            .reduce(|sum, term| sum.mul_add(self, term));
        let far = self.ln_1p() / self.max(Self::lit(1e-3));
        Self::select(self.le(Self::lit(1e-3)), near.expect("some terms"), far)
    }
    /// Square root.
    fn sqrt(self) -> Self;
    /// Absolute value.
    fn abs(self) -> Self;
    /// e to the power of `self`, which is not positive.
    type Decay: Decay<Self>;
    /// Numbers that are faster, if an x is finite and the exponent of its exponential near 0.
    type Tame: Form<Self>;
    /// Whether there are any that are worth their loops.
    const HAS_TAME: bool = false;
    /// Whether `x` and `exponent` are so, with all others of a vector.
    #[inline(always)]
    fn is_tame(_x: Self, _exponent: Self::Tame) -> bool {
        false
    }
    /// See [`times`].
    #[inline(always)]
    fn times(self, factor: Self) -> Self {
        // Still a product with the factor, so that its derivative is right where it is composed from
        // primitives.
        let finite = max(min(factor, lit(3e38)), lit(-3e38));
        self * select(eq(self, lit(0.0)), finite, factor)
    }
    /// `self`·`factor` + `term`, rounded once where that is as fast.
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        self * factor + term
    }
    /// One divided by `self`.
    #[inline(always)]
    fn recip(self) -> Self {
        Self::lit(1.0) / self
    }
    /// The square root of `self`, which is from 1 to 1e37: that can be faster.
    #[inline(always)]
    fn sqrt_from_1(self) -> Self {
        self.sqrt()
    }
    /// `self` / `divisor`; see [`over_shared`].
    #[inline(always)]
    fn over_shared(self, divisor: Self) -> Self {
        self / divisor
    }
}

/// A form in which numbers of type `R` can be computed with.
pub trait Form<R>: Real {
    /// The number in this form.
    fn of(number: R) -> Self;
    /// What it stands for.
    fn number(self) -> R;
}

/// Its own.
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

// Single precision is what training runs on: exponentials and logarithms of our own, which vectors
// can compute.
impl<S: Single> Real for S {
    type Mask = S::Mask;

    #[inline(always)]
    fn lit(value: f64) -> Self {
        S::lit(value as f32)
    }
    #[inline(always)]
    fn gt(self, other: Self) -> S::Mask {
        Single::gt(self, other)
    }
    #[inline(always)]
    fn le(self, other: Self) -> S::Mask {
        Single::le(self, other)
    }
    #[inline(always)]
    fn eq(self, other: Self) -> S::Mask {
        Single::eq(self, other)
    }
    #[inline(always)]
    fn select(mask: S::Mask, yes: Self, no: Self) -> Self {
        S::select(mask, yes, no)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Single::min(self, other)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Single::max(self, other)
    }
    #[inline(always)]
    fn exp(self) -> Self {
        exp::exp(self)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        exp::exp_m1(self)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        ln::ln_1p(self)
    }
    #[inline(always)]
    fn ln_1p_share(self) -> Self {
        ln::ln_1p_share(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Single::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Single::abs(self)
    }
    type Decay = S::Decay;
    type Tame = Tame<S>;
    const HAS_TAME: bool = S::HAS_TAME;
    #[inline(always)]
    fn is_tame(x: Self, exponent: Tame<S>) -> bool {
        x.is_finite() & exponent.is_near()
    }
    #[inline(always)]
    fn times(self, factor: Self) -> Self {
        self * factor.zero_where(Single::eq(self, S::lit(0.0)))
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        Single::mul_add(self, factor, term)
    }
    #[inline(always)]
    fn sqrt_from_1(self) -> Self {
        Single::sqrt_from_1(self)
    }
    #[inline(always)]
    fn over_shared(self, divisor: Self) -> Self {
        Single::over_shared(self, divisor)
    }
}

// Double precision is for reference too, and is the same on every machine.
impl Real for f64 {
    type Mask = bool;

    #[inline(always)]
    fn lit(value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn gt(self, other: Self) -> bool {
        self > other
    }
    #[inline(always)]
    fn le(self, other: Self) -> bool {
        self <= other
    }
    #[inline(always)]
    fn eq(self, other: Self) -> bool {
        self == other
    }
    #[inline(always)]
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
    #[inline(always)]
    fn exp(self) -> Self {
        double::exp(self)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        double::exp_m1(self)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        f64::ln_1p(self)
    }
    #[inline(always)]
    fn ln_1p_share(self) -> Self {
        double::ln_1p_share(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        f64::abs(self)
    }
    type Decay = Halves<f64>;
    type Tame = f64;
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
        recip(self.value() + lit(1.0))
    }
    /// The logistic function of `u`, for a = −|u|: accurate in both tails.
    #[inline(always)]
    fn logistic(self, u: T) -> T {
        select(gt(u, lit(0.0)), lit(1.0), self.value()) * self.gate()
    }
    /// `factor` times that, and 0 for u = −∞ whatever the factor.
    #[inline(always)]
    fn logistic_times(self, u: T, factor: T) -> T {
        let near = factor * self.gate();
        select(gt(u, lit(0.0)), near, self.times(near))
    }
    /// The hyperbolic tangent of `u`, for a = −2·|u|.
    #[inline(always)]
    fn tanh(self, u: T) -> T {
        let t = self.minus_one();
        let size = -t * recip(t + lit(2.0));
        select(gt(u, lit(0.0)), size, -size)
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

/// eᵃ as a product of two factors, neither of which is tiny.
#[derive(Debug, Clone, Copy)]
pub struct Halves<T>(
    /// a
    pub(super) T,
);

impl<T: Real> Halves<T> {
    /// Each of the factors.
    #[inline(always)]
    fn half(self) -> T {
        exp(self.0 * lit(0.5))
    }
}

impl<T: Real> Decay<T> for Halves<T> {
    #[inline(always)]
    fn of(a: T) -> Self {
        Self(a)
    }
    #[inline(always)]
    fn exponent(self) -> T {
        max(self.0, lit(-2000.0))
    }
    #[inline(always)]
    fn value(self) -> T {
        self.half() * self.half()
    }
    #[inline(always)]
    fn scaled(self, factor: T) -> T {
        self.half() * (self.half() * factor)
    }
    #[inline(always)]
    fn times(self, factor: T) -> T {
        self.half() * times(self.half(), factor)
    }
    #[inline(always)]
    fn times_both(self, one: T, other: T) -> T {
        times(self.half(), one) * times(self.half(), other)
    }
    #[inline(always)]
    fn minus_one(self) -> T {
        exp_m1(self.0)
    }
    #[inline(always)]
    fn intercept(self) -> T {
        // −a²·(1/2! + 2a/3! + 3a²/4! + …); for |a| ≤ 1 the next term is below 2⁻⁵⁵. Beyond, the error of the
        // exponential counts three times at most.
        const COEFFICIENTS: [f64; 19] = {
            let (mut all, mut factorial, mut i) = ([0.0; 19], 1.0, 0);
            while i < 19 {
                factorial *= (i + 2) as f64;
                all[i] = (i + 1) as f64 / factorial;
                i += 1;
            }
            all
        };
        let (last, others) = COEFFICIENTS.split_last().expect("some terms");
        let mut sum: T = lit(*last);
        for coefficient in others.iter().rev() {
            sum = sum.mul_add(self.0, lit(*coefficient));
        }
        let near = -(self.0 * self.0 * sum);
        let far = self.minus_one() - self.times(self.0);
        select(le(abs(self.0), lit(1.0)), near, far)
    }
}

/// A constant.
#[inline(always)]
pub fn lit<T: Real>(value: f64) -> T {
    T::lit(value)
}

/// `a > b`; false if either is NaN.
#[inline(always)]
pub fn gt<T: Real>(a: T, b: T) -> T::Mask {
    a.gt(b)
}

/// `a <= b`; false if either is NaN.
#[inline(always)]
pub fn le<T: Real>(a: T, b: T) -> T::Mask {
    a.le(b)
}

/// `yes` where `mask` holds, else `no`. Both are evaluated.
#[inline(always)]
pub fn select<T: Real>(mask: T::Mask, yes: T, no: T) -> T {
    T::select(mask, yes, no)
}

/// `a == b`; false if either is NaN.
#[inline(always)]
pub fn eq<T: Real>(a: T, b: T) -> T::Mask {
    a.eq(b)
}

/// The smaller of `a` and `b`; NaN if `a` is NaN.
#[inline(always)]
pub fn min<T: Real>(a: T, b: T) -> T {
    a.min(b)
}

/// The larger of `a` and `b`; NaN if `a` is NaN.
#[inline(always)]
pub fn max<T: Real>(a: T, b: T) -> T {
    a.max(b)
}

/// The absolute value of `a`.
#[inline(always)]
pub fn abs<T: Real>(a: T) -> T {
    a.abs()
}

/// The square root of `a`.
#[inline(always)]
pub fn sqrt<T: Real>(a: T) -> T {
    a.sqrt()
}

/// e to the power of `a`.
#[inline(always)]
pub fn exp<T: Real>(a: T) -> T {
    a.exp()
}

/// e to the power of `a`, minus one, accurate near zero.
#[inline(always)]
pub fn exp_m1<T: Real>(a: T) -> T {
    a.exp_m1()
}

/// The natural logarithm of 1 + `a`, accurate near zero.
#[inline(always)]
pub fn ln_1p<T: Real>(a: T) -> T {
    a.ln_1p()
}

/// The natural logarithm of 1 + `a`, divided by `a`, for `a` from 0 to 1: from 1 to ln 2.
#[inline(always)]
pub fn ln_1p_share<T: Real>(a: T) -> T {
    a.ln_1p_share()
}

/// `a`·`b`, where a factor `a` of 0 gives 0 even if `b` is infinite.
///
/// That is the limit of a line of slope 0, and of a tail that decays faster than `b` grows; plain
/// multiplication gives NaN there.
#[inline(always)]
pub fn times<T: Real>(a: T, b: T) -> T {
    a.times(b)
}

/// 1 / `a`.
#[inline(always)]
pub fn recip<T: Real>(a: T) -> T {
    a.recip()
}

/// eᵃ for a ≤ 0, and products with it.
#[inline(always)]
pub fn decay<T: Real>(a: T) -> T::Decay {
    T::Decay::of(a)
}

/// `a` / `b` for `b` neither zero nor infinite: fast where `b` is a parameter, or where `recip(b)` is taken
/// anyway.
#[inline(always)]
pub fn over_shared<T: Real>(a: T, b: T) -> T {
    a.over_shared(b)
}

/// The logistic function 1 / (1 + e⁻ᵃ), accurate in both tails.
#[inline(always)]
pub fn logistic<T: Real>(a: T) -> T {
    decay(-abs(a)).logistic(a)
}

/// `b` / (1 + e⁻ᵃ), and 0 for a = −∞ whatever `b`.
#[inline(always)]
pub fn logistic_times<T: Real>(a: T, b: T) -> T {
    decay(-abs(a)).logistic_times(a, b)
}

/// The hyperbolic tangent of `a`.
#[inline(always)]
pub fn tanh<T: Real>(a: T) -> T {
    decay(abs(a) * lit(-2.0)).tanh(a)
}

/// √(1 + a²), without overflow.
#[inline(always)]
pub fn root_1p_square<T: Real>(a: T) -> T {
    // Far out, 1 does not count.
    const FAR: f64 = 1e10;
    let a = abs(a);
    let near = min(a, lit(FAR));
    select(gt(a, lit(FAR)), a, (near * near + lit(1.0)).sqrt_from_1())
}

#[cfg(test)]
mod tests {
    use super::super::exp::tests::worst;
    use super::*;

    /// Fails if `function` is off by `limit` units in the last place or more, anywhere.
    fn within(limit: f64, name: &str, function: fn(f32) -> f32, exact: fn(f64) -> f64) {
        let (error, x) = worst(function, exact);
        println!("{name}: {error:.2} ulp at {x}");
        assert!(error < limit, "{name}: {error} ulp at {x}");
    }

    /// A factor that makes a tail visible which is too small for an f32 by itself.
    fn huge<T: Real>() -> T {
        lit(2f64.powi(100))
    }

    #[test]
    fn sigmoids_are_exact_in_both_tails() {
        within(3.0, "logistic", logistic, |x| 1.0 / (1.0 + f64::exp(-x)));
        within(3.0, "tanh", tanh, f64::tanh);
    }

    #[test]
    fn tails_keep_their_digits() {
        let exact = |x: f64| huge::<f64>() * f64::exp(-x.abs());
        within(2.0, "scaled", |x| decay(-x.abs()).scaled(huge()), exact);
        within(2.0, "times", |x| decay(-x.abs()).times(huge()), exact);
        // Exact products.
        let split = |x: f32| decay(-x.abs()).times_both(huge::<f32>() * 1048576.0, 1.0 / 1048576.0);
        within(2.0, "times_both", split, exact);
        let exact = |x: f64| huge::<f64>() / (1.0 + f64::exp(-x));
        within(4.0, "logistic_times", |x| logistic_times(x, huge()), exact);
    }

    #[test]
    fn what_would_cancel_or_overflow_does_not() {
        // −a²·(1/2! + 2a/3! + 3a²/4! + …) where the difference has too few digits in f64, too.
        fn rest(x: f64) -> f64 {
            let a = -x.abs();
            let terms = [1.0 / 2.0, 1.0 / 3.0, 1.0 / 8.0, 1.0 / 30.0, 1.0 / 144.0];
            match a > -1e-3 {
                true => -a * a * terms.iter().rev().fold(0.0, |sum, term| sum * a + term),
                false => a.exp_m1() - a.max(-1e4) * a.exp(),
            }
        }
        within(12.0, "intercept", |x| decay(-x.abs()).intercept(), rest);
        let exact = |x: f64| x.hypot(1.0);
        within(2.0, "root_1p_square", root_1p_square, exact);
    }

    #[test]
    fn limits() {
        let (inf, max) = (f32::INFINITY, f32::MAX);
        assert_eq!([logistic(inf), logistic(-inf)], [1.0, 0.0]);
        assert_eq!([tanh(inf), tanh(-inf)], [1.0, -1.0]);
        let (one, none) = (decay(0f32), decay(-inf));
        assert_eq!([none.value(), none.times(inf), none.scaled(1e30)], [0.0; 3]);
        assert_eq!([none.times_both(inf, -inf), none.minus_one()], [0.0, -1.0]);
        assert_eq!(
            [one.value(), one.times(max), one.scaled(max)],
            [1.0, max, max]
        );
        assert_eq!([one.times_both(max, 1.0), one.minus_one()], [max, 0.0]);
        assert_eq!(
            [logistic_times(-inf, -inf), logistic_times(inf, inf)],
            [0.0, inf]
        );
        assert_eq!(logistic_times(0.0, max), max / 2.0);
        assert_eq!(none.intercept(), -1.0);
        assert_eq!([root_1p_square(-inf), root_1p_square(max)], [inf, max]);
        assert_eq!(
            [times(0.0, inf), times(-0.0, -inf), times(2.0, -inf)],
            [0.0, 0.0, -inf]
        );
        let nan = [
            logistic(f32::NAN),
            tanh(f32::NAN),
            decay(f32::NAN).value(),
            decay(f32::NAN).minus_one(),
            decay(f32::NAN).times(1.0),
            none.times(f32::NAN),
            none.times_both(f32::NAN, 1.0),
            logistic_times(f32::NAN, 1.0),
            decay(f32::NAN).intercept(),
            root_1p_square(f32::NAN),
            times(0.0, f32::NAN),
            min(f32::NAN, 0.0),
            super::max(f32::NAN, 0.0),
        ];
        assert!(nan.iter().all(|number| number.is_nan()), "{nan:?}");
    }
}
