//! Which parameters the elements of a block use.

use crate::curve::MAX_KERNEL_PARAMS;
use core::ops::Range;

/// The parameters that the elements of a block use.
#[derive(Debug, Clone, Copy)]
pub struct Params<'a, T> {
    /// One slice per parameter.
    values: &'a [&'a [T]],
    /// Which of each is the first that is used.
    from: usize,
    arrangement: Arrangement,
}

/// How the elements of a block use the values of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// Neighbours share a value: the elements form runs. The block may begin within a run. Run `r` uses value
    /// `first + r`; after the last value comes the first again.
    Runs {
        /// Which value the first run uses.
        first: usize,
        /// How many elements of the first run lie before the block.
        start: usize,
        /// Elements per run.
        inner: usize,
    },
    /// Each column of a tile has a value: column `c` uses value `c`. The last row of the tile may be cut short. What lies
    /// between two rows is not part of the tile.
    Columns {
        /// Elements per row.
        width: usize,
        /// Elements from the beginning of one row to that of the next.
        pitch: usize,
    },
}

impl Arrangement {
    /// One row, of which each of the `len` elements has a value.
    pub fn own(len: usize) -> Self {
        Self::Columns {
            width: len,
            pitch: len,
        }
    }
}

/// A rectangle of a block: as many columns of some rows, one below the other.
#[derive(Debug, Clone)]
pub(crate) struct Tile {
    /// The elements of the first row.
    pub(crate) first: Range<usize>,
    /// How many rows there are.
    pub(crate) rows: usize,
    /// Elements from the beginning of one row to that of the next.
    pub(crate) pitch: usize,
}

impl Tile {
    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        self.rows * self.first.len()
    }

    /// The elements of each row.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (Range { start, end }, pitch) = (self.first.clone(), self.pitch);
        (0..self.rows).map(move |row| start + row * pitch..end + row * pitch)
    }
}

/// A run within a block: neighbours that use the same values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// The first element.
    pub(crate) start: usize,
    /// One beyond the last element.
    pub(crate) end: usize,
    /// Which value they use.
    pub(crate) value: usize,
    /// Which run of the block this is.
    pub(crate) number: usize,
}

impl<'a, T: Copy> Params<'a, T> {
    /// One slice per parameter.
    ///
    /// # Panics
    ///
    /// If runs have no element, or rows of a tile overlap.
    pub fn new(values: &'a [&'a [T]], arrangement: Arrangement) -> Self {
        match arrangement {
            Arrangement::Runs { inner, .. } => assert!(inner > 0, "runs have elements"),
            Arrangement::Columns { width, pitch } => assert!(width <= pitch, "rows do not overlap"),
        }
        Self {
            values,
            from: 0,
            arrangement,
        }
    }

    /// The values of parameter `j`.
    #[inline(always)]
    pub fn values(&self, j: usize) -> &'a [T] {
        &self.values[j][self.from..]
    }

    /// How elements use them.
    #[inline(always)]
    pub fn arrangement(&self) -> Arrangement {
        self.arrangement
    }

    /// How many values the `len` elements of a block use: one per run, or per column.
    pub fn units(&self, len: usize) -> usize {
        match self.arrangement {
            Arrangement::Columns { width, .. } => width,
            Arrangement::Runs { .. } => self.units_in(0..len).len(),
        }
    }

    /// Which of those values the elements in `range` use, which are neighbours.
    pub(crate) fn units_in(&self, range: Range<usize>) -> Range<usize> {
        match self.arrangement {
            Arrangement::Columns { pitch, .. } => {
                let start = range.start % pitch.max(1);
                start..start + range.len()
            }
            Arrangement::Runs { start, inner, .. } => {
                let first = (start + range.start) / inner;
                first..(start + range.end).div_ceil(inner).max(first)
            }
        }
    }

    /// The `len` elements of a block in ranges of neighbours, at most `most` each.
    pub(crate) fn pieces(
        &self,
        len: usize,
        most: usize,
    ) -> impl Iterator<Item = Range<usize>> + use<'a, T> {
        self.tiles(len, most).flat_map(|tile| tile.rows())
    }

    /// The `len` elements of a block in tiles of at most `most`. The rows of a tile use the parameters, and add to the sums,
    /// of its first row, so that they may be laid beside each other.
    pub(crate) fn tiles(&self, len: usize, most: usize) -> impl Iterator<Item = Tile> + use<T> {
        let (width, pitch) = match self.arrangement {
            Arrangement::Columns { width, pitch } => (width, pitch.max(1)),
            Arrangement::Runs { .. } => (len, len.max(1)),
        };
        // The last row may be cut short.
        let whole = if len < width {
            0
        } else {
            (len - width) / pitch + 1
        };
        (0..width).step_by(most).flat_map(move |left| {
            let columns = (width - left).min(most);
            let tile = move |row: usize, columns, rows| {
                let start = row * pitch + left;
                Tile {
                    first: start..start + columns,
                    rows,
                    pitch,
                }
            };
            let band = most / columns;
            let tops = (0..whole).step_by(band);
            let bands = tops.map(move |top| tile(top, columns, band.min(whole - top)));
            let rest = len.saturating_sub(whole * pitch + left).min(columns);
            bands.chain((rest > 0).then(|| tile(whole, rest, 1)))
        })
    }

    /// Of `sums`, one slice per parameter with a sum per value, those of the elements in `range`, which are neighbours.
    /// Empty slices stand for parameters without sums.
    pub(crate) fn sums_in<'s>(
        &self,
        range: Range<usize>,
        sums: &'s mut [&mut [f64]],
    ) -> [&'s mut [f64]; MAX_KERNEL_PARAMS] {
        let units = self.units_in(range);
        let mut own: [&mut [f64]; MAX_KERNEL_PARAMS] = core::array::from_fn(|_| &mut [][..]);
        for (own, sums) in own.iter_mut().zip(sums) {
            *own = &mut sums[units.clone()];
        }
        own
    }

    /// The parameters of the elements in `range`, which are neighbours.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        let (mut part, units) = (*self, self.units_in(range.clone()));
        match &mut part.arrangement {
            Arrangement::Columns { .. } => {
                part.from += units.start;
                part.arrangement = Arrangement::own(range.len());
            }
            Arrangement::Runs {
                first,
                start,
                inner,
            } => {
                let from = *start + range.start;
                let count = self.values.first().map_or(1, |values| values.len());
                *first = (*first + from / *inner) % count;
                *start = from % *inner;
            }
        }
        part
    }

    /// The first `N` parameters, and the others.
    pub(crate) fn split<const N: usize>(&self) -> (Self, Self) {
        let (head, tail) = self.values.split_at(N);
        let with = |values| Self { values, ..*self };
        (with(head), with(tail))
    }
}

/// The runs of a block of `len` elements, given the fields of [`Arrangement::Runs`] and how many values there are.
#[inline(always)]
pub(crate) fn runs(
    (first, start, inner): (usize, usize, usize),
    count: usize,
    len: usize,
) -> impl Iterator<Item = Run> {
    Runs {
        next: Run {
            start: 0,
            end: (inner - start).min(len),
            value: first,
            number: 0,
        },
        inner,
        count,
        len,
    }
}

struct Runs {
    next: Run,
    inner: usize,
    count: usize,
    len: usize,
}

impl Iterator for Runs {
    type Item = Run;

    #[inline(always)]
    fn next(&mut self) -> Option<Run> {
        let run = self.next;
        if run.start == self.len {
            return None;
        }
        let value = run.value + 1;
        self.next = Run {
            start: run.end,
            end: (run.end + self.inner).min(self.len),
            value: if value == self.count { 0 } else { value },
            number: run.number + 1,
        };
        Some(run)
    }
}
