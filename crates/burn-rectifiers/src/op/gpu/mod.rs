//! The operation on every CubeCL runtime.
//!
//! Forward is one launch. Backward is one launch for the input's gradient; if parameter gradients
//! are wanted too, that launch also leaves partial sums, which a second, small one adds up. No
//! atomics: the order of additions, and so the result, is always the same.

mod eval;
mod fusion;
mod kernels;
mod launch;

use crate::op::layout::MemoryOrder;
use crate::op::{Bundle, Rectify, RectifyBackward, Sharing, Task, Wanted};
use burn::backend::tensor::FloatTensor;
use burn_cubecl::ops::permute;
use burn_cubecl::tensor::CubeTensor;
use burn_cubecl::{CubeBackend, kernel::into_contiguous};
use launch::rows_of;

impl Rectify for CubeBackend {
    fn rectify(x: FloatTensor<Self>, params: Bundle<Self>, task: Task) -> FloatTensor<Self> {
        let (x, order) = in_memory_order(x, task.sharing);
        let view = ordered(task, &order).view(x.meta.shape());
        let y = launch::value(task.curve, x, contiguous(params), view);
        permute(y, &order.inverse())
    }
}

impl RectifyBackward for CubeBackend {
    fn rectify_backward(
        x: FloatTensor<Self>,
        params: Bundle<Self>,
        grad: FloatTensor<Self>,
        task: Task,
        wanted: Wanted,
    ) -> Bundle<Self> {
        let (x, order) = in_memory_order(x, task.sharing);
        let grad = permute(grad, order.axes());
        let grad = match rows_of(&grad) {
            Some(_) => grad,
            None => into_contiguous(grad),
        };
        let view = ordered(task, &order).view(x.meta.shape());
        let params = contiguous(params);
        let (dx, grads) = launch::grads(task.curve, x, params, grad, view, wanted);
        let dx = dx.map(|dx| permute(dx, &order.inverse()));
        Bundle::from_vec(dx.into_iter().chain(grads).collect())
    }
}

/// `x` with its axes in the order in which it lies in memory, without other gaps than behind its rows.
fn in_memory_order(x: CubeTensor, sharing: Sharing) -> (CubeTensor, MemoryOrder) {
    match MemoryOrder::of_rows(x.meta.shape(), x.meta.strides(), sharing) {
        Some(order) => (permute(x, order.axes()), order),
        None => {
            let rank = x.meta.num_dims();
            (into_contiguous(x), MemoryOrder::natural(rank))
        }
    }
}

/// `task` on tensors whose axes are in that order.
fn ordered(task: Task, order: &MemoryOrder) -> Task {
    let sharing = order.sharing(task.sharing).expect("checked with the order");
    Task { sharing, ..task }
}

fn contiguous(params: Bundle<CubeBackend>) -> Vec<CubeTensor> {
    params.into_vec().into_iter().map(into_contiguous).collect()
}

#[cfg(all(test, feature = "wgpu", feature = "flex"))]
mod tests;
