//! Tasks on all cores.

use super::plan::Plan;
use rayon::prelude::*;

/// Below this many elements, starting threads costs more than it saves.
const MIN_PARALLEL_ELEMENTS: usize = 1 << 15;

/// Runs `task` on each task number and its item, on all cores if there is enough to do, and collects in order.
pub(super) fn for_each_task<T: Send, R: Send>(
    plan: &Plan,
    items: Vec<T>,
    task: impl Fn(usize, T) -> R + Send + Sync,
) -> Vec<R> {
    let run = |(number, item)| task(number, item);
    if plan.len < MIN_PARALLEL_ELEMENTS {
        items.into_iter().enumerate().map(run).collect()
    } else {
        items.into_par_iter().enumerate().map(run).collect()
    }
}

/// Runs `task` on each task number, on all cores if there is enough to do, and collects in order.
pub(super) fn for_tasks<R: Send>(plan: &Plan, task: impl Fn(usize) -> R + Send + Sync) -> Vec<R> {
    for_each_task(plan, vec![(); plan.tasks()], |number, ()| task(number))
}
