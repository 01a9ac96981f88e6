//! A rational activation from its start to the end of a training.

use crate::common::kernel;
use burn::{
    module::Module,
    optim::{AdamConfig, GradientsParams},
    tensor::{Device, Tensor},
};
use burn_rectifiers::{
    RationalConfig, Sharing,
    curve::Curve,
    curves::{GeluCurve, LeakyReluCurve, RationalCurve, ReluCurve, SigmoidCurve, SwishCurve},
    nn::fit,
    op::transformed,
};

/// As close as the starts that come with the authors' package `rational_activations`, version B, whose largest errors these are,
/// to three digits.
#[test]
fn starts_are_as_close_as_the_authors() {
    type Target = (&'static str, fn(f64) -> f64, f64);
    let targets: [Target; 6] = [
        ("leaky_relu", |x| LeakyReluCurve.value_at(x, &[]), 3.36e-2),
        ("relu", |x| ReluCurve.value_at(x, &[]), 3.40e-2),
        ("tanh", f64::tanh, 3.55e-6),
        ("swish", |x| SwishCurve.value_at(x, &[1.0]), 1.22e-6),
        ("sigmoid", |x| SigmoidCurve.value_at(x, &[]), 5.77e-9),
        ("gelu", |x| GeluCurve.value_at(x, &[]), 9.48e-4),
    ];
    for (name, target, error) in targets {
        let fit = fit(&RationalCurve, target, -3.0..=3.0);
        println!("{name}: {fit}");
        assert!(fit.max_error <= error, "{name}: {fit}");
    }
    // The defaults are the first of them.
    let defaults: Vec<f64> = RationalCurve.params().iter().map(|p| p.default).collect();
    let near =
        |x: f64| (RationalCurve.value_at(x, &defaults) - LeakyReluCurve.value_at(x, &[])).abs();
    assert!((-300..=300).all(|i| near(f64::from(i) / 100.0) <= 3.36e-2));
}

/// With the lines around it, a rational activation has more parameters than any curve of the family.
#[test]
fn a_transformed_one_is_fitted() {
    let curve = transformed(kernel("rational"));
    assert_eq!(curve.params().len(), 14);
    let target = |x: f64| 0.5 * f64::tanh(2.0 * x - 0.5) + 1.0;
    let fit = fit(curve, target, -2.0..=2.0);
    assert_eq!(fit.params.len(), 14);
    assert!(fit.max_error < 1e-3, "{fit}");
}

/// From a fit to one function, training leads to another that no parameters give exactly; one module is used twice, and learns from
/// both places.
#[test]
fn what_is_fitted_is_trained() {
    let device = Device::flex().autodiff();
    let wave = |x: f64| (2.0 * x).sin() * (-x * x / 4.0).exp();
    let start = fit(&RationalCurve, wave, -3.0..=3.0);
    let config = RationalConfig::new(1)
        .with_sharing(Sharing::Layer)
        .with_values(&start.params);
    let act = config.init(&device);
    let xs: Vec<f32> = (0..601).map(|i| (i as f32 - 300.0) / 100.0).collect();
    let x = Tensor::<1>::from_floats(&xs[..], &device);
    let y = act.forward(x.clone());
    let off = |y: f32, x: f32| (f64::from(y) - wave(x.into())).abs();
    let ys: Vec<f32> = y.into_data().iter().collect();
    let worst = ys
        .iter()
        .zip(&xs)
        .map(|(y, x)| off(*y, *x))
        .fold(0.0, f64::max);
    assert!(worst <= start.max_error + 1e-5, "{worst}, {start}");

    // y = f(f(x)) is to be |x|.
    let target = x.clone().abs();
    let loss = |act: &burn_rectifiers::Rational| {
        let y = act.forward(act.forward(x.clone()));
        (y - target.clone()).powf_scalar(2.0).mean()
    };
    let first = loss(&act).into_scalar::<f32>();
    let mut optimizer = AdamConfig::new().init();
    let mut act = act;
    for _ in 0..600 {
        let gradients = GradientsParams::from_grads(loss(&act).backward(), &act);
        assert_eq!(gradients.len(), act.num_params());
        act = optimizer.step(0.02, act, gradients);
    }
    let last = loss(&act).into_scalar::<f32>();
    println!("{first} before, {last} after");
    assert!(
        last < 0.05 * first && first.is_finite(),
        "{first} before, {last} after"
    );
}
