//! The kernels on the bare backend, without fusion around it; with fusion they are tested from
//! outside, through `Device`.

use super::*;
use crate::curve::ParamInfo;
use crate::curves::{AconCCurve, PReluCurve, PeluCurve, SReluCurve, SeluCurve};
use crate::op::Kernel;
use burn::backend::ops::FloatTensorOps;
use burn::backend::{Flex, TensorMetadata};
use burn::tensor::{DType, TensorData};
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

/// All gradients.
const ALL: Wanted = Wanted {
    input: true,
    params: true,
};

/// PReLU with parameters per channel along axis 1.
fn prelu() -> Task {
    Task {
        curve: &PReluCurve,
        sharing: Sharing::default(),
    }
}

/// Values for the parameters of `task` on tensors of shape `shape`, which they may take.
fn params<B: RectifyBackward>(device: &B::Device, task: Task, shape: &[usize]) -> Bundle<B> {
    let count = task.view(shape).count;
    let params = task.curve.params().iter().enumerate();
    let param = |(j, info): (usize, &ParamInfo)| {
        let values = data(&[count], 3 + j as u32)
            .try_to_vec::<f32>()
            .expect("f32");
        let values = values.into_iter().map(|value| info.bound.some_value(value));
        let values = TensorData::new(values.collect::<Vec<f32>>(), [count]);
        B::float_from_data(values, device)
    };
    Bundle::from_vec(params.map(param).collect())
}

/// The output and the gradients on backend `B`, for x and a gradient that `lay` lays out, given a salt.
fn results_of<B: RectifyBackward>(
    device: &B::Device,
    task: Task,
    wanted: Wanted,
    lay: impl Fn(u32) -> FloatTensor<B>,
) -> Vec<Vec<f32>> {
    let shape = lay(1).shape();
    let params = || params::<B>(device, task, &shape);
    let y = B::rectify(lay(1), params(), task);
    let grads = B::rectify_backward(lay(1), params(), lay(2), task, wanted);
    assert_eq!(y.shape(), shape);
    assert_eq!(y.dtype(), DType::F32);
    [vec![y], grads.into_vec()]
        .concat()
        .into_iter()
        .map(read::<B>)
        .collect()
}

/// Checks tensors of shape `shape` as the backend lays them out.
fn results<B: RectifyBackward>(
    device: &B::Device,
    task: Task,
    shape: &[usize],
    wanted: Wanted,
) -> Vec<Vec<f32>> {
    results_of::<B>(device, task, wanted, |salt| {
        B::float_from_data(data(shape, salt), device)
    })
}

#[test]
fn the_bare_backend_agrees_with_flex() {
    let Some(device) = device() else { return };
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
    // From none to four parameters. Which curve it is makes no difference between the backends.
    let curves: [&'static dyn Kernel; 5] = [
        &SeluCurve,
        &PReluCurve,
        &PeluCurve,
        &AconCCurve,
        &SReluCurve,
    ];
    for curve in curves {
        for shape in shapes {
            let axes = (0..shape.len()).map(|axis| Sharing::Channel { axis });
            for sharing in axes.chain([Sharing::Layer, Sharing::Element]) {
                let task = Task { curve, sharing };
                let ours = results::<Bare>(&device, task, shape, ALL);
                let flex = results::<Flex>(&Default::default(), task, shape, ALL);
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
    let grads = |input, params| {
        results::<Bare>(&device, prelu(), &[4, 3, 8, 8], Wanted { input, params })[1..].to_vec()
    };
    let both = grads(true, true);
    assert_eq!(both.len(), 2);
    assert_eq!(grads(true, false), both[..1]);
    assert_eq!(grads(false, true), both[1..]);
}

/// These numbers in rows that begin `pitch` apart, with NaN between them, as CUDA and ROCm lay out new tensors.
fn in_rows(numbers: &TensorData, pitch: usize, device: &cubecl::Device) -> CubeTensor {
    let shape = numbers.shape().to_vec();
    let (&len, outer) = shape.split_last().expect("some axis");
    let values = numbers.clone().try_to_vec::<f32>().expect("f32");
    let filled = values.chunks(len).flat_map(|row| {
        let gap = core::iter::repeat_n(f32::NAN, pitch - len);
        row.iter().copied().chain(gap)
    });
    let filled: Vec<f32> = filled.collect();
    let filled = TensorData::new(filled, [[outer, &[pitch]].concat()].concat());
    let mut lying = Bare::float_from_data(filled, device);
    lying.meta.shape = shape.into();
    lying
}

/// What is done with x and g of shape `shape`, and which of them have rows `pitch` apart.
struct Apart<'a> {
    device: &'a cubecl::Device,
    task: Task,
    shape: &'a [usize],
    pitch: usize,
    apart: [bool; 2],
}

impl Apart<'_> {
    fn inputs(&self) -> [CubeTensor; 2] {
        [0, 1].map(|which| {
            let numbers = data(self.shape, which as u32 + 1);
            match self.apart[which] {
                true => in_rows(&numbers, self.pitch, self.device),
                false => Bare::float_from_data(numbers, self.device),
            }
        })
    }

    /// y, and dx, also when sums are not wanted, and the sums.
    fn results(&self, [x, g]: [CubeTensor; 2]) -> [Vec<f32>; 4] {
        let params = || params::<Bare>(self.device, self.task, self.shape);
        let backward =
            |x, g, wanted| Bare::rectify_backward(x, params(), g, self.task, wanted).into_vec();
        let slopes = Wanted {
            params: false,
            ..ALL
        };
        let slopes = backward(x.clone(), g.clone(), slopes);
        let grads = backward(x.clone(), g, ALL);
        let y = Bare::rectify(x, params(), self.task);
        let results = [vec![y], slopes, grads].concat();
        let results: Vec<_> = results.into_iter().map(read::<Bare>).collect();
        results.try_into().expect("four")
    }
}

/// No number depends on what lies between rows, whichever tensor has gaps; and what others hold is not written over.
#[test]
fn rows_that_lie_apart_are_taken_as_they_lie() {
    let Some(device) = device() else { return };
    let shapes: [(&[usize], usize); 7] = [
        (&[3, 5, 12, 28], 32),
        (&[2, 3, 14, 14], 16),
        (&[4, 6, 7, 7], 8),
        (&[2, 3, 40, 33], 64),
        (&[9, 24], 32),
        (&[5, 3], 4),
        (&[2, 3, 4, 24], 128),
    ];
    for (shape, pitch) in shapes {
        let axes = (0..shape.len()).map(|axis| Sharing::Channel { axis });
        for sharing in axes.chain([Sharing::Layer, Sharing::Element]) {
            let task = Task { sharing, ..prelu() };
            let with = |apart| Apart {
                device: &device,
                task,
                shape,
                pitch,
                apart,
            };
            let dense = with([false, false]);
            let expected = dense.results(dense.inputs());
            for apart in [[true, false], [false, true], [true, true]] {
                let case = with(apart);
                let [x, _] = case.inputs();
                let (x, _) = in_memory_order(x, sharing);
                assert_eq!(rows_of(&x).unwrap().are_dense(), !apart[0], "copied");

                let held = case.inputs();
                let ours = case.results(held.clone());
                // Nobody else holds these: the results lie where they lay.
                assert_eq!(ours, case.results(case.inputs()));
                assert_eq!(held.map(read::<Bare>), dense.inputs().map(read::<Bare>));
                assert_eq!(ours[..3], expected[..3], "{shape:?} {sharing} {apart:?}");
                let scale = (shape.iter().product::<usize>() as f32).sqrt();
                for (sum, other) in ours[3].iter().zip(&expected[3]) {
                    let error = (sum - other).abs();
                    assert!(
                        error <= 1e-6 * (sum.abs() + scale),
                        "{shape:?} {sharing} {apart:?}: {sum} instead of {other}"
                    );
                }
            }
        }
    }
}

/// Channels last with gaps, shown as channels first: what a convolution on CUDA returns.
#[test]
fn permuted_rows_may_lie_apart() {
    let Some(device) = device() else { return };
    let numbers = |salt| data(&[3, 5, 6, 24], salt);
    let run = |lay: &dyn Fn(u32) -> CubeTensor| {
        results_of::<Bare>(&device, prelu(), ALL, |salt| {
            permute(lay(salt), &[0, 3, 1, 2])
        })
    };
    let dense = run(&|salt| Bare::float_from_data(numbers(salt), &device));
    assert_eq!(run(&|salt| in_rows(&numbers(salt), 32, &device)), dense);
}

/// Some columns of a wider matrix, which Burn shows without copying them: the others stay as they are.
#[test]
fn columns_of_a_wider_matrix_are_taken_as_they_lie() {
    let Some(device) = device() else { return };
    let wide = || Bare::float_from_data(data(&[6, 512], 1), &device);
    let columns = |wide: CubeTensor| burn_cubecl::kernel::slice(wide, &[0..6, 256..384]);
    let shown = columns(wide());
    let rows = rows_of(&shown).unwrap();
    assert_eq!((rows.len, rows.pitch), (128, 512), "Burn copied them");

    let value = |x| {
        let params = params::<Bare>(&device, prelu(), &[6, 128]);
        read::<Bare>(Bare::rectify(x, params, prelu()))
    };
    let whole = wide();
    let y = value(columns(whole.clone()));
    assert_eq!(read::<Bare>(whole), read::<Bare>(wide()));
    let alone = TensorData::new(read::<Bare>(shown), [6, 128]);
    assert_eq!(y, value(Bare::float_from_data(alone, &device)));
}

/// Views such as of `expand` have strides of 0 along axes of size 1.
#[test]
fn strides_along_axes_of_size_one_do_not_matter() {
    let Some(device) = device() else { return };
    let run = |strides: [usize; 4]| {
        results_of::<Bare>(&device, prelu(), ALL, |salt| {
            let mut lying = Bare::float_from_data(data(&[1, 5, 1, 7], salt), &device);
            lying.meta.strides_mut().copy_from_slice(&strides);
            lying
        })
    };
    let plain = run([35, 7, 7, 1]);
    assert_eq!(run([0, 7, 0, 1]), plain);
    assert_eq!(run([35, 7, 1, 1]), plain);
}
