//! Single numbers, for every processor; the compiler may pack those of a loop.

use super::arithmetic::Arithmetic;
use super::packed::{BELOW, Packed, PackedF32, PackedF64, ROOT, ROUGH};
use core::ops::{Add, Div, Mul, Neg, Sub};

/// An `f32` on machines that multiply and add in one instruction, which rounds once.
///
/// Exponentials and logarithms are a third faster so, and at least as accurate. What a formula
/// itself writes as `a * x + b` is rounded twice all the same. Vectors of AVX2 (with FMA) and AVX-512
/// give the same bits; plain `f32` differs in the last place.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct F32Fma(f32);

impl From<f32> for F32Fma {
    #[inline(always)]
    fn from(value: f32) -> Self {
        Self(value)
    }
}

impl From<F32Fma> for f32 {
    #[inline(always)]
    fn from(value: F32Fma) -> Self {
        value.0
    }
}

macro_rules! operator {
    ($($Trait:ident $name:ident $op:tt),+) => {
        $(impl $Trait for F32Fma {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Self(self.0 $op other.0)
            }
        })+
    };
}
operator!(Add add +, Sub sub -, Mul mul *, Div div /);

impl Neg for F32Fma {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

/// `wrap` makes a number of a plain one, which `plain` takes out again.
macro_rules! arithmetic {
    ($Number:ty: $float:ident, $wrap:expr, $plain:expr, $mul_add:expr) => {
        impl Arithmetic for $Number {
            type Mask = bool;

            #[inline(always)]
            fn lit(value: f64) -> Self {
                $wrap(value as $float)
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
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $wrap($float::sqrt($plain(self)))
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $wrap($float::abs($plain(self)))
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                $wrap($mul_add($plain(self), $plain(factor), $plain(term)))
            }
        }
    };
}
arithmetic!(f32: f32, f32::from, f32::from, |a, b, c| a * b + c);
arithmetic!(F32Fma: f32, F32Fma::from, f32::from, f32::mul_add);
arithmetic!(f64: f64, f64::from, f64::from, |a, b, c| a * b + c);

/// What only `f32` has; `wrap` makes a number of a plain one, which `plain` takes out again.
macro_rules! single {
    ($Number:ty, $wrap:expr, $plain:expr) => {
        impl PackedF32 for $Number {
            // What is left of x86-64 without AVX2 is old: there, it is more to compile than to gain.
            const HAS_IN_RANGE: bool = cfg!(not(target_arch = "x86_64"));

            #[inline(always)]
            fn all(mask: bool) -> bool {
                mask
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
            fn frexp(self) -> (Self, Self) {
                let bits = $plain(self).to_bits().wrapping_add(BELOW);
                let k = ((bits >> 23) as i32).wrapping_sub(127) as f32;
                let f = f32::from_bits((bits & 0x007f_ffff) + ROOT);
                ($wrap(k), $wrap(f))
            }
        }
    };
}
single!(f32, f32::from, f32::from);
single!(F32Fma, F32Fma::from, f32::from);

impl PackedF64 for f64 {
    #[inline(always)]
    fn powers(self) -> (Self, Self) {
        // Half of e each is the exponent of a factor with its bias. What lies above it in the bits is shifted out.
        let bits = self.to_bits();
        let half = bits >> 1;
        let (low, high) = (half << 52, bits.wrapping_sub(half) << 52);
        (f64::from_bits(low), f64::from_bits(high))
    }
    #[inline(always)]
    fn map(self, function: fn(f64) -> f64) -> Self {
        function(self)
    }
}

// SAFETY: an `f32` is one `f32`.
unsafe impl Packed<f32> for f32 {
    type Register = Self;
    #[inline(always)]
    fn broadcast(register: Self) -> Self {
        register
    }
}
// SAFETY: `F32Fma` is `repr(transparent)` and has one `f32`.
unsafe impl Packed<f32> for F32Fma {
    type Register = Self;
    #[inline(always)]
    fn broadcast(register: Self) -> Self {
        register
    }
}
// SAFETY: an `f64` is one `f64`.
unsafe impl Packed<f64> for f64 {
    type Register = Self;
    #[inline(always)]
    fn broadcast(register: Self) -> Self {
        register
    }
}

/// The `f32` that suits what the target guarantees.
#[cfg(any(target_arch = "aarch64", target_feature = "fma"))]
pub(crate) type PortableF32 = F32Fma;
#[cfg(not(any(target_arch = "aarch64", target_feature = "fma")))]
pub(crate) type PortableF32 = f32;

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

    #[cfg(all(target_arch = "x86_64", feature = "cpu"))]
    #[test]
    fn roots_by_vectors_are_rounded_once() {
        use super::super::Level;
        use super::super::x86::{F32x8, F32x16};

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
                if Level::best() >= Level::$simd {
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
            check!(Avx2 F32x8 8 "avx2,fma");
        }
        {
            check!(Avx512 F32x16 16 "avx512f");
        }
    }
}
