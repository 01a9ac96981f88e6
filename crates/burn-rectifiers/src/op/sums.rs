//! Sums of parameter gradients, in double precision, so that neither many terms nor huge ones of either
//! sign spoil them.
//!
//! The compiler finds bad instructions for these loops (gathers, on AVX-512), so that they would cost
//! ten times as much as all the rest; hence the intrinsics. Each term goes to one of 16 partial sums,
//! whatever the width of the vectors, so that every machine adds in the same order.

use super::block::CHUNK;
use super::simd::PortableF32;

/// Partial sums.
const LANES: usize = 16;

/// A way to add up terms of type `R`, a chunk at a time.
pub(crate) trait Partial<R, const M: usize>: Copy {
    /// Nothing yet.
    fn zero() -> Self;
    /// Adds a chunk of terms.
    fn add(&mut self, terms: [R; M]);
    /// The sum of all.
    fn total(self) -> f64;
    /// Adds a chunk of terms to a sum each.
    fn add_to_each(sums: &mut [f64; CHUNK], terms: [R; M]);

    /// Adds the first terms of a chunk to a sum each.
    #[inline(always)]
    fn add_each(sums: &mut [f64], terms: [R; M]) {
        if let Some(sums) = sums.first_chunk_mut() {
            return Self::add_to_each(sums, terms);
        }
        let mut filled = [0.0; CHUNK];
        filled[..sums.len()].copy_from_slice(sums);
        Self::add_to_each(&mut filled, terms);
        sums.copy_from_slice(&filled[..sums.len()]);
    }
}

/// Without any particular instructions.
#[derive(Clone, Copy)]
pub(crate) struct Plain([f64; LANES]);

impl Plain {
    /// The sum of all.
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
}

macro_rules! plain {
    ($Number:ty, $float:ty) => {
        impl Partial<$Number, CHUNK> for Plain {
            #[inline(always)]
            fn zero() -> Self {
                Self([0.0; LANES])
            }
            #[inline(always)]
            fn add(&mut self, terms: [$Number; CHUNK]) {
                for terms in terms.as_chunks::<LANES>().0 {
                    for (sum, term) in self.0.iter_mut().zip(terms) {
                        *sum += f64::from(<$float>::from(*term));
                    }
                }
            }
            #[inline(always)]
            fn total(self) -> f64 {
                self.total()
            }
            #[inline(always)]
            fn add_to_each(sums: &mut [f64; CHUNK], terms: [$Number; CHUNK]) {
                for (sum, term) in sums.iter_mut().zip(terms) {
                    *sum += f64::from(<$float>::from(term));
                }
            }
        }
    };
}
plain!(PortableF32, f32);
plain!(f64, f64);

/// Only to be used in functions that are compiled for the instructions, which
/// [`simd!`](super::simd) sees to.
#[cfg(target_arch = "x86_64")]
pub(crate) mod wide {
    use super::{CHUNK, LANES, Partial, Plain};
    use crate::curve::math::wide::{Avx2, Avx512};
    use core::arch::x86_64::*;

    macro_rules! wide {
        (
            $Name:ident: $Terms:ident($count:literal), $Vector:ty, $width:literal;
            zero $zero:ident, widen $widen:ident, low $low:expr, high $high:expr;
            add $add:ident, load $load:ident, store $store:ident
        ) => {
            /// In vectors.
            #[derive(Clone, Copy)]
            pub(crate) struct $Name([$Vector; LANES / $width]);

            // SAFETY, of all that is unsafe here: the instructions are there, and what is read and
            // written is in bounds.
            impl Partial<$Terms, $count> for $Name {
                #[inline(always)]
                fn zero() -> Self {
                    Self([unsafe { $zero() }; LANES / $width])
                }
                #[inline(always)]
                fn add(&mut self, terms: [$Terms; $count]) {
                    for i in 0..$count {
                        let at = 2 * i % (LANES / $width);
                        unsafe {
                            self.0[at] = $add(self.0[at], $widen($low(terms[i].0)));
                            self.0[at + 1] = $add(self.0[at + 1], $widen($high(terms[i].0)));
                        }
                    }
                }
                #[inline(always)]
                fn total(self) -> f64 {
                    let mut lanes = [0.0; LANES];
                    for (lanes, sum) in lanes.as_chunks_mut::<$width>().0.iter_mut().zip(self.0) {
                        unsafe { $store(lanes.as_mut_ptr(), sum) };
                    }
                    Plain(lanes).total()
                }
                #[inline(always)]
                fn add_to_each(sums: &mut [f64; CHUNK], terms: [$Terms; $count]) {
                    let sums = sums.as_chunks_mut::<$width>().0;
                    for i in 0..$count {
                        unsafe {
                            let (low, high) = ($widen($low(terms[i].0)), $widen($high(terms[i].0)));
                            for (at, term) in [(2 * i, low), (2 * i + 1, high)] {
                                let sum = sums[at].as_mut_ptr();
                                $store(sum, $add($load(sum), term));
                            }
                        }
                    }
                }
            }
        };
    }
    wide!(
        SumsAvx2: Avx2(4), __m256d, 4;
        zero _mm256_setzero_pd, widen _mm256_cvtps_pd,
        low |terms| _mm256_castps256_ps128(terms), high |terms| _mm256_extractf128_ps::<1>(terms);
        add _mm256_add_pd, load _mm256_loadu_pd, store _mm256_storeu_pd
    );
    wide!(
        SumsAvx512: Avx512(2), __m512d, 8;
        zero _mm512_setzero_pd, widen _mm512_cvtps_pd,
        low |terms| _mm512_castps512_ps256(terms), high |terms| _mm512_extractf32x8_ps::<1>(terms);
        add _mm512_add_pd, load _mm512_loadu_pd, store _mm512_storeu_pd
    );
}
