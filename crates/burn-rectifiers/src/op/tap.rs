//! A tap on the activations of a thread: whoever opens it is told what goes in and what comes out, as plain numbers.

use super::evaluate::evaluate;
use super::{Kernel, Sharing, Task};
use burn::tensor::Tensor;
use core::cell::Cell;

/// One call of [`activate`](super::activate). Elements are in row-major order.
pub(crate) struct Seen<'a> {
    pub(crate) curve: &'static dyn Kernel,
    pub(crate) sharing: Sharing,
    /// The shape that the elements have in the eyes of the user.
    pub(crate) shape: &'a [usize],
    /// The values of each parameter.
    pub(crate) params: Vec<Vec<f64>>,
    pub(crate) inputs: Vec<f64>,
    /// ∂f/∂x at each input, as the backward pass computes it.
    pub(crate) slopes: Vec<f64>,
    pub(crate) outputs: Vec<f64>,
}

/// Who is told.
pub(crate) type Tap = fn(&Seen);

thread_local! {
    static TAP: Cell<Option<Tap>> = const { Cell::new(None) };
}

/// Opens the tap of this thread, or closes it.
pub(crate) fn set_tap(tap: Option<Tap>) {
    TAP.set(tap);
}

/// Who is told on this thread.
pub(crate) fn tap() -> Option<Tap> {
    TAP.get()
}

/// Evaluates, and tells `tap`.
pub(super) fn evaluate_seen<const D: usize>(
    x: Tensor<D>,
    params: Vec<Tensor<1>>,
    task: Task,
    shape: &[usize],
    tap: Tap,
) -> Tensor<D> {
    let mut seen = Seen {
        curve: task.curve,
        sharing: task.sharing,
        shape,
        params: params.iter().cloned().map(numbers).collect(),
        inputs: numbers(x.clone()),
        slopes: slopes(x.clone(), &params, task),
        outputs: vec![],
    };
    // Nothing here holds `x` any more: whether it is overwritten is decided as without a tap.
    let y = evaluate(x, params, task);
    seen.outputs = numbers(y.clone());
    tap(&seen);
    y
}

/// The slope at each element: the gradient of the input where that of the output is one, in a graph
/// of its own, so that the model's does not notice.
fn slopes<const D: usize>(x: Tensor<D>, params: &[Tensor<1>], task: Task) -> Vec<f64> {
    let x = Tensor::from_inner(x.without_autodiff()).require_grad();
    if x.shape().num_elements() == 0 {
        return vec![];
    }
    let constant = |param: &Tensor<1>| Tensor::from_inner(param.clone().without_autodiff());
    let y = evaluate(x.clone(), params.iter().map(constant).collect(), task);
    let slopes = x.grad(&y.sum().backward());
    numbers(slopes.expect("the input requires it"))
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    let data = tensor.into_data();
    match data.as_slice::<f32>() {
        // The usual case, in a loop of its own.
        Ok(values) => values.iter().copied().map(f64::from).collect(),
        Err(_) => data.iter::<f64>().collect(),
    }
}
