//! The parameters of a stretch of elements.

use crate::curve::MAX_KERNEL_PARAMS;
use core::ops::Range;

/// The parameters that a stretch of elements uses.
#[derive(Debug, Clone, Copy)]
pub struct Params<'a, T> {
    values: [&'a [T]; MAX_KERNEL_PARAMS],
    count: usize,
    lanes: Lanes,
}

/// How the elements of a stretch use parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lanes {
    /// Neighbours share them: the elements form rows, the first of which started `start` elements
    /// before the stretch, and row `r` uses value `first + r`, or that many beyond the last value
    /// counted from the first again.
    Rows {
        /// Which value the first row uses.
        first: usize,
        /// How far into the first row the stretch begins.
        start: usize,
        /// Elements per row.
        inner: usize,
    },
    /// Each element of a row has its own: the elements form rows, of which the last may be cut short, and
    /// column `c` uses value `c`. What lies between two rows is not part of the stretch.
    Columns {
        /// Elements per row.
        width: usize,
        /// Elements from the beginning of one row to that of the next.
        stride: usize,
    },
}

impl Lanes {
    /// Each of `len` elements has its own parameters.
    pub fn own(len: usize) -> Self {
        Self::Columns {
            width: len,
            stride: len,
        }
    }
}

/// Rows of a stretch, or parts of them, one below the other, that use the same values.
#[derive(Debug, Clone)]
pub(crate) struct Tile {
    /// The first of them.
    pub(crate) first: Range<usize>,
    /// How many there are.
    pub(crate) rows: usize,
    /// Elements from the beginning of one to that of the next.
    pub(crate) stride: usize,
}

impl Tile {
    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        self.rows * self.first.len()
    }

    /// The elements of each row.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (Range { start, end }, stride) = (self.first.clone(), self.stride);
        (0..self.rows).map(move |row| start + row * stride..end + row * stride)
    }
}

/// Neighbours within a stretch that use the same values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// Where they begin and end.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Which value they use.
    pub(crate) value: usize,
    /// Which row of the stretch they are.
    pub(crate) number: usize,
}

impl<'a, T: Copy> Params<'a, T> {
    /// One slice per parameter.
    ///
    /// # Panics
    ///
    /// If rows have no element, or columns lie closer than they are wide.
    pub fn new(values: &[&'a [T]], lanes: Lanes) -> Self {
        match lanes {
            Lanes::Rows { inner, .. } => assert!(inner > 0, "rows have elements"),
            Lanes::Columns { width, stride } => assert!(width <= stride, "rows do not overlap"),
        }
        let mut all: [&[T]; MAX_KERNEL_PARAMS] = [&[]; MAX_KERNEL_PARAMS];
        all[..values.len()].copy_from_slice(values);
        Self {
            values: all,
            count: values.len(),
            lanes,
        }
    }

    /// One slice per parameter.
    #[inline(always)]
    pub fn values(&self) -> &[&'a [T]] {
        &self.values[..self.count]
    }

    /// How elements use them.
    #[inline(always)]
    pub fn lanes(&self) -> Lanes {
        self.lanes
    }

    /// How many values are told apart in a stretch of `len` elements: rows, or columns.
    pub fn units(&self, len: usize) -> usize {
        match self.lanes {
            Lanes::Columns { width, .. } => width,
            Lanes::Rows { .. } => self.units_in(0..len).len(),
        }
    }

    /// Which of the stretch's units the elements in `range` use, which are neighbours.
    pub(crate) fn units_in(&self, range: Range<usize>) -> Range<usize> {
        match self.lanes {
            Lanes::Columns { stride, .. } => {
                let start = range.start % stride.max(1);
                start..start + range.len()
            }
            Lanes::Rows { start, inner, .. } => {
                let first = (start + range.start) / inner;
                first..(start + range.end).div_ceil(inner).max(first)
            }
        }
    }

    /// Of a stretch of `len` elements, ranges of neighbours, at most `most` each.
    pub(crate) fn pieces(
        &self,
        len: usize,
        most: usize,
    ) -> impl Iterator<Item = Range<usize>> + use<'a, T> {
        self.tiles(len, most).flat_map(|tile| tile.rows())
    }

    /// Of a stretch of `len` elements, tiles of at most `most` elements, which may be laid beside each other
    /// and use the parameters, and add to the sums, of their first row.
    pub(crate) fn tiles(&self, len: usize, most: usize) -> impl Iterator<Item = Tile> + use<T> {
        let (width, stride) = match self.lanes {
            Lanes::Columns { width, stride } => (width, stride.max(1)),
            Lanes::Rows { .. } => (len, len.max(1)),
        };
        // The last row may be cut short.
        let whole = if len < width {
            0
        } else {
            (len - width) / stride + 1
        };
        (0..width).step_by(most).flat_map(move |left| {
            let columns = (width - left).min(most);
            let tile = move |row: usize, columns, rows| {
                let start = row * stride + left;
                Tile {
                    first: start..start + columns,
                    rows,
                    stride,
                }
            };
            let band = most / columns;
            let tops = (0..whole).step_by(band);
            let bands = tops.map(move |top| tile(top, columns, band.min(whole - top)));
            let rest = len.saturating_sub(whole * stride + left).min(columns);
            bands.chain((rest > 0).then(|| tile(whole, rest, 1)))
        })
    }

    /// For the elements in `range`, which are neighbours, a slice each of `sums`, which are of the whole
    /// stretch; as many as there are, none for the others.
    pub(crate) fn sums_in<'s>(
        &self,
        range: Range<usize>,
        sums: &'s mut [&mut [f64]],
    ) -> [&'s mut [f64]; MAX_KERNEL_PARAMS] {
        let units = self.units_in(range);
        let mut all = sums.iter_mut();
        core::array::from_fn(|_| match all.next() {
            Some(sums) => &mut sums[units.clone()],
            None => &mut [],
        })
    }

    /// The parameters of the elements in `range`, which are neighbours.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        let (mut part, units) = (*self, self.units_in(range.clone()));
        match &mut part.lanes {
            Lanes::Columns { .. } => {
                for values in &mut part.values[..self.count] {
                    *values = &values[units.clone()];
                }
                part.lanes = Lanes::own(range.len());
            }
            Lanes::Rows {
                first,
                start,
                inner,
            } => {
                let from = *start + range.start;
                let count = self.values[..self.count]
                    .first()
                    .map_or(1, |values| values.len());
                *first = (*first + from / *inner) % count;
                *start = from % *inner;
            }
        }
        part
    }

    /// The first `N` parameters, and the others.
    pub(crate) fn split<const N: usize>(&self) -> (Self, Self) {
        let (head, tail) = self.values().split_at(N);
        (Self::new(head, self.lanes), Self::new(tail, self.lanes))
    }
}

/// The rows of a stretch of `len` elements.
#[inline(always)]
pub(crate) fn rows(
    (first, start, inner): (usize, usize, usize),
    count: usize,
    len: usize,
) -> impl Iterator<Item = Row> {
    Rows {
        next: Row {
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

struct Rows {
    next: Row,
    inner: usize,
    count: usize,
    len: usize,
}

impl Iterator for Rows {
    type Item = Row;

    #[inline(always)]
    fn next(&mut self) -> Option<Row> {
        let row = self.next;
        if row.start == self.len {
            return None;
        }
        let value = row.value + 1;
        self.next = Row {
            start: row.end,
            end: (row.end + self.inner).min(self.len),
            value: if value == self.count { 0 } else { value },
            number: row.number + 1,
        };
        Some(row)
    }
}
