//! How a tensor is cut into tasks.

use super::block::ROWS_PER_GROUP;
use super::element::Acc;
use super::{Arrangement, Params};
use crate::curve::MAX_KERNEL_PARAMS;
use crate::op::View;
use crate::simd::MAX_CHUNK;
use core::ops::Range;

/// Elements per task of runs.
const TASK_ELEMENTS: usize = 1 << 14;

/// So many tasks are enough to keep all cores busy.
const MIN_TASKS: usize = 64;

/// From this many neighbours on that share a value of a parameter, loops take them run by run; below,
/// parameters are spread out to one per element.
const LONG_RUN: usize = 64;

/// Columns of a tile at most: so many parameters and sums stay in the first-level cache, and rows are as long as the
/// pieces that memory likes to be read in.
const MAX_TILE_COLUMNS: usize = 1024;

/// Bytes after which the sets of a first-level cache repeat.
const PAGE_BYTES: usize = 4096;

/// With so many rows, laying out a tile's parameters takes little beside the rest.
const TALL_TILE_ROWS: usize = 16;

/// So many columns are wide enough: short periods are repeated beside each other until there are.
const MIN_REPEATED_COLUMNS: usize = 128;

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
    /// Blocks of [`TASK_ELEMENTS`] elements, wherever runs begin and end.
    Runs,
    /// Rectangles of `rows` × `width` in a matrix whose rows repeat the parameters.
    Tiles {
        /// Elements from one matrix row to the next.
        pitch: usize,
        /// Columns per tile, at most [`MAX_TILE_COLUMNS`]; a whole number of channels.
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
    let most = MAX_TILE_COLUMNS / period * period;
    let fill = |&count: &usize| {
        let mut wide = (MIN_REPEATED_COLUMNS.next_multiple_of(period)..=most).step_by(period);
        wide.find(|width| width.is_multiple_of(count))
    };
    [MAX_CHUNK, MAX_CHUNK / ROWS_PER_GROUP]
        .iter()
        .find_map(fill)
        .unwrap_or(most)
}

impl Plan {
    pub(super) fn new(view: View, len: usize, params: usize) -> Self {
        // Without parameters, and with one value for all, everything is one run.
        let view = match params {
            0 => View::whole(len),
            _ => view.merged(),
        };
        let walk = if view.inner >= LONG_RUN || view.count <= 1 {
            Walk::Runs
        } else {
            let period = (view.count * view.inner).max(1);
            let (pitch, width) = if period <= MAX_TILE_COLUMNS {
                let whole = repeated(period).min(len.div_ceil(period).max(1) * period);
                (whole, whole)
            } else {
                (period, MAX_TILE_COLUMNS / view.inner.max(1) * view.inner)
            };
            let width = width.max(1);
            let across = pitch.div_ceil(width);
            // As tall as leaves enough tasks: of fewer tiles, fewer partial sums are added up.
            let rows = match across {
                ..MIN_TASKS => {
                    (len / MIN_TASKS).clamp(2 * TASK_ELEMENTS, 8 * TASK_ELEMENTS) / width
                }
                _ => len.div_ceil(pitch),
            };
            Walk::Tiles {
                pitch,
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
            Walk::Runs => self.len.div_ceil(TASK_ELEMENTS),
            Walk::Tiles {
                pitch,
                across,
                rows,
                ..
            } => self.len.div_ceil(pitch).div_ceil(rows) * across,
        }
    }

    /// Calls `f` with the block of task `number` and its parameters, if it has any elements.
    pub(super) fn visit<A: Acc>(
        &self,
        number: usize,
        params: &[&[A]],
        f: impl FnOnce(Range<usize>, Params<A>),
    ) {
        let View { count, inner, .. } = self.view;
        match self.walk {
            Walk::Runs => {
                let range = self.elements(number);
                let arrangement = Arrangement::Runs {
                    first: range.start / inner % count,
                    start: range.start % inner,
                    inner,
                };
                f(range, Params::new(params, arrangement));
            }
            Walk::Tiles {
                pitch,
                width,
                across,
                rows,
            } => {
                let (band, left) = (number / across, number % across * width);
                let width = width.min(pitch - left);
                // Parameters are used where they are, if each column has its own and they share no cache sets with rows.
                let has_conflicts = rows >= TALL_TILE_ROWS && share_cache_sets::<A>(pitch);
                let in_order = inner == 1 && left + width <= count && !has_conflicts;
                let spread: Vec<A> = match in_order {
                    true => vec![],
                    false => spread(params, left / inner, width / inner, inner),
                };
                let mut spread = spread.chunks(padded_pitch::<A>(width));
                let mut own: [&[A]; MAX_KERNEL_PARAMS] = [&[]; MAX_KERNEL_PARAMS];
                for (own, param) in own.iter_mut().zip(params) {
                    *own = match in_order {
                        true => &param[left..left + width],
                        false => &spread.next().expect("one per parameter")[..width],
                    };
                }
                let start = band * rows * pitch + left;
                let last = start + (rows - 1) * pitch;
                if start < self.len {
                    let arrangement = Arrangement::Columns { width, pitch };
                    let stop = (last + width).min(self.len);
                    f(start..stop, Params::new(&own[..params.len()], arrangement));
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
                pitch, width, rows, ..
            } if pitch == count * inner && (1..=rows * pitch).contains(&self.len) => {
                Some(width / inner)
            }
            _ => None,
        }
    }

    /// The elements of task `number`, if those are neighbours.
    pub(super) fn elements(&self, number: usize) -> Range<usize> {
        number * TASK_ELEMENTS..((number + 1) * TASK_ELEMENTS).min(self.len)
    }
}

/// The values of `units` channels from `first` on, each `inner` times, for one parameter after the
/// other, [`padded_pitch`] numbers from one to the next.
fn spread<A: Acc>(params: &[&[A]], first: usize, units: usize, inner: usize) -> Vec<A> {
    let pitch = padded_pitch::<A>(units * inner);
    let mut spread = Vec::with_capacity(params.len() * pitch);
    for param in params {
        match param.get(first..first + units) {
            Some(own) if inner == 1 => spread.extend_from_slice(own),
            _ => {
                for unit in first..first + units {
                    spread.extend(core::iter::repeat_n(param[unit % param.len()], inner));
                }
            }
        }
        spread.resize(spread.len().next_multiple_of(pitch), A::default());
    }
    spread
}

/// How far apart arrays of `len` numbers should begin, so that those of a column do not share a set.
pub(super) fn padded_pitch<A>(len: usize) -> usize {
    const BETWEEN: usize = 80;
    if share_cache_sets::<A>(len) {
        len + BETWEEN
    } else {
        len
    }
}

/// Whether rows that begin so far apart share sets of the first-level cache. They share them with parameters that lie
/// as the user has them, too, as arrays of large tensors begin with a page of memory.
fn share_cache_sets<A>(pitch: usize) -> bool {
    (pitch * size_of::<A>()).is_multiple_of(PAGE_BYTES)
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
                let values = params.values(0);
                for k in params.pieces(range.len(), 100).flatten() {
                    let i = range.start + k;
                    visits[i] += 1;
                    let used = match params.arrangement() {
                        Arrangement::Columns { pitch, .. } => values[k % pitch],
                        Arrangement::Runs {
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
    fn blocks_cover_everything_once() {
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
