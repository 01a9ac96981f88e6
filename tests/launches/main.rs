//! How many kernels a GPU runs for an activation: counted by CubeCL as it launches them, in a
//! process of their own.

#![cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]

#[path = "../common/mod.rs"]
mod common;
#[allow(dead_code)]
#[path = "../../examples/custom_curve.rs"]
mod example;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::op::Kernel;
use burn_rectifiers::{Sharing, curves, op::activate};
use common::{Numbers, kernel, tensor};
use cubecl::logging::{LaunchObservation, LaunchObserver};
use example::SoftsignCurve;

/// The names of our kernels, as CubeCL knows them.
const OURS: [&str; 5] = [
    "value_kernel",
    "slope_kernel",
    "rows_kernel",
    "columns_kernel",
    "total_kernel",
];

/// Activations that have so few operations that the fuser gets those, instead of a kernel of ours.
const JOINED: [&str; 3] = ["relu", "leaky_relu", "relu_squared"];

/// Shapes and sharings that take every way through the kernels. CUDA and ROCm leave gaps between rows of 3, 5, 7, 10 or
/// 28.
const CASES: [(&[usize], Sharing); 10] = [
    (&[2, 3, 16, 16], Sharing::Channel { axis: 1 }),
    (&[2, 3, 5, 7], Sharing::Channel { axis: 1 }),
    (&[2, 3, 12, 28], Sharing::Channel { axis: 1 }),
    (&[2, 9, 8, 3], Sharing::Channel { axis: 3 }),
    (&[64, 10], Sharing::Channel { axis: 1 }),
    (&[2, 3, 16, 16], Sharing::Layer),
    (&[7], Sharing::Layer),
    (&[3, 1000], Sharing::Layer),
    (&[2, 3, 16, 16], Sharing::Element),
    (&[40, 5], Sharing::Element),
];

#[derive(Default)]
struct Seen(Mutex<Vec<&'static str>>);

impl LaunchObserver for Seen {
    fn launched(&self, kernel: &'static str) {
        self.0.lock().unwrap().push(kernel);
    }
}

/// The observer is one for the process, so the tests of this file take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `f` launches: kernels of ours by their short names, others as CubeCL calls them.
fn launches<R>(device: &Device, f: impl FnOnce() -> R) -> Vec<&'static str> {
    device.sync().expect("the device works");
    let seen = Arc::new(Seen::default());
    let watching = LaunchObservation::new(seen.clone());
    let result = f();
    // Fusion launches nothing before it has to.
    device.sync().expect("the device works");
    drop(watching);
    drop(result);
    let short = |name: &'static str| OURS.into_iter().find(|ours| name.contains(ours));
    let seen = seen.0.lock().unwrap();
    seen.iter()
        .map(|name| short(name).unwrap_or(name))
        .collect()
}

fn gpus() -> Vec<(&'static str, Device)> {
    let is_gpu = |name| !matches!(name, "flex" | "ndarray");
    common::devices()
        .into_iter()
        .filter(|d| is_gpu(d.0))
        .collect()
}

/// The family, and a curve that was defined elsewhere.
fn kernels() -> impl Iterator<Item = &'static dyn Kernel> {
    let family = curves::all().map(|curve| kernel(curve.name()));
    family.chain([&SoftsignCurve as &dyn Kernel])
}

/// A leaf whose data has reached the device.
fn leaf<const D: usize>(shape: [usize; D], device: &Device, gradient: bool) -> Tensor<D> {
    let mut source = Numbers(1);
    let values: Vec<f64> = (0..shape.iter().product())
        .map(|_| source.between(0.5, 1.5))
        .collect();
    tensor(&values, shape, device, DType::F32).set_require_grad(gradient)
}

/// What is launched forward and backward, without the one kernel that makes the gradient of ones
/// from which Burn starts every backward pass.
fn counted<const D: usize>(
    curve: &'static dyn Kernel,
    shape: &[usize],
    sharing: Sharing,
    device: &Device,
    wanted: [bool; 2],
) -> [Vec<&'static str>; 2] {
    let shape: [usize; D] = shape.try_into().unwrap();
    let count = sharing.count(&shape[1..]);
    let x = leaf(shape, device, wanted[0]);
    let params: Vec<Tensor<1>> = (curve.params().iter())
        .map(|_| leaf([count], device, wanted[1]))
        .collect();

    let mut y = None;
    let forward = launches(device, || {
        y = Some(activate(x.clone(), params.clone(), curve, sharing));
    });
    let y = y.unwrap();
    if !y.is_tracked() {
        return [forward, vec![]];
    }
    let mut backward = launches(device, || y.backward());
    if JOINED.contains(&curve.name()) {
        // Those ones are joined as well.
        return [forward, backward];
    }
    let ones = backward.remove(0);
    assert!(
        ones.ends_with("::FullKernel"),
        "not the gradient of ones: {ones}"
    );
    [forward, backward]
}

#[test]
fn one_kernel_forward_and_at_most_two_backward() {
    let _turn = turn();
    for (backend, device) in gpus() {
        let device = device.autodiff();
        let mut seen = std::collections::BTreeSet::new();
        for curve in kernels() {
            for (shape, sharing) in CASES {
                let what = format!("{backend}: {} per {sharing}, {shape:?}", curve.name());
                let run = |wanted| {
                    with_rank!(shape.len(), counted(curve, shape, sharing, &device, wanted))
                };
                let [forward, backward] = run([true, true]);
                if JOINED.contains(&curve.name()) {
                    assert_eq!((forward.len(), backward.len()), (1, 1), "{what}");
                    let ours = |name: &&str| OURS.contains(name);
                    assert!(!forward.iter().chain(&backward).any(ours), "{what}");
                    continue;
                }
                assert_eq!(forward, ["value_kernel"], "{what}");
                if curve.params().is_empty() {
                    assert_eq!(backward, ["slope_kernel"], "{what}");
                } else {
                    assert_eq!(backward.len(), 2, "{what}: {backward:?}");
                    assert!(
                        ["rows_kernel", "columns_kernel"].contains(&backward[0]),
                        "{what}: {backward:?}"
                    );
                    assert_eq!(backward[1], "total_kernel", "{what}");

                    // Frozen parameters leave the slope alone; parameters alone take no less.
                    let [forward, slope] = run([true, false]);
                    assert_eq!(
                        (forward.len(), &slope[..]),
                        (1, &["slope_kernel"][..]),
                        "{what}"
                    );
                    assert_eq!(run([false, true])[1], backward, "{what}");
                }
                // Inference.
                assert_eq!(
                    run([false, false]),
                    [vec!["value_kernel"], vec![]],
                    "{what}"
                );
                seen.extend(forward);
                seen.extend(backward);
            }
        }
        assert_eq!(seen.len(), OURS.len(), "every kernel was met: {seen:?}");
    }
}

/// Under fusion a short activation costs no kernel at all between operations that fuse.
#[test]
fn short_activations_join_their_neighbours() {
    let _turn = turn();
    for (backend, device) in gpus() {
        let device = device.autodiff();
        let count = |activation: Option<&str>| {
            let x: Tensor<4> = leaf([2, 3, 16, 16], &device, true);
            let seen = launches(&device, || {
                let mut y = x.clone() * 1.5;
                if let Some(name) = activation {
                    y = activate(y, vec![], kernel(name), Sharing::Layer);
                }
                let grads = (y * 2.0).sum().backward();
                x.grad(&grads)
            });
            println!("{backend}, {activation:?}: {seen:?}");
            seen.len()
        };
        // The first time, kernels are tried out, and the fuser does not know the graph.
        let warm = |activation| [(); 3].map(|()| count(activation))[2];
        let bare = warm(None);
        for name in JOINED {
            let joined = warm(Some(name));
            assert!(joined <= bare, "{backend}, {name}: {joined}, {bare}");
        }
        let own = warm(Some("elu"));
        assert!(own > bare, "{backend}, elu: {own}, {bare}");
    }
}

/// The counter sees what is not ours: the same curve from Burn's primitives.
#[test]
fn other_kernels_are_counted_too() {
    let _turn = turn();
    for (backend, device) in gpus() {
        let x: Tensor<2> = leaf([64, 10], &device, false);
        let a: Tensor<2> = leaf([64, 10], &device, false);
        let seen = launches(&device, || a.clone() * x.clone() / (a + x.abs()));
        println!("{backend}: {seen:?}");
        assert!(
            !seen.is_empty() && seen.iter().all(|name| !OURS.contains(name)),
            "{seen:?}"
        );
    }
}

/// Burn's convolutions give channels-last data on GPUs: it is walked as it lies.
#[test]
fn permuted_data_is_not_copied() {
    let _turn = turn();
    for (backend, device) in gpus() {
        let device = device.autodiff();
        for channels in [3, 4] {
            let shape = [2, 8, 8, channels];
            let lying = leaf(shape, &device, true);
            let slope: Tensor<1> = leaf([channels], &device, true);
            let x: Tensor<4> = lying.clone().permute([0, 3, 1, 2]);
            let mut y = None;
            let forward = launches(&device, || {
                y = Some(activate(
                    x,
                    vec![slope.clone()],
                    kernel("prelu"),
                    Sharing::default(),
                ));
            });
            assert_eq!(forward, ["value_kernel"], "{backend}, {channels}");
            let seen = launches(&device, || y.unwrap().permute([0, 2, 3, 1]).backward());
            assert_eq!(
                seen[1..],
                ["columns_kernel", "total_kernel"],
                "{backend}, {channels}"
            );
        }
    }
}
