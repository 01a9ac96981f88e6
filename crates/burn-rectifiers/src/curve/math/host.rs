//! The numbers that formulas work on, and the functions that formulas are written with.

use super::exp;
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
    /// `yes` where `mask` holds, else `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// e to the power of `self`.
    fn exp(self) -> Self;
    /// e to the power of `self`, minus one, accurate near zero.
    fn exp_m1(self) -> Self;
}

macro_rules! real {
    ($float:ty, $exp:path, $exp_m1:path) => {
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
        }
    };
}

// Single precision is what training runs on: branch-free code that LLVM vectorizes.
real!(f32, exp::exp, exp::exp_m1);
// Double precision is for reference: the platform's own functions, accurate but scalar.
real!(f64, f64::exp, f64::exp_m1);

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

/// The smaller of `a` and `b`; NaN if `a` is NaN.
#[inline(always)]
pub fn min<T: Real>(a: T, b: T) -> T {
    select(gt(a, b), b, a)
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
