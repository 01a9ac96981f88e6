//! The operation on slices in host memory, shared by the CPU backends.
//!
//! Work is cut into tasks of a fixed size, whatever the number of threads, and partial sums are
//! added in the order of the tasks: a result does not depend on how many cores there are.

mod element;
mod halves;
mod plan;
mod target;
mod totals;

pub(crate) use element::Element;
pub(crate) use target::Target;

use super::{Kernel, View, Wanted};
use plan::Plan;
use rayon::prelude::*;
use totals::totals;

/// Below this many elements, starting threads costs more than it saves.
const PARALLEL: usize = 1 << 15;

/// Runs `task` on each task number and its item, on all cores if there is enough to do, and collects in order.
fn for_each_task<T: Send, R: Send>(
    plan: &Plan,
    items: Vec<T>,
    task: impl Fn(usize, T) -> R + Send + Sync,
) -> Vec<R> {
    let run = |(number, item)| task(number, item);
    if plan.len < PARALLEL {
        items.into_iter().enumerate().map(run).collect()
    } else {
        items.into_par_iter().enumerate().map(run).collect()
    }
}

/// The same without items.
fn for_tasks<R: Send>(plan: &Plan, task: impl Fn(usize) -> R + Send + Sync) -> Vec<R> {
    for_each_task(plan, vec![(); plan.tasks()], |number, ()| task(number))
}

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
            // SAFETY: `Plan::visit` gives each element to one task: stretches of rows do not overlap, and tiles have no
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
            // SAFETY: `Plan::visit` gives each element to one task: stretches of rows do not overlap, and tiles have no
            // column of a row in common. `Element` keeps off what lies between the rows of a tile.
            let gs = unsafe { target.block(range.clone()) };
            let units = params.units(range.len());
            sums.add(units, |sums| E::grads(curve, gs, &xs[range], params, sums));
        });
    })
}
