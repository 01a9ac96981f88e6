//! How a block is cut for the loops of an instruction set.

use super::super::Arrangement;
use super::super::block::{ROWS_PER_GROUP, elements, is_of_rows};
use crate::simd::{Level, Packed};
use core::ops::Range;

/// Chunks of a row that a loop takes before the next row of a tile, so that their parameters and sums stay in the
/// first-level cache.
pub(super) const MAX_CHUNKS_PER_ROW: usize = 16;

/// Columns of a [`Part::Rest`] at most: [`MAX_CHUNKS_PER_ROW`] chunks of the smallest.
pub(super) const MAX_REST_COLUMNS: usize = MAX_CHUNKS_PER_ROW * 32;

/// What one call of a compiled loop takes of a block.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// All of a block whose elements form [runs](Arrangement::Runs).
    Runs,
    /// The first `row_groups` groups of [`ROWS_PER_GROUP`] rows of a tile. Of `columns`, as many as fill whole registers.
    Registers {
        columns: Range<usize>,
        row_groups: usize,
    },
    /// Of a tile, `columns` of the rows that begin in `elements`. The last row may be cut short.
    Rest {
        columns: Range<usize>,
        elements: Range<usize>,
    },
}

/// What the loops of an instruction set take at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChunkSizes {
    level: Level,
    /// Elements of a register, if a loop takes one of each of [`ROWS_PER_GROUP`] rows; otherwise 0.
    register: usize,
    /// Elements of a chunk.
    chunk: usize,
    /// The instruction set whose loops take a [`Part::Rest`].
    rest: Level,
}

impl ChunkSizes {
    /// With chunks of `M` numbers of type `R`.
    pub(super) const fn of<T, R: Packed<T>, const M: usize>(level: Level) -> Self {
        Self {
            level,
            register: match is_of_rows::<T, R, M>() {
                true => elements::<T, R::Register, 1>(),
                false => 0,
            },
            chunk: elements::<T, R, M>(),
            rest: match takes_rest::<T, R, M>() {
                true => level,
                false => Level::Avx2,
            },
        }
    }
}

/// Whether loops with chunks of `M` numbers of type `R` take a [`Part::Rest`] themselves. Those of AVX-512 leave it to AVX2,
/// which gives the same bits, so that loops for it are compiled once.
pub(super) const fn takes_rest<T, R: Packed<T>, const M: usize>() -> bool {
    const AVX512_BYTES: usize = 512 / 8;
    !(is_of_rows::<T, R, M>() && size_of::<R::Register>() == AVX512_BYTES)
}

/// Calls `take` with the parts of a block of `len` elements, and the instruction set for each. Parts that have a column in
/// common come in the order of rows.
pub(super) fn parts(
    arrangement: Arrangement,
    len: usize,
    sizes: ChunkSizes,
    take: &mut dyn FnMut(Level, Part),
) {
    let Arrangement::Columns { width, pitch } = arrangement else {
        return take(sizes.level, Part::Runs);
    };
    let register = sizes.register;
    if len == 0 {
        return;
    }
    let rows = if len < width {
        0
    } else {
        (len - width) / pitch + 1
    };
    let row_groups = if register == 0 {
        0
    } else {
        rows / ROWS_PER_GROUP
    };
    // Where the rows begin that are in no group.
    let below = (row_groups * ROWS_PER_GROUP * pitch).min(len);
    let most = MAX_CHUNKS_PER_ROW * sizes.chunk;
    for left in (0..width).step_by(most) {
        let columns = left..(left + most).min(width);
        let mut rests = [
            (columns.start..columns.start, 0..0),
            (columns.clone(), below..len),
        ];
        if row_groups > 0 {
            let whole = left + columns.len() / register * register;
            rests[0] = (whole..columns.end, 0..below);
            take(
                sizes.level,
                Part::Registers {
                    columns,
                    row_groups,
                },
            );
        }
        for (columns, elements) in rests {
            // As many as loops over the rest have room for.
            for left in columns.clone().step_by(MAX_REST_COLUMNS) {
                let columns = left..(left + MAX_REST_COLUMNS).min(columns.end);
                if elements.start + left < elements.end {
                    let elements = elements.clone();
                    take(sizes.rest, Part::Rest { columns, elements });
                }
            }
        }
    }
}

/// The elements of a block, for curves without parameters: one range, or one for each row of a tile if something lies
/// between rows.
pub(super) fn ranges(arrangement: Arrangement, len: usize) -> impl Iterator<Item = Range<usize>> {
    let (width, pitch) = match arrangement {
        Arrangement::Columns { width, pitch } if width < pitch => (width, pitch),
        _ => (len, len.max(1)),
    };
    let starts = (0..len).step_by(pitch);
    starts.map(move |start| start..(start + width).min(len))
}

/// The arrangement of such a range of `len` elements.
pub(super) fn one_run(len: usize) -> Arrangement {
    Arrangement::Runs {
        first: 0,
        start: 0,
        inner: len,
    }
}
