//! The operation as a message.

use super::wire;
use crate::op::{Bundle, Rectify, RectifyBackward, Task, Wanted};
use burn::backend::ir::{CustomOpIr, ScalarIr, TensorIr};
use burn::backend::{Remote, TensorMetadata, tensor::FloatTensor};
use burn::remote::CustomOpClient;
use burn::tensor::{DType, Shape};

impl Rectify for Remote {
    fn rectify(x: FloatTensor<Self>, params: Bundle<Self>, task: Task) -> FloatTensor<Self> {
        let y = vec![(x.shape(), x.dtype())];
        let inputs = std::iter::once(x).chain(params.into_vec()).collect();
        let scalars = wire::sharing_to_scalars(task.sharing);
        let mut outputs = send(wire::value(task.curve), inputs, y, scalars);
        outputs.remove(0)
    }
}

impl RectifyBackward for Remote {
    fn rectify_backward(
        x: FloatTensor<Self>,
        params: Bundle<Self>,
        grad: FloatTensor<Self>,
        task: Task,
        wanted: Wanted,
    ) -> Bundle<Self> {
        let params = params.into_vec();
        let like = |tensor: &FloatTensor<Self>| (tensor.shape(), tensor.dtype());
        let input = wanted.input.then(|| like(&x));
        let of_params = params.iter().filter(|_| wanted.params).map(like);
        let outputs = input.into_iter().chain(of_params).collect();
        let inputs = std::iter::once(x).chain(params).chain([grad]).collect();
        let scalars = wire::wanted_to_scalars(task, wanted);
        Bundle::from_vec(send(wire::grads(task.curve), inputs, outputs, scalars))
    }
}

/// Sends an operation, and yields what will be its outputs, of these shapes and types.
fn send(
    id: String,
    inputs: Vec<FloatTensor<Remote>>,
    outputs: Vec<(Shape, DType)>,
    scalars: Vec<ScalarIr>,
) -> Vec<FloatTensor<Remote>> {
    let client = CustomOpClient::new(&inputs[0].device());
    let outputs = outputs
        .into_iter()
        .map(|(shape, dtype)| TensorIr::uninit(client.create_empty_handle(), shape, dtype));
    let outputs = outputs.collect();
    let inputs = inputs.into_iter().map(|input| input.into_ir()).collect();
    client.register(CustomOpIr {
        id,
        inputs,
        outputs,
        scalars,
    })
}
