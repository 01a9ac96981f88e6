//! Where training begins: weights that keep the variance, and parameters that make an activation
//! start as a known function.

use crate::common;
use crate::common::{Numbers, numbers};
use burn::nn::{LinearConfig, conv::Conv2dConfig};
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::curves::{EluCurve, LearnableEluCurve, PReluCurve};
use burn_rectifiers::nn::integrated_second_moment;
use burn_rectifiers::op::Kernel;
use burn_rectifiers::{
    ActivationConfig, Rectifier, Sharing,
    curve::Curve,
    curves,
    curves::find,
    nn::{Fit, fit, gain, initializer, try_gain},
    op::activate,
};

/// Curves that the family may or may not have, to test with.
mod known {
    burn_rectifiers::activation! {
        /// SELU: what its name says, if its gain is 1.
        module Selu, curve SeluCurve;
        name "selu";
        formula "lambda*x if x > 0, else lambda*alpha*(exp(x) - 1)";
        source "Klambauer et al. 2017, arXiv:1706.02515";
        value(x) {
            lit::<T>(1.0507009873554805) * select(
                gt(x, lit(0.0)), x, lit::<T>(1.6732632423543772) * exp_m1(min(x, lit(0.0))),
            )
        }
        slope(x) {
            lit::<T>(1.0507009873554805) * select(
                gt(x, lit(0.0)), lit(1.0), lit::<T>(1.6732632423543772) * exp(min(x, lit(0.0))),
            )
        }
    }

    burn_rectifiers::activation! {
        /// A two-parameter curve: scales in both directions.
        module Pelu, config PeluConfig, curve PeluCurve;
        name "pelu";
        formula "a*x/b if x > 0, else a*(exp(x/b) - 1)";
        source "Trottier et al. 2016, arXiv:1605.09332";
        params {
            /// height
            a: 1.0 in Bound::at_least(0.1),
            /// width
            b: 1.0 in Bound::at_least(0.1),
        }
        value(x) {
            select(gt(x, lit(0.0)), a * x / b, a * exp_m1(min(x, lit(0.0)) / b))
        }
        slope(x) {
            select(gt(x, lit(0.0)), a / b, a / b * exp(min(x, lit(0.0)) / b))
        }
        grads(x) {
            a: { select(gt(x, lit(0.0)), x / b, exp_m1(min(x, lit(0.0)) / b)) }
            b: {
                let negative = min(x, lit(0.0)) / b;
                -(a / b) * select(gt(x, lit(0.0)), x / b, negative * exp(negative))
            }
        }
    }

    burn_rectifiers::activation! {
        /// Two hinges with learned positions.
        module Apl, config AplConfig, curve AplCurve;
        name "apl";
        formula "max(0, x) + a1*max(0, b1 - x) + a2*max(0, b2 - x)";
        source "Agostinelli et al. 2014, arXiv:1412.6830";
        params {
            /// slope of the first hinge
            a1: 0.1,
            /// slope of the second hinge
            a2: 0.1,
            /// position of the first hinge
            b1: -0.5,
            /// position of the second hinge
            b2: 0.5,
        }
        value(x) {
            let zero = lit(0.0);
            select(le(x, zero), zero, x)
                + a1 * select(gt(b1, x), b1 - x, zero)
                + a2 * select(gt(b2, x), b2 - x, zero)
        }
        slope(x) {
            let zero = lit(0.0);
            select(gt(x, zero), lit(1.0), zero)
                - select(gt(b1, x), a1, zero)
                - select(gt(b2, x), a2, zero)
        }
        grads(x) {
            a1: { select(gt(b1, x), b1 - x, lit(0.0)) }
            a2: { select(gt(b2, x), b2 - x, lit(0.0)) }
            b1: { select(gt(b1, x), a1, lit(0.0)) }
            b2: { select(gt(b2, x), a2, lit(0.0)) }
        }
    }

    burn_rectifiers::activation! {
        /// Three pieces with learned thresholds and slopes.
        module SRelu, config SReluConfig, curve SReluCurve;
        name "srelu";
        formula "right + a_right*(x - right) above right, left + a_left*(x - left) below left";
        source "Jin et al. 2015, arXiv:1512.07030";
        params {
            /// left threshold
            left: -1.0,
            /// slope to the left
            a_left: 0.1,
            /// right threshold
            right: 1.0,
            /// slope to the right
            a_right: 1.0,
        }
        value(x) {
            select(
                gt(x, right),
                right + a_right * (x - right),
                select(le(x, left), left + a_left * (x - left), x),
            )
        }
        slope(x) { select(gt(x, right), a_right, select(le(x, left), a_left, lit(1.0))) }
        grads(x) {
            left: { select(gt(x, right), lit(0.0), select(le(x, left), lit::<T>(1.0) - a_left, lit(0.0))) }
            a_left: { select(gt(x, right), lit(0.0), select(le(x, left), x - left, lit(0.0))) }
            right: { select(gt(x, right), lit::<T>(1.0) - a_right, lit(0.0)) }
            a_right: { select(gt(x, right), x - right, lit(0.0)) }
        }
    }

    burn_rectifiers::activation! {
        /// Swish: x times the sigmoid of beta*x.
        module Swish, config SwishConfig, curve SwishCurve;
        name "swish";
        formula "x/(1 + exp(-beta*x))";
        source "Ramachandran et al. 2017, arXiv:1710.05941";
        params {
            /// steepness
            beta: 1.0 in Bound::between(-8.0, 8.0),
        }
        value(x) { x / (exp(-(beta * x)) + lit(1.0)) }
        slope(x) {
            let s = lit::<T>(1.0) / (exp(-(beta * x)) + lit(1.0));
            s + beta * x * s * (lit::<T>(1.0) - s)
        }
        grads(x) {
            beta: {
                let s = lit::<T>(1.0) / (exp(-(beta * x)) + lit(1.0));
                x * x * s * (lit::<T>(1.0) - s)
            }
        }
    }
}
use known::*;

fn relu(x: f64) -> f64 {
    x.max(0.0)
}

fn swish(x: f64) -> f64 {
    x / (1.0 + (-x).exp())
}

fn defaults(curve: &dyn Curve) -> Vec<f64> {
    curve.params().iter().map(|info| info.default).collect()
}

// Gains

#[test]
fn gains_that_are_known() {
    assert!((gain(&SeluCurve, &[]) - 1.0).abs() < 1e-6);
    // E[elu²] = 1/2 + e²·Φ(−2) − 2·√e·Φ(−1) + 1/2, and Φ(−1), Φ(−2) to all digits.
    let (tail_1, tail_2) = (0.158_655_253_931_457_05, 0.022_750_131_948_179_21);
    let moment = 1.0 + 2f64.exp() * tail_2 - 2.0 * 0.5f64.exp() * tail_1;
    let elu = gain(&EluCurve, &[]);
    assert!((elu * elu * moment - 1.0).abs() < 1e-10, "{elu}");
    assert_eq!(gain(&LearnableEluCurve, &[1.0]), elu);
}

/// Parameters to try besides the defaults, within bounds.
fn other_params(curve: &dyn Curve) -> Vec<Vec<f64>> {
    let changed = |change: &dyn Fn(f64, usize) -> f64| -> Vec<f64> {
        let infos = curve.params().iter().enumerate();
        infos
            .map(|(i, info)| info.bound.project(change(info.default, i)))
            .collect()
    };
    vec![
        changed(&|value, _| value),
        changed(&|value, i| value + 0.3 + 0.4 * i as f64),
        changed(&|value, i| value * (1.7 - 0.5 * i as f64)),
        changed(&|value, i| -value + 0.21 * i as f64),
        changed(&|value, i| 5.0 * value + 1.0 - i as f64),
    ]
}

#[test]
fn closed_forms_agree_with_integration() {
    let mut compared = 0;
    for curve in curves::all() {
        for params in other_params(curve) {
            let Some(closed) = curve.second_moment(&params) else {
                continue;
            };
            let integrated = integrated_second_moment(curve, &params);
            let error = (closed - integrated).abs();
            assert!(
                error <= 1e-10 * integrated,
                "{} at {params:?}: {closed} is given, {integrated} integrated",
                curve.name()
            );
            compared += 1;
        }
    }
    assert!(compared >= 3, "no closed form was compared");
}

#[test]
fn every_activation_of_the_family_has_a_gain() {
    for curve in curves::all() {
        let defaults: Vec<f64> = curve.params().iter().map(|info| info.default).collect();
        let gain = gain(curve, &defaults);
        assert!((0.2..5.0).contains(&gain), "{}: {gain}", curve.name());
    }
}

/// The sum over a grid so fine that it needs no theory, for a curve whose kinks are anywhere.
#[test]
fn integration_agrees_with_a_plain_sum() {
    let cases: [(&dyn Curve, &[f64]); 7] = [
        (&PeluCurve, &[1.0, 1.0]),
        (&PeluCurve, &[2.5, 0.1]),
        (&AplCurve, &[0.7, -0.3, 0.123, -1.777]),
        (&AplCurve, &[0.2, 0.2, -3.1, 2.9]),
        (&SReluCurve, &[-0.37, 0.05, 0.91, 3.0]),
        (&SReluCurve, &[-2.0, 30.0, 2.2, -0.5]),
        (&SwishCurve, &[8.0]),
    ];
    for (curve, params) in cases {
        let integrated = integrated_second_moment(curve, params);
        // The trapezoidal rule loses step² at a kink and next to nothing elsewhere.
        let step = 2f64.powi(-16);
        let sum: f64 = (-12 << 16..=12 << 16)
            .map(|i| f64::from(i) * step)
            .map(|x| curve.value_at(x, params).powi(2) * (-x * x / 2.0).exp())
            .sum();
        let sum = sum * step / (2.0 * std::f64::consts::PI).sqrt();
        let error = (integrated / sum - 1.0).abs();
        assert!(
            error < 1e-8,
            "{}: {integrated} {sum} {error:e}",
            curve.name()
        );
    }
}

#[test]
fn an_initializer_draws_with_gain_over_root_fan_in() {
    let deviation = |weights: Vec<f64>| {
        let squares: f64 = weights.iter().map(|w| w * w).sum();
        (squares / weights.len() as f64).sqrt()
    };
    let act =
        ActivationConfig::new("prelu".into(), vec![64]).with_start([("alpha".into(), 0.5)].into());
    for (_, device) in common::devices() {
        let expected = (2.0 / 1.25 / 300.0f64).sqrt();
        let linear = LinearConfig::new(300, 400)
            .with_initializer(act.initializer().unwrap())
            .init(&device);
        let found = deviation(numbers(linear.weight.val()));
        // Five standard errors.
        let error = 5.0 / (2.0 * 300.0 * 400.0f64).sqrt();
        assert!((found / expected - 1.0).abs() < error, "{found} {expected}");

        // Fan in of a convolution: input channels times the window.
        let expected = (2.0 / 1.25 / (8.0 * 9.0f64)).sqrt();
        let conv = Conv2dConfig::new([8, 512], [3, 3])
            .with_initializer(initializer(&PReluCurve, &[0.5]))
            .init(&device);
        let found = deviation(numbers(conv.weight.val()));
        let error = 5.0 / (2.0 * 8.0 * 9.0 * 512.0f64).sqrt();
        assert!((found / expected - 1.0).abs() < error, "{found} {expected}");
    }
    let unknown = ActivationConfig::new("prelue".into(), vec![64]).initializer();
    assert!(unknown.unwrap_err().to_string().contains("did you mean"));
    let error = try_gain(&PReluCurve, &[f64::NAN]).unwrap_err().to_string();
    assert!(error.contains("`prelu`, alpha = NaN"), "{error}");
}

/// How much the logarithm of the variance that comes out changes with the one that goes in:
/// E[z·f(z)·f′(z)] / E[f(z)²]. It is 1 for a ReLU. Above 1, deviations grow from layer to layer.
fn elasticity(curve: &dyn Curve, params: &[f64]) -> f64 {
    let zs = (-10_000..10_000).map(|i| (f64::from(i) + 0.5) / 1000.0);
    let (change, square) = zs.fold((0.0, 0.0), |(change, square), z| {
        let (y, density) = (curve.value_at(z, params), (-z * z / 2.0).exp());
        let slope = curve.slope_at(z, params);
        (change + z * y * slope * density, square + y * y * density)
    });
    change / square
}

/// Numbers from the standard normal distribution (Box & Muller 1958).
fn normal(random: &mut Numbers, shape: [usize; 2], device: &Device) -> Tensor<2> {
    let mut unit = || ((random.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    let values: Vec<f64> = (0..shape[0] * shape[1])
        .map(|_| (-2.0 * unit().ln()).sqrt() * (2.0 * std::f64::consts::PI * unit()).cos())
        .collect();
    common::tensor(&values, shape, device, DType::F32)
}

/// Stacks of linear layers of width 256, without biases, each after an activation. What comes out
/// has the mean square 1 again, if normally distributed numbers of variance 1 go into the first
/// activation and the weights have its gain.
///
/// One stack alone strays by a factor of two, so it is the mean of 16.
#[test]
fn a_deep_stack_keeps_its_variance() {
    const WIDTH: usize = 256;
    const DEPTH: usize = 20;
    const STACKS: u64 = 16;
    // Numbers, not backends, are tested here: one is enough.
    let (_, device) = common::devices().swap_remove(0);
    struct Case {
        curve: &'static dyn Kernel,
        params: Vec<f64>,
        gain: f64,
        depth: usize,
        moment: f64,
    }
    let family = curves::all().map(|curve| find(curve.name()).unwrap());
    let known: [&'static dyn Kernel; 5] =
        [&SeluCurve, &PeluCurve, &AplCurve, &SReluCurve, &SwishCurve];
    let mut cases: Vec<Case> = family
        .chain(known)
        .map(|curve| {
            let params = defaults(curve);
            // As deep as chance deviations grow at most threefold.
            let growth = elasticity(curve, &params).max(1.0 + 1e-9).ln();
            let depth = (3f64.ln() / growth).clamp(1.0, DEPTH as f64) as usize;
            Case {
                gain: gain(curve, &params),
                curve,
                params,
                depth,
                moment: 0.0,
            }
        })
        .collect();
    // That the test can fail: a ReLU halves the mean square in each layer.
    cases.push(Case {
        gain: 1.0,
        curve: find("relu").unwrap(),
        params: vec![],
        depth: DEPTH,
        moment: 0.0,
    });
    let mut random = Numbers(11);
    for _ in 0..STACKS {
        let input = normal(&mut random, [32, WIDTH], &device);
        let weights: Vec<_> = (0..DEPTH)
            .map(|_| normal(&mut random, [WIDTH, WIDTH], &device))
            .collect();
        for case in &mut cases {
            let mut x = input.clone();
            for weights in &weights[..case.depth] {
                let param = |value: &f64| Tensor::full([1], *value, &device);
                let params = case.params.iter().map(param).collect();
                let y = activate(x, params, case.curve, Sharing::Layer);
                x = y.matmul(weights.clone() * (case.gain / (WIDTH as f64).sqrt()));
            }
            let xs = numbers(x);
            let square: f64 = xs.iter().map(|x| x * x).sum();
            case.moment += square / xs.len() as f64 / STACKS as f64;
        }
    }
    let vanished = cases.pop().unwrap().moment;
    assert!(vanished < 1e-5, "{vanished}");
    for case in cases {
        let (name, moment) = (case.curve.name(), case.moment);
        println!("{name}: {moment} after {} layers", case.depth);
        assert!((0.5..2.0).contains(&moment), "{name}: {moment}");
    }
}

// Fits

/// The root of the mean square of the difference, and its largest, on a grid of its own.
fn errors(
    curve: &dyn Curve,
    params: &[f64],
    target: impl Fn(f64) -> f64,
    low: f64,
    high: f64,
) -> [f64; 2] {
    let count = 3001;
    let differences = (0..count)
        .map(|i| low + (high - low) * f64::from(i) / f64::from(count - 1))
        .map(|x| curve.value_at(x, params) - target(x));
    let (sum, max) = differences.fold((0.0, 0.0), |(sum, max), d: f64| {
        (sum + d * d, d.abs().max(max))
    });
    [(sum / f64::from(count)).sqrt(), max]
}

/// What every fit must be: within bounds, honest about its errors, no worse than the defaults, the
/// same every time.
fn check(curve: &dyn Curve, target: impl Fn(f64) -> f64 + Copy, low: f64, high: f64) -> Fit {
    let fit = fit(curve, target, low..=high);
    println!("{fit}");
    for (info, value) in curve.params().iter().zip(&fit.params) {
        assert!(info.bound.contains(*value), "{fit}: {}", info.name);
    }
    let [rms, max] = errors(curve, &fit.params, target, low, high);
    let at = (curve.value_at(fit.at, &fit.params) - target(fit.at)).abs();
    assert_eq!(fit.max_error, at);
    assert!((low..=high).contains(&fit.at));
    assert!(max <= fit.max_error * (1.0 + 1e-9) + 1e-12, "{fit}: {max}");
    assert!(
        // A difference that is all in one spike looks different on another grid.
        (rms - fit.rms_error).abs() <= 0.01 * (rms + fit.max_error) + 1e-12,
        "{fit}: {rms}"
    );
    let [default, _] = errors(curve, &defaults(curve), target, low, high);
    assert!(fit.rms_error <= 1.01 * default + 1e-12, "{fit}: {default}");
    assert_eq!(fit, burn_rectifiers::nn::fit(curve, target, low..=high));
    fit
}

#[test]
fn planted_parameters_are_recovered() {
    let cases: [(&dyn Curve, &[f64]); 13] = [
        (&PReluCurve, &[0.3]),
        (&PReluCurve, &[-40.0]),
        (&LearnableEluCurve, &[2.5]),
        (&SwishCurve, &[-3.3]),
        (&SwishCurve, &[7.9]),
        (&PeluCurve, &[1.7, 0.4]),
        (&PeluCurve, &[0.1, 0.1]),
        (&PeluCurve, &[12.0, 9.0]),
        (&AplCurve, &[0.3, -0.6, 1.1, -0.9]),
        (&AplCurve, &[-1.2, 0.8, -2.1, -1.3]),
        (&SReluCurve, &[-1.3, 0.2, 0.6, 2.0]),
        (&SReluCurve, &[-0.05, -0.4, 2.1, 0.0]),
        (&SReluCurve, &[0.3, 0.5, 0.9, -1.0]),
    ];
    for (curve, planted) in cases {
        let fit = check(curve, |x| curve.value_at(x, planted), -3.0, 3.0);
        let mut found = fit.params.clone();
        // Which hinge is the first has no meaning.
        if curve.name() == "apl" && (found[2] > found[3]) != (planted[2] > planted[3]) {
            found.swap(0, 1);
            found.swap(2, 3);
        }
        for (found, planted) in found.iter().zip(planted) {
            let error = (found - planted).abs();
            assert!(error < 1e-6 * planted.abs().max(1.0), "{fit}: {planted}");
        }
        assert!(fit.max_error < 1e-6, "{fit}");
    }
}

/// The curve is found again, whatever its parameters: some are without influence, or can be swapped.
#[test]
fn curves_planted_at_random_are_recovered() {
    let mut random = Numbers(3);
    let curves: [&dyn Curve; 4] = [&SReluCurve, &PeluCurve, &SwishCurve, &AplCurve];
    for curve in curves {
        for _ in 0..40 {
            let infos = curve.params().iter();
            let planted: Vec<f64> = infos
                .map(|info| info.bound.project(random.between(-2.5, 2.5)))
                .collect();
            let fit = fit(curve, |x| curve.value_at(x, &planted), -3.0..=3.0);
            assert!(fit.rms_error < 1e-6, "{fit}, planted {planted:?}");
        }
    }
}

#[test]
fn relu_with_a_slope_is_prelu() {
    for alpha in [0.0, 0.3, 1.0, -2.0] {
        let target = |x: f64| if x > 0.0 { x } else { alpha * x };
        let fit = check(&PReluCurve, target, -5.0, 4.0);
        assert!((fit.params[0] - alpha).abs() < 1e-6, "{fit}");
    }
}

/// The least root of the mean square of the difference among PELUs on a grid of parameters.
fn best_pelu(target: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let xs: Vec<f64> = (0..200)
        .map(|i| low + (high - low) * (f64::from(i) + 0.5) / 200.0)
        .collect();
    let ys: Vec<f64> = xs.iter().map(|x| target(*x)).collect();
    let values: Vec<f64> = (0..300)
        .map(|i| 0.1 * 60f64.powf(f64::from(i) / 299.0))
        .collect();
    let mut best = f64::INFINITY;
    for &b in &values {
        // Linear in a.
        let unit: Vec<f64> = xs
            .iter()
            .map(|x| PeluCurve.value_at(*x, &[1.0, b]))
            .collect();
        for &a in &values {
            let pairs = unit.iter().zip(&ys);
            let sum: f64 = pairs.map(|(u, y)| (a * u - y).powi(2)).sum();
            best = best.min(sum / xs.len() as f64);
        }
    }
    best.sqrt()
}

/// The least root of the mean square of the difference among APLs on a grid of hinges, with the
/// slopes that are best for each.
fn best_apl(target: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let xs: Vec<f64> = (0..240)
        .map(|i| low + (high - low) * (f64::from(i) + 0.5) / 240.0)
        .collect();
    let rest: Vec<f64> = xs.iter().map(|x| target(*x) - relu(*x)).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let hinges: Vec<Vec<f64>> = (0..200)
        .map(|i| low + 1.5 * (high - low) * f64::from(i + 1) / 200.0)
        .map(|b| xs.iter().map(|x| relu(b - x)).collect())
        .collect();
    let mut best = f64::INFINITY;
    for (i, first) in hinges.iter().enumerate() {
        for second in &hinges[..i] {
            let [ff, fs, ss] = [dot(first, first), dot(first, second), dot(second, second)];
            let [fr, sr] = [dot(first, &rest), dot(second, &rest)];
            let determinant = ff * ss - fs * fs;
            if determinant < 1e-9 * ff * ss {
                continue;
            }
            let explained = (ss * fr * fr - 2.0 * fs * fr * sr + ff * sr * sr) / determinant;
            best = best.min(dot(&rest, &rest) - explained);
        }
    }
    (best / xs.len() as f64).sqrt()
}

type Target = (&'static str, fn(f64) -> f64);

const TARGETS: [Target; 4] = [
    ("relu", relu),
    ("swish", swish),
    ("tanh", f64::tanh),
    ("wave", wave),
];

fn wave(x: f64) -> f64 {
    (1.3 * x).sin() + 0.2 * x
}

#[test]
fn a_pelu_starts_as_near_as_a_pelu_can() {
    for (name, target) in TARGETS {
        for (low, high) in [(-3.0, 3.0), (-1.0, 4.0), (-6.0, 0.5)] {
            let fit = check(&PeluCurve, target, low, high);
            let best = best_pelu(target, low, high);
            assert!(
                fit.rms_error <= best * 1.002 + 1e-9,
                "{name}: {fit}, but {best} is possible"
            );
        }
    }
}

#[test]
fn an_apl_starts_as_near_as_an_apl_can() {
    for (name, target) in TARGETS {
        for (low, high) in [(-3.0, 3.0), (-1.0, 4.0), (-6.0, 0.5)] {
            let fit = check(&AplCurve, target, low, high);
            let best = best_apl(target, low, high);
            assert!(
                fit.rms_error <= best * 1.01 + 1e-9,
                "{name}: {fit}, but {best} is possible"
            );
        }
    }
}

#[test]
fn swish_becomes_relu_as_far_as_its_bound_allows() {
    let fit = check(&SwishCurve, relu, -3.0, 3.0);
    assert_eq!(fit.params, [8.0]);
}

#[test]
fn every_activation_of_the_family_can_be_fitted() {
    for curve in curves::all() {
        for (_, target) in TARGETS {
            check(curve, target, -3.0, 3.0);
            check(curve, target, 0.5, 1.0);
        }
        let mut random = Numbers(7);
        let planted: Vec<f64> = curve
            .params()
            .iter()
            .map(|info| info.bound.project(info.default + random.between(-0.3, 0.3)))
            .collect();
        let fit = check(curve, |x| curve.value_at(x, &planted), -3.0, 3.0);
        assert!(fit.rms_error < 1e-6, "{fit}");
    }
}

#[test]
fn a_module_starts_as_fitted() {
    for (_, device) in common::devices() {
        let fit = fit(&PeluCurve, swish, -3.0..=3.0);
        let xs = [-2.5, -0.5, 0.0, 0.7, 2.9];
        let x = || common::tensor(&xs, [1, 5], &device, DType::F32);
        let pelu = PeluConfig::new(5).with_values(&fit.params).init(&device);
        for (x, y) in xs.iter().zip(numbers(pelu.forward(x()))) {
            assert!(
                (y - swish(*x)).abs() <= fit.max_error + 1e-6,
                "{x}: {y}, {fit}"
            );
        }
        let fit = burn_rectifiers::nn::fit(find("prelu").unwrap(), |x| x.max(0.3 * x), -3.0..=3.0);
        let config = ActivationConfig::new("prelu".into(), vec![5]).with_start(fit.start());
        let act = config.init(&device);
        let alpha = numbers(act.parameters()[0].1.val());
        assert!(alpha.iter().all(|a| (a - 0.3).abs() < 1e-6), "{alpha:?}");
    }
}
