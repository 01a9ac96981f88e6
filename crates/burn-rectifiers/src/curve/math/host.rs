//! The numbers that formulas work on, and the functions that formulas are written with.

use super::{exp, ln, single::Single};
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
    fn min(self, other: Self) -> Self {
        Self::select(self.gt(other), other, self)
    }
    /// The larger of the two; `self` if either is NaN.
    fn max(self, other: Self) -> Self {
        Self::select(other.gt(self), other, self)
    }
    /// e to the power of `self`.
    fn exp(self) -> Self;
    /// e to the power of `self`, minus one, accurate near zero.
    fn exp_m1(self) -> Self;
    /// Natural logarithm of one plus `self`, accurate near zero.
    fn ln_1p(self) -> Self;
    /// The same for `self` from 0 to 1, which can be faster.
    fn ln_1p_0_to_1(self) -> Self {
        self.ln_1p()
    }
    /// Square root.
    fn sqrt(self) -> Self;
    /// Absolute value.
    fn abs(self) -> Self;
    /// e to the power of `self`, times `factor`; see [`exp_times`].
    fn exp_times(self, factor: Self) -> Self {
        let half = exp(self * lit(0.5));
        half * times(half, factor)
    }
    /// `self`·`factor` + `term`, rounded once where that is as fast.
    fn mul_add(self, factor: Self, term: Self) -> Self {
        self * factor + term
    }
    /// One divided by `self`.
    fn recip(self) -> Self {
        Self::lit(1.0) / self
    }
    /// One divided by `self`, which is from 1 to 4: that can be faster.
    fn recip_1_to_4(self) -> Self {
        self.recip()
    }
    /// The square root of `self`, which is from 1 to 1e37: that can be faster.
    fn sqrt_from_1(self) -> Self {
        self.sqrt()
    }
    /// `self` / `divisor`; see [`over_1_to_4`].
    fn over_1_to_4(self, divisor: Self) -> Self {
        self / divisor
    }
    /// `self` / `divisor`; see [`over_shared`].
    fn over_shared(self, divisor: Self) -> Self {
        self / divisor
    }
    /// Terms of a power series that are enough.
    const TERMS: usize = 19;
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
    fn ln_1p_0_to_1(self) -> Self {
        ln::ln_1p_0_to_1(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Single::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Single::abs(self)
    }
    #[inline(always)]
    fn exp_times(self, factor: Self) -> Self {
        exp::exp_times(self, factor)
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        Single::mul_add(self, factor, term)
    }
    #[inline(always)]
    fn recip_1_to_4(self) -> Self {
        Single::recip_1_to_4(self)
    }
    #[inline(always)]
    fn sqrt_from_1(self) -> Self {
        Single::sqrt_from_1(self)
    }
    #[inline(always)]
    fn over_1_to_4(self, divisor: Self) -> Self {
        Single::over_1_to_4(self, divisor)
    }
    #[inline(always)]
    fn over_shared(self, divisor: Self) -> Self {
        Single::over_shared(self, divisor)
    }
    const TERMS: usize = 11;
}

// Double precision is for reference: the platform's own functions, accurate but one at a time.
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
        f64::exp(self)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        f64::exp_m1(self)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        f64::ln_1p(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        f64::abs(self)
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

/// The natural logarithm of 1 + `a`, accurate near zero, for `a` from 0 to 1.
#[inline(always)]
pub fn ln_1p_0_to_1<T: Real>(a: T) -> T {
    a.ln_1p_0_to_1()
}

/// `a`·`b`, where a factor `a` of 0 gives 0 even if `b` is infinite.
///
/// That is the limit of a line of slope 0, and of a tail that decays faster than `b` grows; plain
/// multiplication gives NaN there.
#[inline(always)]
pub fn times<T: Real>(a: T, b: T) -> T {
    // Still a product with `b`, so that its derivative is right where it is composed from primitives.
    let finite = max(min(b, lit(3e38)), lit(-3e38));
    a * select(eq(a, lit(0.0)), finite, b)
}

/// 1 / `a`.
#[inline(always)]
pub fn recip<T: Real>(a: T) -> T {
    a.recip()
}

/// `b`·eᵃ for a ≤ 0, and 0 for a = −∞ whatever `b`.
///
/// No digit is lost where eᵃ alone is too small to have them all, as if it were taken as
/// (b·e^(a/2))·e^(a/2).
#[inline(always)]
pub fn exp_times<T: Real>(a: T, b: T) -> T {
    a.exp_times(b)
}

/// eᵃ − 1 − a·eᵃ, which near zero is −a²/2.
#[inline(always)]
pub fn exp_m1_rest<T: Real>(a: T) -> T {
    // −a²·(1/2! + 2a/3! + 3a²/4! + …); for |a| ≤ 1 the next term is below 2⁻⁵⁵, or 2⁻²⁷ in single
    // precision. Beyond, the error of the exponential counts three times at most.
    const COEFFICIENTS: [f64; 19] = {
        let (mut all, mut factorial, mut i) = ([0.0; 19], 1.0, 0);
        while i < 19 {
            factorial *= (i + 2) as f64;
            all[i] = (i + 1) as f64 / factorial;
            i += 1;
        }
        all
    };
    let (last, others) = COEFFICIENTS[..T::TERMS].split_last().expect("some terms");
    let mut sum: T = lit(*last);
    for coefficient in others.iter().rev() {
        sum = sum.mul_add(a, lit(*coefficient));
    }
    let near = -(a * a * sum);
    let far = exp_m1(a) - times(exp(a), a);
    select(le(abs(a), lit(1.0)), near, far)
}

/// 1 / `a` for `a` from 1 to 4.
#[inline(always)]
pub fn recip_1_to_4<T: Real>(a: T) -> T {
    a.recip_1_to_4()
}

/// `a` / `b` for `b` from 1 to 4 and finite `a`.
#[inline(always)]
pub fn over_1_to_4<T: Real>(a: T, b: T) -> T {
    a.over_1_to_4(b)
}

/// `a` / `b` for `b` neither zero nor infinite: fast where `b` is a parameter, or where `recip(b)` is taken
/// anyway.
#[inline(always)]
pub fn over_shared<T: Real>(a: T, b: T) -> T {
    a.over_shared(b)
}

// What follows takes exponentials of −|a|, or half of it, and reciprocals of one plus their squares.
// Where a formula uses several of them with the same a, these are the same expressions, which are
// computed once; that is why the tails are multiplied in, and halves are taken first.

/// The logistic function 1 / (1 + e⁻ᵃ), accurate in both tails.
#[inline(always)]
pub fn logistic<T: Real>(a: T) -> T {
    let e = exp(-abs(a));
    select(gt(a, lit(0.0)), lit(1.0), e) * recip_1_to_4(e + lit(1.0))
}

/// `b` / (1 + e⁻ᵃ), and 0 for a = −∞ whatever `b`.
#[inline(always)]
pub fn logistic_times<T: Real>(a: T, b: T) -> T {
    let half = exp(abs(a) * lit(-0.5));
    let gate = over_1_to_4(
        select(gt(a, lit(0.0)), lit(1.0), half),
        half * half + lit(1.0),
    );
    gate * select(gt(a, lit(0.0)), b, times(half, b))
}

/// The hyperbolic tangent of `a`.
#[inline(always)]
pub fn tanh<T: Real>(a: T) -> T {
    let t = exp_m1(abs(a) * lit(-2.0));
    let size = -t * recip_1_to_4(t + lit(2.0));
    select(gt(a, lit(0.0)), size, -size)
}

/// `b` / cosh a, and 0 for infinite a whatever `b`.
///
/// Slopes of sigmoids are squares of it: tanh′ = sech², and the logistic function's slope is
/// (sech(a/2) / 2)².
#[inline(always)]
pub fn sech_times<T: Real>(a: T, b: T) -> T {
    let e = exp(-abs(a));
    times(e, b) * (recip_1_to_4(e * e + lit(1.0)) * lit(2.0))
}

/// `b` / cosh(a / 2): the logistic function's slope is a quarter of its square.
#[inline(always)]
pub fn sech_half_times<T: Real>(a: T, b: T) -> T {
    let e = exp(abs(a) * lit(-0.5));
    times(e, b) * (recip_1_to_4(e * e + lit(1.0)) * lit(2.0))
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
        let sech = |x| sech_times(x, 1.0);
        within(4.0, "sech", sech, |x| 1.0 / x.cosh());
    }

    #[test]
    fn tails_keep_their_digits() {
        let exact = |x: f64| huge::<f64>() * f64::exp(-x.abs());
        within(4.0, "exp_times", |x| exp_times(-x.abs(), huge()), exact);
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
        within(12.0, "exp_m1_rest", |x| exp_m1_rest(-x.abs()), rest);
        let exact = |x: f64| x.hypot(1.0);
        within(2.0, "root_1p_square", root_1p_square, exact);
    }

    #[test]
    fn limits() {
        let (inf, max) = (f32::INFINITY, f32::MAX);
        assert_eq!([logistic(inf), logistic(-inf)], [1.0, 0.0]);
        assert_eq!([tanh(inf), tanh(-inf)], [1.0, -1.0]);
        assert_eq!([sech_times(inf, inf), sech_times(-inf, -inf)], [0.0, 0.0]);
        assert_eq!(sech_times(0.0, max), max);
        assert_eq!([exp_times(-inf, inf), exp_times(0.0, max)], [0.0, max]);
        assert_eq!(
            [logistic_times(-inf, -inf), logistic_times(inf, inf)],
            [0.0, inf]
        );
        assert_eq!(logistic_times(0.0, max), max / 2.0);
        assert_eq!(exp_m1_rest(-inf), -1.0);
        assert_eq!([root_1p_square(-inf), root_1p_square(max)], [inf, max]);
        assert_eq!(
            [times(0.0, inf), times(-0.0, -inf), times(2.0, -inf)],
            [0.0, 0.0, -inf]
        );
        let nan = [
            logistic(f32::NAN),
            tanh(f32::NAN),
            sech_times(f32::NAN, 1.0),
            sech_times(0.0, f32::NAN),
            exp_times(f32::NAN, 1.0),
            exp_times(-inf, f32::NAN),
            logistic_times(f32::NAN, 1.0),
            exp_m1_rest(f32::NAN),
            root_1p_square(f32::NAN),
            times(0.0, f32::NAN),
            min(f32::NAN, 0.0),
            super::max(f32::NAN, 0.0),
        ];
        assert!(nan.iter().all(|number| number.is_nan()), "{nan:?}");
    }
}
