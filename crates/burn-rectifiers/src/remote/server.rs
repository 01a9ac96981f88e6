//! What evaluates activations where the devices are.

use super::wire;
use crate::curve::MAX_PARAMS;
use crate::family::kernels;
use crate::op::{Bundle, Kernel, RectifyBackward, Task, transformed};
use burn::backend::DispatchDevice;
use burn::backend::ir::{BackendIr, CustomOpIr, HandleContainer, TensorIr};
use burn::backend::tensor::FloatTensor;
use burn::server::{CustomOpRegistry, RemoteServer};
use burn::tensor::Device;

/// Burn's server for `devices`, with the activations of this crate and `curves` of your own, which clients
/// [`announce`](super::announce).
///
/// The devices must be of one backend, one with kernels of this crate: Flex, NdArray or any CubeCL runtime. Everything else
/// is Burn's: authorization, transports, errors.
pub fn server(
    devices: impl IntoIterator<Item = Device>,
    curves: &[&'static dyn Kernel],
) -> RemoteServer {
    let devices: Vec<Device> = devices.into_iter().collect();
    let first = devices.first().map(|device| device.clone().inner());
    let server = RemoteServer::new(devices);
    match first.as_ref().map(Device::as_dispatch) {
        #[cfg(feature = "flex")]
        Some(DispatchDevice::Flex(_)) => server.with_custom_ops(ops::<burn::backend::Flex>(curves)),
        #[cfg(feature = "ndarray")]
        Some(DispatchDevice::NdArray(_)) => {
            server.with_custom_ops(ops::<burn::backend::NdArray>(curves))
        }
        #[cfg(feature = "cube")]
        Some(DispatchDevice::Cube(_)) => server.with_custom_ops(ops::<burn::backend::Cube>(curves)),
        _ => server,
    }
}

/// The operations of the family and of `own` on a backend.
#[cfg_attr(
    not(any(feature = "flex", feature = "ndarray", feature = "cube")),
    allow(dead_code)
)]
fn ops<B: BackendIr + RectifyBackward>(own: &[&'static dyn Kernel]) -> CustomOpRegistry<B> {
    let mut registry = CustomOpRegistry::new();
    let curves = kernels().chain(own.iter().copied());
    let curves = curves.flat_map(|curve| match curve.params().len() {
        0..=MAX_PARAMS => vec![curve, transformed(curve)],
        _ => vec![curve],
    });
    for curve in curves {
        registry.register(&wire::value(curve), move |handles, op, _| {
            let mut inputs = take::<B>(handles, &op.inputs).into_iter();
            let x = inputs.next().expect("the input");
            let params = Bundle::from_vec(inputs.collect());
            let y = B::rectify(x, params, task(curve, op));
            put::<B>(handles, &op.outputs, vec![y]);
        });
        registry.register(&wire::grads(curve), move |handles, op, _| {
            let mut inputs = take::<B>(handles, &op.inputs).into_iter();
            let x = inputs.next().expect("the input");
            let grad = inputs.next_back().expect("the gradient");
            let params = Bundle::from_vec(inputs.collect());
            let wanted = wire::wanted_of(&op.scalars);
            let grads = B::rectify_backward(x, params, grad, task(curve, op), wanted);
            put::<B>(handles, &op.outputs, grads.into_vec());
        });
    }
    registry
}

fn task(curve: &'static dyn Kernel, op: &CustomOpIr) -> Task {
    let sharing = wire::sharing_of(&op.scalars);
    Task { curve, sharing }
}

fn take<B: BackendIr>(
    handles: &mut HandleContainer<B::Handle>,
    inputs: &[TensorIr],
) -> Vec<FloatTensor<B>> {
    let inputs = inputs.iter();
    inputs
        .map(|input| handles.get_float_tensor::<B>(input))
        .collect()
}

fn put<B: BackendIr>(
    handles: &mut HandleContainer<B::Handle>,
    outputs: &[TensorIr],
    tensors: Vec<FloatTensor<B>>,
) {
    for (output, tensor) in outputs.iter().zip(tensors) {
        handles.register_float_tensor::<B>(&output.id, tensor);
    }
}
