//! The parameters of a stretch of elements.

use super::MAX_KERNEL_PARAMS;
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
    /// Each element has its own: parameter slices are as long as the stretch.
    Own,
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
    pub fn new(values: &[&'a [T]], lanes: Lanes) -> Self {
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

    /// How many values are told apart in a stretch of `len` elements: rows, or elements.
    pub fn units(&self, len: usize) -> usize {
        self.units_in(0..len).len()
    }

    /// Which of the stretch's units the elements in `range` use.
    pub(crate) fn units_in(&self, range: Range<usize>) -> Range<usize> {
        match self.lanes {
            Lanes::Own => range,
            Lanes::Rows { start, inner, .. } => {
                let first = (start + range.start) / inner;
                first..(start + range.end).div_ceil(inner).max(first)
            }
        }
    }

    /// The parameters of the elements in `range`.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        let mut part = *self;
        match &mut part.lanes {
            Lanes::Own => {
                for values in &mut part.values[..self.count] {
                    *values = &values[range.clone()];
                }
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
