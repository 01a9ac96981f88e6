//! Single precision in a range where formulas need fewer steps: finite x and exponents from −40 to 0, without what guards
//! against underflow and 0·∞.

use super::exp::{Split, split};
use super::real::{Decay, Form, Real};
use crate::simd::{Arithmetic, PackedF32};
use core::ops::{Add, Div, Mul, Neg, Sub};

/// The least exponent in range, negated.
const FAR: f32 = 40.0;

/// A number of a formula whose x is finite and whose exponent, computed with such numbers, [is in
/// range](Self::is_in_range_of_exponents).
///
/// A finite number times 0 is 0, and exponentials are numbers like any other.
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct InRange<S>(S);

impl<S: PackedF32> InRange<S> {
    /// Whether this exponent, which is not above 0, is −40 or more in all lanes. NaN is not.
    #[inline(always)]
    pub(super) fn is_in_range_of_exponents(self) -> bool {
        S::all(S::splat(-FAR).le(self.0))
    }
}

impl<S: PackedF32> Form<S> for InRange<S> {
    #[inline(always)]
    fn of(number: S) -> Self {
        Self(number)
    }
    #[inline(always)]
    fn number(self) -> S {
        self.0
    }
}

macro_rules! operators {
    ($($Trait:ident $name:ident),+) => {
        $(impl<S: PackedF32> $Trait for InRange<S> {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Self(self.0.$name(other.0))
            }
        })+
    };
}
operators!(Add add, Sub sub, Mul mul, Div div);

impl<S: PackedF32> Neg for InRange<S> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

/// One function of `Trait` per line, of so many numbers.
macro_rules! functions {
    ($Trait:ident: $($name:ident($($arg:ident),*))+) => {
        $(#[inline(always)]
        fn $name(self $(, $arg: Self)*) -> Self {
            Self($Trait::$name(self.0 $(, $arg.0)*))
        })+
    };
}

impl<S: PackedF32> Arithmetic for InRange<S> {
    type Mask = S::Mask;

    #[inline(always)]
    fn lit(value: f64) -> Self {
        Self(S::lit(value))
    }
    #[inline(always)]
    fn gt(self, other: Self) -> S::Mask {
        self.0.gt(other.0)
    }
    #[inline(always)]
    fn le(self, other: Self) -> S::Mask {
        self.0.le(other.0)
    }
    #[inline(always)]
    fn eq(self, other: Self) -> S::Mask {
        self.0.eq(other.0)
    }
    #[inline(always)]
    fn select(mask: S::Mask, yes: Self, no: Self) -> Self {
        Self(S::select(mask, yes.0, no.0))
    }
    functions!(Arithmetic: min(other) max(other) abs() sqrt() sqrt_from_1() mul_add(factor, term));
    #[inline(always)]
    fn over_shared(self, divisor: Self) -> Self {
        Self(self.0.finite_over_shared(divisor.0))
    }
}

impl<S: PackedF32> Real for InRange<S> {
    const IS_SINGLE: bool = true;
    const IS_IN_RANGE: bool = true;
    functions!(Real: exp() exp_m1() ln_1p() ln_1p_share());
    type Decay = InRangeDecay<S>;
    type InRange = Self;
    /// What is finite times 0 is 0.
    #[inline(always)]
    fn times(self, factor: Self) -> Self {
        self * factor
    }
}

/// eˣ for x that is near 0.
///
/// What follows from it has the same bits as what follows from a [`Split`], unless it is subnormal.
#[derive(Debug, Clone, Copy)]
pub struct InRangeDecay<S> {
    split: Split<S>,
    /// 2ⁿ
    power: S,
}

impl<S: PackedF32> Decay<InRange<S>> for InRangeDecay<S> {
    #[inline(always)]
    fn of(x: InRange<S>) -> Self {
        let split = split(x.0);
        let power = split.power.shifted.normal_power();
        Self { split, power }
    }

    #[inline(always)]
    fn exponent(self) -> InRange<S> {
        InRange(self.split.x)
    }

    #[inline(always)]
    fn value(self) -> InRange<S> {
        InRange(self.split.p.mul_add(self.power, self.power))
    }

    #[inline(always)]
    fn scaled(self, factor: InRange<S>) -> InRange<S> {
        self.value() * factor
    }

    #[inline(always)]
    fn times(self, factor: InRange<S>) -> InRange<S> {
        self.value() * factor
    }

    #[inline(always)]
    fn times_both(self, one: InRange<S>, other: InRange<S>) -> InRange<S> {
        self.value() * one * other
    }

    #[inline(always)]
    fn minus_one(self) -> InRange<S> {
        InRange(self.split.minus_one_of(self.power))
    }

    #[inline(always)]
    fn intercept(self) -> InRange<S> {
        InRange(self.split.intercept_of(self.power))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::F32Fma;

    /// Everything that follows from the exponential of x.
    fn all<R: Real>(x: R) -> [R; 13] {
        let (e, factor) = (R::Decay::of(x), R::lit(0.7));
        [
            e.exponent(),
            e.value(),
            e.gate(),
            e.logistic(x),
            e.logistic_times(x, factor),
            e.tanh(x),
            e.scaled(factor),
            e.times(factor),
            e.times_both(factor, x),
            e.minus_one(),
            e.intercept(),
            x.over_shared(factor),
            x.times(factor),
        ]
    }

    fn are_the_same<S: PackedF32 + From<f32> + Into<f32>>() {
        let check = |x: S| {
            assert!(Real::is_in_range(x, InRange(x)));
            for (i, (within, other)) in all(InRange(x)).into_iter().zip(all(x)).enumerate() {
                let [within, other] = [within.0, other].map(|number| number.into());
                let is_zero = within == 0.0 && other == 0.0;
                let are_same = within.to_bits() == other.to_bits();
                assert!(is_zero || are_same, "{i} at {}", x.into());
            }
        };
        for bits in (1e-30f32.to_bits()..=FAR.to_bits()).step_by(101) {
            check(S::from(-f32::from_bits(bits)));
        }
        check(S::from(0.0));
    }

    #[test]
    fn nothing_changes() {
        are_the_same::<f32>();
        are_the_same::<F32Fma>();
    }

    #[test]
    fn what_is_far_is_out_of_range() {
        let is_in_range = |x: f32, exponent| Real::is_in_range(x, InRange(exponent));
        let far = [-40.00001, f32::MIN, f32::NEG_INFINITY, f32::NAN];
        assert!(far.into_iter().all(|exponent| !is_in_range(1.0, exponent)));
        let infinite = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
        assert!(infinite.into_iter().all(|x| !is_in_range(x, 0.0)));
        let near = [-40.0, -0.0, 0.0, -1e-45];
        assert!(
            near.into_iter()
                .all(|exponent| is_in_range(f32::MAX, exponent))
        );
    }
}
