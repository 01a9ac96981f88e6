//! Numbers of single precision, alone or side by side in a vector.

use super::exp::Split;
use super::host::Decay;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// What a machine does with a number of single precision, or with a vector of them. Exponentials and
/// logarithms are made of this.
pub trait Single:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// What a comparison gives.
    type Mask: Copy;
    /// e to the power of such a number, which is not positive.
    type Decay: Decay<Self>;
    /// Whether loops of their own for [tame](super::host::Real::Tame) numbers are worth their size.
    const HAS_TAME: bool;

    /// A constant.
    fn lit(value: f32) -> Self;
    /// `self > other`; false for NaN.
    fn gt(self, other: Self) -> Self::Mask;
    /// `self <= other`; false for NaN.
    fn le(self, other: Self) -> Self::Mask;
    /// `self == other`; false for NaN.
    fn eq(self, other: Self) -> Self::Mask;
    /// Whether `mask` holds, for all numbers of a vector.
    fn all(mask: Self::Mask) -> bool;
    /// `yes` where `mask` holds, else `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// The smaller one; `self` if either is NaN.
    fn min(self, other: Self) -> Self;
    /// The larger one; `self` if either is NaN.
    fn max(self, other: Self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// √`self` for `self` from 1 to 2¹²⁴.
    #[inline(always)]
    fn sqrt_from_1(self) -> Self {
        self.sqrt()
    }
    /// Absolute value.
    fn abs(self) -> Self;
    /// `self`·`factor` + `term`, rounded once on machines where that is one instruction.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// `self` / `divisor`, rounded once, but perhaps where one of them or the result is near the limits of
    /// the type. For a divisor that many share, which is neither zero nor infinite.
    #[inline(always)]
    fn over_shared(self, divisor: Self) -> Self {
        self / divisor
    }
    /// The same where it is finite; elsewhere it may be NaN.
    #[inline(always)]
    fn finite_over_shared(self, divisor: Self) -> Self {
        self.over_shared(divisor)
    }
    /// Whether `self`, and all others of a vector, are finite. Their sum may be asked instead.
    #[inline(always)]
    fn is_finite(self) -> bool {
        Self::all(self.abs().le(Self::lit(f32::MAX)))
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
        Self::select(other.abs().le(Self::lit(f32::MAX)), self, other)
    }
    /// 0 where `mask` holds, unless it is NaN.
    #[inline(always)]
    fn zero_where(self, mask: Self::Mask) -> Self {
        let zero = Self::select(self.eq(self), Self::lit(0.0), self);
        Self::select(mask, zero, self)
    }
    /// For e, an integer, in the low bits of `self`: two powers of two whose product is 2ᵉ⁻²⁵⁴, with
    /// exponents half of that each, rounded down and up. Neither is subnormal for e from 2 to 508.
    fn powers(self) -> (Self, Self);
    /// For e, an integer, in the low bits of `self`: 2ᵉ⁻²⁵⁴, for e from 128 to 381.
    fn normal_power(self) -> Self;
    /// k and f, with `self` = 2ᵏ·f and √½ ≤ f < √2, for positive normal numbers.
    fn exponent(self) -> (Self, Self);
}

/// A power of two: 2ⁿ.
#[derive(Debug, Clone, Copy)]
pub struct Power<S> {
    /// n + [`ROUND`].
    pub(super) shifted: S,
    /// n.
    pub(super) n: S,
}

/// Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low bits, here with twice the bias of
/// an exponent added.
pub(super) const ROUND: f32 = 12_582_912.0 + 254.0;

/// √½ in bits, and how far below those of 1 it is.
pub(super) const ROOT: u32 = core::f32::consts::FRAC_1_SQRT_2.to_bits();
pub(super) const BELOW: u32 = 1f32.to_bits() - ROOT;

/// Subtracting the bits of a number from these negates its exponent.
pub(super) const ROUGH: u32 = 0x7ef3_11c7;

/// An `f32` on machines that multiply and add in one instruction, which rounds once.
///
/// Exponentials and logarithms are a third faster so, and at least as accurate. What a formula
/// itself writes as `a * x + b` is rounded twice all the same. Vectors of AVX2 (with FMA) and AVX-512
/// give the same bits; plain `f32` differs in the last place.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct Fused(f32);

impl From<f32> for Fused {
    #[inline(always)]
    fn from(value: f32) -> Self {
        Self(value)
    }
}

impl From<Fused> for f32 {
    #[inline(always)]
    fn from(value: Fused) -> Self {
        value.0
    }
}

macro_rules! operator {
    ($($Trait:ident $name:ident $op:tt),+) => {
        $(impl $Trait for Fused {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Self(self.0 $op other.0)
            }
        })+
    };
}
operator!(Add add +, Sub sub -, Mul mul *, Div div /);

impl Neg for Fused {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

/// `wrap` makes a number of a plain one, which `plain` takes out again.
macro_rules! single {
    ($Number:ty, $wrap:expr, $plain:expr, $mul_add:expr) => {
        impl Single for $Number {
            type Mask = bool;
            type Decay = Split<Self>;
            // What is left of x86-64 without AVX2 is old: there, it is more to compile than to gain.
            const HAS_TAME: bool = cfg!(not(target_arch = "x86_64"));

            #[inline(always)]
            fn lit(value: f32) -> Self {
                $wrap(value)
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
            fn eq(self, other: Self) -> bool {
                self == other
            }
            #[inline(always)]
            fn all(mask: bool) -> bool {
                mask
            }
            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                if self > other { other } else { self }
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                if other > self { other } else { self }
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $wrap(f32::sqrt($plain(self)))
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $wrap(f32::abs($plain(self)))
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                $wrap($mul_add($plain(self), $plain(factor), $plain(term)))
            }
            #[inline(always)]
            fn recip_roughly(self) -> Self {
                $wrap(f32::from_bits(ROUGH.wrapping_sub($plain(self).to_bits())))
            }
            #[inline(always)]
            fn powers(self) -> (Self, Self) {
                // Half of e each is the exponent of a factor with its bias. What lies above it in
                // the bits is shifted out.
                let bits = $plain(self).to_bits();
                let half = bits >> 1;
                let (low, high) = (half << 23, bits.wrapping_sub(half) << 23);
                ($wrap(f32::from_bits(low)), $wrap(f32::from_bits(high)))
            }
            #[inline(always)]
            fn normal_power(self) -> Self {
                let biased = $plain(self).to_bits().wrapping_sub(127);
                $wrap(f32::from_bits(biased << 23))
            }
            #[inline(always)]
            fn exponent(self) -> (Self, Self) {
                let bits = $plain(self).to_bits().wrapping_add(BELOW);
                let k = ((bits >> 23) as i32).wrapping_sub(127) as f32;
                let f = f32::from_bits((bits & 0x007f_ffff) + ROOT);
                ($wrap(k), $wrap(f))
            }
        }
    };
}
single!(f32, f32::from, f32::from, |a, b, c| a * b + c);
single!(Fused, Fused::from, f32::from, f32::mul_add);

#[cfg(test)]
mod tests {
    use super::*;

    /// Every number from 1 to 4 that there is.
    fn numbers() -> impl Iterator<Item = f32> {
        (1f32.to_bits()..=4f32.to_bits()).map(f32::from_bits)
    }

    #[test]
    fn rough_reciprocals_are_near() {
        for x in numbers().step_by(997) {
            let rough = x.recip_roughly() * x;
            assert!((rough - 1.0).abs() < 0.125, "{x}: {rough}");
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn roots_by_vectors_are_rounded_once() {
        use super::super::wide::{Avx2, Avx512};
        use crate::op::Simd;

        macro_rules! check {
            ($simd:ident $Vector:ident $width:literal $features:literal) => {
                #[target_feature(enable = $features)]
                fn check(chunk: [f32; $width]) -> [[f32; $width]; 2] {
                    // SAFETY: a vector of as many numbers.
                    unsafe {
                        let x: $Vector = core::mem::transmute(chunk);
                        core::mem::transmute([x.recip_roughly().0, x.sqrt_from_1().0])
                    }
                }
                if Simd::best() >= Simd::$simd {
                    let numbers: Vec<f32> = numbers().collect();
                    for chunk in numbers.as_chunks::<$width>().0 {
                        // SAFETY: the instructions were just detected.
                        let [rough, root] = unsafe { check(*chunk) };
                        assert_eq!(rough, chunk.map(f32::recip_roughly));
                        // Larger numbers have these roots, times a power of two.
                        assert_eq!(root, chunk.map(f32::sqrt));
                    }
                }
            };
        }
        {
            check!(Avx2 Avx2 8 "avx2,fma");
        }
        {
            check!(Avx512 Avx512 16 "avx512f");
        }
    }
}
