//! What backends without kernels of ours compute, composed from Burn's primitive operations, agrees with the kernels.

use crate::common::{devices, kernel, numbers};
use burn::tensor::{Device, Tensor};
use burn_rectifiers::op::{Kernel, compose};
use burn_rectifiers::{Sharing, curve::ParamInfo, curves, op::activate};

type Evaluate = fn(Tensor<3>, Vec<Tensor<1>>, &'static dyn Kernel, Sharing) -> Tensor<3>;

/// y, dx and the gradient of each parameter of a tensor of shape [4, 3, 55].
fn results(
    curve: &'static dyn Kernel,
    param: fn(&ParamInfo) -> [f64; 3],
    evaluate: Evaluate,
    device: &Device,
) -> Vec<Vec<f64>> {
    let device = device.clone().autodiff();
    let x: Vec<f32> = (0..600)
        .map(|i| (i * 7919 % 601) as f32 / 40.0 - 7.5)
        .collect();
    let x = Tensor::<1>::from_floats(&x[..], &device).reshape([4, 3, 50]);
    // Where exponentials overflow, and where subtracting one cancels.
    let extreme = Tensor::<3>::from_floats([[[-1e4, 1e4, 100.0, -100.0, -1e-8]]], &device);
    let x = Tensor::cat(vec![x, extreme.expand([4, 3, 5])], 2).require_grad();
    let params: Vec<_> = (curve.params().iter())
        .map(|info| Tensor::<1>::from_floats(param(info), &device).require_grad())
        .collect();
    let y = evaluate(
        x.clone(),
        params.clone(),
        curve,
        Sharing::Channel { axis: 1 },
    );
    let grads = (y.clone() * (x.clone().detach().abs() / 1e4))
        .sum()
        .backward();
    let dx = numbers(x.grad(&grads).unwrap());
    let params = params
        .iter()
        .map(|param| numbers(param.grad(&grads).unwrap()));
    [numbers(y), dx].into_iter().chain(params).collect()
}

/// Some values within bounds, not all the same: differences of parameters shall count.
fn some(info: &ParamInfo) -> [f64; 3] {
    let (low, high) = info.bound.interval();
    [0.2, 1.0, -0.4].map(|value: f64| {
        let shift = info.name.len() as f64 / 64.0;
        (value.max(low) + shift).min(high)
    })
}

#[test]
fn composition_agrees_with_the_kernels() {
    for (backend, device) in devices() {
        // Burn's ln(1 + x) loses digits on GPUs.
        let allowed = match backend {
            "flex" | "ndarray" => 1e-5,
            _ => 1e-4,
        };
        for curve in curves::all() {
            let curve = kernel(curve.name());
            let fused = results(curve, some, activate, &device);
            let composed = results(curve, some, compose, &device);
            assert_eq!(fused.len(), composed.len());
            for (which, (fused, composed)) in fused.iter().zip(&composed).enumerate() {
                // What cancels is relative to the largest term: of the sum that a parameter gets, up to 1e4.
                let size = if which < 2 { 0.01 } else { 1e4 };
                for (a, b) in fused.iter().zip(composed) {
                    assert!(
                        (a - b).abs() <= allowed * a.abs().max(size),
                        "{backend}, {}, result {which}: {a} composed as {b}",
                        curve.name()
                    );
                }
            }
        }
    }
}

/// Branches that are not taken have finite gradients too, also where a parameter is on its bound.
#[test]
fn nothing_is_nan_on_a_bound() {
    for (backend, device) in devices() {
        for curve in curves::all() {
            let least = |info: &ParamInfo| match info.bound.interval() {
                (low, _) if low.is_finite() => [low; 3],
                _ => [0.0; 3],
            };
            let results = results(kernel(curve.name()), least, compose, &device).concat();
            let is_nan = results.iter().any(|x| x.is_nan());
            assert!(!is_nan, "{backend}, {}", curve.name());
        }
    }
}
