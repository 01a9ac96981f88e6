//! Single precision, in one lane or more.

use super::exp::{self, Split};
use super::in_range::InRange;
use super::ln;
use super::real::Real;
use crate::simd::PackedF32;

// Single precision is what training runs on: exponentials and logarithms of our own, which all lanes
// compute at once.
impl<S: PackedF32> Real for S {
    const IS_SINGLE: bool = true;
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
    type Decay = Split<S>;
    type InRange = InRange<S>;
    const HAS_IN_RANGE: bool = S::HAS_IN_RANGE;
    #[inline(always)]
    fn is_in_range(x: Self, exponent: InRange<S>) -> bool {
        x.is_finite() & exponent.is_in_range_of_exponents()
    }
    #[inline(always)]
    fn times(self, factor: Self) -> Self {
        self * factor.zero_where(self.eq(S::splat(0.0)))
    }
}
