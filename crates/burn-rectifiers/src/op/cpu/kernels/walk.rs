//! The way of a loop through a block, chunk by chunk.

use super::super::block::{Prefetch, ROWS_PER_GROUP, TileRows, elements, is_of_rows, load_number};
use super::super::params::runs;
use super::super::{Arrangement, Params};
use super::parts::{MAX_CHUNKS_PER_ROW, MAX_REST_COLUMNS, Part, takes_rest};
use super::pass::{KernelNumber, Pass, PerColumn, Shared};
use crate::simd::{LINE_BYTES, MAX_CHUNK, Packed, mapped};
use core::mem::MaybeUninit;
use core::ops::Range;

/// How many bytes ahead a loop prefetches in each row, where it takes several rows at once.
const ROW_PREFETCH_BYTES: usize = 512;

/// Takes `pass` through all runs of a block of `len` elements.
#[inline(always)]
pub(super) fn walk_runs<T, R, P, const N: usize, const M: usize>(
    params: Params<T>,
    len: usize,
    pass: &mut P,
) where
    T: Copy + Default,
    R: KernelNumber<T>,
    P: Pass<R, N>,
{
    let Arrangement::Runs {
        first,
        start,
        inner,
    } = params.arrangement()
    else {
        unreachable!("a block of runs")
    };
    let most = const { elements::<T, R, M>() };
    let values: [&[T]; N] = core::array::from_fn(|j| params.values(j));
    let count = values.first().map_or(1, |values| values.len());
    for run in runs((first, start, inner), count, len) {
        let params = Shared(mapped(values, |values| R::from(values[run.value])));
        for at in (run.start..run.end).step_by(most) {
            pass.chunk(at, (run.end - at).min(most), &params);
        }
        pass.end_run(run.number);
    }
}

/// Takes `pass` through `part` of a tile of `len` elements.
#[inline(always)]
pub(super) fn walk_columns<T, R, P, const N: usize, const M: usize>(
    params: Params<T>,
    len: usize,
    part: Part,
    pass: &mut P,
) where
    T: Copy + Default,
    R: KernelNumber<T>,
    P: Pass<R, N>,
{
    let Arrangement::Columns { pitch, .. } = params.arrangement() else {
        unreachable!("a tile")
    };
    let values: [&[T]; N] = core::array::from_fn(|j| params.values(j));
    match part {
        Part::Registers {
            columns,
            row_groups,
        } if const { is_of_rows::<T, R, M>() } => {
            for group in 0..row_groups {
                let top = group * ROWS_PER_GROUP * pitch;
                let below = top + ROWS_PER_GROUP * pitch;
                let part = TilePart {
                    values,
                    elements: top..below.min(len),
                    pitch,
                    columns: columns.clone(),
                    // After the last rows, the next columns from the top.
                    next: if below < len {
                        below + columns.start
                    } else {
                        columns.end
                    },
                };
                part.rows_at_once::<R, P>(pass);
            }
        }
        Part::Rest { columns, elements } if const { takes_rest::<T, R, M>() } => {
            for top in elements.clone().step_by(ROWS_PER_GROUP * pitch) {
                let part = TilePart {
                    values,
                    elements: top..(top + ROWS_PER_GROUP * pitch).min(elements.end),
                    pitch,
                    columns: columns.clone(),
                    next: 0,
                };
                part.row_by_row::<R, P, M>(pass);
            }
        }
        _ => unreachable!("a part that these loops do not take"),
    }
}

/// Some columns of up to [`ROWS_PER_GROUP`] rows of a tile.
struct TilePart<'a, T, const N: usize> {
    /// The parameters, one per column.
    values: [&'a [T]; N],
    /// From the first of the first row to the end of the last one, which may be cut short.
    elements: Range<usize>,
    pitch: usize,
    columns: Range<usize>,
    /// Where the elements begin that come after these; not used by [`row_by_row`](Self::row_by_row).
    next: usize,
}

/// `pitch`, hidden from the optimizer in each iteration of a loop (hence not `pure`): a `black_box` that stays in a register.
/// Otherwise the compiler hoists a pointer per row out of the loop, which takes more registers than there are.
#[inline(always)]
fn opaque(pitch: usize) -> usize {
    #[cfg(target_arch = "x86_64")]
    let pitch = {
        let mut pitch = pitch;
        // SAFETY: it is a comment and no instruction, so that it keeps what the options promise: memory, stack and
        // flags stay as they are, and so does the register.
        unsafe {
            core::arch::asm!("/* {0} */", inout(reg) pitch, options(nomem, nostack, preserves_flags));
        }
        pitch
    };
    pitch
}

/// `values`, fewer than a chunk has, with zeros behind them.
#[cold]
#[inline(never)]
fn filled_up<T: Copy + Default>(values: &[T]) -> [T; MAX_CHUNK] {
    let mut filled = [T::default(); MAX_CHUNK];
    filled[..values.len()].copy_from_slice(values);
    filled
}

impl<'a, T: Copy + Default, const N: usize> TilePart<'a, T, N> {
    /// The first columns of chunks of `most`.
    #[inline(always)]
    fn chunks(&self, most: usize) -> impl Iterator<Item = usize> + Clone + use<T, N> {
        self.columns.clone().step_by(most)
    }

    /// The rows' first elements.
    #[inline(always)]
    fn rows(&self) -> impl Iterator<Item = usize> + use<T, N> {
        self.elements.clone().step_by(self.pitch)
    }

    /// How many columns the chunk has that begins at `column`.
    #[inline(always)]
    fn len(&self, column: usize, most: usize) -> usize {
        (self.columns.end - column).min(most)
    }

    /// Takes `pass` through the rows one after the other.
    #[inline(always)]
    fn row_by_row<R: Packed<T>, P: Pass<R, N>, const M: usize>(self, pass: &mut P) {
        let most = const { elements::<T, R, M>() };
        // `zip` would leave out columns without a place for sums, and so leave memory unwritten.
        const { assert!(MAX_REST_COLUMNS <= MAX_CHUNKS_PER_ROW * elements::<T, R, M>()) };
        let chunks = self.chunks(most);
        let end = self.elements.end;
        let mut sums = [const { MaybeUninit::uninit() }; MAX_CHUNKS_PER_ROW];
        for row in self.rows() {
            for (sums, column) in sums.iter_mut().zip(chunks.clone()) {
                let at = row + column;
                if at >= end {
                    break;
                }
                let len = self.len(column, most);
                let own = mapped(self.values, |values| &values[column..column + len]);
                // As many parameters as a whole chunk has.
                let filled: [[T; MAX_CHUNK]; N];
                let own = if len == most {
                    own
                } else {
                    filled = mapped(own, filled_up);
                    filled.each_ref().map(|values| &values[..most])
                };
                // SAFETY: each slice has `most` elements, as a chunk of `M` numbers of type `R` has.
                let own = unsafe { PerColumn::new(own) };
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

    /// Takes `pass` through as many of the columns as fill registers, a register of each row at a time.
    #[inline(always)]
    fn rows_at_once<R: Packed<T>, P: Pass<R, N>>(mut self, pass: &mut P) {
        let most = const { elements::<T, R::Register, 1>() };
        let (near, line) = const {
            (
                ROW_PREFETCH_BYTES / size_of::<T>(),
                LINE_BYTES / size_of::<T>(),
            )
        };
        let end = self.columns.end;
        let last = self.elements.start + (ROWS_PER_GROUP - 1) * self.pitch + end;
        assert!(pass.has(last, end));
        let values = self.values.map(|values| &values[..end]);
        let adjacent = self.columns.len() == self.pitch;
        while self.columns.len() >= most {
            let column = self.columns.start;
            self.columns.start += most;
            // SAFETY: the loop's condition leaves a register from `column` to `end`, up to which `values` go.
            let own = mapped(values, |values| unsafe {
                load_number(values.get_unchecked(column..), 0)
            });
            let pitch = opaque(self.pitch);
            let (start, stride) = match column + near {
                // Adjacent rows are prefetched in memory order.
                _ if adjacent => (self.next + ROWS_PER_GROUP * column, line),
                later if later < end => (self.elements.start + later, pitch),
                later => (self.next + (later - end), pitch),
            };
            let is_new_line = most >= line || column.is_multiple_of(line);
            let rows = TileRows {
                start: self.elements.start + column,
                pitch,
                prefetch: is_new_line.then_some(Prefetch { start, stride }),
            };
            // SAFETY: the pass has the elements and the columns up to `end` of the last row, as asserted above. The
            // loop's condition keeps the register before that, and `opaque` returns the pitch as it is.
            unsafe { pass.rows(rows, column, &Shared(mapped(own, R::broadcast))) };
        }
    }
}
