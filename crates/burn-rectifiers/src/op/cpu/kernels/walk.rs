//! The way through a stretch of memory, chunk by chunk.

use super::super::block::{Rows, elements, is_of_rows, number};
use super::super::params::rows;
use super::super::{Lanes, Params};
use crate::simd::{GROUP, LINE, MOST, Numbers, Simd};
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

    /// Whether there are `len` elements, and sums of so many columns. [`rows`](Self::rows) relies on it.
    fn has(&self, len: usize, columns: usize) -> bool;

    /// A chunk that is a vector of each of [`GROUP`] rows, of the columns from `column` on.
    ///
    /// # Safety
    ///
    /// The caller keeps that the pass [has](Self::has) the elements up to the end of the last row, and the columns up
    /// to the end of the vector; [`Band::by_rows`] asserts it.
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
        // SAFETY: `Band::rows_first` makes each slice as long as a whole chunk, and `for_each` asks for numbers of a
        // chunk of the pass. That is as long: `value` and `grads_of_columns` give both the same `R` and `M`.
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
        // SAFETY: it is a comment and no instruction, so that it keeps what the options promise: memory, stack and
        // flags stay as they are, and so does the register.
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

/// Columns of a [`Part::Rest`] at most: [`SLOTS`] chunks of the smallest.
const REST: usize = SLOTS * 32;

/// How many bytes ahead in each row memory is asked for where several rows are taken at once.
const NEAR: usize = 512;

/// A part of a stretch that a compiled loop takes at a time.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Of a stretch whose elements [form rows](Lanes::Rows), all.
    Rows,
    /// Of one with [parameters per column](Lanes::Columns), `columns`, as many as fill vectors, of `groups` times
    /// [`GROUP`] rows, the first ones.
    Vectors {
        columns: Range<usize>,
        groups: usize,
    },
    /// Of one with parameters per column, `columns`, of the rows that begin in `elements`. The last of them may be cut
    /// short.
    Rest {
        columns: Range<usize>,
        elements: Range<usize>,
    },
}

/// What the loops for some instructions take at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunks {
    simd: Simd,
    /// Elements of a vector, of which they take one of each of [`GROUP`] rows; 0 if they do not.
    vector: usize,
    /// Elements of a chunk.
    most: usize,
    /// The instructions whose loops take a [`Part::Rest`].
    rest: Simd,
}

impl Chunks {
    /// With chunks of `M` numbers of type `R`.
    pub(super) const fn of<T, R: Numbers<T>, const M: usize>(simd: Simd) -> Self {
        Self {
            simd,
            vector: match is_of_rows::<T, R, M>() {
                true => elements::<T, R::One, 1>(),
                false => 0,
            },
            most: elements::<T, R, M>(),
            rest: match takes_rest::<T, R, M>() {
                true => simd,
                false => Simd::Avx2,
            },
        }
    }
}

/// Whether loops with chunks of `M` numbers of type `R` take a [`Part::Rest`] themselves. What vectors of AVX-512 leave is
/// left to AVX2, which gives the same bits: so loops for it are compiled once.
const fn takes_rest<T, R: Numbers<T>, const M: usize>() -> bool {
    const AVX512: usize = 512 / 8;
    !(is_of_rows::<T, R, M>() && size_of::<R::One>() == AVX512)
}

/// Calls `take` with the parts of a stretch of `len` elements, and the instructions for each. The rows of a column come in
/// their order.
pub(super) fn parts(lanes: Lanes, len: usize, chunks: Chunks, take: &mut dyn FnMut(Simd, Part)) {
    let Lanes::Columns { width, stride } = lanes else {
        return take(chunks.simd, Part::Rows);
    };
    let vector = chunks.vector;
    if len == 0 {
        return;
    }
    let rows = if len < width {
        0
    } else {
        (len - width) / stride + 1
    };
    let groups = if vector == 0 { 0 } else { rows / GROUP };
    let below = (groups * GROUP * stride).min(len);
    let block = SLOTS * chunks.most;
    for left in (0..width).step_by(block) {
        let columns = left..(left + block).min(width);
        let mut rests = [
            (columns.start..columns.start, 0..0),
            (columns.clone(), below..len),
        ];
        if groups > 0 {
            let whole = left + columns.len() / vector * vector;
            rests[0] = (whole..columns.end, 0..below);
            take(chunks.simd, Part::Vectors { columns, groups });
        }
        for (columns, elements) in rests {
            // As many as loops over the rest have room for.
            for left in columns.clone().step_by(REST) {
                let columns = left..(left + REST).min(columns.end);
                if elements.start + left < elements.end {
                    let elements = elements.clone();
                    take(chunks.rest, Part::Rest { columns, elements });
                }
            }
        }
    }
}

/// Where the rows of a stretch of `len` elements are, for curves without parameters: all are one, unless something lies
/// between them.
pub(super) fn runs(lanes: Lanes, len: usize) -> impl Iterator<Item = Range<usize>> {
    let (width, stride) = match lanes {
        Lanes::Columns { width, stride } if width < stride => (width, stride),
        _ => (len, len.max(1)),
    };
    let starts = (0..len).step_by(stride);
    starts.map(move |start| start..(start + width).min(len))
}

/// The lanes of such a row.
pub(super) fn run(len: usize) -> Lanes {
    Lanes::Rows {
        first: 0,
        start: 0,
        inner: len,
    }
}

/// Takes `pass` through all rows of a stretch of `len` elements.
#[inline(always)]
pub(super) fn walk_rows<T, R, P, const N: usize, const M: usize>(
    params: Params<T>,
    len: usize,
    pass: &mut P,
) where
    T: Copy + Default,
    R: Numbers<T> + From<T>,
    P: Pass<R, N>,
{
    let Lanes::Rows {
        first,
        start,
        inner,
    } = params.lanes()
    else {
        unreachable!("a stretch of rows")
    };
    let most = const { elements::<T, R, M>() };
    let values: [&[T]; N] = core::array::from_fn(|j| params.values()[j]);
    let count = values.first().map_or(1, |values| values.len());
    for row in rows((first, start, inner), count, len) {
        let params = Same(core::array::from_fn(|j| R::from(values[j][row.value])));
        for at in (row.start..row.end).step_by(most) {
            pass.chunk(at, (row.end - at).min(most), &params);
        }
        pass.end_row(row.number);
    }
}

/// Takes `pass` through `part` of a stretch of `len` elements with parameters per column.
#[inline(always)]
pub(super) fn walk_columns<T, R, P, const N: usize, const M: usize>(
    params: Params<T>,
    len: usize,
    part: Part,
    pass: &mut P,
) where
    T: Copy + Default,
    R: Numbers<T> + From<T>,
    P: Pass<R, N>,
{
    let Lanes::Columns { stride, .. } = params.lanes() else {
        unreachable!("a stretch of columns")
    };
    let values: [&[T]; N] = core::array::from_fn(|j| params.values()[j]);
    match part {
        Part::Vectors { columns, groups } if const { is_of_rows::<T, R, M>() } => {
            for group in 0..groups {
                let top = group * GROUP * stride;
                let below = top + GROUP * stride;
                let band = Band {
                    values,
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
                band.by_rows::<R, P>(pass);
            }
        }
        Part::Rest { columns, elements } if const { takes_rest::<T, R, M>() } => {
            for top in elements.clone().step_by(GROUP * stride) {
                let band = Band {
                    values,
                    elements: top..(top + GROUP * stride).min(elements.end),
                    stride,
                    columns: columns.clone(),
                    next: 0,
                };
                band.rows_first::<R, P, M>(pass);
            }
        }
        _ => unreachable!("a part that these loops do not take"),
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
    /// Where the work after this begins.
    next: usize,
}

/// `values`, less than a chunk of them, and then nothing.
#[cold]
#[inline(never)]
fn filled_up<T: Copy + Default>(values: &[T]) -> [T; MOST] {
    let mut filled = [T::default(); MOST];
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
        self.elements.clone().step_by(self.stride)
    }

    /// How many columns the chunk has that begins at `column`.
    #[inline(always)]
    fn len(&self, column: usize, most: usize) -> usize {
        (self.columns.end - column).min(most)
    }

    /// Takes `pass` through all as it lies in memory.
    #[inline(always)]
    fn rows_first<R: Numbers<T>, P: Pass<R, N>, const M: usize>(self, pass: &mut P) {
        let most = const { elements::<T, R, M>() };
        // `zip` would leave out the columns that have no slot, and so leave memory unwritten.
        const { assert!(REST <= SLOTS * elements::<T, R, M>()) };
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
                let own = self.values.map(|values| &values[column..column + len]);
                // As many parameters as a whole chunk has.
                let filled: [[T; MOST]; N];
                let own = if len == most {
                    Own(own)
                } else {
                    filled = own.map(filled_up);
                    Own(filled.each_ref().map(|values| &values[..most]))
                };
                let terms = pass.columns(at, (end - at).min(len), &own);
                if row == self.elements.start {
                    sums.write(terms);
                } else {
                    // SAFETY: the first row wrote it: it begins before this one, so that where this one has such a
                    // chunk before `end`, it has one, too.
                    P::add(unsafe { sums.assume_init_mut() }, terms);
                }
            }
        }
        for (sums, column) in sums.iter().zip(chunks) {
            if self.elements.start + column < end {
                let len = self.len(column, most);
                // SAFETY: the first row wrote it, as the condition says: it has such a chunk before `end`.
                pass.end_columns(column, len, unsafe { sums.assume_init() });
            }
        }
    }

    /// Takes `pass` through as many of the columns as fill vectors, all rows at once.
    #[inline(always)]
    fn by_rows<R: Numbers<T>, P: Pass<R, N>>(mut self, pass: &mut P) {
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
            // SAFETY: the loop's condition leaves a vector from `column` to `end`, up to which `values` go.
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
            // SAFETY: the pass has the elements and the columns up to `end` of the last row, as asserted above. The
            // loop's condition keeps the vector before that, and `opaque` returns the stride as it is.
            unsafe { pass.rows(rows, column, &Same(own.map(R::all))) };
        }
    }
}
