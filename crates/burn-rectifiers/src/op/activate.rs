//! What modules call.

use super::evaluate::evaluate;
use super::{Kernel, Sharing, Task, composed, tap};
use burn::backend::Dispatch;
use burn::tensor::{DType, Tensor};

/// Applies `curve` to each element of `x`, fused where the backend has our kernels.
///
/// `params` holds one flat tensor per parameter of the curve, in its order, each with one value
/// per unit that `sharing` tells apart; some of them may have a single value instead. Gradients flow
/// to `x` and to every parameter that requires
/// them; only `x` and the parameters are kept for the backward pass.
///
/// This is what the modules in [`nn`](crate::nn) call. Use it when the parameters live elsewhere,
/// for example when another network predicts them.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_rectifiers::{Sharing, op::activate, curves::PReluCurve};
///
/// let device = Device::flex();
/// let x = Tensor::<2>::from_floats([[-2.0, -2.0], [4.0, 4.0]], &device);
/// let alpha = Tensor::from_floats([0.5, 0.25], &device);
/// let y = activate(x, vec![alpha], &PReluCurve, Sharing::Channel { axis: 1 });
/// y.into_data().assert_eq(&[[-1.0f32, -0.5], [4.0, 4.0]].into(), false);
/// ```
///
/// # Panics
///
/// If a parameter is missing, or has another length than `sharing` asks for, or another data type
/// than `x`. One that is quantized is read as numbers of that type.
pub fn activate<const D: usize>(
    x: Tensor<D>,
    params: Vec<Tensor<1>>,
    curve: &'static dyn Kernel,
    sharing: Sharing,
) -> Tensor<D> {
    let shape = x.dims();
    activate_as(x, params, curve, sharing, &shape)
}

/// [`activate`] for elements that form a tensor of the shape `shown` in the eyes of the user, which is what observers are
/// told.
pub(crate) fn activate_as<const D: usize>(
    x: Tensor<D>,
    params: Vec<Tensor<1>>,
    curve: &'static dyn Kernel,
    sharing: Sharing,
    shown: &[usize],
) -> Tensor<D> {
    let task = Task { curve, sharing };
    let params = prepared(&x, params, task);
    match tap::tap() {
        Some(tap) => tap::evaluate_seen(x, params, task, shown, tap),
        None => evaluate(x, params, task),
    }
}

/// What [`activate`] gives on a backend without kernels of ours: `curve` composed from the backend's primitive
/// operations, with gradients by Burn's own differentiation of those. To compare with, on any backend: it reads and
/// writes memory once per operation.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_rectifiers::{Sharing, op::{activate, compose}, curves::PReluCurve};
///
/// let device = Device::flex();
/// let x = Tensor::<2>::from_floats([[-2.0, 4.0]], &device);
/// let alpha = vec![Tensor::from_floats([0.5], &device)];
/// let fused = activate(x.clone(), alpha.clone(), &PReluCurve, Sharing::Layer);
/// let composed = compose(x, alpha, &PReluCurve, Sharing::Layer);
/// composed.into_data().assert_eq(&fused.into_data(), false);
/// ```
///
/// # Panics
///
/// Where [`activate`] does.
pub fn compose<const D: usize>(
    x: Tensor<D>,
    params: Vec<Tensor<1>>,
    curve: &'static dyn Kernel,
    sharing: Sharing,
) -> Tensor<D> {
    let task = Task { curve, sharing };
    let params = prepared(&x, params, task);
    let params = params.into_iter().map(Tensor::into_dispatch).collect();
    Tensor::from_dispatch(composed::differentiable::<Dispatch>(
        x.into_dispatch(),
        params,
        task,
    ))
}

/// Whether numbers of this type are packed with a scale, so that they must be dequantized to be computed with.
pub(crate) fn is_quantized(dtype: DType) -> bool {
    matches!(dtype, DType::QFloat(_))
}

/// The parameters as kernels take them, checked.
fn prepared<const D: usize>(x: &Tensor<D>, params: Vec<Tensor<1>>, task: Task) -> Vec<Tensor<1>> {
    let mut params = dequantized(params, x.dtype());
    let count = check(x, &params, task);
    for param in params.iter_mut().filter(|param| param.dims() != [count]) {
        *param = param.clone().expand([count]);
    }
    params
}

/// The parameters, those that are quantized as numbers of type `dtype`.
fn dequantized(mut params: Vec<Tensor<1>>, dtype: DType) -> Vec<Tensor<1>> {
    for param in &mut params {
        if is_quantized(param.dtype()) {
            *param = param.clone().dequantize().cast(dtype);
        }
    }
    params
}

/// What to do where parameters have `count` values and the sharing takes another number for inputs of this shape. If there
/// is a sharing that takes as many, it was meant: a module for another number could learn a slope per row of images.
fn remedy(shape: &[usize], count: usize) -> String {
    let channels = (1..shape.len()).rev().filter(|axis| shape[*axis] == count);
    let channels = channels.map(|axis| format!("`Sharing::Channel {{ axis: {axis} }}`"));
    let layer = (count == 1).then(|| "`Sharing::Layer`".to_string());
    let is_sample = shape.len() > 2 && shape[1..].iter().product::<usize>() == count;
    let element = is_sample.then(|| "`Sharing::Element`".to_string());
    let fitting: Vec<_> = layer.into_iter().chain(channels).chain(element).collect();
    match &fitting[..] {
        [] => "create the module for that number".into(),
        fitting => format!("{count} fit {}", fitting.join(" or ")),
    }
}

/// How many values the sharing takes per parameter. Panics with a message that says what does not fit, if anything does not.
fn check<const D: usize>(x: &Tensor<D>, params: &[Tensor<1>], task: Task) -> usize {
    let (name, infos) = (task.curve.name(), task.curve.params());
    assert!(
        params.len() == infos.len(),
        "activation `{name}`: {} parameter(s) expected, {} given",
        infos.len(),
        params.len()
    );
    let shape = x.dims();
    let view = task.view(&shape);
    // If all have a single value, another sharing was meant.
    let is_mixed = params.iter().any(|param| param.dims() != [1]);
    for (param, info) in params.iter().zip(infos) {
        let [count] = param.dims();
        assert!(
            count == view.count || (count == 1 && is_mixed),
            "activation `{name}`: parameter `{}` has {count} value(s), but sharing per {} for \
             an input of shape {shape:?} takes {}; {}",
            info.name,
            task.sharing,
            view.count,
            remedy(&shape, count),
        );
        assert!(
            param.dtype() == x.dtype(),
            "activation `{name}`: parameter `{}` is {:?}, but the input is {:?}; cast one of them",
            info.name,
            param.dtype(),
            x.dtype(),
        );
    }
    view.count
}
