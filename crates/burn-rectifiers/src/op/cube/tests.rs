//! The kernels on the bare backend, without fusion around it; with fusion they are tested from
//! outside, through `Device`.

use super::*;
use crate::ParamInfo;
use crate::nn::kernels;
use burn::backend::{Flex, TensorMetadata};
use burn::tensor::{DType, Shape, TensorData};
use burn_wgpu::CubeBackend as Bare;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A GPU, or a reason to skip the test; in CI there must be one.
fn device() -> Option<cubecl::Device> {
    let open = || {
        let device = cubecl::Device::wgpu(Default::default()).expect("an adapter");
        let _ = device.client();
        device
    };
    match catch_unwind(AssertUnwindSafe(open)) {
        Ok(device) => Some(device),
        Err(_) if std::env::var_os("CI").is_some() => panic!("CI must have a GPU adapter"),
        Err(_) => {
            println!("skipped: no GPU adapter");
            None
        }
    }
}

/// A deterministic spread of values in (-4, 4).
fn data(shape: &[usize], salt: u32) -> TensorData {
    let len = shape.iter().product::<usize>() as u32;
    let value = |i: u32| {
        let bits = (i ^ (salt << 20)).wrapping_mul(0x9E37_79B9).rotate_left(15);
        bits.wrapping_mul(0x85EB_CA6B) as f32 / u32::MAX as f32 * 8.0 - 4.0
    };
    TensorData::new((0..len).map(value).collect::<Vec<f32>>(), shape.to_vec())
}

fn read<B: burn::backend::Backend>(tensor: FloatTensor<B>) -> Vec<f32> {
    let data = burn::backend::read_sync(B::float_into_data(tensor)).expect("the device works");
    data.try_to_vec().expect("f32")
}

/// The output and the gradients on backend `B`.
fn results<B: RectifyBackward>(
    device: &B::Device,
    task: Task,
    shape: &[usize],
    wanted: Wanted,
) -> Vec<Vec<f32>> {
    let tensor = |shape: &[usize], salt| B::float_from_data(data(shape, salt), device);
    let count = task.view(shape).count;
    let params = || {
        let params = task.curve.params().iter().enumerate();
        let param = |(j, info): (usize, &ParamInfo)| {
            let values = data(&[count], 3 + j as u32)
                .try_to_vec::<f32>()
                .expect("f32");
            let values = values.into_iter().map(|value| info.bound.some_value(value));
            let values = TensorData::new(values.collect::<Vec<f32>>(), [count]);
            B::float_from_data(values, device)
        };
        Bundle::<B>::from_vec(params.map(param).collect())
    };
    let y = B::rectify(tensor(shape, 1), params(), task);
    let grads = B::rectify_backward(tensor(shape, 1), params(), tensor(shape, 2), task, wanted);
    assert_eq!(y.shape(), Shape::from(shape.to_vec()));
    assert_eq!(y.dtype(), DType::F32);
    [vec![y], grads.into_vec()]
        .concat()
        .into_iter()
        .map(read::<B>)
        .collect()
}

#[test]
fn the_bare_backend_agrees_with_flex() {
    let Some(device) = device() else { return };
    let all = Wanted {
        input: true,
        params: true,
    };
    let shapes: [&[usize]; 8] = [
        &[2, 3, 16, 16],
        &[2, 3, 40, 33],
        &[3, 5, 4, 5],
        &[64, 10],
        &[7, 300],
        &[1, 2, 3, 100, 50],
        &[5],
        &[0, 4, 3],
    ];
    for curve in kernels().iter().copied() {
        for shape in shapes {
            let axes = (0..shape.len()).map(|axis| Sharing::Channel { axis });
            for sharing in axes.chain([Sharing::Layer, Sharing::Element]) {
                let task = Task { curve, sharing };
                let ours = results::<Bare>(&device, task, shape, all);
                let flex = results::<Flex>(&Default::default(), task, shape, all);
                assert_eq!(ours.len(), flex.len());
                for (which, (a, b)) in ours.iter().zip(&flex).enumerate() {
                    assert_eq!(a.len(), b.len());
                    // Sums of many terms of either sign: their error is relative to the terms.
                    let scale = if which < 2 {
                        1.0
                    } else {
                        (shape.iter().product::<usize>() as f32).sqrt()
                    };
                    for (a, b) in a.iter().zip(b) {
                        assert!(
                            (a - b).abs() <= 3e-6 * (a.abs() + scale),
                            "{} {sharing} {shape:?}, result {which}: {a} instead of {b}",
                            curve.name()
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn only_wanted_gradients_are_given() {
    let Some(device) = device() else { return };
    let task = Task {
        curve: &crate::curve::PReluCurve,
        sharing: Sharing::default(),
    };
    let grads = |input, params| {
        results::<Bare>(&device, task, &[4, 3, 8, 8], Wanted { input, params })[1..].to_vec()
    };
    let both = grads(true, true);
    assert_eq!(both.len(), 2);
    assert_eq!(grads(true, false), both[..1]);
    assert_eq!(grads(false, true), both[1..]);
}
