//! How a tensor is cut into tasks, and how parameter gradients are summed.

use super::element::Acc;
use crate::op::block::MOST;
use crate::op::sums::GROUP;
use crate::op::{Lanes, MAX_KERNEL_PARAMS, Params, View};
use core::ops::Range;

/// Elements per task: what a thread takes at a time.
const TASK: usize = 1 << 14;

/// So many tasks are enough to keep all cores busy.
const TASKS: usize = 64;

/// From this many neighbours on that share a parameter value, loops take them row by row; below,
/// parameters are spread out to one per element.
const LONG_ROW: usize = 64;

/// Columns of a tile at most: so many parameters and sums stay in the first-level cache.
const WIDTH: usize = 512;

/// So many columns are wide enough: short periods are repeated beside each other until there are.
const REPEATED: usize = 128;

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
            Walk::Tiles {
                stride,
                width,
                across: stride.div_ceil(width),
                // Taller where there are tasks enough all the same: sums are collected from fewer.
                rows: ((len / TASKS).clamp(2 * TASK, 8 * TASK) / width).max(1),
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
                let in_order = inner == 1 && left + width <= count;
                let spread: Vec<A> = match in_order {
                    true => vec![],
                    false => spread(params, left / inner, width / inner, inner),
                };
                let mut spread = spread.chunks(width);
                let own: [&[A]; MAX_KERNEL_PARAMS] =
                    core::array::from_fn(|j| match params.get(j) {
                        None => &[],
                        Some(param) if in_order => &param[left..left + width],
                        Some(_) => spread.next().expect("one per parameter"),
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

    /// The elements of task `number`, if those are neighbours.
    fn stretch(&self, number: usize) -> Range<usize> {
        number * TASK..((number + 1) * TASK).min(self.len)
    }

    /// Adds partial sums, in the order of the tasks: one total per parameter and channel.
    pub(super) fn total(&self, partials: &[Partial], params: usize) -> Vec<Vec<f64>> {
        let mut totals = vec![vec![0.0; self.view.count]; params];
        for partial in partials {
            let sums = partial.sums.chunks(partial.channels.max(1));
            for (total, mut sums) in totals.iter_mut().zip(sums) {
                // To the last channel, and again from the first on.
                let mut first = partial.first % total.len();
                while !sums.is_empty() {
                    let (head, rest) = sums.split_at(sums.len().min(total.len() - first));
                    add(&mut total[first..], head);
                    (sums, first) = (rest, 0);
                }
            }
        }
        totals
    }
}

/// Adds `terms` to the first of `sums`.
fn add(sums: &mut [f64], terms: &[f64]) {
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += term;
    }
}

/// The values of `units` channels from `first` on, each `inner` times, for one parameter after the
/// other.
fn spread<A: Acc>(params: &[&[A]], first: usize, units: usize, inner: usize) -> Vec<A> {
    let mut spread = Vec::with_capacity(params.len() * units * inner);
    for param in params {
        for unit in first..first + units {
            spread.extend(core::iter::repeat_n(param[unit % param.len()], inner));
        }
    }
    spread
}

/// Parameter gradients summed over one task: for each parameter, those of `channels` channels from
/// channel `first` on.
pub(super) struct Partial {
    first: usize,
    channels: usize,
    sums: Vec<f64>,
}

/// Parameter gradients being summed over one task.
pub(super) struct Sums<'a> {
    plan: &'a Plan,
    number: usize,
    params: usize,
    /// Sums per parameter: of each row of the stretch, or of each column of the tile.
    units: usize,
    sums: Vec<f64>,
}

impl<'a> Sums<'a> {
    /// Of `params` parameters over task `number`, none yet.
    pub(super) fn new(plan: &'a Plan, number: usize, params: usize) -> Self {
        let units = match plan.walk {
            Walk::Tiles { width, .. } => width,
            Walk::Rows => {
                let (Range { start, end }, inner) = (plan.stretch(number), plan.view.inner);
                end.div_ceil(inner) - start / inner
            }
        };
        Self {
            plan,
            number,
            params,
            units,
            sums: vec![0.0; params * units],
        }
    }

    /// Calls `f` with the first `units` sums of each parameter, to be added to.
    pub(super) fn add(&mut self, units: usize, f: impl FnOnce(&mut [&mut [f64]])) {
        let mut all = self.sums.chunks_mut(self.units);
        let mut places: [&mut [f64]; MAX_KERNEL_PARAMS] =
            core::array::from_fn(|_| all.next().map_or(&mut [][..], |sums| &mut sums[..units]));
        f(&mut places[..self.params]);
    }

    /// The sums per channel.
    pub(super) fn finish(self) -> Partial {
        let View { count, inner, .. } = self.plan.view;
        match self.plan.walk {
            Walk::Rows => Partial {
                first: self.number * TASK / inner,
                channels: self.units,
                sums: self.sums,
            },
            Walk::Tiles { across, width, .. } => {
                // A tile narrower than the parameters holds each channel once, a wider one repeats
                // them.
                let channels = (self.units / inner).min(count);
                let set = channels * inner;
                let mut sums = vec![];
                if set > 0 {
                    for columns in self.sums.chunks(self.units) {
                        let mut columns = columns.chunks(set);
                        let mut own = columns.next().expect("a set at least").to_vec();
                        columns.for_each(|repeated| add(&mut own, repeated));
                        match inner {
                            1 => sums.extend(own),
                            _ => sums.extend(
                                own.chunks(inner).map(|channel| channel.iter().sum::<f64>()),
                            ),
                        }
                    }
                }
                Partial {
                    first: self.number % across * width / inner,
                    channels,
                    sums,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every element is visited once, with the parameter that the view says.
    #[test]
    fn stretches_cover_everything_once() {
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
            let plan = Plan::new(view, len, 1);
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
    }

    #[test]
    fn short_periods_fill_chunks() {
        let widths = [1, 3, 10, 16, 33, 50, 64, 100, 128, 200, 300, 512].map(repeated);
        assert_eq!(
            widths,
            [128, 192, 320, 128, 495, 400, 128, 400, 128, 400, 300, 512]
        );
    }

    /// What is added for an element comes out in the total of its channel, and nowhere else.
    #[test]
    fn sums_reach_their_channels() {
        for (outer, count, inner) in [
            (3, 5, 1000),
            (9, 700, 3),
            (400, 3, 1),
            (300, 1100, 1),
            (100, 9, 40),
            (5, 11, 7),
            (1, 1, 9),
        ] {
            let view = View {
                outer,
                count,
                inner,
            };
            let len = outer * count * inner;
            let plan = Plan::new(view, len, 2);
            let param = vec![0.0f64; count];
            let partials: Vec<Partial> = (0..plan.tasks())
                .map(|number| {
                    let mut sums = Sums::new(&plan, number, 2);
                    plan.visit(number, &[&param, &param], |range, params| {
                        sums.add(params.units(range.len()), |places| {
                            for k in params.pieces(range.len(), 100).flatten() {
                                let unit = params.units_in(k..k + 1).start;
                                places[0][unit] += (range.start + k) as f64;
                                places[1][unit] += 1.0;
                            }
                        });
                    });
                    sums.finish()
                })
                .collect();
            let totals = plan.total(&partials, 2);
            let mut expected = vec![vec![0.0; count]; 2];
            for i in 0..len {
                expected[0][i / inner % count] += i as f64;
                expected[1][i / inner % count] += 1.0;
            }
            assert_eq!(totals, expected, "{view:?}");
        }
    }
}
