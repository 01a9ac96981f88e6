//! A curve's loops over host memory, compiled for each set of instructions.

use super::block::{CHUNK, chunk};
use super::params::rows;
use super::simd::{PortableF32, Simd, simd};
#[cfg(target_arch = "x86_64")]
use super::sums::{Avx2, Avx512};
use super::sums::{Partial, Plain};
use super::{Block, HostKernel, Lanes, Params};
use crate::curve::Formula;
use crate::curve::math::fused::Fused;
use crate::curve::math::host::Real;
use core::marker::PhantomData;

/// The host kernels of curve `C`.
#[derive(Debug)]
pub struct Host<C, const N: usize>(PhantomData<fn() -> C>);

impl<C, const N: usize> Host<C, N> {
    /// The one value of this type.
    pub const NEW: Self = Self(PhantomData);
}

macro_rules! host_kernel {
    (
        $float:ty, $value:ident, $grads:ident;
        portable $portable:ty, $plain:ty; avx2 $avx2:ty, $narrow:ty; avx512 $avx512:ty, $wide:ty
    ) => {
        // SAFETY: the loops go through all rows, or all elements, chunk by chunk.
        unsafe impl<C: Formula<N>, const N: usize> HostKernel<$float> for Host<C, N> {
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

        fn $value<C: Formula<N>, const N: usize>(
            simd: Simd,
            data: Block<$float>,
            params: Params<$float>,
        ) {
            simd!(
                simd;
                portable { type Number = $portable; }
                avx2 { type Number = $avx2; }
                avx512 { type Number = $avx512; }
                [C: Formula<N>, const N: usize] [C, N]
                (data: Block<$float>, params: Params<$float>) {
                    value::<$float, Number, C, N>(data, params)
                }
            )
        }

        fn $grads<C: Formula<N>, const N: usize>(
            simd: Simd,
            gs: Block<$float>,
            xs: &[$float],
            params: Params<$float>,
            sums: &mut [&mut [f64]],
        ) {
            simd!(
                simd;
                portable { type Number = $portable; type Sums = $plain; }
                avx2 { type Number = $avx2; type Sums = $narrow; }
                avx512 { type Number = $avx512; type Sums = $wide; }
                [C: Formula<N>, const N: usize] [C, N]
                (
                    gs: Block<$float>,
                    xs: &[$float],
                    params: Params<$float>,
                    sums: &mut [&mut [f64]],
                ) {
                    grads::<$float, Number, Sums, C, N>(gs, xs, params, sums)
                }
            )
        }
    };
}
host_kernel!(
    f32, value_f32, grads_f32;
    portable PortableF32, Plain; avx2 Fused, Avx2; avx512 Fused, Avx512
);
host_kernel!(
    f64, value_f64, grads_f64;
    portable f64, Plain; avx2 f64, Plain; avx512 f64, Plain
);

#[inline(always)]
fn value<T, R, C, const N: usize>(mut data: Block<T>, params: Params<T>)
where
    T: Copy + Default,
    R: Real + From<T> + Into<T>,
    C: Formula<N>,
{
    let values: [&[T]; N] = core::array::from_fn(|j| params.values()[j]);
    match params.lanes() {
        Lanes::Rows {
            first,
            start,
            inner,
        } => {
            let count = values.first().map_or(1, |values| values.len());
            for row in rows((first, start, inner), count, data.len()) {
                let params: [R; N] = core::array::from_fn(|j| R::from(values[j][row.value]));
                for at in (row.start..row.end).step_by(CHUNK) {
                    let len = (row.end - at).min(CHUNK);
                    let mut xs = data.load(at, len);
                    for x in &mut xs {
                        *x = C::value(R::from(*x), params).into();
                    }
                    data.store(at, len, xs);
                }
            }
        }
        Lanes::Own => {
            for at in (0..data.len()).step_by(CHUNK) {
                let len = (data.len() - at).min(CHUNK);
                let params: [[T; CHUNK]; N] = core::array::from_fn(|j| chunk(values[j], at, len));
                let mut xs = data.load(at, len);
                for i in 0..CHUNK {
                    let params: [R; N] = core::array::from_fn(|j| R::from(params[j][i]));
                    xs[i] = C::value(R::from(xs[i]), params).into();
                }
                data.store(at, len, xs);
            }
        }
    }
}

#[inline(always)]
fn grads<T, R, S, C, const N: usize>(
    gs: Block<T>,
    xs: &[T],
    params: Params<T>,
    sums: &mut [&mut [f64]],
) where
    T: Copy + Default,
    R: Real + From<T> + Into<T>,
    S: Partial<T>,
    C: Formula<N>,
{
    assert_eq!(gs.len(), xs.len());
    if N == 0 || sums.is_empty() {
        slopes::<T, R, C, N>(gs, xs, params)
    } else {
        slopes_and_sums::<T, R, S, C, N>(gs, xs, params, sums)
    }
}

#[inline(always)]
fn slopes<T, R, C, const N: usize>(mut gs: Block<T>, xs: &[T], params: Params<T>)
where
    T: Copy + Default,
    R: Real + From<T> + Into<T>,
    C: Formula<N>,
{
    let values: [&[T]; N] = core::array::from_fn(|j| params.values()[j]);
    match params.lanes() {
        Lanes::Rows {
            first,
            start,
            inner,
        } => {
            let count = values.first().map_or(1, |values| values.len());
            for row in rows((first, start, inner), count, gs.len()) {
                let params: [R; N] = core::array::from_fn(|j| R::from(values[j][row.value]));
                for at in (row.start..row.end).step_by(CHUNK) {
                    let len = (row.end - at).min(CHUNK);
                    let x = chunk(xs, at, len);
                    let mut g = gs.load(at, len);
                    for i in 0..CHUNK {
                        g[i] = (R::from(g[i]) * C::slope(R::from(x[i]), params)).into();
                    }
                    gs.store(at, len, g);
                }
            }
        }
        Lanes::Own => {
            for at in (0..gs.len()).step_by(CHUNK) {
                let len = (gs.len() - at).min(CHUNK);
                let params: [[T; CHUNK]; N] = core::array::from_fn(|j| chunk(values[j], at, len));
                let x = chunk(xs, at, len);
                let mut g = gs.load(at, len);
                for i in 0..CHUNK {
                    let params: [R; N] = core::array::from_fn(|j| R::from(params[j][i]));
                    g[i] = (R::from(g[i]) * C::slope(R::from(x[i]), params)).into();
                }
                gs.store(at, len, g);
            }
        }
    }
}

#[inline(always)]
fn slopes_and_sums<T, R, S, C, const N: usize>(
    mut gs: Block<T>,
    xs: &[T],
    params: Params<T>,
    sums: &mut [&mut [f64]],
) where
    T: Copy + Default,
    R: Real + From<T> + Into<T>,
    S: Partial<T>,
    C: Formula<N>,
{
    let units = params.units(gs.len());
    let mut rest = sums.iter_mut();
    let mut sums: [&mut [f64]; N] =
        core::array::from_fn(|_| &mut rest.next().expect("one slice per parameter")[..units]);
    let values: [&[T]; N] = core::array::from_fn(|j| params.values()[j]);
    let mut terms = [[T::default(); CHUNK]; N];
    match params.lanes() {
        Lanes::Rows {
            first,
            start,
            inner,
        } => {
            let count = values[0].len();
            for row in rows((first, start, inner), count, gs.len()) {
                let params: [R; N] = core::array::from_fn(|j| R::from(values[j][row.value]));
                let mut partial = [S::zero(); N];
                for at in (row.start..row.end).step_by(CHUNK) {
                    let len = (row.end - at).min(CHUNK);
                    let x = chunk(xs, at, len);
                    let mut g = gs.load(at, len);
                    for i in 0..CHUNK {
                        let (gi, xi) = (R::from(g[i]), R::from(x[i]));
                        for (terms, slope) in terms.iter_mut().zip(C::grads(xi, params)) {
                            terms[i] = (gi * slope).into();
                        }
                        g[i] = (gi * C::slope(xi, params)).into();
                    }
                    gs.store(at, len, g);
                    for (partial, terms) in partial.iter_mut().zip(&mut terms) {
                        terms[len..].fill(T::default());
                        partial.add(terms);
                    }
                }
                for (sums, partial) in sums.iter_mut().zip(partial) {
                    sums[row.number] += partial.total();
                }
            }
        }
        Lanes::Own => {
            for at in (0..gs.len()).step_by(CHUNK) {
                let len = (gs.len() - at).min(CHUNK);
                let params: [[T; CHUNK]; N] = core::array::from_fn(|j| chunk(values[j], at, len));
                let x = chunk(xs, at, len);
                let mut g = gs.load(at, len);
                for i in 0..CHUNK {
                    let params: [R; N] = core::array::from_fn(|j| R::from(params[j][i]));
                    let (gi, xi) = (R::from(g[i]), R::from(x[i]));
                    for (terms, slope) in terms.iter_mut().zip(C::grads(xi, params)) {
                        terms[i] = (gi * slope).into();
                    }
                    g[i] = (gi * C::slope(xi, params)).into();
                }
                gs.store(at, len, g);
                for (sums, terms) in sums.iter_mut().zip(&terms) {
                    match sums[at..].first_chunk_mut::<CHUNK>() {
                        Some(sums) => S::add_each(sums, terms),
                        None => {
                            let mut last = [0.0; CHUNK];
                            last[..len].copy_from_slice(&sums[at..]);
                            S::add_each(&mut last, terms);
                            sums[at..].copy_from_slice(&last[..len]);
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
