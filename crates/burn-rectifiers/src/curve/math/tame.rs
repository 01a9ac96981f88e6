//! Numbers of single precision for finite x and exponents from −40 to 0: without the steps that guard against underflow
//! and 0·∞.

use super::exp::{Split, split};
use super::host::{Decay, Form};
use super::single::{Power, Single};
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
            Self(self.0.$name($($arg.0),*))
        })+
    };
}

macro_rules! comparisons {
    ($($name:ident)+) => {
        $(#[inline(always)]
        fn $name(self, other: Self) -> S::Mask {
            self.0.$name(other.0)
        })+
    };
}

impl<S: Single> Power<Tame<S>> {
    #[inline(always)]
    fn number(self) -> Power<S> {
        Power {
            shifted: self.shifted.0,
            n: self.n.0,
        }
    }
}

impl<S: Single> Single for Tame<S> {
    type Mask = S::Mask;
    type Decay = TameDecay<Self>;
    const HAS_TAME: bool = false;

    #[inline(always)]
    fn lit(value: f32) -> Self {
        Self(S::lit(value))
    }
    comparisons!(gt le eq);
    #[inline(always)]
    fn all(mask: S::Mask) -> bool {
        S::all(mask)
    }
    #[inline(always)]
    fn select(mask: S::Mask, yes: Self, no: Self) -> Self {
        Self(S::select(mask, yes.0, no.0))
    }
    functions!(
        min(other) max(other) sqrt() sqrt_from_1() abs() mul_add(factor, term)
        finite_over_shared(divisor) recip_roughly() normal_power()
    );
    #[inline(always)]
    fn times_power(self, power: Power<Self>) -> Self {
        Self(self.0.times_power(power.number()))
    }
    #[inline(always)]
    fn times_power_and(self, factor: Self, power: Power<Self>) -> Self {
        Self(self.0.times_power_and(factor.0, power.number()))
    }
    #[inline(always)]
    fn over_shared(self, divisor: Self) -> Self {
        self.finite_over_shared(divisor)
    }
    /// It is 0 already.
    #[inline(always)]
    fn zero_where(self, _: S::Mask) -> Self {
        self
    }
    #[inline(always)]
    fn powers(self) -> (Self, Self) {
        let (low, high) = self.0.powers();
        (Self(low), Self(high))
    }
    #[inline(always)]
    fn exponent(self) -> (Self, Self) {
        let (k, f) = self.0.exponent();
        (Self(k), Self(f))
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

impl<S: Single> Decay<S> for TameDecay<S> {
    #[inline(always)]
    fn of(x: S) -> Self {
        let split = split(x);
        let power = split.power.shifted.normal_power();
        Self { split, power }
    }

    #[inline(always)]
    fn exponent(self) -> S {
        self.split.x
    }

    #[inline(always)]
    fn value(self) -> S {
        self.split.p.mul_add(self.power, self.power)
    }

    #[inline(always)]
    fn scaled(self, factor: S) -> S {
        self.value() * factor
    }

    #[inline(always)]
    fn times(self, factor: S) -> S {
        self.value() * factor
    }

    #[inline(always)]
    fn times_both(self, one: S, other: S) -> S {
        self.value() * one * other
    }

    #[inline(always)]
    fn minus_one(self) -> S {
        self.split.minus_one_of(self.power)
    }

    #[inline(always)]
    fn intercept(self) -> S {
        self.split.intercept_of(self.power)
    }
}

#[cfg(test)]
mod tests {
    use super::super::host::Real;
    use super::super::single::Fused;
    use super::*;

    /// Everything that follows from the exponential of x.
    fn all<S: Single>(x: S) -> [S; 13] {
        let (e, factor) = (S::Decay::of(x), S::lit(0.7));
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
            x * factor.zero_where(Single::eq(x, S::lit(0.0))),
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
        check(S::lit(0.0));
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
