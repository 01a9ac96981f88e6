//! A curve's loops over host memory, compiled for each set of instructions.
//!
//! A chunk of 32 elements is one number or vector after another, as many as it takes: two of AVX-512,
//! four of AVX2, or 32 single ones, which the compiler may join.

use super::block::{CHUNK, Numbers, chunk, first};
use super::params::rows;
use super::simd::{PortableF32, Simd, simd};
#[cfg(target_arch = "x86_64")]
use super::sums::wide::{SumsAvx2, SumsAvx512};
use super::sums::{BAND, PAIR, Partial, Plain};
use super::{Block, HostKernel, Lanes, Params};
use crate::curve::Formula;
use crate::curve::math::host::Real;
#[cfg(target_arch = "x86_64")]
use crate::curve::math::wide::{Avx2, Avx512};
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
        portable $portable:ty, $many:literal, $plain:ty;
        avx2 $avx2:ty, $four:literal, $narrow:ty;
        avx512 $avx512:ty, $two:literal, $wide:ty
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
                portable { type Number = $portable; const M: usize = $many; }
                avx2 { type Number = $avx2; const M: usize = $four; }
                avx512 { type Number = $avx512; const M: usize = $two; }
                [C: Formula<N>, const N: usize] [C, N]
                (data: Block<$float>, params: Params<$float>) {
                    value::<$float, Number, C, N, M>(data, params)
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
                portable { type Number = $portable; type Sums = $plain; const M: usize = $many; }
                avx2 { type Number = $avx2; type Sums = $narrow; const M: usize = $four; }
                avx512 { type Number = $avx512; type Sums = $wide; const M: usize = $two; }
                [C: Formula<N>, const N: usize] [C, N]
                (
                    gs: Block<$float>,
                    xs: &[$float],
                    params: Params<$float>,
                    sums: &mut [&mut [f64]],
                ) {
                    grads::<$float, Number, Sums, C, N, M>(gs, xs, params, sums)
                }
            )
        }
    };
}
// What a chunk consists of, how many of them, and what adds up its terms.
host_kernel!(
    f32, value_f32, grads_f32;
    portable PortableF32, 32, Plain;
    avx2 Avx2, 4, SumsAvx2;
    avx512 Avx512, 2, SumsAvx512
);
host_kernel!(
    f64, value_f64, grads_f64;
    portable f64, 32, Plain;
    avx2 f64, 32, Plain;
    avx512 f64, 32, Plain
);

/// What is done with each chunk of a stretch.
trait Pass<R, const N: usize> {
    /// The chunk of `len` elements that starts at `at`, and the parameters that they use.
    fn chunk<P: Used<R, N>>(&mut self, at: usize, len: usize, params: &P);

    /// A row is complete; which of the stretch's rows it is.
    fn end_row(&mut self, _number: usize) {}

    /// Up to [`BAND`] rows of `len` columns from `column` on are complete.
    fn end_columns(&mut self, _column: usize, _len: usize) {}
}

/// The parameters that a chunk uses.
trait Used<R, const N: usize> {
    /// Whether each element has its own.
    const OWN: bool;

    /// Those of number, or vector, `i` of the chunk.
    fn of(&self, i: usize) -> [R; N];
}

/// All elements use the same.
#[derive(Clone, Copy)]
struct Same<R, const N: usize>([R; N]);

impl<R: Copy, const N: usize> Used<R, N> for Same<R, N> {
    const OWN: bool = false;

    #[inline(always)]
    fn of(&self, _: usize) -> [R; N] {
        self.0
    }
}

/// Each element uses its own.
struct Own<R, const N: usize, const M: usize>([[R; M]; N]);

impl<R: Copy, const N: usize, const M: usize> Used<R, N> for Own<R, N, M> {
    const OWN: bool = true;

    #[inline(always)]
    fn of(&self, i: usize) -> [R; N] {
        core::array::from_fn(|j| self.0[j][i])
    }
}

/// Takes `pass` through a stretch of `len` elements.
#[inline(always)]
fn walk<T, R, const N: usize, const M: usize>(
    params: Params<T>,
    len: usize,
    pass: &mut impl Pass<R, N>,
) where
    T: Copy + Default,
    R: Numbers<T> + From<T>,
{
    let values: [&[T]; N] = core::array::from_fn(|j| params.values()[j]);
    match params.lanes() {
        Lanes::Rows {
            first,
            start,
            inner,
        } => {
            let count = values.first().map_or(1, |values| values.len());
            for row in rows((first, start, inner), count, len) {
                let params = Same(core::array::from_fn(|j| R::from(values[j][row.value])));
                for at in (row.start..row.end).step_by(CHUNK) {
                    pass.chunk(at, (row.end - at).min(CHUNK), &params);
                }
                pass.end_row(row.number);
            }
        }
        Lanes::Columns { width, stride } => {
            // A few rows at a time: parameters, and what depends on them alone, are loaded and computed
            // once for all, and so are sums.
            for top in (0..len).step_by((BAND * stride).max(1)) {
                for column in (0..width).step_by(CHUNK) {
                    let columns = (width - column).min(CHUNK);
                    let params = core::array::from_fn(|j| chunk(values[j], column, columns));
                    let params = Own::<R, N, M>(params);
                    for row in 0..BAND {
                        let at = top + row * stride + column;
                        if at >= len {
                            break;
                        }
                        pass.chunk(at, (len - at).min(columns), &params);
                    }
                    pass.end_columns(column, columns);
                }
            }
        }
    }
}

/// Replaces each x of the data by f(x).
struct Value<'a, T, C, const M: usize> {
    data: Block<'a, T>,
    curve: PhantomData<C>,
}

impl<T, R, C, const N: usize, const M: usize> Pass<R, N> for Value<'_, T, C, M>
where
    T: Copy + Default,
    R: Real + Numbers<T>,
    C: Formula<N>,
{
    #[inline(always)]
    fn chunk<P: Used<R, N>>(&mut self, at: usize, len: usize, params: &P) {
        let mut xs: [R; M] = self.data.load(at, len);
        for (i, x) in xs.iter_mut().enumerate() {
            *x = C::value(*x, params.of(i));
        }
        self.data.store(at, len, xs);
    }
}

/// Multiplies each of the gradients by the slope at its x.
struct Slopes<'a, T, C, const M: usize> {
    gs: Block<'a, T>,
    xs: &'a [T],
    curve: PhantomData<C>,
}

impl<T, R, C, const N: usize, const M: usize> Pass<R, N> for Slopes<'_, T, C, M>
where
    T: Copy + Default,
    R: Real + Numbers<T>,
    C: Formula<N>,
{
    #[inline(always)]
    fn chunk<P: Used<R, N>>(&mut self, at: usize, len: usize, params: &P) {
        let xs: [R; M] = self.gs.load_beside(self.xs, at, len);
        let mut gs: [R; M] = self.gs.load(at, len);
        for i in 0..M {
            gs[i] = gs[i] * C::slope(xs[i], params.of(i));
        }
        self.gs.store(at, len, gs);
    }
}

/// The same, and the gradients of the parameters.
struct SlopesAndSums<'a, T, R, C, S, const N: usize, const M: usize> {
    gs: Block<'a, T>,
    xs: &'a [T],
    sums: [&'a mut [f64]; N],
    /// Of the row.
    partial: [S; N],
    /// Of each column of some rows, divided by their number.
    columns: [[R; M]; N],
    curve: PhantomData<C>,
}

impl<T, R, C, S, const N: usize, const M: usize> Pass<R, N> for SlopesAndSums<'_, T, R, C, S, N, M>
where
    T: Copy + Default,
    R: Real + Numbers<T>,
    S: Partial<R, M>,
    C: Formula<N>,
{
    #[inline(always)]
    fn chunk<P: Used<R, N>>(&mut self, at: usize, len: usize, params: &P) {
        let xs: [R; M] = self.gs.load_beside(self.xs, at, len);
        let mut gs: [R; M] = self.gs.load(at, len);
        let mut terms = [gs; N];
        for i in 0..M {
            let slopes = C::grads(xs[i], params.of(i));
            let number = if P::OWN { BAND } else { PAIR };
            let weight = gs[i] * R::lit(1.0 / number as f64);
            for j in 0..N {
                terms[j][i] = weight * slopes[j];
            }
            gs[i] = gs[i] * C::slope(xs[i], params.of(i));
        }
        self.gs.store(at, len, gs);
        for j in 0..N {
            // Beyond the end there is nothing to add, not even 0·∞.
            let terms = match len == CHUNK {
                true => terms[j],
                false => first(terms[j], len),
            };
            if !P::OWN {
                self.partial[j].add(terms);
                continue;
            }
            for (sum, term) in self.columns[j].iter_mut().zip(terms) {
                *sum = *sum + term;
            }
        }
    }

    #[inline(always)]
    fn end_row(&mut self, number: usize) {
        for j in 0..N {
            self.sums[j][number] += self.partial[j].total();
            self.partial[j] = S::zero();
        }
    }

    #[inline(always)]
    fn end_columns(&mut self, column: usize, len: usize) {
        for j in 0..N {
            S::add_each(&mut self.sums[j][column..column + len], self.columns[j]);
        }
        self.columns = [[R::lit(0.0); M]; N];
    }
}

/// `data`, of which the next work after a chunk is in the next rows, if it is walked by columns.
fn looking_ahead<'a, T: Copy + Default>(data: Block<'a, T>, params: Params<T>) -> Block<'a, T> {
    match params.lanes() {
        Lanes::Columns { stride, .. } => data.with_ahead(BAND * stride),
        Lanes::Rows { .. } => data,
    }
}

#[inline(always)]
fn value<T, R, C, const N: usize, const M: usize>(data: Block<T>, params: Params<T>)
where
    T: Copy + Default,
    R: Real + Numbers<T> + From<T>,
    C: Formula<N>,
{
    let len = data.len();
    let mut pass = Value::<T, C, M> {
        data: looking_ahead(data, params),
        curve: PhantomData,
    };
    walk::<T, R, N, M>(params, len, &mut pass)
}

#[inline(always)]
fn grads<T, R, S, C, const N: usize, const M: usize>(
    gs: Block<T>,
    xs: &[T],
    params: Params<T>,
    sums: &mut [&mut [f64]],
) where
    T: Copy + Default,
    R: Real + Numbers<T> + From<T>,
    S: Partial<R, M>,
    C: Formula<N>,
{
    let len = gs.len();
    assert_eq!(len, xs.len());
    let gs = looking_ahead(gs, params);
    if N == 0 || sums.is_empty() {
        let mut pass = Slopes::<T, C, M> {
            gs,
            xs,
            curve: PhantomData,
        };
        return walk::<T, R, N, M>(params, len, &mut pass);
    }
    let units = params.units(len);
    let mut rest = sums.iter_mut();
    let sums = core::array::from_fn(|_| {
        let sums = rest.next().expect("one slice per parameter");
        &mut sums[..units]
    });
    let mut pass = SlopesAndSums::<T, R, C, S, N, M> {
        gs,
        xs,
        sums,
        partial: [S::zero(); N],
        columns: [[R::lit(0.0); M]; N],
        curve: PhantomData,
    };
    walk::<T, R, N, M>(params, len, &mut pass)
}

#[cfg(test)]
mod tests;
