//! Single precision, in one lane or more.

use super::exp::{self, Split};
use super::in_range::InRange;
use super::ln;
use super::real::Real;
use crate::simd::PackedF32;

// Single precision is what training runs on: exponentials and logarithms of our own, which all lanes
// compute at once.
impl<S: PackedF32> Real for S {
    type Mask = S::Mask;

    #[inline(always)]
    fn lit(value: f64) -> Self {
        S::splat(value as f32)
    }
    #[inline(always)]
    fn gt(self, other: Self) -> S::Mask {
        PackedF32::gt(self, other)
    }
    #[inline(always)]
    fn le(self, other: Self) -> S::Mask {
        PackedF32::le(self, other)
    }
    #[inline(always)]
    fn eq(self, other: Self) -> S::Mask {
        PackedF32::eq(self, other)
    }
    #[inline(always)]
    fn select(mask: S::Mask, yes: Self, no: Self) -> Self {
        S::select(mask, yes, no)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        PackedF32::min(self, other)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        PackedF32::max(self, other)
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
        PackedF32::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        PackedF32::abs(self)
    }
    type Decay = Split<S>;
    type InRange = InRange<S>;
    const HAS_IN_RANGE: bool = S::HAS_IN_RANGE;
    #[inline(always)]
    fn is_in_range(x: Self, exponent: InRange<S>) -> bool {
        x.is_finite() & exponent.is_in_range_of_exponents()
    }
    #[inline(always)]
    fn times(self, factor: Self) -> Self {
        self * factor.zero_where(PackedF32::eq(self, S::splat(0.0)))
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        PackedF32::mul_add(self, factor, term)
    }
    #[inline(always)]
    fn sqrt_from_1(self) -> Self {
        PackedF32::sqrt_from_1(self)
    }
    #[inline(always)]
    fn over_shared(self, divisor: Self) -> Self {
        PackedF32::over_shared(self, divisor)
    }
}
