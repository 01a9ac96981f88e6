//! Single precision, alone or several numbers in a register.

use super::exp::{self, Split};
use super::in_range::Tame;
use super::ln;
use super::real::Real;
use crate::simd::Single;

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
    type Decay = Split<S>;
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
