//! The operation on Burn's Flex backend.

use super::cpu::{self, Element, Target};
use super::layout::MemoryOrder;
use super::{Bundle, Rectify, RectifyBackward, Sharing, Task, Wanted};
use burn::backend::{Flex, TensorMetadata, tensor::FloatTensor};
use burn::tensor::{Bytes, DType, bf16, f16};
use burn_flex::{FlexTensor, Layout};

/// Runs `$body` with the type `$E` that `$dtype` means.
macro_rules! with_element {
    ($dtype:expr, $E:ident => $body:expr) => {
        match $dtype {
            DType::F64 => {
                type $E = f64;
                $body
            }
            DType::F32 => {
                type $E = f32;
                $body
            }
            DType::F16 => {
                type $E = f16;
                $body
            }
            DType::BF16 => {
                type $E = bf16;
                $body
            }
            other => panic!("activations take floating-point tensors, not {other:?}"),
        }
    };
}

impl Rectify for Flex {
    fn rectify(x: FloatTensor<Self>, params: Bundle<Self>, task: Task) -> FloatTensor<Self> {
        with_element!(x.dtype(), E => forward::<E>(x, params.into_vec(), task))
    }
}

impl RectifyBackward for Flex {
    fn rectify_backward(
        x: FloatTensor<Self>,
        params: Bundle<Self>,
        grad: FloatTensor<Self>,
        task: Task,
        wanted: Wanted,
    ) -> Bundle<Self> {
        let params = params.into_vec();
        let grads = with_element!(x.dtype(), E => backward::<E>(x, params, grad, task, wanted));
        Bundle::from_vec(grads)
    }
}

/// What Flex asks of an element type, besides what the kernels do.
trait FlexElement: Element + burn::tensor::Element + bytemuck::Pod {}
impl<E: Element + burn::tensor::Element + bytemuck::Pod> FlexElement for E {}

fn forward<E: FlexElement>(x: FlexTensor, params: Vec<FlexTensor>, task: Task) -> FlexTensor {
    let params = contiguous(params);
    let params = slices::<E>(&params);
    let (x, order) = in_memory_order(x, task.sharing);
    let task = ordered(task, &order);
    let view = task.view(x.layout().shape());
    let (y, ()) = update(x, |target| {
        cpu::forward::<E>(target, &params, task.curve, view)
    });
    permute(y, &order.inverse())
}

fn backward<E: FlexElement>(
    x: FlexTensor,
    params: Vec<FlexTensor>,
    grad: FlexTensor,
    task: Task,
    wanted: Wanted,
) -> Vec<FlexTensor> {
    let params = contiguous(params);
    let params = slices::<E>(&params);
    let (x, order) = in_memory_order(x, task.sharing);
    let grad = contiguous_owned(permute(grad, order.axes()));
    let task = ordered(task, &order);
    let view = task.view(x.layout().shape());
    let xs = x.as_slice::<E>().expect("contiguous");
    let (dx, param_grads) = update(grad, |target| {
        cpu::backward::<E>(xs, target, &params, task.curve, view, wanted)
    });
    let dx = wanted.input.then(|| permute(dx, &order.inverse()));
    let param_grads = param_grads
        .into_iter()
        .map(|grad| tensor(grad, Layout::contiguous([view.count].into())));
    dx.into_iter().chain(param_grads).collect()
}

/// `x` with its axes in the order in which it lies in memory, contiguous.
fn in_memory_order(x: FlexTensor, sharing: Sharing) -> (FlexTensor, MemoryOrder) {
    let layout = x.layout();
    let strides: Option<Vec<usize>> = layout
        .strides()
        .iter()
        .map(|&stride| usize::try_from(stride).ok())
        .collect();
    match strides.and_then(|strides| MemoryOrder::of(layout.shape(), &strides, sharing)) {
        Some(order) => (permute(x, order.axes()), order),
        None => {
            let rank = layout.num_dims();
            (contiguous_owned(x), MemoryOrder::natural(rank))
        }
    }
}

/// `task` on tensors whose axes are in that order.
fn ordered(task: Task, order: &MemoryOrder) -> Task {
    let sharing = order.sharing(task.sharing).expect("checked with the order");
    Task { sharing, ..task }
}

/// Renames axes; moves no data and keeps sole ownership.
fn permute(x: FlexTensor, axes: &[usize]) -> FlexTensor {
    let layout = x.layout().permute(axes);
    x.with_layout(layout)
}

/// `x` without gaps, in the order of its axes; keeps sole ownership if it was so already.
fn contiguous_owned(x: FlexTensor) -> FlexTensor {
    if x.is_contiguous() {
        x
    } else {
        x.to_contiguous()
    }
}

/// Runs `f` over the elements of the contiguous tensor `x`: in place if nobody else holds them,
/// into a fresh tensor otherwise.
fn update<E: FlexElement, R>(
    mut x: FlexTensor,
    f: impl FnOnce(&Target<E>) -> R,
) -> (FlexTensor, R) {
    let (start, end) = x.layout().contiguous_offsets().expect("contiguous");
    if let Some(storage) = x.try_storage_mut::<E>() {
        let result = f(&Target::over(&mut storage[start..end]));
        return (x, result);
    }
    let data = x.as_slice::<E>().expect("contiguous");
    // SAFETY: `forward` and `backward` call this, with `cpu::forward` and `cpu::backward`. The blocks of their
    // plan cover the target, and `Element` writes every element of a block.
    let (fresh, result) = unsafe { Target::fresh(data, f) };
    (
        tensor(fresh, Layout::contiguous(TensorMetadata::shape(&x))),
        result,
    )
}

fn tensor<E: FlexElement>(data: Vec<E>, layout: Layout) -> FlexTensor {
    FlexTensor::new(Bytes::from_elems(data), layout, E::dtype())
}

fn contiguous(params: Vec<FlexTensor>) -> Vec<FlexTensor> {
    params.into_iter().map(contiguous_owned).collect()
}

fn slices<E: FlexElement>(params: &[FlexTensor]) -> Vec<&[E]> {
    params
        .iter()
        .map(|param| param.as_slice().expect("contiguous"))
        .collect()
}
