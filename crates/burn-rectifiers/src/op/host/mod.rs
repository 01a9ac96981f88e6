//! The operation on slices in host memory, shared by the CPU backends.
//!
//! Work is cut into tasks of a fixed size, whatever the number of threads, and partial sums are
//! added in the order of the tasks: a result does not depend on how many cores there are.

mod element;
mod plan;
mod target;

pub(crate) use element::Element;
pub(crate) use target::Target;

use super::simd::simd;
use super::{Kernel, MAX_KERNEL_PARAMS, View, Wanted};
use plan::Plan;
use rayon::prelude::*;

/// Below this many elements, starting threads costs more than it saves.
const PARALLEL: usize = 1 << 15;

/// Runs `task` on each task number, on all cores if there is enough to do, and collects in order.
fn for_tasks<R: Send>(plan: &Plan, task: impl Fn(usize) -> R + Send + Sync) -> Vec<R> {
    if plan.len < PARALLEL {
        (0..plan.tasks()).map(task).collect()
    } else {
        (0..plan.tasks()).into_par_iter().map(task).collect()
    }
}

/// Replaces each x of `target` by f(x).
pub(crate) fn forward<E: Element>(
    target: &Target<E>,
    params: &[&[E]],
    curve: &dyn Kernel,
    view: View,
) {
    let plan = Plan::new(view, target.len());
    let kernel = E::kernel(curve);
    let params = widened(params);
    for_tasks(&plan, |number| {
        let mut scratch = Vec::new();
        plan.visit(number, &params, |range, own, lanes| {
            // SAFETY: the blocks of a plan do not overlap.
            let block = unsafe { target.block(range) };
            with_acc(block, &mut scratch, |xs| kernel.value(xs, own, lanes));
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
    let plan = Plan::new(view, target.len());
    let kernel = E::kernel(curve);
    let wide = widened(params);
    let summed = if wanted.params { params.len() } else { 0 };

    let partial = for_tasks(&plan, |number| {
        let mut sums = plan.sums(number, summed);
        let (mut g_scratch, mut x_scratch) = (Vec::new(), Vec::new());
        let mut slots = vec![vec![E::Acc::default(); plan::BLOCK]; summed];
        plan.visit(number, &wide, |range, own, lanes| {
            let x = &xs[range.clone()];
            let x = E::as_acc(x).unwrap_or_else(|| {
                x_scratch.resize(x.len(), E::Acc::default());
                E::widen(x, &mut x_scratch);
                &x_scratch
            });
            let mut parts = slots.iter_mut().map(|slot| &mut slot[..x.len()]);
            let mut slots: [&mut [E::Acc]; MAX_KERNEL_PARAMS] =
                core::array::from_fn(|_| parts.next().unwrap_or_default());
            let slots = &mut slots[..summed];
            // SAFETY: the blocks of a plan do not overlap.
            let block = unsafe { target.block(range.clone()) };
            with_acc(block, &mut g_scratch, |gs| {
                kernel.grads(gs, x, own, slots, lanes)
            });
            for (j, slot) in slots.iter().enumerate() {
                sums.add(j, range.start, slot, lanes);
            }
        });
        sums.finish()
    });
    plan.total(&partial, summed)
        .into_iter()
        .map(|total| total.into_iter().map(E::from_f64).collect())
        .collect()
}

/// Runs `f` on `block` in the precision that kernels compute in.
fn with_acc<E: Element>(block: &mut [E], scratch: &mut Vec<E::Acc>, f: impl FnOnce(&mut [E::Acc])) {
    if let Some(block) = E::as_acc_mut(block) {
        return f(block);
    }
    scratch.resize(block.len(), E::Acc::default());
    E::widen(block, scratch);
    f(scratch);
    E::narrow(scratch, block);
}

/// The parameters in the precision that kernels compute in.
fn widened<E: Element>(params: &[&[E]]) -> Vec<Vec<E::Acc>> {
    let widen = |param: &&[E]| {
        let mut wide = vec![E::Acc::default(); param.len()];
        E::widen(param, &mut wide);
        wide
    };
    params.iter().map(widen).collect()
}

/// The sum of a block in double precision, so that neither many terms nor huge ones of either sign
/// spoil it, as interleaved partial sums that fill vector registers.
fn sum<A: element::Acc>(block: &[A]) -> f64 {
    simd!([A: element::Acc] [A] (block: &[A]) -> f64 {
        let mut lanes = [0.0; 16];
        let chunks = block.chunks_exact(lanes.len());
        let rest: f64 = chunks.remainder().iter().map(|value| (*value).into()).sum();
        for chunk in chunks {
            for (lane, value) in lanes.iter_mut().zip(chunk) {
                *lane += (*value).into();
            }
        }
        lanes.iter().sum::<f64>() + rest
    })
}
