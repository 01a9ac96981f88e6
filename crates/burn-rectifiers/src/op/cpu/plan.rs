//! How a tensor is cut into tasks.

use super::element::Acc;
use super::{Lanes, Params};
use crate::curve::MAX_KERNEL_PARAMS;
use crate::op::View;
use crate::simd::{GROUP, MOST};
use core::ops::Range;

/// Elements per task: what a thread takes at a time.
const TASK: usize = 1 << 14;

/// So many tasks are enough to keep all cores busy.
const TASKS: usize = 64;

/// From this many neighbours on that share a parameter value, loops take them row by row; below,
/// parameters are spread out to one per element.
const LONG_ROW: usize = 64;

/// Columns of a tile at most: so many parameters and sums stay in the first-level cache, and rows are as long as the
/// pieces that memory likes to be read in.
const WIDTH: usize = 1024;

/// Bytes after which the sets of a first-level cache repeat.
const PAGE: usize = 4096;

/// With so many rows, laying out a tile's parameters takes little beside the rest.
const TALL: usize = 16;

/// So many columns are wide enough: short periods are repeated beside each other until there are.
const REPEATED: usize = 128;

/// How to walk a tensor seen as `[outer, count, inner]`.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) view: View,
    /// Elements in all.
    pub(super) len: usize,
    pub(super) walk: Walk,
}

#[derive(Debug)]
pub(super) enum Walk {
    /// Stretches of [`TASK`] elements, wherever rows begin and end.
    Rows,
    /// Rectangles of `rows` × `width` in a matrix whose rows repeat the parameters.
    Tiles {
        /// Elements from one matrix row to the next.
        stride: usize,
        /// Columns per tile, at most [`WIDTH`]; a whole number of channels.
        width: usize,
        /// Tiles beside each other.
        across: usize,
        /// Matrix rows per tile.
        rows: usize,
    },
}

/// How many columns a short period should be repeated to: a whole number of chunks, or of vectors, or else as many
/// as there may be.
fn repeated(period: usize) -> usize {
    let most = WIDTH / period * period;
    let fill = |&count: &usize| {
        let mut wide = (REPEATED.next_multiple_of(period)..=most).step_by(period);
        wide.find(|width| width.is_multiple_of(count))
    };
    [MOST, MOST / GROUP].iter().find_map(fill).unwrap_or(most)
}

impl Plan {
    pub(super) fn new(view: View, len: usize, params: usize) -> Self {
        // Without parameters, and with one value for all, everything is one row.
        let view = match params {
            0 => View::whole(len),
            _ => view.merged(),
        };
        let walk = if view.inner >= LONG_ROW || view.count <= 1 {
            Walk::Rows
        } else {
            let period = (view.count * view.inner).max(1);
            let (stride, width) = if period <= WIDTH {
                let whole = repeated(period).min(len.div_ceil(period).max(1) * period);
                (whole, whole)
            } else {
                (period, WIDTH / view.inner.max(1) * view.inner)
            };
            let width = width.max(1);
            let across = stride.div_ceil(width);
            // As tall as there are tasks enough all the same: sums are collected from fewer.
            let rows = match across {
                ..TASKS => (len / TASKS).clamp(2 * TASK, 8 * TASK) / width,
                _ => len.div_ceil(stride),
            };
            Walk::Tiles {
                stride,
                width,
                across,
                rows: rows.max(1),
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

    /// Calls `f` with the stretch of task `number` and its parameters, if it has any elements.
    pub(super) fn visit<A: Acc>(
        &self,
        number: usize,
        params: &[&[A]],
        f: impl FnOnce(Range<usize>, Params<A>),
    ) {
        let View { count, inner, .. } = self.view;
        match self.walk {
            Walk::Rows => {
                let range = self.stretch(number);
                let lanes = Lanes::Rows {
                    first: range.start / inner % count,
                    start: range.start % inner,
                    inner,
                };
                f(range, Params::new(params, lanes));
            }
            Walk::Tiles {
                stride,
                width,
                across,
                rows,
            } => {
                let (band, left) = (number / across, number % across * width);
                let width = width.min(stride - left);
                // Parameters of neighbours lie beside each other already, or are laid out so.
                let crowded = rows >= TALL && share_sets::<A>(stride);
                let in_order = inner == 1 && left + width <= count && !crowded;
                let spread: Vec<A> = match in_order {
                    true => vec![],
                    false => spread(params, left / inner, width / inner, inner),
                };
                let mut spread = spread.chunks(apart::<A>(width));
                let own: [&[A]; MAX_KERNEL_PARAMS] =
                    core::array::from_fn(|j| match params.get(j) {
                        None => &[],
                        Some(param) if in_order => &param[left..left + width],
                        Some(_) => &spread.next().expect("one per parameter")[..width],
                    });
                let start = band * rows * stride + left;
                let last = start + (rows - 1) * stride;
                if start < self.len {
                    let lanes = Lanes::Columns { width, stride };
                    let stop = (last + width).min(self.len);
                    f(start..stop, Params::new(&own[..params.len()], lanes));
                }
            }
        }
    }

    /// If no two tasks have a channel in common: how many channels each has, but for the last, which may have
    /// fewer.
    pub(super) fn channels_apart(&self) -> Option<usize> {
        let View { count, inner, .. } = self.view;
        match self.walk {
            Walk::Tiles {
                stride,
                width,
                rows,
                ..
            } if stride == count * inner && (1..=rows * stride).contains(&self.len) => {
                Some(width / inner)
            }
            _ => None,
        }
    }

    /// The elements of task `number`, if those are neighbours.
    pub(super) fn stretch(&self, number: usize) -> Range<usize> {
        number * TASK..((number + 1) * TASK).min(self.len)
    }
}

/// The values of `units` channels from `first` on, each `inner` times, for one parameter after the
/// other, so far [`apart`].
fn spread<A: Acc>(params: &[&[A]], first: usize, units: usize, inner: usize) -> Vec<A> {
    let stride = apart::<A>(units * inner);
    let mut spread = Vec::with_capacity(params.len() * stride);
    for param in params {
        match param.get(first..first + units) {
            Some(own) if inner == 1 => spread.extend_from_slice(own),
            _ => {
                for unit in first..first + units {
                    spread.extend(core::iter::repeat_n(param[unit % param.len()], inner));
                }
            }
        }
        spread.resize(spread.len().next_multiple_of(stride), A::default());
    }
    spread
}

/// How far apart arrays of `len` numbers should begin, so that those of a column do not share a set.
pub(super) fn apart<A>(len: usize) -> usize {
    const BETWEEN: usize = 80;
    if share_sets::<A>(len) {
        len + BETWEEN
    } else {
        len
    }
}

/// Whether rows that begin so far apart share sets of the first-level cache. They share them with parameters that lie
/// as the user has them, too, as arrays of large tensors begin with a page of memory.
fn share_sets<A>(stride: usize) -> bool {
    (stride * size_of::<A>()).is_multiple_of(PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every element is visited once, with the parameter that the view says.
    fn covers_everything_once(view: View, params: usize) {
        let View {
            outer,
            count,
            inner,
        } = view;
        let len = outer * count * inner;
        let plan = Plan::new(view, len, params);
        let param: Vec<f64> = (0..count).map(|c| c as f64).collect();
        let mut visits = vec![0; len];
        for number in 0..plan.tasks() {
            plan.visit(number, &[&param], |range, params| {
                let values = params.values()[0];
                for k in params.pieces(range.len(), 100).flatten() {
                    let i = range.start + k;
                    visits[i] += 1;
                    let used = match params.lanes() {
                        Lanes::Columns { stride, .. } => values[k % stride],
                        Lanes::Rows {
                            first,
                            start,
                            inner,
                        } => values[(first + (start + k) / inner) % count],
                    };
                    assert_eq!(used as usize, i / inner % count, "{view:?} at {i}");
                }
            });
        }
        assert!(visits.iter().all(|n| *n == 1), "{view:?}");
    }

    #[test]
    fn stretches_cover_everything_once() {
        for (outer, count, inner) in [
            (1, 1, 100_000),
            (3, 5, 1000),
            (9, 700, 3),
            (40_000, 3, 1),
            (2, 50_000, 1),
            (20, 4096, 1),
            (40, 2048, 2),
            (4, 1, 0),
            (0, 4, 4),
        ] {
            let view = View {
                outer,
                count,
                inner,
            };
            covers_everything_once(view, 1);
        }
    }

    proptest::proptest! {
        /// Sizes of each axis from one to hundreds of thousands, in all proportions.
        #[test]
        fn random_views_are_covered_once(
            len in 0.0..17f64,
            cuts in [0.0..1f64, 0.0..1f64],
            params in 1..4usize,
        ) {
            let [a, b] = cuts.map(|cut| cut * len);
            let size = |log: f64| (log.exp2() * 1.3) as usize;
            let [outer, count, inner] = [a.min(b), (a - b).abs(), len - a.max(b)].map(size);
            covers_everything_once(View { outer, count, inner }, params);
        }
    }

    #[test]
    fn short_periods_fill_chunks() {
        let widths = [1, 3, 10, 16, 33, 50, 64, 100, 128, 200, 300, 512].map(repeated);
        assert_eq!(
            widths,
            [128, 192, 320, 128, 528, 400, 128, 400, 128, 400, 900, 512]
        );
    }
}
