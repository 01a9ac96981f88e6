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
    let y = if is_fused(&x.kind) {
        <Dispatch as Rectify>::rectify(x, Bundle::from_vec(params), task)
    } else {
        composed::value::<Dispatch>(x, params, task)
    };
    Tensor::from_dispatch(y)
}

/// Whether this backend has kernels of ours.
fn is_fused(kind: &DispatchTensorKind) -> bool {
    match kind {
        DispatchTensorKind::Autodiff(inner) => is_fused(inner),
        #[cfg(feature = "flex")]
        DispatchTensorKind::Flex(_) => true,
        #[cfg(feature = "ndarray")]
        DispatchTensorKind::NdArray(_) => true,
        #[cfg(feature = "cube")]
        DispatchTensorKind::Cube(_) => true,
        #[cfg(feature = "remote")]
        DispatchTensorKind::Remote(_) => true,
        #[allow(unreachable_patterns)]
        _ => false,
    }
}
