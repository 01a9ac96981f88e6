//! Numbers of single precision for finite x and exponents from −40 to 0: without the steps that guard against underflow
//! and 0·∞.

use super::exp::{Split, split};
use super::real::{Decay, Form, Real};
use crate::simd::Single;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// How far from 0 an exponent may be.
const FAR: f32 = 40.0;

/// A number of a formula whose x is finite and whose exponent, computed with such numbers, [is near
/// 0](Self::is_near).
///
/// A finite number times 0 is 0, and exponentials are numbers like any other.
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct Tame<S>(S);

impl<S: Single> Tame<S> {
    /// Whether this, which is not above 0, and all others of a vector, are near it. NaN is not.
    #[inline(always)]
    pub(super) fn is_near(self) -> bool {
        S::all(S::lit(-FAR).le(self.0))
    }
}

impl<S: Single> Form<S> for Tame<S> {
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
        $(impl<S: Single> $Trait for Tame<S> {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Self(self.0.$name(other.0))
            }
        })+
    };
}
operators!(Add add, Sub sub, Mul mul, Div div);

impl<S: Single> Neg for Tame<S> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

/// One function per line, of so many numbers.
macro_rules! functions {
    ($($name:ident($($arg:ident),*))+) => {
        $(#[inline(always)]
        fn $name(self $(, $arg: Self)*) -> Self {
            Self(Real::$name(self.0 $(, $arg.0)*))
        })+
    };
}

impl<S: Single> Real for Tame<S> {
    type Mask = S::Mask;

    #[inline(always)]
    fn lit(value: f64) -> Self {
        Self(S::lit(value as f32))
    }
    #[inline(always)]
    fn gt(self, other: Self) -> S::Mask {
        Single::gt(self.0, other.0)
    }
    #[inline(always)]
    fn le(self, other: Self) -> S::Mask {
        Single::le(self.0, other.0)
    }
    #[inline(always)]
    fn eq(self, other: Self) -> S::Mask {
        Single::eq(self.0, other.0)
    }
    #[inline(always)]
    fn select(mask: S::Mask, yes: Self, no: Self) -> Self {
        Self(S::select(mask, yes.0, no.0))
    }
    functions!(
        min(other) max(other) abs() sqrt() sqrt_from_1() exp() exp_m1() ln_1p() ln_1p_share() mul_add(factor, term)
    );
    type Decay = TameDecay<S>;
    type Tame = Self;
    /// What is finite times 0 is 0.
    #[inline(always)]
    fn times(self, factor: Self) -> Self {
        self * factor
    }
    #[inline(always)]
    fn over_shared(self, divisor: Self) -> Self {
        Self(self.0.finite_over_shared(divisor.0))
    }
}

/// eˣ for x that is near 0.
///
/// What follows from it is the same as what follows from a [`Split`], but if that is subnormal, the last
/// place may differ.
#[derive(Debug, Clone, Copy)]
pub struct TameDecay<S> {
    split: Split<S>,
    /// 2ⁿ
    power: S,
}

impl<S: Single> Decay<Tame<S>> for TameDecay<S> {
    #[inline(always)]
    fn of(x: Tame<S>) -> Self {
        let split = split(x.0);
        let power = split.power.shifted.normal_power();
        Self { split, power }
    }

    #[inline(always)]
    fn exponent(self) -> Tame<S> {
        Tame(self.split.x)
    }

    #[inline(always)]
    fn value(self) -> Tame<S> {
        Tame(self.split.p.mul_add(self.power, self.power))
    }

    #[inline(always)]
    fn scaled(self, factor: Tame<S>) -> Tame<S> {
        self.value() * factor
    }

    #[inline(always)]
    fn times(self, factor: Tame<S>) -> Tame<S> {
        self.value() * factor
    }

    #[inline(always)]
    fn times_both(self, one: Tame<S>, other: Tame<S>) -> Tame<S> {
        self.value() * one * other
    }

    #[inline(always)]
    fn minus_one(self) -> Tame<S> {
        Tame(self.split.minus_one_of(self.power))
    }

    #[inline(always)]
    fn intercept(self) -> Tame<S> {
        Tame(self.split.intercept_of(self.power))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Fused;

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

    fn are_the_same<S: Single + From<f32> + Into<f32>>() {
        let check = |x: S| {
            assert!(Real::is_tame(x, Tame(x)));
            for (i, (tame, other)) in all(Tame(x)).into_iter().zip(all(x)).enumerate() {
                let [tame, other] = [tame.0, other].map(|number| number.into());
                let is_zero = tame == 0.0 && other == 0.0;
                let are_same = tame.to_bits() == other.to_bits();
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
        are_the_same::<Fused>();
    }

    #[test]
    fn what_is_far_is_not_tame() {
        let is_tame = |x: f32, exponent| Real::is_tame(x, Tame(exponent));
        let far = [-40.00001, f32::MIN, f32::NEG_INFINITY, f32::NAN];
        assert!(far.into_iter().all(|exponent| !is_tame(1.0, exponent)));
        let infinite = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
        assert!(infinite.into_iter().all(|x| !is_tame(x, 0.0)));
        let near = [-40.0, -0.0, 0.0, -1e-45];
        assert!(near.into_iter().all(|exponent| is_tame(f32::MAX, exponent)));
    }
}
