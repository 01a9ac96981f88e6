//! From tensors to the backend that holds them, and back.

use super::{Bundle, Rectify, Task, composed};
use burn::backend::{Dispatch, DispatchTensorKind};
use burn::tensor::Tensor;

/// Evaluates, fused where the backend has kernels of ours.
pub(super) fn evaluate<const D: usize>(
    x: Tensor<D>,
    params: Vec<Tensor<1>>,
    task: Task,
) -> Tensor<D> {
    let x = x.into_dispatch();
    let params = params.into_iter().map(Tensor::into_dispatch).collect();
    let y = if is_fused(&x.kind, task) {
        <Dispatch as Rectify>::rectify(x, Bundle::from_vec(params), task)
    } else {
        composed::differentiable::<Dispatch>(x, params, task)
    };
    Tensor::from_dispatch(y)
}

/// Whether this backend has a kernel of ours for the task.
#[cfg_attr(not(feature = "remote"), allow(clippy::only_used_in_recursion))]
fn is_fused(kind: &DispatchTensorKind, task: Task) -> bool {
    match kind {
        DispatchTensorKind::Autodiff(inner) => is_fused(inner, task),
        #[cfg(feature = "flex")]
        DispatchTensorKind::Flex(_) => true,
        #[cfg(feature = "ndarray")]
        DispatchTensorKind::NdArray(_) => true,
        #[cfg(feature = "cube")]
        DispatchTensorKind::Cube(_) => true,
        #[cfg(feature = "remote")]
        DispatchTensorKind::Remote(_) => super::hosted::is_hosted(task.curve),
        #[allow(unreachable_patterns)]
        _ => false,
    }
}
