//! How parameter gradients are summed: over each task, and over all.

use super::Element;
use super::plan::{Plan, Walk, padded_pitch};
use super::tasks::{for_each_task, for_tasks};
use crate::curve::MAX_KERNEL_PARAMS;
use crate::op::View;
use core::mem::MaybeUninit;
use core::ops::Range;

/// Has `task` sum the gradients of `params` parameters over each task of `plan`: one total per parameter and channel.
pub(super) fn totals<E: Element>(
    plan: &Plan,
    params: usize,
    task: impl Fn(usize, &mut Sums) + Send + Sync,
) -> Vec<Vec<E>> {
    let count = plan.view.count;
    let sums_of = |number| {
        let mut sums = Sums::new(plan, number, params);
        task(number, &mut sums);
        sums
    };
    let Some(channels) = plan.channels_apart() else {
        let partials = for_tasks(plan, |number| sums_of(number).finish());
        let narrow = |total: Vec<f64>| total.into_iter().map(E::from_f64).collect();
        let totals = add_up(&partials, params, count);
        return totals.into_iter().map(narrow).collect();
    };
    // What a task summed is the total already.
    let mut totals: Vec<Vec<E>> = (0..params).map(|_| Vec::with_capacity(count)).collect();
    let mut places: Vec<Vec<_>> = (0..plan.tasks()).map(|_| vec![]).collect();
    for total in &mut totals {
        let parts = total.spare_capacity_mut()[..count].chunks_mut(channels);
        assert_eq!(parts.len(), places.len());
        for (places, part) in places.iter_mut().zip(parts) {
            places.push(part);
        }
    }
    for_each_task(plan, places, |number, places| sums_of(number).write(places));
    for total in &mut totals {
        // SAFETY: `Sums::write` wrote the place of each task as a whole, as it asserts, one for each parameter. The
        // places are all chunks of `count` channels: as many as tasks, as asserted above.
        unsafe { total.set_len(count) };
    }
    totals
}

/// Parameter gradients summed over one task: for each parameter, those of `channels` channels from
/// channel `first` on.
struct TaskSums {
    first: usize,
    channels: usize,
    sums: Vec<f64>,
    /// From a parameter's sums to those of the next.
    pitch: usize,
}

impl TaskSums {
    /// Those of each parameter.
    fn per_param(&self) -> impl Iterator<Item = &[f64]> {
        let strides = self.sums.chunks(self.pitch.max(1));
        strides.map(|sums| &sums[..self.channels])
    }

    /// Given those of columns instead, `inner` per channel, which has `count`: the sums per channel.
    fn of_columns(self, count: usize, inner: usize) -> Self {
        // A tile narrower than the parameters holds each channel once, a wider one repeats them.
        let channels = (self.channels / inner).min(count);
        let set = channels * inner;
        if inner == 1 && set == self.channels {
            return self;
        }
        let sums = self
            .per_param()
            .flat_map(|columns| per_channel(columns, set, inner));
        Self {
            first: self.first,
            channels,
            sums: sums.collect(),
            pitch: channels,
        }
    }
}

/// Adds partial sums, in the order of the tasks: one total for each of `params` parameters and `count` channels.
fn add_up(partials: &[TaskSums], params: usize, count: usize) -> Vec<Vec<f64>> {
    let mut totals = vec![vec![0.0; count]; params];
    for partial in partials {
        for (total, mut sums) in totals.iter_mut().zip(partial.per_param()) {
            // To the last channel, and again from the first on.
            let mut first = partial.first % count;
            while !sums.is_empty() {
                let (head, rest) = sums.split_at(sums.len().min(count - first));
                add(&mut total[first..], head);
                (sums, first) = (rest, 0);
            }
        }
    }
    totals
}

/// Adds `terms` to the first of `sums`.
fn add(sums: &mut [f64], terms: &[f64]) {
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += term;
    }
}

/// Parameter gradients being summed over one task.
pub(super) struct Sums<'a> {
    plan: &'a Plan,
    number: usize,
    params: usize,
    /// Sums per parameter: of each run of the block, or of each column of the tile.
    units: usize,
    sums: Vec<f64>,
}

impl<'a> Sums<'a> {
    /// Of `params` parameters over task `number`, none yet.
    fn new(plan: &'a Plan, number: usize, params: usize) -> Self {
        let units = match plan.walk {
            Walk::Tiles { width, .. } => width,
            Walk::Runs => {
                let (Range { start, end }, inner) = (plan.elements(number), plan.view.inner);
                end.div_ceil(inner) - start / inner
            }
        };
        Self {
            plan,
            number,
            params,
            units,
            sums: vec![0.0; params * padded_pitch::<f64>(units)],
        }
    }

    /// Calls `f` with the first `units` sums of each parameter, to be added to.
    pub(super) fn add(&mut self, units: usize, f: impl FnOnce(&mut [&mut [f64]])) {
        let mut all = self.sums.chunks_mut(padded_pitch::<f64>(self.units));
        let mut places: [&mut [f64]; MAX_KERNEL_PARAMS] = core::array::from_fn(|_| &mut [][..]);
        for place in &mut places[..self.params] {
            *place = &mut all.next().expect("sums of each parameter")[..units];
        }
        f(&mut places[..self.params]);
    }

    /// Writes the sums per channel to `places`, one for each parameter.
    fn write<E: Element>(self, places: Vec<&mut [MaybeUninit<E>]>) {
        let sums = self.finish();
        for (place, sums) in places.into_iter().zip(sums.per_param()) {
            assert!(place.len() <= sums.len());
            for (place, sum) in place.iter_mut().zip(sums) {
                place.write(E::from_f64(*sum));
            }
        }
    }

    /// The sums per channel.
    fn finish(self) -> TaskSums {
        let View { count, inner, .. } = self.plan.view;
        let sums = |first| TaskSums {
            first,
            channels: self.units,
            sums: self.sums,
            pitch: padded_pitch::<f64>(self.units),
        };
        match self.plan.walk {
            Walk::Runs => sums(self.plan.elements(self.number).start / inner),
            Walk::Tiles { across, width, .. } => {
                sums(self.number % across * width / inner).of_columns(count, inner)
            }
        }
    }
}

/// Adds up the sums of `columns`, of which each `inner` are of one channel, and each `set` are of the same channels.
fn per_channel(columns: &[f64], set: usize, inner: usize) -> Vec<f64> {
    let mut columns = columns.chunks(set);
    let mut own = columns.next().expect("a set at least").to_vec();
    columns.for_each(|repeated| add(&mut own, repeated));
    match inner {
        1 => own,
        _ => own
            .chunks(inner)
            .map(|channel| channel.iter().sum())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is added for an element comes out in the total of its channel, and nowhere else.
    #[test]
    fn sums_reach_their_channels() {
        for (outer, count, inner) in [
            (3, 5, 1000),
            (9, 700, 3),
            (400, 3, 1),
            (300, 1100, 1),
            (3, 70_000, 1),
            (5, 30_001, 3),
            (20, 4096, 1),
            (40, 2048, 2),
            (100, 9, 40),
            (5, 11, 7),
            (1, 1, 9),
            (0, 3, 2),
            (2, 3, 0),
        ] {
            let view = View {
                outer,
                count,
                inner,
            };
            let len = outer * count * inner;
            let plan = Plan::new(view, len, 2);
            let param = vec![0.0f64; count];
            let totals = totals::<f64>(&plan, 2, |number, sums| {
                plan.visit(number, &[&param, &param], |range, params| {
                    sums.add(params.units(range.len()), |places| {
                        for k in params.pieces(range.len(), 100).flatten() {
                            let unit = params.units_in(k..k + 1).start;
                            places[0][unit] += (range.start + k) as f64;
                            places[1][unit] += 1.0;
                        }
                    });
                });
            });
            let mut expected = vec![vec![0.0; count]; 2];
            for i in 0..len {
                expected[0][i / inner % count] += i as f64;
                expected[1][i / inner % count] += 1.0;
            }
            assert_eq!(totals, expected, "{view:?}");
        }
    }

    /// Both ways are taken: totals that tasks have in common, and totals that each has to itself.
    #[test]
    fn wide_tensors_have_channels_apart() {
        let apart = |outer, count, inner| {
            let view = View {
                outer,
                count,
                inner,
            };
            Plan::new(view, outer * count * inner, 1).channels_apart()
        };
        assert_eq!(apart(3, 70_000, 1), Some(1024));
        assert_eq!(apart(5, 30_001, 3), Some(341));
        assert_eq!(apart(10_000, 70_000, 1), Some(1024));
        assert_eq!(apart(64, 3, 1024), None);
        assert_eq!(apart(40_000, 3, 1), None);
        assert_eq!(apart(0, 3, 2), None);
    }
}
