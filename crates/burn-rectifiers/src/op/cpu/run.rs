//! Forward and backward: all tasks of a tensor.

use super::plan::Plan;
use super::tasks::for_tasks;
use super::totals::totals;
use super::{Element, Target};
use crate::op::{Kernel, View, Wanted};

/// Replaces each x of `target` by f(x).
pub(crate) fn forward<E: Element>(
    target: &Target<E>,
    params: &[&[E]],
    curve: &dyn Kernel,
    view: View,
) {
    let plan = Plan::new(view, target.len(), params.len());
    let wide = E::widen_all(params);
    let params = E::acc_slices(params, &wide);
    for_tasks(&plan, |number| {
        plan.visit(number, &params, |range, params| {
            // SAFETY: `Plan::visit` gives each element to one task: blocks of runs do not overlap, and tiles have no
            // column of a row in common. `Element` keeps off what lies between the rows of a tile.
            let data = unsafe { target.block(range) };
            E::value(curve, data, params);
        });
    });
}

/// Given the gradients of the output in `target`, replaces them by those of the input and returns
/// those of the parameters, as far as they are wanted.
pub(crate) fn backward<E: Element>(
    xs: &[E],
    target: &Target<E>,
    params: &[&[E]],
    curve: &dyn Kernel,
    view: View,
    wanted: Wanted,
) -> Vec<Vec<E>> {
    let plan = Plan::new(view, target.len(), params.len());
    let summed = if wanted.params { params.len() } else { 0 };
    let wide = E::widen_all(params);
    let params = E::acc_slices(params, &wide);
    totals(&plan, summed, |number, sums| {
        plan.visit(number, &params, |range, params| {
            // SAFETY: `Plan::visit` gives each element to one task: blocks of runs do not overlap, and tiles have no
            // column of a row in common. `Element` keeps off what lies between the rows of a tile.
            let gs = unsafe { target.block(range.clone()) };
            let units = params.units(range.len());
            sums.add(units, |sums| E::grads(curve, gs, &xs[range], params, sums));
        });
    })
}
