//! The way through a stretch of memory, chunk by chunk.

use super::super::block::{Numbers, chunk, elements};
use super::super::params::rows;
use super::super::sums::BAND;
use super::super::{Lanes, Params};
use core::mem::MaybeUninit;
use core::ops::Range;

/// What is done with each chunk of a stretch.
pub(super) trait Pass<R, const N: usize> {
    /// The chunk of `len` elements that starts at `at`, and the parameters that they use.
    fn chunk(&mut self, at: usize, len: usize, params: &impl Used<R, N>);

    /// A row is complete; which of the stretch's rows it is.
    #[inline(always)]
    fn end_row(&mut self, _number: usize) {}

    /// What a chunk adds to the sums of its columns.
    type Terms: Copy;

    /// The same as [`chunk`](Self::chunk) where each column has its sums.
    fn columns(&mut self, at: usize, len: usize, params: &impl Used<R, N>) -> Self::Terms;

    /// Adds `terms` to those of other rows.
    #[inline(always)]
    fn add(_sums: &mut Self::Terms, _terms: Self::Terms) {}

    /// Up to [`BAND`] rows of `len` columns from `column` on are complete.
    #[inline(always)]
    fn end_columns(&mut self, _column: usize, _len: usize, _sums: Self::Terms) {}

    /// Whether all rows of a band are walked before the next chunk of columns, so that sums need not be stored and
    /// loaded again for each row. Otherwise elements come as they lie in memory.
    const COLUMNS_FIRST: bool = false;
}

/// The parameters that a chunk uses.
pub(super) trait Used<R, const N: usize> {
    /// Those of number, or vector, `i` of the chunk.
    fn of(&self, i: usize) -> [R; N];
}

/// All elements use the same.
struct Same<R, const N: usize>([R; N]);

impl<R: Copy, const N: usize> Used<R, N> for Same<R, N> {
    #[inline(always)]
    fn of(&self, _: usize) -> [R; N] {
        self.0
    }
}

/// Each element uses its own.
struct Own<R, const N: usize, const M: usize>([[R; M]; N]);

impl<R: Copy, const N: usize, const M: usize> Used<R, N> for Own<R, N, M> {
    #[inline(always)]
    fn of(&self, i: usize) -> [R; N] {
        core::array::from_fn(|j| self.0[j][i])
    }
}

/// Chunks of a row that are walked before the next row of a band, so that their parameters and sums stay in the
/// first-level cache.
const SLOTS: usize = 16;

/// Takes `pass` through a stretch of `len` elements.
#[inline(always)]
pub(super) fn walk<T, R, P, const N: usize, const M: usize>(
    params: Params<T>,
    len: usize,
    pass: &mut P,
) where
    T: Copy + Default,
    R: Numbers<T> + From<T>,
    P: Pass<R, N>,
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
                    let band = Band {
                        values,
                        elements: top..(top + BAND * stride).min(len),
                        stride,
                        columns: columns.clone(),
                    };
                    match P::COLUMNS_FIRST {
                        true => band.columns_first::<R, P, M>(pass),
                        false => band.rows_first::<R, P, M>(pass),
                    }
                }
            }
        }
    }
}

/// Some columns of a few rows.
struct Band<'a, T, const N: usize> {
    /// The parameters, one per column.
    values: [&'a [T]; N],
    /// From the first of the first row to the end of the last one, which may be cut short.
    elements: Range<usize>,
    stride: usize,
    columns: Range<usize>,
}

impl<T: Copy + Default, const N: usize> Band<'_, T, N> {
    /// The first columns of chunks of `most`.
    #[inline(always)]
    fn chunks(&self, most: usize) -> impl Iterator<Item = usize> + Clone + use<T, N> {
        self.columns.clone().step_by(most)
    }

    /// The rows' first elements.
    #[inline(always)]
    fn rows(&self) -> impl Iterator<Item = usize> + use<T, N> {
        self.elements.clone().step_by(self.stride.max(1))
    }

    /// How many columns the chunk has that begins at `column`.
    #[inline(always)]
    fn len(&self, column: usize, most: usize) -> usize {
        (self.columns.end - column).min(most)
    }

    /// Its parameters.
    #[inline(always)]
    fn own<R: Numbers<T>, const M: usize>(&self, column: usize, len: usize) -> Own<R, N, M> {
        Own(core::array::from_fn(|j| chunk(self.values[j], column, len)))
    }

    /// Takes `pass` through it as it lies in memory.
    #[inline(always)]
    fn rows_first<R: Numbers<T>, P: Pass<R, N>, const M: usize>(self, pass: &mut P) {
        let most = const { elements::<T, R, M>() };
        let chunks = self.chunks(most);
        let end = self.elements.end;
        let mut sums = [const { MaybeUninit::uninit() }; SLOTS];
        for row in self.rows() {
            for (sums, column) in sums.iter_mut().zip(chunks.clone()) {
                let at = row + column;
                if at >= end {
                    break;
                }
                let len = self.len(column, most);
                let own = self.own::<R, M>(column, len);
                let terms = pass.columns(at, (end - at).min(len), &own);
                if row == self.elements.start {
                    sums.write(terms);
                } else {
                    // SAFETY: the first row, the longest, wrote it.
                    P::add(unsafe { sums.assume_init_mut() }, terms);
                }
            }
        }
        for (sums, column) in sums.iter().zip(chunks) {
            if self.elements.start + column < end {
                let len = self.len(column, most);
                // SAFETY: as above.
                pass.end_columns(column, len, unsafe { sums.assume_init() });
            }
        }
    }

    /// Takes `pass` through all rows of a chunk of columns before the next one.
    #[inline(always)]
    fn columns_first<R: Numbers<T>, P: Pass<R, N>, const M: usize>(self, pass: &mut P) {
        let most = const { elements::<T, R, M>() };
        let end = self.elements.end;
        for column in self.chunks(most) {
            let len = self.len(column, most);
            let own = self.own::<R, M>(column, len);
            let mut sums = None;
            for at in self.rows().map(|row| row + column) {
                if at >= end {
                    break;
                }
                let terms = pass.columns(at, (end - at).min(len), &own);
                match &mut sums {
                    None => sums = Some(terms),
                    Some(sums) => P::add(sums, terms),
                }
            }
            if let Some(sums) = sums {
                pass.end_columns(column, len, sums);
            }
        }
    }
}
