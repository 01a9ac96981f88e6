//! Two packed numbers as one.

use super::arithmetic::Arithmetic;
use super::packed::{Packed, PackedF32, PackedF64, Power};
use core::ops::{Add, Div, Mul, Neg, Sub};

/// Pair of `S`, with which each operation is done in turn.
///
/// A formula is one long chain of operations that wait for each other. Processors look for others to do
/// meanwhile, but not far enough ahead to find the next vector's; here they come next.
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Pair<S>(pub(crate) [S; 2]);

// SAFETY: it is `repr(transparent)` and an array of two `S`, which lie one after the other and keep what `Packed`
// asks for.
unsafe impl<T, S: Packed<T>> Packed<T> for Pair<S> {
    type Register = S::Register;
    #[inline(always)]
    fn broadcast(register: S::Register) -> Self {
        Self([S::broadcast(register), S::broadcast(register)])
    }
}

macro_rules! from {
    ($($float:ty),+) => {
        $(impl<S: From<$float> + Copy> From<$float> for Pair<S> {
            #[inline(always)]
            fn from(value: $float) -> Self {
                let one = S::from(value);
                Self([one, one])
            }
        })+
    };
}
from!(f32, f64);

macro_rules! operators {
    ($($Trait:ident $name:ident),+) => {
        $(impl<S: $Trait<Output = S> + Copy> $Trait for Pair<S> {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Self([self.0[0].$name(other.0[0]), self.0[1].$name(other.0[1])])
            }
        })+
    };
}
operators!(Add add, Sub sub, Mul mul, Div div);

impl<S: Neg<Output = S> + Copy> Neg for Pair<S> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self([-self.0[0], -self.0[1]])
    }
}

/// One function per line, of so many numbers.
macro_rules! functions {
    ($($name:ident($($arg:ident),*))+) => {
        $(#[inline(always)]
        fn $name(self $(, $arg: Self)*) -> Self {
            Self([self.0[0].$name($($arg.0[0]),*), self.0[1].$name($($arg.0[1]),*)])
        })+
    };
}

macro_rules! comparisons {
    ($($name:ident)+) => {
        $(#[inline(always)]
        fn $name(self, other: Self) -> Self::Mask {
            [self.0[0].$name(other.0[0]), self.0[1].$name(other.0[1])]
        })+
    };
}

impl<S: Copy> Power<Pair<S>> {
    /// That of one of the two.
    #[inline(always)]
    fn of(self, i: usize) -> Power<S> {
        Power {
            shifted: self.shifted.0[i],
            n: self.n.0[i],
        }
    }
}

impl<S: Arithmetic> Arithmetic for Pair<S> {
    type Mask = [S::Mask; 2];

    #[inline(always)]
    fn lit(value: f64) -> Self {
        Self([S::lit(value), S::lit(value)])
    }
    comparisons!(gt le eq);
    #[inline(always)]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Self([
            S::select(mask[0], yes.0[0], no.0[0]),
            S::select(mask[1], yes.0[1], no.0[1]),
        ])
    }
    functions!(
        min(other) max(other) sqrt() sqrt_from_1() abs() mul_add(factor, term) over_shared(divisor)
    );
}

impl<S: PackedF32> PackedF32 for Pair<S> {
    const HAS_IN_RANGE: bool = true;

    #[inline(always)]
    fn all(mask: Self::Mask) -> bool {
        S::all(mask[0]) & S::all(mask[1])
    }
    /// A sum is finite only if both are.
    #[inline(always)]
    fn is_finite(self) -> bool {
        (self.0[0] + self.0[1]).is_finite()
    }
    functions!(finite_over_shared(divisor) recip_roughly() where_finite(other) normal_power());
    #[inline(always)]
    fn times_power(self, power: Power<Self>) -> Self {
        Self([
            self.0[0].times_power(power.of(0)),
            self.0[1].times_power(power.of(1)),
        ])
    }
    #[inline(always)]
    fn times_power_and(self, factor: Self, power: Power<Self>) -> Self {
        Self([
            self.0[0].times_power_and(factor.0[0], power.of(0)),
            self.0[1].times_power_and(factor.0[1], power.of(1)),
        ])
    }
    #[inline(always)]
    fn zero_where(self, mask: Self::Mask) -> Self {
        Self([self.0[0].zero_where(mask[0]), self.0[1].zero_where(mask[1])])
    }
    #[inline(always)]
    fn powers(self) -> (Self, Self) {
        let ((a, b), (c, d)) = (self.0[0].powers(), self.0[1].powers());
        (Self([a, c]), Self([b, d]))
    }
    #[inline(always)]
    fn frexp(self) -> (Self, Self) {
        let ((a, b), (c, d)) = (self.0[0].frexp(), self.0[1].frexp());
        (Self([a, c]), Self([b, d]))
    }
}

impl<S: PackedF64> PackedF64 for Pair<S> {
    #[inline(always)]
    fn powers(self) -> (Self, Self) {
        let ((a, b), (c, d)) = (self.0[0].powers(), self.0[1].powers());
        (Self([a, c]), Self([b, d]))
    }
    #[inline(always)]
    fn map(self, function: fn(f64) -> f64) -> Self {
        Self(self.0.map(|half| half.map(function)))
    }
}
