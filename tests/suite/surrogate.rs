//! Curves that go back with the slope of another function.

use crate::common::{devices, fixture, kernel, numbers, tensor};
use burn::tensor::DType;
use burn_rectifiers::op::{activate, compose, transformed};
use burn_rectifiers::{Sharing, curve::Curve, curves};

burn_rectifiers::activation! {
    /// A step of learned height, with a straight-through estimator between −1 and 1.
    module Step, config StepConfig, curve StepCurve;
    name "step";
    formula "height if x > 0, else 0";
    surrogate "height*min(max(-1, x), 1)";
    source "a test";
    params {
        /// what it steps up to
        height: 1.0,
    }
    value(x) { select(gt(x, lit(0.0)), height, lit(0.0)) }
    slope(x) { select(le(abs(x), lit(1.0)), height, lit(0.0)) }
    grads(x) {
        height: { select(gt(x, lit(0.0)), lit(1.0), lit(0.0)) }
    }
}

const XS: [f64; 6] = [-2.0, -0.5, 0.0, 0.25, 1.0, 3.0];

/// With kernels and composed from primitives, the gradient is the slope of the surrogate, and the value is the step.
#[test]
fn the_backward_pass_takes_the_slope_of_the_surrogate() {
    for (backend, device) in devices() {
        let device = device.autodiff();
        for evaluate in [activate::<1>, compose::<1>] {
            let x = tensor(&XS, [6], &device, DType::F32).require_grad();
            let height = tensor(&[0.5], [1], &device, DType::F32).require_grad();
            let y = evaluate(x.clone(), vec![height.clone()], &StepCurve, Sharing::Layer);
            let weights = tensor(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [6], &device, DType::F32);
            let grads = (y.clone() * weights).sum().backward();
            assert_eq!(numbers(y), [0.0, 0.0, 0.0, 0.5, 0.5, 0.5], "{backend}");
            let dx = numbers(x.grad(&grads).unwrap());
            assert_eq!(dx, [0.0, 1.0, 1.5, 2.0, 2.5, 0.0], "{backend}");
            let of_height = numbers(height.grad(&grads).unwrap());
            assert_eq!(of_height, [4.0 + 5.0 + 6.0], "{backend}");
        }
    }
}

/// 2·f(3·x − 0.75) + 1: the lines around it are differentiated, and the curve inside has its surrogate.
#[test]
fn a_transformed_curve_has_the_surrogate_of_the_one_inside() {
    let curve = transformed(&StepCurve);
    assert_eq!(
        curve.surrogate(),
        Some("alpha*f(beta*x + gamma) + delta, f(x) = height*min(max(-1, x), 1)")
    );
    assert_eq!(transformed(kernel("relu")).surrogate(), None);
    for (backend, device) in devices() {
        let device = device.autodiff();
        for evaluate in [activate::<1>, compose::<1>] {
            let x = tensor(&XS, [6], &device, DType::F32).require_grad();
            let params = [2.0, 3.0, -0.75, 1.0, 0.5]
                .map(|value| tensor(&[value], [1], &device, DType::F32).require_grad());
            let y = evaluate(x.clone(), params.to_vec(), curve, Sharing::Layer);
            let grads = y.clone().sum().backward();
            // u = 3·x − 0.75 is at most 1 in absolute value at x = 0 and 0.25.
            assert_eq!(numbers(y), [1.0, 1.0, 1.0, 1.0, 2.0, 2.0], "{backend}");
            let dx = numbers(x.grad(&grads).unwrap());
            assert_eq!(dx, [0.0, 0.0, 3.0, 3.0, 0.0, 0.0], "{backend}");
            let of = params.map(|param| numbers(param.grad(&grads).unwrap())[0]);
            assert_eq!(of, [1.0, 0.25, 2.0, 6.0, 4.0], "{backend}");
        }
    }
}

/// At infinity, too, what is composed has the value of the curve.
#[test]
fn infinities_are_composed() {
    for (backend, device) in devices() {
        let xs = [f64::NEG_INFINITY, f64::INFINITY];
        let x = tensor(&xs, [2], &device.autodiff(), DType::F32).require_grad();
        let y = compose(x, vec![], kernel("sugar"), Sharing::Layer);
        assert_eq!(numbers(y), [0.0, f64::INFINITY], "{backend}");
    }
}

/// Figures of slopes come from the surrogate exactly where the curve says that it has one.
#[test]
fn reference_figures_know_the_surrogates() {
    for entry in fixture::entries() {
        let curve = kernel(&entry.name);
        assert_eq!(
            entry.surrogate.is_some(),
            curve.surrogate().is_some(),
            "{}",
            entry.name
        );
    }
    let relu = kernel("relu");
    let sugar = curves::SugarCurve;
    for x in XS {
        assert_eq!(sugar.value_at(x, &[]), relu.value_at(x, &[]));
    }
    assert_eq!(sugar.slope_at(0.0, &[]), 0.5 + 1.67 / 4.0);
}
