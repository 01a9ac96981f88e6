//! An activation that a user defined: the curve of the example `custom_curve`, which this crate
//! does not know, is as exact as the family, and it trains.

use crate::common;
use crate::common::process::{self, text};
use crate::common::{numbers, rounded, tensor};
use crate::example::{SoftsignConfig, SoftsignCurve};
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::curve::MARGIN;
use burn_rectifiers::{Sharing, curve::Curve, curves, op::activate};
use proptest::prelude::*;

const CHANNEL: Sharing = Sharing::Channel { axis: 1 };

/// The formula once more, in plain doubles.
fn softsign(x: f64, a: f64) -> f64 {
    a * x / (a + x.abs())
}

/// The central difference of `f` at `x`.
fn difference(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = 1e-5 * x.abs().max(0.1);
    (f(x + h) - f(x - h)) / (2.0 * h)
}

#[track_caller]
fn assert_close(got: &[f64], exact: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), exact.len(), "{what}");
    for (got, exact) in got.iter().zip(exact) {
        let allowed = tolerance * exact.abs().max(1.0);
        assert!((got - exact).abs() <= allowed, "{what}: {got}, not {exact}");
    }
}

/// Values and gradients of `xs`, seen as `[2, 3, inner]`, with a height per channel.
fn agrees(backend: &str, device: &Device, dtype: DType, xs: &[f64], heights: &[f64]) {
    let round =
        |values: &[f64]| -> Vec<f64> { values.iter().map(|v| rounded(*v, dtype)).collect() };
    let (xs, heights) = (round(xs), round(heights));
    let inner = xs.len() / 6;
    let x: Tensor<3> = tensor(&xs, [2, 3, inner], device, dtype).require_grad();
    let a: Tensor<1> = tensor(&heights, [3], device, dtype).require_grad();
    let y = activate(x.clone(), vec![a.clone()], &SoftsignCurve, CHANNEL);
    let grads = y.clone().sum().backward();

    let channel = |i: usize| i / inner % 3;
    let at: Vec<(f64, f64)> = (0..xs.len())
        .map(|i| (xs[i], heights[channel(i)]))
        .collect();
    let exact =
        |f: &dyn Fn(f64, f64) -> f64| -> Vec<f64> { at.iter().map(|p| f(p.0, p.1)).collect() };
    let by_height = exact(&|x, a| difference(|a| softsign(x, a), a));
    let mut sums = [0.0; 3];
    for (i, gradient) in by_height.iter().enumerate() {
        sums[channel(i)] += gradient;
    }
    let tolerance = if dtype == DType::F64 { 1e-8 } else { 1e-5 };
    let what = |result| format!("{backend}, {dtype:?}, {result}");
    assert_close(&numbers(y), &exact(&softsign), tolerance, &what("value"));
    let slopes = exact(&|x, a| difference(|x| softsign(x, a), x));
    assert_close(
        &numbers(x.grad(&grads).unwrap()),
        &slopes,
        tolerance,
        &what("slope"),
    );
    assert_close(
        &numbers(a.grad(&grads).unwrap()),
        &sums,
        tolerance,
        &what("height"),
    );
}

#[test]
fn values_and_gradients_agree_with_finite_differences() {
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        for dtype in [DType::F64, DType::F32] {
            if !device.supports_dtype(dtype) {
                println!("{backend} has no {dtype:?}");
                continue;
            }
            let config = ProptestConfig {
                failure_persistence: None,
                ..ProptestConfig::with_cases(24)
            };
            // Away from zero, where the second derivative jumps and differences are coarse.
            let x =
                (0.01..20.0f64, any::<bool>()).prop_map(|(x, minus)| if minus { -x } else { x });
            let xs = (1usize..40)
                .prop_flat_map(move |inner| prop::collection::vec(x.clone(), 6 * inner));
            let heights = prop::collection::vec(0.1..4.0f64, 3);
            proptest!(config, |(xs in xs, heights in heights)| {
                agrees(backend, &device, dtype, &xs, &heights);
            });
        }
    }
}

#[test]
fn no_finite_input_gives_nan() {
    let xs = [
        0.0,
        -0.0,
        1e-45,
        -1e-45,
        1.0,
        -1e19,
        1e30,
        f64::from(f32::MAX),
        f64::from(f32::MIN),
    ];
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        for height in [MARGIN, 1.0, 1e30, f64::from(f32::MAX)] {
            let x: Tensor<1> = tensor(&xs, [xs.len()], &device, DType::F32).require_grad();
            let act = SoftsignConfig::new(1)
                .with_sharing(Sharing::Layer)
                .with_a(height)
                .init(&device);
            let y = act.forward(x.clone());
            let grads = y.clone().sum().backward();
            let results = [
                y,
                x.grad(&grads).unwrap(),
                act.a.val().grad(&grads).unwrap(),
            ];
            for value in results.into_iter().flat_map(numbers) {
                assert!(value.is_finite(), "{backend}, a = {height}: {value}");
            }
        }
    }
}

#[test]
fn the_curve_is_not_one_of_ours() {
    assert!(curves::all().all(|curve| curve.name() != SoftsignCurve.name()));
    assert!(burn_rectifiers::curves::find(SoftsignCurve.name()).is_err());
}

#[test]
fn the_example_learns() {
    for (backend, _) in common::devices() {
        let mut program = process::example("custom_curve", &format!("--backend {backend}"));
        let output = program.output().expect("the example starts");
        let text = text(&output.stdout);
        assert!(output.status.success(), "{backend}: {text}");
        let number = |line: &str| line.rsplit(' ').next().unwrap().parse().unwrap();
        let losses: Vec<f64> = text
            .lines()
            .filter(|line| line.contains("loss"))
            .map(number)
            .collect();
        assert!(
            losses.len() > 3 && losses.is_sorted_by(|a, b| a > b),
            "{backend}: {text}"
        );
        assert!(
            losses[losses.len() - 1] < losses[0] / 20.0,
            "{backend}: {text}"
        );

        // Most units found a height of their own.
        let learned = text
            .lines()
            .find_map(|line| line.strip_prefix("learned a: "));
        let heights: Vec<f64> = serde_json::from_str(learned.expect("heights")).unwrap();
        assert_eq!(heights.len(), 16);
        assert!(heights.iter().all(|a| *a > 0.0), "{backend}: {text}");
        let moved = heights.iter().filter(|a| (**a - 1.0).abs() > 0.1).count();
        assert!(moved > 8, "{backend}: {text}");
    }
}
