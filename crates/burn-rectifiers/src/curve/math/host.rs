//! The numbers that formulas work on, and the functions that formulas are written with.

use super::{exp, ln};
use core::ops::{Add, Div, Mul, Neg, Sub};

/// A number that formulas can be evaluated with: `f32`, `f64`, or the recording
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
    /// e to the power of `self`.
    fn exp(self) -> Self;
    /// e to the power of `self`, minus one, accurate near zero.
    fn exp_m1(self) -> Self;
    /// Natural logarithm of one plus `self`, accurate near zero.
    fn ln_1p(self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Absolute value.
    fn abs(self) -> Self;
    /// One divided by `self`.
    fn recip(self) -> Self {
        Self::lit(1.0) / self
    }
}

macro_rules! real {
    ($float:ty, $exp:path, $exp_m1:path, $ln_1p:path) => {
        impl Real for $float {
            type Mask = bool;

            #[inline(always)]
            fn lit(value: f64) -> Self {
                value as $float
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
                $exp(self)
            }
            #[inline(always)]
            fn exp_m1(self) -> Self {
                $exp_m1(self)
            }
            #[inline(always)]
            fn ln_1p(self) -> Self {
                $ln_1p(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                <$float>::sqrt(self)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                <$float>::abs(self)
            }
        }
    };
}

// Single precision is what training runs on: branch-free code that LLVM vectorizes.
real!(f32, exp::exp, exp::exp_m1, ln::ln_1p);
// Double precision is for reference: the platform's own functions, accurate but scalar.
real!(f64, f64::exp, f64::exp_m1, f64::ln_1p);

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
    select(gt(a, b), b, a)
}

/// The larger of `a` and `b`; NaN if `a` is NaN.
#[inline(always)]
pub fn max<T: Real>(a: T, b: T) -> T {
    select(gt(b, a), b, a)
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
/// Taken as (b·e^(a/2))·e^(a/2): no digit is lost where eᵃ alone is too small to have them all.
#[inline(always)]
pub fn exp_times<T: Real>(a: T, b: T) -> T {
    let half = exp(a * lit(0.5));
    half * times(half, b)
}

/// eᵃ − 1 − a·eᵃ, which near zero is −a²/2.
#[inline(always)]
pub fn exp_m1_rest<T: Real>(a: T) -> T {
    // −a²·(1/2! + 2a/3! + 3a²/4! + …); for |a| ≤ 1/2 the next term is below 2⁻⁵³.
    let mut factorial = 1.0;
    let coefficients: [f64; 14] = core::array::from_fn(|i| {
        factorial *= (i + 2) as f64;
        (i + 1) as f64 / factorial
    });
    let mut sum: T = lit(coefficients[13]);
    for coefficient in coefficients[..13].iter().rev() {
        sum = sum * a + lit(*coefficient);
    }
    let near = -(a * a * sum);
    let far = exp_m1(a) - times(exp(a), a);
    select(le(abs(a), lit(0.5)), near, far)
}

/// The logistic function 1 / (1 + e⁻ᵃ), accurate in both tails.
#[inline(always)]
pub fn logistic<T: Real>(a: T) -> T {
    let e = exp(-abs(a));
    select(gt(a, lit(0.0)), lit(1.0), e) / (e + lit(1.0))
}

/// `b` / (1 + e⁻ᵃ), and 0 for a = −∞ whatever `b`.
#[inline(always)]
pub fn logistic_times<T: Real>(a: T, b: T) -> T {
    let half = exp(abs(a) * lit(-0.5));
    select(gt(a, lit(0.0)), b, half * times(half, b)) / (half * half + lit(1.0))
}

/// The hyperbolic tangent of `a`.
#[inline(always)]
pub fn tanh<T: Real>(a: T) -> T {
    let t = exp_m1(abs(a) * lit(-2.0));
    let size = -t / (t + lit(2.0));
    select(gt(a, lit(0.0)), size, -size)
}

/// `b` / cosh a, and 0 for infinite a whatever `b`.
///
/// Slopes of sigmoids are squares of it: tanh′ = sech², and the logistic function's slope is
/// (sech(a/2) / 2)².
#[inline(always)]
pub fn sech_times<T: Real>(a: T, b: T) -> T {
    let e = exp(-abs(a));
    times(e, b) * lit(2.0) / (e * e + lit(1.0))
}

/// √(1 + a²), without overflow.
#[inline(always)]
pub fn root_1p_square<T: Real>(a: T) -> T {
    let a = abs(a);
    let large = max(a, lit(1.0));
    let ratio = min(a, lit(1.0)) / large;
    large * sqrt(ratio * ratio + lit(1.0))
}
