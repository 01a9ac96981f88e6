//! The way through a stretch of memory, chunk by chunk.

use super::super::block::{LINE, MOST, Numbers, Rows, elements, is_of_rows, number};
use super::super::params::rows;
use super::super::sums::GROUP;
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

    /// Up to [`GROUP`] rows of `len` columns from `column` on are complete.
    #[inline(always)]
    fn end_columns(&mut self, _column: usize, _len: usize, _sums: Self::Terms) {}

    /// Whether there are `len` elements, and sums of so many columns.
    fn has(&self, len: usize, columns: usize) -> bool;

    /// A chunk that is a vector of each of [`GROUP`] rows, of the columns from `column` on.
    ///
    /// # Safety
    ///
    /// The pass [has](Self::has) them.
    unsafe fn rows(&mut self, rows: Rows, column: usize, params: &impl Used<R, N>);
}

/// The parameters that a chunk uses.
pub(super) trait Used<R, const N: usize> {
    /// Those of number, or vector, `i` of the chunk.
    fn of(&self, i: usize) -> [R; N];
}

/// All elements, or all vectors, use the same.
struct Same<R, const N: usize>([R; N]);

impl<R: Copy, const N: usize> Used<R, N> for Same<R, N> {
    #[inline(always)]
    fn of(&self, _: usize) -> [R; N] {
        self.0
    }
}

/// Each element uses its own, taken from where they are when they are used. As values they would be copied about
/// in memory: there are not registers enough for those of a whole chunk.
struct Own<'a, T, const N: usize>([&'a [T]; N]);

impl<T, R: Numbers<T>, const N: usize> Used<R, N> for Own<'_, T, N> {
    #[inline(always)]
    fn of(&self, i: usize) -> [R; N] {
        // SAFETY: `Band::own` sees to a whole chunk.
        core::array::from_fn(|j| unsafe { number(self.0[j], i) })
    }
}

/// `stride`, as if it came from nowhere, and anew in each turn of a loop (hence not `pure`). Otherwise the compiler keeps
/// a pointer to each row, for which there are not registers enough, where instructions could add multiples of the stride.
#[inline(always)]
fn opaque(stride: usize) -> usize {
    #[cfg(target_arch = "x86_64")]
    let stride = {
        let mut stride = stride;
        // SAFETY: nothing is done.
        unsafe {
            core::arch::asm!("/* {0} */", inout(reg) stride, options(nomem, nostack, preserves_flags));
        }
        stride
    };
    stride
}

/// Chunks of a row that are walked before the next row of a band, so that their parameters and sums stay in the
/// first-level cache.
const SLOTS: usize = 16;

/// How many bytes ahead in each row memory is asked for where several rows are taken at once.
const NEAR: usize = 512;

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
            let whole = width / most * most;
            let last = values.map(|values| filled_up(&values[whole..width]));
            for left in (0..width).step_by(SLOTS * most) {
                let columns = left..(left + SLOTS * most).min(width);
                for top in (0..len).step_by((GROUP * stride).max(1)) {
                    let below = top + GROUP * stride;
                    let mut band = Band {
                        values,
                        whole,
                        last: &last,
                        elements: top..below.min(len),
                        stride,
                        columns: columns.clone(),
                        // After the last rows, the next columns from the top.
                        next: if below < len {
                            below + columns.start
                        } else {
                            columns.end
                        },
                    };
                    let all_rows = top + (GROUP - 1) * stride + width <= len;
                    if const { is_of_rows::<T, R, M>() } && all_rows {
                        band.by_rows::<R, P>(pass);
                    }
                    if !band.columns.is_empty() {
                        band.rows_first::<R, P, M>(pass);
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
    /// Columns in whole chunks.
    whole: usize,
    /// The parameters of the others, and enough more for a chunk from any of them on.
    last: &'a [[T; 2 * MOST]; N],
    /// From the first of the first row to the end of the last one, which may be cut short.
    elements: Range<usize>,
    stride: usize,
    columns: Range<usize>,
    /// Where the work after this begins.
    next: usize,
}

/// `values`, less than a chunk of them, and a chunk of nothing.
fn filled_up<T: Copy + Default>(values: &[T]) -> [T; 2 * MOST] {
    let mut filled = [T::default(); 2 * MOST];
    filled[..values.len()].copy_from_slice(values);
    filled
}

impl<'a, T: Copy + Default, const N: usize> Band<'a, T, N> {
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

    /// Its parameters, as many as a whole chunk has.
    #[inline(always)]
    fn own(&self, column: usize, most: usize) -> Own<'a, T, N> {
        if self.len(column, most) == most {
            return Own(self.values.map(|values| &values[column..column + most]));
        }
        let first = column - self.whole;
        Own(self
            .last
            .each_ref()
            .map(|values| &values[first..first + most]))
    }

    /// Takes `pass` through what is left as it lies in memory.
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
                let own = self.own(column, most);
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

    /// Takes `pass` through as many of the columns as fill vectors, all rows at once, and leaves the others.
    #[inline(always)]
    fn by_rows<R: Numbers<T>, P: Pass<R, N>>(&mut self, pass: &mut P) {
        let most = const { elements::<T, R::One, 1>() };
        let (near, line) = const { (NEAR / size_of::<T>(), LINE / size_of::<T>()) };
        let end = self.columns.end;
        let last = self.elements.start + (GROUP - 1) * self.stride + end;
        assert!(pass.has(last, end));
        let values = self.values.map(|values| &values[..end]);
        let touching = self.columns.len() == self.stride;
        while self.columns.len() >= most {
            let column = self.columns.start;
            self.columns.start += most;
            // SAFETY: as many as a vector has.
            let own = values.map(|values| unsafe { number(values.get_unchecked(column..), 0) });
            let stride = opaque(self.stride);
            let next = match column + near {
                // Rows that touch each other are asked for as they lie in memory.
                _ if touching => (self.next + GROUP * column, line),
                later if later < end => (self.elements.start + later, stride),
                later => (self.next + (later - end), stride),
            };
            let rows = Rows {
                start: self.elements.start + column,
                stride,
                next: (most >= line || column.is_multiple_of(line)).then_some(next),
            };
            // SAFETY: the last of them were checked.
            unsafe { pass.rows(rows, column, &Same(own.map(R::all))) };
        }
    }
}
