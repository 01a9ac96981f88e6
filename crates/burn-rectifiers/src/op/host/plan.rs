//! How a tensor is cut into tasks and blocks, and how parameter gradients are summed.

use super::element::Acc;
use crate::op::{Lanes, View};
use core::ops::Range;

/// Elements per block: what a kernel is called on at a time. Three blocks of f64 fit into a
/// first-level cache with room to spare.
pub(super) const BLOCK: usize = 512;

/// Elements per task: what a thread takes at a time.
const TASK: usize = 1 << 14;

/// From this many neighbours on that share a parameter value, they are one call of a kernel with
/// that value; below, parameters are spread out to one per element.
const LONG_ROW: usize = 64;

/// How to walk a tensor seen as `[outer, count, inner]`.
#[derive(Debug)]
pub(super) struct Plan {
    view: View,
    /// Elements in all.
    pub(super) len: usize,
    walk: Walk,
}

#[derive(Debug)]
enum Walk {
    /// Runs of neighbours with the same parameters, cut into tasks wherever they end.
    Rows,
    /// Rectangles of `rows` × `width` in a matrix whose rows repeat the parameters.
    Tiles {
        /// Elements from one matrix row to the next.
        stride: usize,
        /// Columns per tile, at most [`BLOCK`]; a whole number of channels.
        width: usize,
        /// Tiles beside each other.
        across: usize,
        /// Matrix rows per tile.
        rows: usize,
    },
}

impl Plan {
    pub(super) fn new(view: View, len: usize) -> Self {
        let view = view.merged();
        let walk = if view.inner >= LONG_ROW || view.count <= 1 {
            Walk::Rows
        } else {
            let period = (view.count * view.inner).max(1);
            let (stride, width) = if period <= BLOCK {
                let whole = period * (BLOCK / period).max(1);
                (whole, whole)
            } else {
                (period, BLOCK / view.inner.max(1) * view.inner)
            };
            Walk::Tiles {
                stride,
                width: width.max(1),
                across: stride.div_ceil(width.max(1)),
                rows: (2 * TASK / width.max(1)).max(1),
            }
        };
        Self { view, len, walk }
    }

    /// How many tasks there are.
    pub(super) fn tasks(&self) -> usize {
        match self.walk {
            _ if self.len == 0 => 0,
            Walk::Rows => self.len.div_ceil(TASK),
            Walk::Tiles {
                stride,
                across,
                rows,
                ..
            } => self.len.div_ceil(stride).div_ceil(rows) * across,
        }
    }

    /// Calls `f` with each block of task `number` and its parameters.
    pub(super) fn visit<A: Acc>(
        &self,
        number: usize,
        params: &[Vec<A>],
        mut f: impl FnMut(Range<usize>, &[&[A]], Lanes),
    ) {
        match self.walk {
            Walk::Rows => {
                let inner = self.view.inner;
                let (mut start, end) = (number * TASK, ((number + 1) * TASK).min(self.len));
                let mut own: Vec<&[A]> = vec![&[]; params.len()];
                while start < end {
                    let row = start / inner;
                    let row_end = ((row + 1) * inner).min(end);
                    for (own, param) in own.iter_mut().zip(params) {
                        *own = core::slice::from_ref(&param[row % self.view.count]);
                    }
                    while start < row_end {
                        let stop = (start + BLOCK).min(row_end);
                        f(start..stop, &own, Lanes::Shared);
                        start = stop;
                    }
                }
            }
            Walk::Tiles {
                stride,
                width,
                across,
                rows,
            } => {
                let (band, left) = (number / across, number % across * width);
                let width = width.min(stride - left);
                let channel = |i: usize| (left + i) / self.view.inner % self.view.count;
                let spread: Vec<Vec<A>> = params
                    .iter()
                    .map(|param| (0..width).map(|i| param[channel(i)]).collect())
                    .collect();
                let mut own: Vec<&[A]> = spread.iter().map(Vec::as_slice).collect();
                for row in band * rows..(band + 1) * rows {
                    let start = row * stride + left;
                    let stop = (start + width).min(self.len);
                    if start >= stop {
                        break;
                    }
                    for (own, spread) in own.iter_mut().zip(&spread) {
                        *own = &spread[..stop - start];
                    }
                    f(start..stop, &own, Lanes::Own);
                }
            }
        }
    }

    /// Empty sums of `params` parameter gradients over task `number`.
    pub(super) fn sums(&self, number: usize, params: usize) -> Sums<'_> {
        let columns = match self.walk {
            Walk::Tiles { width, .. } => vec![0.0; width],
            Walk::Rows => vec![],
        };
        let first = match self.walk {
            Walk::Rows => number * TASK / self.view.inner.max(1),
            Walk::Tiles { across, width, .. } => number % across * width / self.view.inner,
        };
        Sums {
            plan: self,
            columns: vec![columns; params],
            partial: Partial {
                first,
                sums: vec![vec![]; params],
            },
        }
    }

    /// Adds partial sums, in the order of the tasks: one total per parameter and channel.
    pub(super) fn total(&self, partials: &[Partial], params: usize) -> Vec<Vec<f64>> {
        let mut totals = vec![vec![0.0; self.view.count]; params];
        for partial in partials {
            for (total, sums) in totals.iter_mut().zip(&partial.sums) {
                for (k, sum) in sums.iter().enumerate() {
                    total[(partial.first + k) % self.view.count] += sum;
                }
            }
        }
        totals
    }
}

/// Parameter gradients summed over one task: `sums[j][k]` belongs to parameter `j` of channel
/// `first + k`.
pub(super) struct Partial {
    first: usize,
    sums: Vec<Vec<f64>>,
}

/// Parameter gradients being summed.
pub(super) struct Sums<'a> {
    plan: &'a Plan,
    /// For tiles: one sum per column.
    columns: Vec<Vec<f64>>,
    partial: Partial,
}

impl Sums<'_> {
    /// Adds the contributions `block`, which starts at element `start`, to parameter `j`.
    pub(super) fn add<A: Acc>(&mut self, j: usize, start: usize, block: &[A], lanes: Lanes) {
        match lanes {
            Lanes::Shared => {
                let sums = &mut self.partial.sums[j];
                let k = start / self.plan.view.inner - self.partial.first;
                sums.resize(sums.len().max(k + 1), 0.0);
                sums[k] += super::sum(block);
            }
            Lanes::Own => {
                for (sum, value) in self.columns[j].iter_mut().zip(block) {
                    *sum += (*value).into();
                }
            }
        }
    }

    /// The sums per channel.
    pub(super) fn finish(mut self) -> Partial {
        let View { count, inner, .. } = self.plan.view;
        for (sums, columns) in self.partial.sums.iter_mut().zip(&self.columns) {
            for (k, channel) in columns.chunks(inner.max(1)).enumerate() {
                // A tile narrower than the parameters holds each channel once, a wider one
                // repeats them.
                let k = k % count.max(1);
                sums.resize(sums.len().max(k + 1), 0.0);
                sums[k] += channel.iter().sum::<f64>();
            }
        }
        self.partial
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every element is visited once, with the parameter that the view says.
    #[test]
    fn blocks_cover_everything_once() {
        for (outer, count, inner) in [
            (1, 1, 100_000),
            (3, 5, 1000),
            (7, 3, 64),
            (9, 700, 3),
            (40_000, 3, 1),
            (2, 50_000, 1),
            (5, 11, 7),
            (4, 1, 0),
            (0, 4, 4),
        ] {
            let view = View {
                outer,
                count,
                inner,
            };
            let len = outer * count * inner;
            let plan = Plan::new(view, len);
            let params = [(0..count).map(|c| c as f64).collect::<Vec<_>>()];
            let mut visits = vec![0; len];
            for number in 0..plan.tasks() {
                plan.visit(number, &params, |range, own, lanes| {
                    assert!(range.len() <= BLOCK);
                    for (k, i) in range.enumerate() {
                        visits[i] += 1;
                        let used = own[0][if lanes == Lanes::Shared { 0 } else { k }];
                        assert_eq!(used as usize, i / inner % count, "{view:?} at {i}");
                    }
                });
            }
            assert!(visits.iter().all(|n| *n == 1), "{view:?}");
        }
    }
}
