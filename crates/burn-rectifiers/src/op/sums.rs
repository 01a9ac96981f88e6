//! Sums of parameter gradients, in double precision, so that neither many terms nor huge ones of either
//! sign spoil them.
//!
//! The compiler finds bad instructions for these loops (gathers, on AVX-512), so that they would cost
//! ten times as much as all the rest; hence the intrinsics. Each term goes to one of 16 partial sums,
//! whatever the width of the vectors, so that every machine adds in the same order.

use super::block::CHUNK;

/// Partial sums.
const LANES: usize = 16;

/// A way to add up terms, a chunk at a time.
pub(crate) trait Partial<T>: Copy {
    /// Nothing yet.
    fn zero() -> Self;
    /// Adds a chunk of terms.
    fn add(&mut self, terms: &[T; CHUNK]);
    /// The sum of all.
    fn total(self) -> f64;
    /// Adds a chunk of terms to a sum each.
    fn add_each(sums: &mut [f64; CHUNK], terms: &[T; CHUNK]);
}

/// Without any particular instructions.
#[derive(Clone, Copy)]
pub(crate) struct Plain([f64; LANES]);

impl<T: Copy + Into<f64>> Partial<T> for Plain {
    #[inline(always)]
    fn zero() -> Self {
        Self([0.0; LANES])
    }
    #[inline(always)]
    fn add(&mut self, terms: &[T; CHUNK]) {
        for terms in terms.as_chunks::<LANES>().0 {
            for (sum, term) in self.0.iter_mut().zip(terms) {
                *sum += (*term).into();
            }
        }
    }
    #[inline(always)]
    fn total(mut self) -> f64 {
        // A tree: short chains of additions.
        let mut half = LANES / 2;
        while half > 0 {
            for i in 0..half {
                self.0[i] += self.0[i + half];
            }
            half /= 2;
        }
        self.0[0]
    }
    #[inline(always)]
    fn add_each(sums: &mut [f64; CHUNK], terms: &[T; CHUNK]) {
        for (sum, term) in sums.iter_mut().zip(terms) {
            *sum += (*term).into();
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use wide::{Avx2, Avx512};

/// Only to be used in functions that are compiled for the instructions they are named after, which
/// [`simd!`](super::simd) sees to.
#[cfg(target_arch = "x86_64")]
mod wide {
    use super::{CHUNK, LANES, Partial, Plain};
    use core::arch::x86_64::*;

    macro_rules! wide {
        (
            $Name:ident, $Vector:ty, $width:literal, $zero:ident, $widen:ident, $load_terms:ident,
            $add:ident, $load:ident, $store:ident
        ) => {
            /// In vectors.
            #[derive(Clone, Copy)]
            pub(crate) struct $Name([$Vector; LANES / $width]);

            impl Partial<f32> for $Name {
                #[inline(always)]
                fn zero() -> Self {
                    // SAFETY: the instructions are there.
                    Self([unsafe { $zero() }; LANES / $width])
                }
                #[inline(always)]
                fn add(&mut self, terms: &[f32; CHUNK]) {
                    const VECTORS: usize = LANES / $width;
                    for (i, terms) in terms.as_chunks::<$width>().0.iter().enumerate() {
                        let sum = &mut self.0[i % VECTORS];
                        // SAFETY: the instructions are there, and so are the terms.
                        *sum = unsafe { $add(*sum, $widen($load_terms(terms.as_ptr()))) };
                    }
                }
                #[inline(always)]
                fn total(self) -> f64 {
                    let mut lanes = [0.0; LANES];
                    for (lanes, sum) in lanes.as_chunks_mut::<$width>().0.iter_mut().zip(self.0) {
                        // SAFETY: the instructions are there, and place for the sums.
                        unsafe { $store(lanes.as_mut_ptr(), sum) };
                    }
                    Partial::<f32>::total(Plain(lanes))
                }
                #[inline(always)]
                fn add_each(sums: &mut [f64; CHUNK], terms: &[f32; CHUNK]) {
                    let sums = sums.as_chunks_mut::<$width>().0;
                    for (sums, terms) in sums.iter_mut().zip(terms.as_chunks::<$width>().0) {
                        // SAFETY: the instructions are there, and so are terms and sums.
                        unsafe {
                            let terms = $widen($load_terms(terms.as_ptr()));
                            $store(sums.as_mut_ptr(), $add($load(sums.as_ptr()), terms));
                        }
                    }
                }
            }
        };
    }
    wide!(
        Avx2,
        __m256d,
        4,
        _mm256_setzero_pd,
        _mm256_cvtps_pd,
        _mm_loadu_ps,
        _mm256_add_pd,
        _mm256_loadu_pd,
        _mm256_storeu_pd
    );
    wide!(
        Avx512,
        __m512d,
        8,
        _mm512_setzero_pd,
        _mm512_cvtps_pd,
        _mm256_loadu_ps,
        _mm512_add_pd,
        _mm512_loadu_pd,
        _mm512_storeu_pd
    );
}
