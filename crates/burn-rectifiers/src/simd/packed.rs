//! Packed numbers: one or more in a register, with which the same is done in all lanes.

use super::arithmetic::Arithmetic;

/// One or more `f32`, and what instructions do with them. Exponentials and logarithms are made of this.
pub trait PackedF32: Arithmetic {
    /// Whether loops for numbers [in range](crate::math::Real::InRange) save enough to be worth compiling.
    const HAS_IN_RANGE: bool;

    /// The same number in all lanes.
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self::lit(value.into())
    }
    /// Whether `mask` holds in all lanes.
    fn all(mask: Self::Mask) -> bool;
    /// `self` / `divisor` where that is finite; elsewhere it may be NaN.
    #[inline(always)]
    fn finite_over_shared(self, divisor: Self) -> Self {
        self.over_shared(divisor)
    }
    /// Whether all lanes are finite. Their sum may be asked instead.
    #[inline(always)]
    fn is_finite(self) -> bool {
        Self::all(self.abs().le(Self::splat(f32::MAX)))
    }
    /// 1 / `self` within an eighth, for positive normal numbers up to 2¹²⁵.
    fn recip_roughly(self) -> Self;
    /// `self`·2ⁿ for n from −252 to 254.
    #[inline(always)]
    fn times_power(self, power: Power<Self>) -> Self {
        let (low, high) = power.shifted.powers();
        self * low * high
    }
    /// `self`·`factor`·2ⁿ, with half of the power between the two products.
    #[inline(always)]
    fn times_power_and(self, factor: Self, power: Power<Self>) -> Self {
        let (low, high) = power.shifted.powers();
        self * low * factor * high
    }
    /// `self`, but `other` where that is infinite or NaN.
    #[inline(always)]
    fn where_finite(self, other: Self) -> Self {
        Self::select(other.abs().le(Self::splat(f32::MAX)), self, other)
    }
    /// 0 where `mask` holds, unless it is NaN.
    #[inline(always)]
    fn zero_where(self, mask: Self::Mask) -> Self {
        let zero = Self::select(self.eq(self), Self::splat(0.0), self);
        Self::select(mask, zero, self)
    }
    /// For e, an integer, in the low bits of `self`: two powers of two whose product is 2ᵉ⁻²⁵⁴, with
    /// exponents half of that each, rounded down and up. Neither is subnormal for e from 2 to 508.
    fn powers(self) -> (Self, Self);
    /// For e, an integer, in the low bits of `self`: 2ᵉ⁻²⁵⁴, for e from 128 to 381.
    fn normal_power(self) -> Self;
    /// k and f, with `self` = 2ᵏ·f and √½ ≤ f < √2, for positive normal numbers.
    fn frexp(self) -> (Self, Self);
}

/// One or more `f64`, and what instructions do with them.
pub trait PackedF64: Arithmetic {
    /// For e, an integer, in the low bits of `self`: two powers of two whose product is 2ᵉ⁻²⁰⁴⁶, with
    /// exponents half of that each, rounded down and up. Neither is subnormal for e from 2 to 4092.
    fn powers(self) -> (Self, Self);
    /// Each lane by itself.
    fn map(self, function: fn(f64) -> f64) -> Self;
}

/// A power of two: 2ⁿ.
#[derive(Debug, Clone, Copy)]
pub struct Power<S> {
    /// n + [`ROUND`].
    pub(crate) shifted: S,
    /// n.
    pub(crate) n: S,
}

/// Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low bits, here with twice the bias of
/// an exponent added.
pub(crate) const ROUND: f32 = 12_582_912.0 + 254.0;

/// √½ in bits, and how far below those of 1 it is.
pub(crate) const ROOT: u32 = core::f32::consts::FRAC_1_SQRT_2.to_bits();
pub(crate) const BELOW: u32 = 1f32.to_bits() - ROOT;

/// Subtracting the bits of a number from these negates its exponent.
pub(crate) const ROUGH: u32 = 0x7ef3_11c7;

/// One or more values of `T`, as they lie in memory.
///
/// # Safety
///
/// Whoever implements this ensures that a value consists of one or more values of `T`, one after the other without
/// padding, and that any values of `T` make a valid one. It consists of registers in that way, too.
pub(crate) unsafe trait Packed<T>: Copy {
    /// What it is made of: one register.
    type Register: Packed<T>;
    /// Of which all registers are `register`.
    fn broadcast(register: Self::Register) -> Self;
}
/// Elements of a chunk at most: what a loop takes in one iteration. All of it is read before anything is written, and several
/// registers are in flight.
pub(crate) const MAX_CHUNK: usize = 64;
