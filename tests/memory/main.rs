//! What is kept for the backward pass, and what is allocated along the way, counted by the
//! allocator of this process.

#[path = "../common/mod.rs"]
mod common;
#[allow(dead_code)]
#[path = "../../examples/custom_curve.rs"]
mod example;

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::tensor::{Device, Tensor};
use burn_rectifiers::op::{Kernel, transformed};
use burn_rectifiers::{Sharing, curves, op::activate};
use burn_rectifiers_study::memory::{self, Counting};
use common::kernel;
use example::SoftsignCurve;

#[global_allocator]
static ALLOCATOR: Counting<System> = Counting(System);

/// All threads share the counter, so the tests take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

const CHANNEL: Sharing = Sharing::Channel { axis: 1 };
const SHAPE: [usize; 4] = [8, 32, 32, 32];
/// Bytes of one tensor.
const TENSOR: f64 = (8 * 32 * 32 * 32 * 4) as f64;

/// Runs `f`: its result, and by how much memory grew and peaked, in tensors.
fn measured<R>(f: impl FnOnce() -> R) -> (R, f64, f64) {
    let (result, growth) = memory::measured(f);
    let growth = growth.expect("the allocator counts");
    let tensors = |bytes: isize| bytes as f64 / TENSOR;
    (result, tensors(growth.left), tensors(growth.most))
}

/// Fails unless `got` tensors are `expected` ones; what is not a tensor is small beside them.
fn assert_tensors(what: &str, got: f64, expected: f64) {
    println!("{what}: {got:.3} tensors");
    assert!(
        (got - expected).abs() < 0.1,
        "{what}: {got:.3} tensors, not {expected}"
    );
}

fn act(x: Tensor<4>, curve: &'static dyn Kernel, device: &Device) -> Tensor<4> {
    let params = curve.params().iter();
    let params = params.map(|info| Tensor::full([32], info.default, device).require_grad());
    activate(x, params.collect(), curve, CHANNEL)
}

#[test]
fn only_the_input_is_kept() {
    let _turn = turn();
    for (backend, device) in common::host_devices() {
        let stored = device.clone().autodiff();
        let again = stored.clone().gradient_checkpointing();
        let elu = kernel("learnable_elu");
        // Threads and tables that are set up once.
        act(Tensor::ones(SHAPE, &stored).require_grad(), elu, &stored).backward();

        let family = curves::all().map(|curve| kernel(curve.name()));
        let around = curves::all().map(|curve| transformed(kernel(curve.name())));
        for curve in family.chain(around) {
            let name = curve.name();
            let x = Tensor::ones(SHAPE, &stored).require_grad();
            let (y, live, _) = measured(|| act(x.clone(), curve, &stored));
            assert_tensors(&format!("{backend}, {name}: the result"), live, 1.0);
            let (grads, live, peak) = measured(|| y.backward());
            if backend == "flex" {
                // The incoming gradient, which becomes that of x.
                assert_tensors(&format!("{backend}, {name}, backward"), live, 1.0);
                assert_tensors(&format!("{backend}, {name}, at most"), peak, 1.0);
            }
            drop((x, y, grads));
        }

        // Of two in a row, the first one's result is the second one's input.
        for (device, kept) in [(&stored, 2.0), (&again, 1.0)] {
            let x = Tensor::ones(SHAPE, device).require_grad();
            let (y, live, _) = measured(|| act(act(x.clone(), elu, device), elu, device));
            assert_tensors(&format!("{backend}, two in a row"), live, kept);
            let grads = y.backward();
            assert!(x.grad(&grads).is_some());
        }

        // Without a graph the result replaces an input that nobody else holds.
        let x = Tensor::<4>::ones(SHAPE, &device);
        let alpha = Tensor::full([32], 0.25, &device);
        let (_y, live, peak) = measured(|| activate(x, vec![alpha], elu, CHANNEL));
        assert_tensors(&format!("{backend}, inference"), live, 0.0);
        assert_tensors(&format!("{backend}, inference, at most"), peak, 0.0);
    }
}

/// The formula from Burn's primitives.
fn composed(x: Tensor<4>, a: Tensor<1>) -> Tensor<4> {
    let a = a.reshape([1, SHAPE[1], 1, 1]);
    a.clone() * x.clone() / (a + x.abs())
}

/// A curve of a user's is as frugal as the family.
#[test]
fn of_a_curve_defined_elsewhere_only_the_input_is_kept() {
    let _turn = turn();
    for (backend, device) in common::host_devices() {
        let device = device.autodiff();
        let x = Tensor::<4>::ones(SHAPE, &device).require_grad();
        let a = Tensor::<1>::ones([SHAPE[1]], &device).require_grad();
        let fused = || activate(x.clone(), vec![a.clone()], &SoftsignCurve, CHANNEL);
        // Threads and tables that are set up once.
        fused().sum().backward();

        // The output is not needed for the gradient, and gone once it is summed up.
        let (loss, kept, _) = measured(|| fused().sum());
        assert_tensors(&format!("{backend}, fused"), kept, 0.0);
        let (grads, left, _) = measured(|| loss.backward());
        assert_tensors(&format!("{backend}, gradients"), left, 1.0);
        assert!(x.grad(&grads).is_some() && a.grad(&grads).is_some());
        drop(grads);

        // The counter does see what Burn's own operations keep.
        let (loss, kept, _) = measured(|| composed(x.clone(), a.clone()).sum());
        println!("{backend}, composed: {kept:.3} tensors");
        assert!(kept > 0.9, "{backend}: {kept:.3} tensors");
        drop(loss);
    }
}
