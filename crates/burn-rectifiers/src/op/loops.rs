//! A curve's loops over host memory, compiled for each set of instructions.
//!
//! A chunk is 64 elements with AVX-512, four vectors side by side; 32 with AVX2, two times two vectors; and
//! otherwise 32 single ones, which the compiler may join.

use super::block::{Numbers, chunk, elements, first};
use super::params::rows;
use super::simd::{PortableF32, Simd, simd};
#[cfg(target_arch = "x86_64")]
use super::sums::wide::{SumsAvx2, SumsAvx512};
use super::sums::{BAND, PAIR, Partial, Plain};
use super::{Block, HostKernel, Lanes, Params};
use crate::curve::Formula;
use crate::curve::math::host::Real;
#[cfg(target_arch = "x86_64")]
use crate::curve::math::two::Two;
#[cfg(target_arch = "x86_64")]
use crate::curve::math::wide::{Avx2, Avx512};
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ops::Range;

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
    avx2 Two<Avx2>, 2, SumsAvx2;
    avx512 Two<Two<Avx512>>, 1, SumsAvx512
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
    #[inline(always)]
    fn end_row(&mut self, _number: usize) {}

    /// Up to [`BAND`] rows of `len` columns from `column` on are complete, which were in `slot`.
    #[inline(always)]
    fn end_columns(&mut self, _column: usize, _len: usize, _slot: usize) {}
}

/// The parameters that a chunk uses.
trait Used<R, const N: usize> {
    /// Those of number, or vector, `i` of the chunk.
    fn of(&self, i: usize) -> [R; N];

    /// Where the columns' sums are kept, if each element has its own.
    #[inline(always)]
    fn place(&self) -> Option<Place> {
        None
    }
}

/// All elements use the same.
#[derive(Clone, Copy)]
struct Same<R, const N: usize>([R; N]);

impl<R: Copy, const N: usize> Used<R, N> for Same<R, N> {
    #[inline(always)]
    fn of(&self, _: usize) -> [R; N] {
        self.0
    }
}

/// Each element uses its own, and there are sums of each column.
struct Own<R, const N: usize, const M: usize> {
    params: [[R; M]; N],
    place: Place,
}

/// Chunks beside each other whose sums are kept until a band of rows is complete.
const SLOTS: usize = 16;

/// Where the sums of a chunk's columns are kept.
#[derive(Clone, Copy)]
struct Place {
    slot: usize,
    /// Whether nothing is kept there yet.
    is_new: bool,
}

impl<R: Copy, const N: usize, const M: usize> Used<R, N> for Own<R, N, M> {
    #[inline(always)]
    fn of(&self, i: usize) -> [R; N] {
        core::array::from_fn(|j| self.params[j][i])
    }

    #[inline(always)]
    fn place(&self) -> Option<Place> {
        Some(self.place)
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
    let most = const { elements::<T, R, M>() };
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
                for at in (row.start..row.end).step_by(most) {
                    pass.chunk(at, (row.end - at).min(most), &params);
                }
                pass.end_row(row.number);
            }
        }
        Lanes::Columns { width, stride } => {
            for left in (0..width).step_by(SLOTS * most) {
                let columns = left..(left + SLOTS * most).min(width);
                for top in (0..len).step_by((BAND * stride).max(1)) {
                    let band = top..(top + BAND * stride).min(len);
                    walk_band::<T, R, N, M>(values, band, stride, columns.clone(), pass);
                }
            }
        }
    }
}

/// Takes `pass` through some columns of a band of rows: row by row, as they lie in memory.
#[inline(always)]
fn walk_band<T, R, const N: usize, const M: usize>(
    values: [&[T]; N],
    band: Range<usize>,
    stride: usize,
    columns: Range<usize>,
    pass: &mut impl Pass<R, N>,
) where
    T: Copy + Default,
    R: Numbers<T>,
{
    let most = const { elements::<T, R, M>() };
    let chunks = columns.clone().step_by(most).enumerate();
    for row in band.clone().step_by(stride.max(1)) {
        for (slot, column) in chunks.clone() {
            // The last row may be cut short.
            let at = row + column;
            if at >= band.end {
                break;
            }
            let count = (columns.end - column).min(most);
            let is_new = row == band.start;
            let params = Own::<R, N, M> {
                params: core::array::from_fn(|j| chunk(values[j], column, count)),
                place: Place { slot, is_new },
            };
            pass.chunk(at, (band.end - at).min(count), &params);
        }
    }
    for (slot, column) in chunks {
        if band.start + column < band.end {
            pass.end_columns(column, (columns.end - column).min(most), slot);
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
    columns: [[MaybeUninit<[R; M]>; SLOTS]; N],
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
        let place = params.place();
        for i in 0..M {
            let slopes = C::grads(xs[i], params.of(i));
            let number = if place.is_some() { BAND } else { PAIR };
            let weight = gs[i] * R::lit(1.0 / number as f64);
            for j in 0..N {
                terms[j][i] = weight * slopes[j];
            }
            gs[i] = gs[i] * C::slope(xs[i], params.of(i));
        }
        self.gs.store(at, len, gs);
        for j in 0..N {
            // Beyond the end there is nothing to add, not even 0·∞.
            let terms = match len == const { elements::<T, R, M>() } {
                true => terms[j],
                false => first(terms[j], len),
            };
            let Some(Place { slot, is_new }) = place else {
                self.partial[j].add(terms);
                continue;
            };
            let kept = &mut self.columns[j][slot];
            if is_new {
                kept.write(terms);
                continue;
            }
            // SAFETY: the first row of the band wrote it.
            for (sum, term) in unsafe { kept.assume_init_mut() }.iter_mut().zip(terms) {
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
    fn end_columns(&mut self, column: usize, len: usize, slot: usize) {
        for j in 0..N {
            // SAFETY: the first row of the band wrote it.
            let terms = unsafe { self.columns[j][slot].assume_init() };
            S::add_each(&mut self.sums[j][column..column + len], terms);
        }
    }
}

/// `data`, of which the next work after a chunk is in the next row, if it is walked by columns with gaps
/// between rows.
fn looking_ahead<'a, T: Copy + Default>(data: Block<'a, T>, params: Params<T>) -> Block<'a, T> {
    match params.lanes() {
        Lanes::Columns { width, stride } if width < stride => data.with_ahead(stride),
        _ => data,
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
        columns: [[MaybeUninit::uninit(); SLOTS]; N],
        curve: PhantomData,
    };
    walk::<T, R, N, M>(params, len, &mut pass)
}

#[cfg(test)]
mod tests;
