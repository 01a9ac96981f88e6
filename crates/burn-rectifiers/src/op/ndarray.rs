//! The operation on Burn's NdArray backend.

use super::cpu::{self, Element, Target};
use super::{Bundle, Rectify, RectifyBackward, Task, Wanted};
use burn::backend::NdArray;
use burn::backend::tensor::FloatTensor;
use burn_ndarray::{NdArrayTensor, SharedArray};
use ndarray::IxDyn;

/// Runs `$body` with `$x` as an array and the others, of the same type, unpacked alike.
macro_rules! with_arrays {
    ($x:ident, $params:ident $(, $other:ident)? => $body:expr) => {
        match $x {
            NdArrayTensor::F64($x) => {
                let $x = $x.into_owned();
                let $params = $params.into_iter().map(f64_array).collect();
                $(let $other = f64_array($other);)?
                $body
            }
            NdArrayTensor::F32($x) => {
                let $x = $x.into_owned();
                let $params = $params.into_iter().map(f32_array).collect();
                $(let $other = f32_array($other);)?
                $body
            }
            other => panic!(
                "activations take f32 or f64 tensors on NdArray, not {:?}",
                burn::backend::TensorMetadata::dtype(&other)
            ),
        }
    };
}

fn f32_array(tensor: NdArrayTensor) -> SharedArray<f32> {
    match tensor {
        NdArrayTensor::F32(storage) => storage.into_owned(),
        _ => panic!("the parameters of an activation have the type of its input"),
    }
}

fn f64_array(tensor: NdArrayTensor) -> SharedArray<f64> {
    match tensor {
        NdArrayTensor::F64(storage) => storage.into_owned(),
        _ => panic!("the parameters of an activation have the type of its input"),
    }
}

impl Rectify for NdArray {
    fn rectify(x: FloatTensor<Self>, params: Bundle<Self>, task: Task) -> FloatTensor<Self> {
        let params = params.into_vec();
        with_arrays!(x, params => forward(x, params, task).into())
    }
}

impl RectifyBackward for NdArray {
    fn rectify_backward(
        x: FloatTensor<Self>,
        params: Bundle<Self>,
        grad: FloatTensor<Self>,
        task: Task,
        wanted: Wanted,
    ) -> Bundle<Self> {
        let params = params.into_vec();
        let grads = with_arrays!(x, params, grad => {
            let grads = backward(x, params, grad, task, wanted);
            grads.into_iter().map(NdArrayTensor::from).collect()
        });
        Bundle::from_vec(grads)
    }
}

fn forward<E: Element>(
    x: SharedArray<E>,
    params: Vec<SharedArray<E>>,
    task: Task,
) -> SharedArray<E> {
    let params: Vec<_> = params.into_iter().map(standard).collect();
    let params = slices(&params);
    let view = task.view(x.shape());
    update(standard(x), |target| {
        cpu::forward(target, &params, task.curve, view)
    })
    .0
}

fn backward<E: Element>(
    x: SharedArray<E>,
    params: Vec<SharedArray<E>>,
    grad: SharedArray<E>,
    task: Task,
    wanted: Wanted,
) -> Vec<SharedArray<E>> {
    let params: Vec<_> = params.into_iter().map(standard).collect();
    let params = slices(&params);
    let view = task.view(x.shape());
    let x = standard(x);
    let xs = x.as_slice().expect("standard layout");
    let (dx, param_grads) = update(standard(grad), |target| {
        cpu::backward(xs, target, &params, task.curve, view, wanted)
    });
    let param_grads = param_grads
        .into_iter()
        .map(|grad| array(grad, &[view.count]));
    wanted
        .input
        .then_some(dx)
        .into_iter()
        .chain(param_grads)
        .collect()
}

/// Runs `f` over the elements of `x`, which is in standard layout: in place if nobody else holds
/// them, into a fresh array otherwise.
fn update<E: Element, R>(
    mut x: SharedArray<E>,
    f: impl FnOnce(&Target<E>) -> R,
) -> (SharedArray<E>, R) {
    if x.is_unique() {
        let data = x.as_slice_mut().expect("standard layout");
        let result = f(&Target::over(data));
        return (x, result);
    }
    let data = x.as_slice().expect("standard layout");
    // SAFETY: `forward` and `backward` call this, with `cpu::forward` and `cpu::backward`. The blocks of their
    // plan cover the target, and `Element` writes every element of a block.
    let (fresh, result) = unsafe { Target::fresh(data, f) };
    (array(fresh, x.shape()), result)
}

fn array<E: Element>(data: Vec<E>, shape: &[usize]) -> SharedArray<E> {
    SharedArray::from_shape_vec(IxDyn(shape), data).expect("as many elements as the shape has")
}

/// `x` in row-major order without gaps; keeps sole ownership if it was so already.
fn standard<E: Element>(x: SharedArray<E>) -> SharedArray<E> {
    if x.is_standard_layout() {
        x
    } else {
        x.as_standard_layout().into_owned().into_shared()
    }
}

fn slices<E>(params: &[SharedArray<E>]) -> Vec<&[E]> {
    params
        .iter()
        .map(|param| param.as_slice().expect("standard layout"))
        .collect()
}
