//! A curve's loops over slices, compiled for each set of instructions.
//!
//! A chunk is 64 elements with AVX-512, four vectors side by side; 32 with AVX2, two times two vectors; and
//! otherwise 32 single ones, which the compiler may join. With [`MANY`] parameters, a row's sums need so
//! many registers that two vectors are better for gradients than four. In columns, the four vectors lie below each
//! other, so that their parameters and sums are the same.

mod each;
mod passes;
mod walk;

use self::passes::{Slopes, SlopesAndSums, Value};
use self::walk::{Chunks, Part, parts, run, runs, walk_columns, walk_rows};
use super::{Block, CpuKernel, Lanes, Params};
use crate::curve::Formula;
use crate::math::Real;
#[cfg(target_arch = "x86_64")]
use crate::simd::{Avx2, Avx512, SumsAvx2, SumsAvx512, Two};
use crate::simd::{Compiled, Numbers, Partial, Plain, PortableF32, Simd, simd};
use core::marker::PhantomData;

/// The CPU kernels of curve `C`.
#[derive(Debug)]
pub struct CompiledCurve<C, const N: usize>(PhantomData<fn() -> C>);

impl<C, const N: usize> CompiledCurve<C, N> {
    /// The one value of this type.
    pub const NEW: Self = Self(PhantomData);
}

/// Parameters that are too many for the usual chunks.
const MANY: usize = 4;

macro_rules! cpu_kernel {
    (
        $float:ty, $value:ident, $grads:ident, $chunks:ident;
        portable $portable:ty, $singles:literal, $plain:ty;
        avx2 $avx2:ty, $twos:literal, $narrow:ty;
        avx512 $avx512:ty, $fours:literal, $wide:ty; many $fewer:ty
    ) => {
        // SAFETY: `walk_rows` goes through all rows of a stretch, chunk by chunk, and `walk_columns` through the
        // parts that `parts` cuts all columns into, each element in one of them. The passes write as many elements of
        // a chunk as they read. What lies between rows is in no run, part or chunk.
        unsafe impl<C: Formula<N>, const N: usize> CpuKernel<$float> for CompiledCurve<C, N> {
            fn value(&self, data: Block<$float>, params: Params<$float>) {
                $value::<C, N>(Simd::used(), data, params)
            }

            fn grads(
                &self,
                gs: Block<$float>,
                xs: &[$float],
                params: Params<$float>,
                sums: &mut [&mut [f64]],
            ) {
                $grads::<C, N>(Simd::used(), gs, xs, params, sums)
            }
        }

        fn $chunks(simd: Simd) -> Chunks {
            match simd {
                Simd::Portable => Chunks::of::<$float, $portable, $singles>(simd),
                #[cfg(target_arch = "x86_64")]
                Simd::Avx2 => Chunks::of::<$float, $avx2, $twos>(simd),
                #[cfg(target_arch = "x86_64")]
                Simd::Avx512 => Chunks::of::<$float, $avx512, $fours>(simd),
                #[cfg(not(target_arch = "x86_64"))]
                _ => unreachable!("instructions of x86-64"),
            }
        }

        fn $value<C: Formula<N>, const N: usize>(
            simd: Simd,
            mut data: Block<$float>,
            params: Params<$float>,
        ) {
            fn part<C: Formula<N>, const N: usize>(
                simd: Simd,
                data: Block<$float>,
                params: Params<$float>,
                part: Part,
            ) {
                simd!(
                    simd;
                    portable { type Number = $portable; const M: usize = $singles; }
                    avx2 { type Number = $avx2; const M: usize = $twos; }
                    avx512 { type Number = $avx512; const M: usize = $fours; }
                    [C: Formula<N>, const N: usize] [C, N]
                    (data: Block<$float>, params: Params<$float>, part: Part) {
                        value::<$float, Number, C, N, M>(data, params, part)
                    }
                )
            }
            let len = data.len();
            if const { N == 0 } {
                for row in runs(params.lanes(), len) {
                    let none = Params::new(&[], run(row.len()));
                    part::<C, N>(simd, data.part(row.start, row.end), none, Part::Rows);
                }
                return;
            }
            parts(params.lanes(), len, $chunks(simd), &mut |simd, these| {
                part::<C, N>(simd, data.part(0, len), params, these)
            })
        }

        fn $grads<C: Formula<N>, const N: usize>(
            simd: Simd,
            mut gs: Block<$float>,
            xs: &[$float],
            params: Params<$float>,
            sums: &mut [&mut [f64]],
        ) {
            fn part<C: Formula<N>, const N: usize>(
                simd: Simd,
                gs: Block<$float>,
                xs: &[$float],
                params: Params<$float>,
                sums: &mut [&mut [f64]],
                part: Part,
            ) {
                simd!(
                    simd;
                    portable {
                        type Number = $portable;
                        type Fewer = $portable;
                        type Sums = $plain;
                        const M: usize = $singles;
                    }
                    avx2 {
                        type Number = $avx2;
                        type Fewer = $avx2;
                        type Sums = $narrow;
                        const M: usize = $twos;
                    }
                    avx512 {
                        type Number = $avx512;
                        type Fewer = $fewer;
                        type Sums = $wide;
                        const M: usize = $fours;
                    }
                    [C: Formula<N>, const N: usize] [C, N]
                    (
                        gs: Block<$float>,
                        xs: &[$float],
                        params: Params<$float>,
                        sums: &mut [&mut [f64]],
                        part: Part,
                    ) {
                        if const { N > 0 } && !matches!(part, Part::Rows) {
                            grads_of_columns::<$float, Number, Sums, C, N, M>(gs, xs, params, sums, part)
                        } else if const { N < MANY } {
                            grads_of_rows::<$float, Number, Sums, C, N, M>(gs, xs, params, sums)
                        } else {
                            grads_of_rows::<$float, Fewer, Sums, C, N, M>(gs, xs, params, sums)
                        }
                    }
                )
            }
            let len = gs.len();
            assert_eq!(len, xs.len());
            if const { N == 0 } {
                for row in runs(params.lanes(), len) {
                    let none = Params::new(&[], run(row.len()));
                    let gs = gs.part(row.start, row.end);
                    part::<C, N>(simd, gs, &xs[row], none, sums, Part::Rows);
                }
                return;
            }
            parts(params.lanes(), len, $chunks(simd), &mut |simd, these| {
                part::<C, N>(simd, gs.part(0, len), xs, params, sums, these)
            })
        }
    };
}
// What a chunk consists of, how many of them, and what adds up its terms.
cpu_kernel!(
    f32, value_f32, grads_f32, chunks_f32;
    portable PortableF32, 32, Plain;
    avx2 Two<Avx2>, 2, SumsAvx2;
    avx512 Two<Two<Avx512>>, 1, SumsAvx512; many Two<Avx512>
);
cpu_kernel!(
    f64, value_f64, grads_f64, chunks_f64;
    portable f64, 32, Plain;
    avx2 f64, 32, Plain;
    avx512 f64, 32, Plain; many f64
);

/// `data`, of which the next work after a chunk may lie elsewhere than behind it.
fn looking_ahead<'a, T: Copy + Default>(data: Block<'a, T>, params: Params<T>) -> Block<'a, T> {
    match params.lanes() {
        Lanes::Columns { width, stride } if width < stride => data.with_ahead(stride),
        _ => data,
    }
}

#[inline(always)]
fn value<T, R, C, const N: usize, const M: usize>(data: Block<T>, params: Params<T>, part: Part)
where
    T: Copy + Default,
    R: Real + Numbers<T> + Compiled + From<T>,
    C: Formula<N>,
{
    let len = data.len();
    let mut pass = Value::<T, C, M> {
        data: looking_ahead(data, params),
        curve: PhantomData,
    };
    if const { N > 0 } && !matches!(part, Part::Rows) {
        walk_columns::<T, R, _, N, M>(params, len, part, &mut pass)
    } else {
        walk_rows::<T, R, _, N, M>(params, len, &mut pass)
    }
}

#[inline(always)]
fn grads_of_rows<T, R, S, C, const N: usize, const M: usize>(
    gs: Block<T>,
    xs: &[T],
    params: Params<T>,
    sums: &mut [&mut [f64]],
) where
    T: Copy + Default,
    R: Real + Numbers<T> + Compiled + From<T>,
    S: Partial<R, M>,
    C: Formula<N>,
{
    let len = gs.len();
    if const { N > 0 } && !sums.is_empty() {
        let mut pass = SlopesAndSums::<T, C, S, N, M>::new::<R>(gs, xs, sums, params.units(len));
        return walk_rows::<T, R, _, N, M>(params, len, &mut pass);
    }
    let mut pass = Slopes::<T, C, M> {
        gs,
        xs,
        curve: PhantomData,
    };
    walk_rows::<T, R, _, N, M>(params, len, &mut pass)
}

#[inline(always)]
fn grads_of_columns<T, R, S, C, const N: usize, const M: usize>(
    gs: Block<T>,
    xs: &[T],
    params: Params<T>,
    sums: &mut [&mut [f64]],
    part: Part,
) where
    T: Copy + Default,
    R: Real + Numbers<T> + Compiled + From<T>,
    S: Partial<R, M>,
    C: Formula<N>,
{
    let (len, gs) = (gs.len(), looking_ahead(gs, params));
    if !sums.is_empty() {
        let mut pass = SlopesAndSums::<T, C, S, N, M>::new::<R>(gs, xs, sums, params.units(len));
        return walk_columns::<T, R, _, N, M>(params, len, part, &mut pass);
    }
    let mut pass = Slopes::<T, C, M> {
        gs,
        xs,
        curve: PhantomData,
    };
    walk_columns::<T, R, _, N, M>(params, len, part, &mut pass)
}

#[cfg(test)]
mod tests;
