//! Sums of parameter gradients, in double precision, so that neither many terms nor huge ones of either
//! sign spoil them.
//!
//! Before that, [`TERMS_PER_SUM`] terms are added in their own precision: that is two or three more roundings as small as the
//! one that each term, a product, has been through, and saves most conversions. Terms come divided by
//! [`TERMS_PER_SUM`], so that huge ones do not overflow.
//!
//! The compiler finds bad instructions for these loops (gathers, on AVX-512), so that they would cost
//! ten times as much as all the rest; hence the intrinsics. Each term goes to one of 8 partial sums,
//! whatever the width of the vectors, so that every machine adds in the same order.

use super::packed::MAX_CHUNK;
#[cfg(target_arch = "x86_64")]
use super::packed::{Packed, PackedF64};
use super::scalar::PortableF32;
#[cfg(target_arch = "x86_64")]
use core::mem::transmute_copy;

/// Terms that are added in their own precision before they are widened. Of a run, these are terms 0, 8, 16 and 24 of each
/// 32, then 1, 9, 17 and 25, and so on. Of a column of a tile, they are the terms of so many rows.
pub(crate) const TERMS_PER_SUM: usize = 4;

// The additions below are written out for as many.
const _: () = assert!(TERMS_PER_SUM == 4);

/// Partial sums of a run, whatever the width of registers.
const PARTIAL_SUMS: usize = 8;

/// A way to add up terms of type `R`, each divided by [`TERMS_PER_SUM`], a chunk at a time.
pub(crate) trait PartialSums<R, const M: usize>: Copy {
    /// Nothing yet.
    fn zero() -> Self;
    /// Adds a chunk of terms.
    fn add(&mut self, terms: [R; M]);
    /// The sum of all.
    fn total(self) -> f64;
    /// How many terms a chunk has.
    const LEN: usize;
    /// Adds a chunk of terms to a sum each.
    fn add_to_each(sums: &mut [f64], terms: [R; M]);
    /// Adds a chunk that is a register of each of [`TERMS_PER_SUM`] rows to the sums of its columns.
    fn add_rows(sums: &mut [f64], terms: [R; M]);

    /// Adds the first terms of a chunk to a sum each.
    #[inline(always)]
    fn add_each(sums: &mut [f64], terms: [R; M]) {
        if sums.len() == Self::LEN {
            return Self::add_to_each(sums, terms);
        }
        let mut filled = [0.0; MAX_CHUNK];
        filled[..sums.len()].copy_from_slice(sums);
        Self::add_to_each(&mut filled[..Self::LEN], terms);
        sums.copy_from_slice(&filled[..sums.len()]);
    }
}

/// Partial sums in an array, for every processor.
#[derive(Clone, Copy)]
pub(crate) struct PortableSums([f64; PARTIAL_SUMS]);

macro_rules! plain {
    ($Number:ty, $float:ty) => {
        impl PartialSums<$Number, 32> for PortableSums {
            const LEN: usize = TERMS_PER_SUM * PARTIAL_SUMS;

            #[inline(always)]
            fn zero() -> Self {
                Self([0.0; PARTIAL_SUMS])
            }
            #[inline(always)]
            fn add(&mut self, terms: [$Number; 32]) {
                let (left, right) = terms.split_at(2 * PARTIAL_SUMS);
                let mut pairs = [left[0]; 2 * PARTIAL_SUMS];
                for (pair, (left, right)) in pairs.iter_mut().zip(left.iter().zip(right)) {
                    *pair = *left + *right;
                }
                let (left, right) = pairs.split_at(PARTIAL_SUMS);
                for (sum, (left, right)) in self.0.iter_mut().zip(left.iter().zip(right)) {
                    *sum += f64::from(<$float>::from(*left + *right));
                }
            }
            #[inline(always)]
            fn total(self) -> f64 {
                // A tree: short chains of additions.
                let four: [f64; 4] = core::array::from_fn(|i| self.0[i] + self.0[i + 4]);
                ((four[0] + four[2]) + (four[1] + four[3])) * TERMS_PER_SUM as f64
            }
            #[inline(always)]
            fn add_to_each(sums: &mut [f64], terms: [$Number; 32]) {
                for (sum, term) in sums.iter_mut().zip(terms) {
                    *sum += f64::from(<$float>::from(term)) * TERMS_PER_SUM as f64;
                }
            }
            fn add_rows(_: &mut [f64], _: [$Number; 32]) {
                unreachable!("a chunk of single numbers")
            }
        }
    };
}
plain!(PortableF32, f32);
plain!(f64, f64);

/// Partial sums of `f64` in `K` registers.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(crate) struct SumsF64<V, const K: usize>([V; K]);

#[cfg(target_arch = "x86_64")]
impl<V, R, const K: usize, const M: usize> PartialSums<R, M> for SumsF64<V, K>
where
    V: PackedF64 + Packed<f64, Register = V>,
    R: Packed<f64, Register = V>,
{
    const LEN: usize = TERMS_PER_SUM * PARTIAL_SUMS;

    #[inline(always)]
    fn zero() -> Self {
        Self([V::lit(0.0); K])
    }
    // By number: iterating over vectors moves them about.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    fn add(&mut self, terms: [R; M]) {
        let terms = registers::<V, R, K, M>(terms);
        for i in 0..K {
            let sum = (terms[0][i] + terms[2][i]) + (terms[1][i] + terms[3][i]);
            self.0[i] = self.0[i] + sum;
        }
    }
    #[inline(always)]
    fn total(self) -> f64 {
        const { assert!(size_of::<Self>() == size_of::<PortableSums>()) };
        // SAFETY: both are as many `f64`, as asserted and as `Packed` promises.
        let sums: PortableSums = unsafe { transmute_copy(&self) };
        PartialSums::<f64, 32>::total(sums)
    }
    #[inline(always)]
    fn add_to_each(sums: &mut [f64], terms: [R; M]) {
        let scale = V::lit(TERMS_PER_SUM as f64);
        assert!(sums.len() == <Self as PartialSums<R, M>>::LEN);
        let sums = sums.as_mut_ptr().cast::<V>();
        for (i, terms) in registers::<V, R, K, M>(terms).into_iter().enumerate() {
            for (j, term) in terms.into_iter().enumerate() {
                // SAFETY: `LEN` sums are as many as a chunk has terms, which `registers` checks.
                unsafe {
                    let sum = sums.add(i * K + j);
                    sum.write_unaligned(sum.read_unaligned() + term * scale);
                }
            }
        }
    }
    #[inline(always)]
    fn add_rows(sums: &mut [f64], terms: [R; M]) {
        if const { K > 1 } {
            unreachable!("a chunk of more than a register of each row")
        }
        let rows = registers::<V, R, K, M>(terms).map(|row| row[0]);
        let sum = ((rows[0] + rows[1]) + rows[2]) + rows[3];
        assert!(size_of_val(sums) == size_of::<V>());
        let sums = sums.as_mut_ptr().cast::<V>();
        // SAFETY: there are as many sums as a register has lanes, as asserted.
        unsafe {
            sums.write_unaligned(sums.read_unaligned() + sum * V::lit(TERMS_PER_SUM as f64));
        }
    }
}

/// The registers of a chunk of `f64`.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn registers<V, R, const K: usize, const M: usize>(terms: [R; M]) -> [[V; K]; TERMS_PER_SUM]
where
    V: Packed<f64, Register = V>,
    R: Packed<f64, Register = V>,
{
    const { assert!(size_of::<[R; M]>() == TERMS_PER_SUM * size_of::<[V; K]>()) };
    // SAFETY: a chunk is registers in sequence, as `Packed` promises, and has as many, as asserted.
    unsafe { transmute_copy(&terms) }
}

/// Only to be used in functions that are compiled for the instructions, which
/// [`simd!`](super::simd) sees to.
#[cfg(target_arch = "x86_64")]
pub(crate) mod wide {
    use super::{PARTIAL_SUMS, PartialSums, TERMS_PER_SUM};
    use crate::simd::pair::Pair;
    use crate::simd::x86::{F32x8, F32x16};
    use core::arch::x86_64::*;

    /// What instructions give, written once for all in this module that touch no memory.
    macro_rules! intrinsics {
        ($code:expr) => {
            // SAFETY: they compute in registers, so that all they ask for is a machine that has them. The types are
            // used only in functions that are compiled for the instructions they are named after, and `simd!` calls
            // those on no other machine.
            unsafe { $code }
        };
    }

    /// The sum of four, as [`PortableSums`](super::PortableSums) adds them.
    ///
    /// # Safety
    ///
    /// The caller ensures that the machine has AVX.
    #[inline(always)]
    unsafe fn sum_of_4(four: __m256d) -> f64 {
        // SAFETY: the instructions compute in registers, and the caller ensures that the machine has them.
        unsafe {
            let two = _mm_add_pd(
                _mm256_castpd256_pd128(four),
                _mm256_extractf128_pd::<1>(four),
            );
            _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
        }
    }

    macro_rules! wide {
        (
            $Name:ident($Vector:ty, $width:literal), $Number:ident: $($Terms:ty, [$Chunk:ty; $count:literal]),+;
            zero $zero:ident, widen $widen:ident, low $low:expr, high $high:expr;
            mul_add $mul_add:ident, splat $splat:ident, load $load:ident, store $store:ident;
            add |$sums:ident, $terms:ident| $add:block total |$all:ident| $total:block
        ) => {
            /// Partial sums in registers.
            #[derive(Clone, Copy)]
            pub(crate) struct $Name([$Vector; PARTIAL_SUMS / $width]);

            impl $Name {
                /// Adds a register of terms, which has twice `$width`, to a sum each.
                #[inline(always)]
                fn add_vector(sums: &mut [f64; 2 * $width], terms: $Number) {
                    // SAFETY: the type is used only in functions that are compiled for its instructions, and `simd!`
                    // calls those on no other machine. `$width` sums are read and written from 0 and from `$width`
                    // on, of which the array has twice `$width`; no alignment is asked for.
                    unsafe {
                        let (low, high) = ($widen($low(terms.0)), $widen($high(terms.0)));
                        for (at, term) in [(0, low), ($width, high)] {
                            let sum = sums.as_mut_ptr().add(at);
                            // The product is exact.
                            $store(sum, $mul_add(term, $splat(TERMS_PER_SUM as f64), $load(sum)));
                        }
                    }
                }
            }

            $(impl PartialSums<$Terms, { size_of::<$Chunk>() / size_of::<$Terms>() }> for $Name {
                const LEN: usize = size_of::<$Chunk>() / size_of::<f32>();

                #[inline(always)]
                fn zero() -> Self {
                    Self([intrinsics!($zero()); PARTIAL_SUMS / $width])
                }
                #[inline(always)]
                fn add(&mut self, terms: $Chunk) {
                    // SAFETY: a chunk is registers in sequence, as `Packed` promises; `transmute` checks its size.
                    let terms: [$Number; $count] = unsafe { core::mem::transmute(terms) };
                    let $sums = &mut self.0;
                    // A number has twice `$width`.
                    for $terms in terms.as_chunks::<{ TERMS_PER_SUM * PARTIAL_SUMS / (2 * $width) }>().0 {
                        intrinsics!($add)
                    }
                }
                #[inline(always)]
                fn total(self) -> f64 {
                    let $all = self.0;
                    TERMS_PER_SUM as f64 * intrinsics!($total)
                }
                #[inline(always)]
                fn add_to_each(sums: &mut [f64], terms: $Chunk) {
                    // SAFETY: a chunk is registers in sequence, as `Packed` promises; `transmute` checks its size.
                    let terms: [$Number; $count] = unsafe { core::mem::transmute(terms) };
                    let sums = sums.as_chunks_mut::<{ 2 * $width }>().0;
                    for i in 0..$count {
                        Self::add_vector(&mut sums[i], terms[i]);
                    }
                }
                #[inline(always)]
                fn add_rows(sums: &mut [f64], terms: $Chunk) {
                    // SAFETY: a chunk is registers in sequence, as `Packed` promises; `transmute` checks its size.
                    let terms: [$Number; $count] = unsafe { core::mem::transmute(terms) };
                    let mut sum = terms[0];
                    for i in 1..$count {
                        sum = sum + terms[i];
                    }
                    Self::add_vector(sums.try_into().expect("a sum per column"), sum);
                }
            })+
        };
    }
    wide!(
        SumsAvx2(__m256d, 4), F32x8: Pair<F32x8>, [[Pair<F32x8>; 2]; 4];
        zero _mm256_setzero_pd, widen _mm256_cvtps_pd,
        low |terms| _mm256_castps256_ps128(terms), high |terms| _mm256_extractf128_ps::<1>(terms);
        mul_add _mm256_fmadd_pd, splat _mm256_set1_pd, load _mm256_loadu_pd, store _mm256_storeu_pd;
        add |sums, terms| {
            let eight = ((terms[0] + terms[2]) + (terms[1] + terms[3])).0;
            sums[0] = _mm256_add_pd(sums[0], _mm256_cvtps_pd(_mm256_castps256_ps128(eight)));
            sums[1] = _mm256_add_pd(sums[1], _mm256_cvtps_pd(_mm256_extractf128_ps::<1>(eight)));
        }
        total |sums| { sum_of_4(_mm256_add_pd(sums[0], sums[1])) }
    );
    wide!(
        SumsAvx512(__m512d, 8), F32x16:
            Pair<Pair<F32x16>>, [[Pair<Pair<F32x16>>; 1]; 4],
            Pair<F32x16>, [[Pair<F32x16>; 1]; 2];
        zero _mm512_setzero_pd, widen _mm512_cvtps_pd,
        low |terms| _mm512_castps512_ps256(terms), high |terms| _mm512_extractf32x8_ps::<1>(terms);
        mul_add _mm512_fmadd_pd, splat _mm512_set1_pd, load _mm512_loadu_pd, store _mm512_storeu_pd;
        add |sums, terms| {
            let pairs = (terms[0] + terms[1]).0;
            let eight = _mm256_add_ps(_mm512_castps512_ps256(pairs), _mm512_extractf32x8_ps::<1>(pairs));
            sums[0] = _mm512_add_pd(sums[0], _mm512_cvtps_pd(eight));
        }
        total |sums| {
            let (low, high) = (_mm512_castpd512_pd256(sums[0]), _mm512_extractf64x4_pd::<1>(sums[0]));
            sum_of_4(_mm256_add_pd(low, high))
        }
    );
}
