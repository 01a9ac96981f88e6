//! Vectors of numbers, by the instructions of x86-64.
//!
//! What formulas compute with is told instruction by instruction, and not left to the compiler's
//! vectorizer: that one succeeds with most loops, but which, changes with the slightest change of the
//! text, and a failure costs ten times as much as all the rest.
//!
//! The types are only to be used in functions that are compiled for the instructions they are named
//! after, which [`simd!`](super::simd) sees to.

use super::arithmetic::Arithmetic;
use super::packed::{BELOW, Packed, PackedF32, PackedF64, Power, ROOT, ROUGH};
use core::arch::x86_64::*;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// What instructions give, written once for all of them in this file.
macro_rules! intrinsics {
    ($($code:tt)*) => {
        // SAFETY: they compute in registers and touch no memory, so that all they ask for is a machine that has them.
        // The types are used only in functions that are compiled for the instructions they are named after, and
        // `simd!` calls those on no other machine. What a vector needs is among what `Level::best` detects for it.
        unsafe { $($code)* }
    };
}

/// A register of so many numbers: one operation per line, its name and the expression. Then what is not as
/// [`Arithmetic`] says.
macro_rules! register {
    (
        $Name:ident($Vector:ty), mask $Mask:ty, $width:literal $float:ty;
        splat $splat:ident, $($Trait:ident $name:ident $instruction:ident),+;
        gt $gt:expr, le $le:expr, eq $eq:expr, select $select:expr;
        sqrt $sqrt:ident, and_not $and_not:ident, xor $xor:ident;
        $($other:item)*
    ) => {
        #[doc = concat!(stringify!($width), " numbers.")]
        #[derive(Debug, Clone, Copy)]
        #[repr(transparent)]
        pub(crate) struct $Name(pub(crate) $Vector);

        impl From<$float> for $Name {
            #[inline(always)]
            fn from(value: $float) -> Self {
                Self(intrinsics!($splat(value)))
            }
        }
        // SAFETY: it is `repr(transparent)`, and its one field is a register of so many numbers, without padding.
        unsafe impl Packed<$float> for $Name {
            type Register = Self;
            #[inline(always)]
            fn broadcast(register: Self) -> Self {
                register
            }
        }
        $(impl $Trait for $Name {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Self(intrinsics!($instruction(self.0, other.0)))
            }
        })+

        impl Neg for $Name {
            type Output = Self;

            #[inline(always)]
            fn neg(self) -> Self {
                Self(intrinsics!($xor(self.0, $splat(-0.0))))
            }
        }

        impl Arithmetic for $Name {
            type Mask = $Mask;

            #[inline(always)]
            fn lit(value: f64) -> Self {
                (value as $float).into()
            }
            #[inline(always)]
            fn gt(self, other: Self) -> $Mask {
                intrinsics!($gt(self.0, other.0))
            }
            #[inline(always)]
            fn le(self, other: Self) -> $Mask {
                intrinsics!($le(self.0, other.0))
            }
            #[inline(always)]
            fn eq(self, other: Self) -> $Mask {
                intrinsics!($eq(self.0, other.0))
            }
            #[inline(always)]
            fn select(mask: $Mask, yes: Self, no: Self) -> Self {
                Self(intrinsics!($select(mask, yes.0, no.0)))
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                Self(intrinsics!($sqrt(self.0)))
            }
            #[inline(always)]
            fn abs(self) -> Self {
                Self(intrinsics!($and_not($splat(-0.0), self.0)))
            }
            $($other)*
        }
    };
}

/// `f32`: one operation per line, its name and the expression.
macro_rules! vector {
    (
        $Name:ident($Vector:ty), mask $Mask:ty, $width:literal;
        splat $splat:ident, splat_bits $splat_bits:ident;
        add $add:ident, sub $sub:ident, mul $mul:ident, div $div:ident;
        gt $gt:expr, le $le:expr, eq $eq:expr, all $all:expr, select $select:expr;
        min $min:ident, max $max:ident, sqrt $sqrt:ident, rsqrt $rsqrt:ident, mul_add $mul_add:ident;
        and_not $and_not:ident, xor $xor:ident;
        bits $bits:ident, of_bits $of_bits:ident, int_to_float $int_to_float:ident;
        add_bits $add_bits:ident, sub_bits $sub_bits:ident, and_bits $and_bits:ident;
        left $left:ident, right $right:ident;
        $($other:item)*
    ) => {
        register!(
            $Name($Vector), mask $Mask, $width f32;
            splat $splat, Add add $add, Sub sub $sub, Mul mul $mul, Div div $div;
            gt $gt, le $le, eq $eq, select $select;
            sqrt $sqrt, and_not $and_not, xor $xor;

            // These instructions give the second operand if either is NaN.
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                Self(intrinsics!($min(other.0, self.0)))
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                Self(intrinsics!($max(other.0, self.0)))
            }
            // An estimate of 12 or 14 digits of 1 / √, and what is missing, twice: half the time.
            #[inline(always)]
            fn sqrt_from_1(self) -> Self {
                let half = Self::splat(0.5);
                let estimate = Self(intrinsics!($rsqrt(self.0)));
                let (root, half_recip) = (self * estimate, estimate * half);
                let rest = (-half_recip).mul_add(root, half);
                let (root, half_recip) = (
                    rest.mul_add(root, root),
                    rest.mul_add(half_recip, half_recip),
                );
                (-root).mul_add(root, self).mul_add(half_recip, root)
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                Self(intrinsics!($mul_add(self.0, factor.0, term.0)))
            }
            #[inline(always)]
            fn over_shared(self, divisor: Self) -> Self {
                // Infinity is itself.
                let q = self * (Self::splat(1.0) / divisor);
                self.finite_over_shared(divisor).where_finite(q)
            }
        );

        impl PackedF32 for $Name {
            const HAS_IN_RANGE: bool = true;

            #[inline(always)]
            fn all(mask: $Mask) -> bool {
                $all(mask)
            }
            // The reciprocal is the same for all who share the divisor; what is missing is added.
            #[inline(always)]
            fn finite_over_shared(self, divisor: Self) -> Self {
                let r = Self::splat(1.0) / divisor;
                let q = self * r;
                let rest = (-q).mul_add(divisor, self);
                rest.mul_add(r, q)
            }
            #[inline(always)]
            fn recip_roughly(self) -> Self {
                intrinsics! {
                    let bits = $sub_bits($splat_bits(ROUGH as i32), $bits(self.0));
                    Self($of_bits(bits))
                }
            }
            #[inline(always)]
            fn powers(self) -> (Self, Self) {
                intrinsics! {
                    let bits = $bits(self.0);
                    let half = $right::<1>(bits);
                    let (low, high) = ($left::<23>(half), $left::<23>($sub_bits(bits, half)));
                    (Self($of_bits(low)), Self($of_bits(high)))
                }
            }
            #[inline(always)]
            fn normal_power(self) -> Self {
                intrinsics! {
                    let biased = $sub_bits($bits(self.0), $splat_bits(127));
                    Self($of_bits($left::<23>(biased)))
                }
            }
            #[inline(always)]
            fn frexp(self) -> (Self, Self) {
                intrinsics! {
                    let bits = $add_bits($bits(self.0), $splat_bits(BELOW as i32));
                    let k = $int_to_float($sub_bits($right::<23>(bits), $splat_bits(127)));
                    let f = $and_bits(bits, $splat_bits(0x007f_ffff));
                    (Self(k), Self($of_bits($add_bits(f, $splat_bits(ROOT as i32)))))
                }
            }
            $($other)*
        }
    };
}
vector!(
    F32x8(__m256), mask __m256, 8;
    splat _mm256_set1_ps, splat_bits _mm256_set1_epi32;
    add _mm256_add_ps, sub _mm256_sub_ps, mul _mm256_mul_ps, div _mm256_div_ps;
    gt _mm256_cmp_ps::<_CMP_GT_OQ>, le _mm256_cmp_ps::<_CMP_LE_OQ>, eq _mm256_cmp_ps::<_CMP_EQ_OQ>,
    all |mask| intrinsics!(_mm256_movemask_ps(mask)) == 0xff, select |mask, yes, no| _mm256_blendv_ps(no, yes, mask);
    min _mm256_min_ps, max _mm256_max_ps, sqrt _mm256_sqrt_ps, rsqrt _mm256_rsqrt_ps, mul_add _mm256_fmadd_ps;
    and_not _mm256_andnot_ps, xor _mm256_xor_ps;
    bits _mm256_castps_si256, of_bits _mm256_castsi256_ps, int_to_float _mm256_cvtepi32_ps;
    add_bits _mm256_add_epi32, sub_bits _mm256_sub_epi32, and_bits _mm256_and_si256;
    left _mm256_slli_epi32, right _mm256_srli_epi32;
);
vector!(
    F32x16(__m512), mask __mmask16, 16;
    splat _mm512_set1_ps, splat_bits _mm512_set1_epi32;
    add _mm512_add_ps, sub _mm512_sub_ps, mul _mm512_mul_ps, div _mm512_div_ps;
    gt _mm512_cmp_ps_mask::<_CMP_GT_OQ>, le _mm512_cmp_ps_mask::<_CMP_LE_OQ>,
    eq _mm512_cmp_ps_mask::<_CMP_EQ_OQ>,
    all |mask| mask == 0xffff, select |mask, yes, no| _mm512_mask_blend_ps(mask, no, yes);
    min _mm512_min_ps, max _mm512_max_ps, sqrt _mm512_sqrt_ps, rsqrt _mm512_rsqrt14_ps, mul_add _mm512_fmadd_ps;
    and_not _mm512_andnot_ps, xor _mm512_xor_ps;
    bits _mm512_castps_si512, of_bits _mm512_castsi512_ps, int_to_float _mm512_cvtepi32_ps;
    add_bits _mm512_add_epi32, sub_bits _mm512_sub_epi32, and_bits _mm512_and_si512;
    left _mm512_slli_epi32, right _mm512_srli_epi32;

    #[inline(always)]
    fn times_power(self, power: Power<Self>) -> Self {
        Self(intrinsics!(_mm512_scalef_ps(self.0, power.n.0)))
    }
    // The instruction rounds powers down.
    #[inline(always)]
    fn times_power_and(self, factor: Self, power: Power<Self>) -> Self {
        let half = Self::splat(0.5);
        let (low, high) = (power.n * half, power.n.mul_add(half, half));
        intrinsics! {
            let product = Self(_mm512_scalef_ps(self.0, low.0)) * factor;
            Self(_mm512_scalef_ps(product.0, high.0))
        }
    }
    // One instruction each: a hexadecimal digit says what becomes of a kind of number, 1 being the other number's, and 8
    // being 0. From the lowest, digits 0 and 1 are for NaN, 4 and 5 for infinities.
    #[inline(always)]
    fn where_finite(self, other: Self) -> Self {
        intrinsics! {
            let table = _mm512_set1_epi32(0x0011_0011);
            Self(_mm512_fixupimm_ps::<0>(self.0, other.0, table))
        }
    }
    #[inline(always)]
    fn zero_where(self, mask: __mmask16) -> Self {
        intrinsics! {
            let table = _mm512_set1_epi32(0x8888_8800_u32.cast_signed());
            Self(_mm512_mask_fixupimm_ps::<0>(self.0, mask, self.0, table))
        }
    }
);

/// `f64`: one operation per line, its name and the expression.
macro_rules! double_vector {
    (
        $Name:ident($Vector:ty), mask $Mask:ty, $width:literal;
        splat $splat:ident, add $add:ident, sub $sub:ident, mul $mul:ident, div $div:ident;
        gt $gt:expr, le $le:expr, eq $eq:expr, select $select:expr;
        sqrt $sqrt:ident, and_not $and_not:ident, xor $xor:ident;
        bits $bits:ident, of_bits $of_bits:ident, sub_bits $sub_bits:ident, left $left:ident, right $right:ident
    ) => {
        register!(
            $Name($Vector), mask $Mask, $width f64;
            splat $splat, Add add $add, Sub sub $sub, Mul mul $mul, Div div $div;
            gt $gt, le $le, eq $eq, select $select;
            sqrt $sqrt, and_not $and_not, xor $xor;
        );

        impl PackedF64 for $Name {
            #[inline(always)]
            fn powers(self) -> (Self, Self) {
                intrinsics! {
                    let bits = $bits(self.0);
                    let half = $right::<1>(bits);
                    let (low, high) = ($left::<52>(half), $left::<52>($sub_bits(bits, half)));
                    (Self($of_bits(low)), Self($of_bits(high)))
                }
            }
            #[inline(always)]
            fn map(self, function: fn(f64) -> f64) -> Self {
                // SAFETY: a register of so many `f64`, of which any are valid; `transmute` checks the size.
                unsafe {
                    let lanes: [f64; $width] = core::mem::transmute(self);
                    core::mem::transmute(lanes.map(function))
                }
            }
        }
    };
}
double_vector!(
    F64x4(__m256d), mask __m256d, 4;
    splat _mm256_set1_pd, add _mm256_add_pd, sub _mm256_sub_pd, mul _mm256_mul_pd, div _mm256_div_pd;
    gt _mm256_cmp_pd::<_CMP_GT_OQ>, le _mm256_cmp_pd::<_CMP_LE_OQ>, eq _mm256_cmp_pd::<_CMP_EQ_OQ>,
    select |mask, yes, no| _mm256_blendv_pd(no, yes, mask);
    sqrt _mm256_sqrt_pd, and_not _mm256_andnot_pd, xor _mm256_xor_pd;
    bits _mm256_castpd_si256, of_bits _mm256_castsi256_pd, sub_bits _mm256_sub_epi64,
    left _mm256_slli_epi64, right _mm256_srli_epi64
);
double_vector!(
    F64x8(__m512d), mask __mmask8, 8;
    splat _mm512_set1_pd, add _mm512_add_pd, sub _mm512_sub_pd, mul _mm512_mul_pd, div _mm512_div_pd;
    gt _mm512_cmp_pd_mask::<_CMP_GT_OQ>, le _mm512_cmp_pd_mask::<_CMP_LE_OQ>, eq _mm512_cmp_pd_mask::<_CMP_EQ_OQ>,
    select |mask, yes, no| _mm512_mask_blend_pd(mask, no, yes);
    sqrt _mm512_sqrt_pd, and_not _mm512_andnot_pd, xor _mm512_xor_pd;
    bits _mm512_castpd_si512, of_bits _mm512_castsi512_pd, sub_bits _mm512_sub_epi64,
    left _mm512_slli_epi64, right _mm512_srli_epi64
);
