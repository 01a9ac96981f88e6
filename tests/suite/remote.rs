//! The operation on the device of another process: the bits that the same kernels give here.

use std::{
    io::{Write, stdout},
    net::TcpListener,
    process::Command,
};

use crate::common::{Numbers, allowed_value, bits, process::Server, tensor};
use crate::example::SoftsignCurve;
use burn::remote::RemoteHost;
use burn::server::WebSocketTransport;
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::op::{Kernel, activate, transformed};
use burn_rectifiers::{Sharing, curves, remote};

const SHARINGS: [Sharing; 4] = [
    Sharing::Layer,
    Sharing::Channel { axis: 1 },
    Sharing::Channel { axis: 2 },
    Sharing::Element,
];

/// This program as a server, which hosts a curve of its own, too, and its device.
fn start() -> (Server, Device) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "remote::a_server", "--nocapture"]);
    let server = Server::start(command);
    let device = Device::remote_options(&RemoteHost::websocket(&server.url)).init();
    (server, device.unwrap())
}

#[test]
#[ignore = "it serves until it is killed"]
fn a_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    // Not `println!`, which waits for the end of a line that the harness has begun.
    writeln!(stdout(), "\nws://{}", listener.local_addr().unwrap()).unwrap();
    let server = remote::server([Device::flex()], &[&SoftsignCurve]);
    let served = server.serve(WebSocketTransport::from_listener(listener));
    served.unwrap();
}

/// y, and the gradients of x and of each parameter that are wanted, as bits.
fn results(
    curve: &'static dyn Kernel,
    sharing: Sharing,
    (input, params): (bool, bool),
    dtype: DType,
    device: &Device,
) -> Vec<Vec<u64>> {
    let device = device.clone().autodiff();
    let mut source = Numbers(9);
    let shape = [2, 3, 5];
    let xs: Vec<f64> = (0..30).map(|_| source.between(-3.0, 3.0)).collect();
    let count = sharing.count(&shape[1..]);
    let values = curve.params().iter().map(|info| {
        let values: Vec<f64> = (0..count)
            .map(|_| allowed_value(info, &mut source))
            .collect();
        tensor::<1>(&values, [count], &device, dtype).set_require_grad(params)
    });
    let values: Vec<_> = values.collect();
    let x: Tensor<3> = tensor(&xs, shape, &device, dtype).set_require_grad(input);
    let y = activate(x.clone(), values.clone(), curve, sharing);
    let mut results = vec![bits(y.clone())];
    if input || params && !values.is_empty() {
        let grads = (y.clone() * y).sum().backward();
        results.extend(x.grad(&grads).map(bits));
        results.extend(values.iter().filter_map(|v| v.grad(&grads)).map(bits));
    }
    results
}

#[test]
fn every_activation_gives_the_bits_of_the_server() {
    let (_server, there) = start();
    let here = Device::flex();
    for curve in curves::all() {
        let curve = curves::find(curve.name()).unwrap();
        for sharing in SHARINGS {
            for wanted in [(false, false), (true, false), (false, true), (true, true)] {
                for (curve, dtype) in [
                    (curve, DType::F32),
                    (transformed(curve), DType::F32),
                    (curve, DType::F64),
                    (curve, DType::BF16),
                ] {
                    let of = |device| results(curve, sharing, wanted, dtype, device);
                    let (here, there) = (of(&here), of(&there));
                    assert_eq!(here, there, "{}, {sharing}, {dtype:?}", curve.name());
                }
            }
        }
    }
}

#[test]
fn a_curve_of_ones_own_is_composed_until_it_is_announced() {
    let (_server, there) = start();
    let channel = Sharing::Channel { axis: 1 };
    let of = |device: &Device| results(&SoftsignCurve, channel, (true, true), DType::F32, device);
    let here = of(&Device::flex());
    let near = |composed: Vec<Vec<u64>>| {
        let of_here = here.iter().flatten();
        for (here, there) in of_here.zip(composed.iter().flatten()) {
            let [here, there] = [here, there].map(|bits| f64::from_bits(*bits));
            assert!((here - there).abs() <= 1e-5 * here.abs().max(1.0));
        }
    };
    near(of(&there));
    remote::announce(&[&SoftsignCurve]);
    assert_eq!(here, of(&there));
}

/// A fault of Burn 0.22.1, which docs/devices.md names: its fusion sends `permute` and `flip` of floats as operations of
/// integers. Once this fails, the page has a sentence too many.
#[test]
#[cfg(feature = "wgpu")]
fn burn_permutes_floats_as_integers() {
    let (_server, there) = start();
    let x = Tensor::<2>::from_floats([[1.0, 2.0], [3.0, 4.0]], &there);
    // In a group that is sent once.
    let turned = |_| ((x.clone() * 2.0).permute([1, 0]) + 1.0).try_into_data();
    assert!((0..8).map(turned).any(|data| data.is_err()));
}
