//! What every number offers, in one lane or more.

use core::ops::{Add, Div, Mul, Neg, Sub};

/// Arithmetic, comparison and selection: of one number, of several in a register, or of a recording of them.
pub trait Arithmetic:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// What a comparison gives.
    type Mask: Copy;

    /// A constant, in all lanes.
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
    /// Square root.
    fn sqrt(self) -> Self;
    /// The square root of `self`, which is from 1 to 1e37: that can be faster.
    #[inline(always)]
    fn sqrt_from_1(self) -> Self {
        self.sqrt()
    }
    /// Absolute value.
    fn abs(self) -> Self;
    /// `self`·`factor` + `term`, rounded once where that is as fast.
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        self * factor + term
    }
    /// `self` / `divisor` for a divisor that many share, which is neither zero nor infinite. Rounded once, but perhaps where
    /// one of them or the result is near the limits of the type.
    #[inline(always)]
    fn over_shared(self, divisor: Self) -> Self {
        self / divisor
    }
}
