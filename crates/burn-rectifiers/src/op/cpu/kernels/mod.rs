//! A curve's loops over slices, compiled for each set of instructions.
//!
//! A chunk is what a loop takes in one iteration: 64 elements of `f32` with AVX-512, and 32 with AVX2, in four registers each;
//! 32 elements of `f64`, in four registers or eight; and otherwise 32 single elements, which the compiler may pack. In a tile,
//! four registers are of four rows, so that they use the same parameters and add to the same sums. With [`MANY_PARAMS`]
//! parameters, the sums of a run need so many registers of AVX-512 that a chunk of two is faster.

mod each;
mod parts;
mod pass;
mod passes;
mod walk;

use self::parts::{ChunkSizes, Part, one_run, parts, ranges};
use self::pass::KernelNumber;
use self::passes::{Slopes, SlopesAndSums, Value};
use self::walk::{walk_columns, walk_runs};
#[cfg(target_arch = "x86_64")]
use super::block::is_of_rows;
use super::{Arrangement, Block, CpuKernel, Params};
use crate::curve::Formula;
#[cfg(target_arch = "x86_64")]
use crate::simd::{F32x8, F32x16, F64x4, F64x8, Pair, SumsAvx2, SumsAvx512, SumsF64};
use crate::simd::{Level, PartialSums, PortableF32, PortableSums, simd};
use core::marker::PhantomData;

/// The CPU kernels of curve `C`.
#[derive(Debug)]
pub struct CompiledCurve<C, const N: usize>(PhantomData<fn() -> C>);

impl<C, const N: usize> CompiledCurve<C, N> {
    /// The one value of this type.
    pub const NEW: Self = Self(PhantomData);
}

/// With so many parameters, gradients of runs take chunks of half the size with AVX-512.
const MANY_PARAMS: usize = 4;

macro_rules! cpu_kernel {
    (
        $float:ty, $value:ident, $grads:ident, $chunks:ident;
        portable $portable:ty, $portable_m:literal, $plain:ty;
        avx2 $avx2:ty, $avx2_m:literal, $narrow:ty;
        avx512 $avx512:ty, $avx512_m:literal, $wide:ty; many $run_number:ty
    ) => {
        // SAFETY: `walk_runs` goes through all runs of a block, chunk by chunk, and `walk_columns` through the
        // parts that `parts` cuts all columns into, each element in one of them. The passes write as many elements of
        // a chunk as they read. What lies between rows is in no range, part or chunk.
        unsafe impl<C: Formula<N>, const N: usize> CpuKernel<$float> for CompiledCurve<C, N> {
            fn value(&self, data: Block<$float>, params: Params<$float>) {
                $value::<C, N>(Level::used(), data, params)
            }

            fn grads(
                &self,
                gs: Block<$float>,
                xs: &[$float],
                params: Params<$float>,
                sums: &mut [&mut [f64]],
            ) {
                $grads::<C, N>(Level::used(), gs, xs, params, sums)
            }
        }

        fn $chunks(level: Level) -> ChunkSizes {
            match level {
                Level::Portable => ChunkSizes::of::<$float, $portable, $portable_m>(level),
                #[cfg(target_arch = "x86_64")]
                Level::Avx2 => ChunkSizes::of::<$float, $avx2, $avx2_m>(level),
                #[cfg(target_arch = "x86_64")]
                Level::Avx512 => ChunkSizes::of::<$float, $avx512, $avx512_m>(level),
                #[cfg(not(target_arch = "x86_64"))]
                _ => unreachable!("instructions of x86-64"),
            }
        }

        fn $value<C: Formula<N>, const N: usize>(
            level: Level,
            mut data: Block<$float>,
            params: Params<$float>,
        ) {
            fn part<C: Formula<N>, const N: usize>(
                level: Level,
                data: Block<$float>,
                params: Params<$float>,
                part: Part,
            ) {
                simd!(
                    level;
                    portable { type Number = $portable; const M: usize = $portable_m; }
                    avx2 { type Number = $avx2; const M: usize = $avx2_m; }
                    avx512 { type Number = $avx512; const M: usize = $avx512_m; }
                    [C: Formula<N>, const N: usize] [C, N]
                    (data: Block<$float>, params: Params<$float>, part: Part) {
                        value::<$float, Number, C, N, M>(data, params, part)
                    }
                )
            }
            let len = data.len();
            if const { N == 0 } {
                for range in ranges(params.arrangement(), len) {
                    let none = Params::new(&[], one_run(range.len()));
                    part::<C, N>(level, data.part(range.start, range.end), none, Part::Runs);
                }
                return;
            }
            parts(params.arrangement(), len, $chunks(level), &mut |level, these| {
                part::<C, N>(level, data.part(0, len), params, these)
            })
        }

        fn $grads<C: Formula<N>, const N: usize>(
            level: Level,
            mut gs: Block<$float>,
            xs: &[$float],
            params: Params<$float>,
            sums: &mut [&mut [f64]],
        ) {
            fn part<C: Formula<N>, const N: usize>(
                level: Level,
                gs: Block<$float>,
                xs: &[$float],
                params: Params<$float>,
                sums: &mut [&mut [f64]],
                part: Part,
            ) {
                simd!(
                    level;
                    portable {
                        type Number = $portable;
                        type RunNumber = $portable;
                        type Sums = $plain;
                        const M: usize = $portable_m;
                    }
                    avx2 {
                        type Number = $avx2;
                        type RunNumber = $avx2;
                        type Sums = $narrow;
                        const M: usize = $avx2_m;
                    }
                    avx512 {
                        type Number = $avx512;
                        type RunNumber = $run_number;
                        type Sums = $wide;
                        const M: usize = $avx512_m;
                    }
                    [C: Formula<N>, const N: usize] [C, N]
                    (
                        gs: Block<$float>,
                        xs: &[$float],
                        params: Params<$float>,
                        sums: &mut [&mut [f64]],
                        part: Part,
                    ) {
                        if const { N > 0 } && !matches!(part, Part::Runs) {
                            grads_of_columns::<$float, Number, Sums, C, N, M>(gs, xs, params, sums, part)
                        } else if const { N < MANY_PARAMS } {
                            grads_of_runs::<$float, Number, Sums, C, N, M>(gs, xs, params, sums)
                        } else {
                            grads_of_runs::<$float, RunNumber, Sums, C, N, M>(gs, xs, params, sums)
                        }
                    }
                )
            }
            let len = gs.len();
            assert_eq!(len, xs.len());
            if const { N == 0 } {
                for range in ranges(params.arrangement(), len) {
                    let none = Params::new(&[], one_run(range.len()));
                    let gs = gs.part(range.start, range.end);
                    part::<C, N>(level, gs, &xs[range], none, sums, Part::Runs);
                }
                return;
            }
            parts(params.arrangement(), len, $chunks(level), &mut |level, these| {
                part::<C, N>(level, gs.part(0, len), xs, params, sums, these)
            })
        }
    };
}
// For each instruction set: the numbers of a chunk, how many there are, and what adds up terms. In `f32`, a chunk of AVX2 is
// two pairs, one of AVX-512 a pair of pairs: four registers either way. In a pair of pairs, all operations on four registers
// are side by side; AVX2 has half as many registers, which would not hold that.
cpu_kernel!(
    f32, value_f32, grads_f32, chunks_f32;
    portable PortableF32, 32, PortableSums;
    avx2 Pair<F32x8>, 2, SumsAvx2;
    avx512 Pair<Pair<F32x16>>, 1, SumsAvx512; many Pair<F32x16>
);
cpu_kernel!(
    f64, value_f64, grads_f64, chunks_f64;
    portable f64, 32, PortableSums;
    avx2 Pair<F64x4>, 4, SumsF64<F64x4, 2>;
    avx512 Pair<Pair<F64x8>>, 1, SumsF64<F64x8, 1>; many Pair<Pair<F64x8>>
);

// Otherwise loops take tiles row by row, which gives the same and takes longer.
#[cfg(target_arch = "x86_64")]
const _: () =
    assert!(is_of_rows::<f32, Pair<F32x8>, 2>() && is_of_rows::<f32, Pair<Pair<F32x16>>, 1>());

/// `data`, of which chunks that are taken row by row prefetch the next row of a tile instead of what comes next in memory.
fn with_tile_prefetch<'a, T: Copy + Default>(
    data: Block<'a, T>,
    params: Params<T>,
) -> Block<'a, T> {
    match params.arrangement() {
        Arrangement::Columns { width, pitch } if width < pitch => {
            data.with_prefetch_distance(pitch)
        }
        _ => data,
    }
}

#[inline(always)]
fn value<T, R, C, const N: usize, const M: usize>(data: Block<T>, params: Params<T>, part: Part)
where
    T: Copy + Default,
    R: KernelNumber<T>,
    C: Formula<N>,
{
    let len = data.len();
    let mut pass = Value::<T, C, M> {
        data: with_tile_prefetch(data, params),
        curve: PhantomData,
    };
    if const { N > 0 } && !matches!(part, Part::Runs) {
        walk_columns::<T, R, _, N, M>(params, len, part, &mut pass)
    } else {
        walk_runs::<T, R, _, N, M>(params, len, &mut pass)
    }
}

#[inline(always)]
fn grads_of_runs<T, R, S, C, const N: usize, const M: usize>(
    gs: Block<T>,
    xs: &[T],
    params: Params<T>,
    sums: &mut [&mut [f64]],
) where
    T: Copy + Default,
    R: KernelNumber<T>,
    S: PartialSums<R, M>,
    C: Formula<N>,
{
    let len = gs.len();
    if const { N > 0 } && !sums.is_empty() {
        let mut pass = SlopesAndSums::<T, C, S, N, M>::new::<R>(gs, xs, sums, params.units(len));
        return walk_runs::<T, R, _, N, M>(params, len, &mut pass);
    }
    let mut pass = Slopes::<T, C, M> {
        gs,
        xs,
        curve: PhantomData,
    };
    walk_runs::<T, R, _, N, M>(params, len, &mut pass)
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
    R: KernelNumber<T>,
    S: PartialSums<R, M>,
    C: Formula<N>,
{
    let (len, gs) = (gs.len(), with_tile_prefetch(gs, params));
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
