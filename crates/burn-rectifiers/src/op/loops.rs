//! A curve's loops over host memory, compiled for each set of instructions.

use super::block::{CHUNK, chunk};
use super::params::rows;
use super::simd::{PortableF32, Simd, simd};
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

/// What a loop finds in memory.
trait Stored: Copy + Default {
    /// In double precision.
    fn wide(self) -> f64;
}
impl Stored for f32 {
    #[inline(always)]
    fn wide(self) -> f64 {
        self.into()
    }
}
impl Stored for f64 {
    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }
}

macro_rules! host_kernel {
    ($float:ty: $separate:ty, $fused:ty, $value:ident, $grads:ident) => {
        impl<C: Formula<N>, const N: usize> HostKernel<$float> for Host<C, N> {
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
                simd, type Number = $separate, $fused;
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
                simd, type Number = $separate, $fused;
                [C: Formula<N>, const N: usize] [C, N]
                (
                    gs: Block<$float>,
                    xs: &[$float],
                    params: Params<$float>,
                    sums: &mut [&mut [f64]],
                ) {
                    grads::<$float, Number, C, N>(gs, xs, params, sums)
                }
            )
        }
    };
}
host_kernel!(f32: PortableF32, Fused, value_f32, grads_f32);
host_kernel!(f64: f64, f64, value_f64, grads_f64);

#[inline(always)]
fn value<T, R, C, const N: usize>(mut data: Block<T>, params: Params<T>)
where
    T: Stored,
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
fn grads<T, R, C, const N: usize>(
    gs: Block<T>,
    xs: &[T],
    params: Params<T>,
    sums: &mut [&mut [f64]],
) where
    T: Stored,
    R: Real + From<T> + Into<T>,
    C: Formula<N>,
{
    assert_eq!(gs.len(), xs.len());
    if N == 0 || sums.is_empty() {
        slopes::<T, R, C, N>(gs, xs, params)
    } else {
        slopes_and_sums::<T, R, C, N>(gs, xs, params, sums)
    }
}

#[inline(always)]
fn slopes<T, R, C, const N: usize>(mut gs: Block<T>, xs: &[T], params: Params<T>)
where
    T: Stored,
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

/// Partial sums that are added to in turn, so that they fill vectors: always as many, so that the
/// order of additions does not depend on the vectors' width.
const PARTIAL: usize = 16;

/// Sums are taken in double precision, so that neither many terms nor huge ones of either sign spoil
/// them.
#[inline(always)]
fn slopes_and_sums<T, R, C, const N: usize>(
    mut gs: Block<T>,
    xs: &[T],
    params: Params<T>,
    sums: &mut [&mut [f64]],
) where
    T: Stored,
    R: Real + From<T> + Into<T>,
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
                let mut partial = [[0.0; PARTIAL]; N];
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
                        for terms in terms.as_chunks::<PARTIAL>().0 {
                            for (sum, term) in partial.iter_mut().zip(terms) {
                                *sum += term.wide();
                            }
                        }
                    }
                }
                for (sums, partial) in sums.iter_mut().zip(partial) {
                    sums[row.number] += total(partial);
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
                    for (sum, term) in sums[at..at + len].iter_mut().zip(terms) {
                        *sum += term.wide();
                    }
                }
            }
        }
    }
}

/// The sum of partial sums, as a tree: vectors again, and short chains of additions.
#[inline(always)]
fn total(mut partial: [f64; PARTIAL]) -> f64 {
    let mut half = PARTIAL / 2;
    while half > 0 {
        for i in 0..half {
            partial[i] += partial[i + half];
        }
        half /= 2;
    }
    partial[0]
}

#[cfg(test)]
mod tests;
