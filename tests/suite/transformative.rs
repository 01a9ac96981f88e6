//! α·f(β·x + γ) + δ around every activation: values, gradients, names and refusals.

use crate::common;
use crate::common::fixture::{largest_terms, reach};
use crate::common::{Numbers, allowed_value, kernel, numbers, panic_of, rounded, tensor};
use burn::module::{Module, ModuleVisitor, Param};
use burn::store::ModuleRecord;
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::op::{Kernel, transformed};
use burn_rectifiers::{
    PReluConfig, RationalConfig, Rectifier, Relu, Sharing, Transformative, TransformativeConfig,
    curve::Curve, curves, op::activate,
};

burn_rectifiers::activation! {
    /// A parabola, which the library does not know.
    module Parabola, config ParabolaConfig, curve ParabolaCurve;
    name "parabola";
    formula "a*x^2";
    source "this test";
    params {
        /// how steep it is
        a: 1.0,
    }
    value(x) { a * x * x }
    slope(x) { a * x * lit(2.0) }
    grads(x) { a: { x * x } }
}

/// A tensor of three axes and parameters for it.
struct Problem {
    curve: &'static dyn Kernel,
    shape: [usize; 3],
    sharing: Sharing,
    xs: Vec<f64>,
    params: Vec<Vec<f64>>,
    weights: Vec<f64>,
}

/// Value, gradient of the input, gradients of the parameters.
type Results = (Vec<f64>, Vec<f64>, Vec<Vec<f64>>);

const SHARINGS: [Sharing; 5] = [
    Sharing::Layer,
    Sharing::Channel { axis: 0 },
    Sharing::Channel { axis: 1 },
    Sharing::Channel { axis: 2 },
    Sharing::Element,
];

impl Problem {
    /// Inputs and lines have few digits, so that β·x + γ has no rounding error, which a kink of f
    /// would make a large one.
    fn new(
        inner: &'static dyn Kernel,
        shape: [usize; 3],
        sharing: Sharing,
        dtype: DType,
        source: &mut Numbers,
    ) -> Self {
        let curve = transformed(inner);
        let [a, b, c] = shape;
        let count = match sharing {
            Sharing::Layer => 1,
            Sharing::Channel { axis } => shape[axis],
            Sharing::Element => b * c,
            _ => unreachable!("no other sharing is tested"),
        };
        let mut short = |low, high| (source.between(low, high) * 32.0).round() / 32.0;
        let xs = (0..a * b * c).map(|_| short(-6.0, 6.0)).collect();
        let weights = (0..a * b * c).map(|_| short(-2.0, 2.0)).collect();
        let mut params: Vec<Vec<f64>> = (0..4)
            .map(|_| (0..count).map(|_| short(-2.0, 2.0)).collect())
            .collect();
        for info in inner.params() {
            let value = |_| rounded(allowed_value(info, source), dtype);
            params.push((0..count).map(value).collect());
        }
        Self {
            curve,
            shape,
            sharing,
            xs,
            params,
            weights,
        }
    }

    fn unit(&self, i: usize) -> usize {
        let [_, b, c] = self.shape;
        match self.sharing {
            Sharing::Layer => 0,
            Sharing::Channel { axis: 0 } => i / (b * c),
            Sharing::Channel { axis: 1 } => i / c % b,
            Sharing::Channel { .. } => i % c,
            Sharing::Element => i % (b * c),
            _ => unreachable!("no other sharing is tested"),
        }
    }

    fn run(&self, device: &Device, dtype: DType) -> Results {
        let device = device.clone().autodiff();
        let x = tensor(&self.xs, self.shape, &device, dtype).require_grad();
        let leaf = |p: &Vec<f64>| tensor(p, [p.len()], &device, dtype).require_grad();
        let params: Vec<Tensor<1>> = self.params.iter().map(leaf).collect();
        let y = activate(x.clone(), params.clone(), self.curve, self.sharing);
        let weights = tensor(&self.weights, self.shape, &device, dtype);
        let grads = (y.clone() * weights).sum().backward();
        let of_param = |p: &Tensor<1>| numbers(p.grad(&grads).expect("gradient of a parameter"));
        (
            numbers(y),
            numbers(x.grad(&grads).expect("gradient of x")),
            params.iter().map(of_param).collect(),
        )
    }

    /// Against the scalar forms.
    fn compare(&self, inner: &dyn Curve, backend: &str, dtype: DType, (y, dx, grads): &Results) {
        let epsilon = match dtype {
            DType::F64 => f64::EPSILON,
            _ => f64::from(f32::EPSILON),
        };
        let what = || {
            format!(
                "{} in {dtype:?} on {backend}, per {}",
                inner.name(),
                self.sharing
            )
        };
        let mut sums: Vec<Vec<[f64; 2]>> = grads
            .iter()
            .map(|grad| vec![[0.0; 2]; grad.len()])
            .collect();
        for (i, x) in self.xs.iter().copied().enumerate() {
            let unit = self.unit(i);
            let own: Vec<f64> = self.params.iter().map(|values| values[unit]).collect();
            let [alpha, beta, gamma, delta] = own[..4] else {
                unreachable!("four at least")
            };
            let u = beta * x + gamma;
            // What f makes of a rounded line.
            let rounded = 2.0 * epsilon * ((beta * x).abs() + gamma.abs());
            let shaken = |f: &dyn Fn(f64) -> f64| (f(u + rounded) - f(u - rounded)).abs();
            let of_value = (alpha * shaken(&|u| inner.value_at(u, &own[4..]))).abs();
            let of_slope = (alpha * beta * shaken(&|u| inner.slope_at(u, &own[4..]))).abs();
            // That of f, two units for the line around it.
            let relative = 6.0 + 2.0 * reach(inner.name(), u, &own[4..], f64::INFINITY);
            let sizes: Vec<f64> = match inner.name() {
                "parabola" => vec![0.0; 3],
                name => largest_terms(name, u, &own[4..]),
            };
            let (value, slope) = (self.curve.value_at(x, &own), self.curve.slope_at(x, &own));
            let f = inner.value_at(u, &own[4..]);
            let size = (alpha * sizes[0].max(f.abs())).abs().max(delta.abs());
            let allowed = relative * epsilon * size + of_value + 1e-40;
            assert!(
                (y[i] - value).abs() <= allowed,
                "{}: {} {value}",
                what(),
                y[i]
            );

            // The sizes of ∂/∂x, ∂/∂α, ∂/∂β, ∂/∂γ, ∂/∂δ and the parameters of f.
            let f_slope = sizes[1].max(inner.slope_at(u, &own[4..]).abs()) * alpha.abs();
            let around = [sizes[0].max(f.abs()), f_slope * x.abs(), f_slope, 1.0];
            let inner_grads = inner.grads_at(u, &own[4..]).into_iter().zip(&sizes[2..]);
            let inner_sizes = inner_grads.map(|(g, size)| size.max(g.abs()) * alpha.abs());
            let g = self.weights[i];
            let allowed =
                relative * epsilon * (f_slope * beta * g).abs() + of_slope * g.abs() + 1e-40;
            assert!(
                (dx[i] - slope * g).abs() <= allowed,
                "{} at {x} with {own:?}: {} instead of {}, where {allowed} is allowed",
                what(),
                dx[i],
                slope * g,
            );
            let figures = self.curve.grads_at(x, &own).into_iter();
            for (j, (figure, size)) in figures
                .zip(around.into_iter().chain(inner_sizes))
                .enumerate()
            {
                let [sum, allowed] = &mut sums[j][unit];
                *sum += figure * g;
                *allowed +=
                    (relative + 64.0) * epsilon.min(f64::from(f32::EPSILON)) * size * g.abs();
            }
        }
        for (j, (grads, sums)) in grads.iter().zip(&sums).enumerate() {
            for (got, [exact, allowed]) in grads.iter().zip(sums) {
                let allowed = allowed + epsilon * exact.abs() + 1e-40;
                assert!(
                    (got - exact).abs() <= allowed,
                    "{}, {j}: {got} {exact}",
                    what()
                );
            }
        }
    }
}

#[test]
fn every_activation_agrees_with_its_scalar_form() {
    let mut source = Numbers(1);
    for (backend, device) in common::devices() {
        for dtype in [DType::F32, DType::F64] {
            if !device.supports_dtype(dtype) {
                continue;
            }
            for curve in curves::all() {
                let inner = kernel(curve.name());
                for (i, sharing) in SHARINGS.into_iter().enumerate() {
                    // Short rows and long ones; more than one block.
                    let shape = [[2, 3, 5], [2, 3, 70], [1, 2, 700]][i % 3];
                    let problem = Problem::new(inner, shape, sharing, dtype, &mut source);
                    problem.compare(curve, backend, dtype, &problem.run(&device, dtype));
                }
            }
        }
    }
}

/// Against central differences of the fused forward pass, and for a curve of one's own.
#[test]
fn gradients_agree_with_finite_differences() {
    const STEP: f64 = 1e-6;
    let own: &'static dyn Kernel = &ParabolaCurve;
    let inner = ["swish", "acon_c", "preu", "apl"].map(kernel);
    let mut source = Numbers(2);
    for (backend, device) in common::devices() {
        if !device.supports_dtype(DType::F64) {
            continue;
        }
        for inner in inner.into_iter().chain([own]) {
            let mut problem = Problem::new(
                inner,
                [2, 3, 4],
                Sharing::Channel { axis: 1 },
                DType::F64,
                &mut source,
            );
            // Off the kinks.
            problem.xs.iter_mut().for_each(|x| *x += 1.0 / 77.0);
            problem.compare(
                inner,
                backend,
                DType::F64,
                &problem.run(&device, DType::F64),
            );
            let (_, _, grads) = problem.run(&device, DType::F64);
            assert_eq!(grads.len(), 4 + inner.params().len());
            for (j, grads) in grads.iter().enumerate() {
                for (unit, got) in grads.iter().enumerate() {
                    let mut loss = |step: f64| {
                        let before = problem.params[j][unit];
                        problem.params[j][unit] += step;
                        let (y, ..) = problem.run(&device, DType::F64);
                        problem.params[j][unit] = before;
                        let terms = y.iter().zip(&problem.weights);
                        terms.map(|(y, weight)| y * weight).sum::<f64>()
                    };
                    let exact = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
                    assert!(
                        (got - exact).abs() <= 1e-6 * exact.abs().max(1.0),
                        "{} on {backend}, parameter {j}: {got}, difference {exact}",
                        inner.name()
                    );
                }
            }
        }
    }
}

/// Of all transformed curves, these have most parameters.
#[test]
fn eight_parameters_have_gradients() {
    for (backend, device) in common::devices() {
        let mut source = Numbers(3);
        for sharing in SHARINGS {
            let inner = kernel("srelu");
            let problem = Problem::new(inner, [2, 3, 90], sharing, DType::F32, &mut source);
            let results = problem.run(&device, DType::F32);
            assert_eq!(results.2.len(), 8, "{backend}");
            problem.compare(inner, backend, DType::F32, &results);
        }
    }
}

/// With the default parameters nothing is rounded: 1·x + 0 is x.
#[test]
fn the_defaults_are_the_activation_itself() {
    // Adding 0 makes 0 of −0, in the transformed curve and here.
    let bits = |y: Tensor<1>| -> Vec<u32> {
        let bits = |y: f64| (y as f32 + 0.0).to_bits();
        numbers(y).into_iter().map(bits).collect()
    };
    let ordinary = (-400..400).map(|i| f64::from(i) / 7.0);
    let powers = (-149..128)
        .map(f64::from)
        .map(f64::exp2)
        .flat_map(|x| [x, -x]);
    let xs: Vec<f64> = ordinary
        .chain(powers)
        .map(|x| rounded(x, DType::F32))
        .collect();
    for (backend, device) in common::host_devices() {
        for curve in curves::all() {
            let inner = kernel(curve.name());
            let run = |curve: &'static dyn Kernel| {
                let params = curve.params().iter();
                let param = |value: f64| tensor(&[value], [1], &device, DType::F32);
                let params = params.map(|info| param(info.default)).collect();
                let x = tensor(&xs, [xs.len()], &device, DType::F32);
                bits(activate(x, params, curve, Sharing::Layer))
            };
            assert_eq!(
                run(inner),
                run(transformed(inner)),
                "{} on {backend}",
                inner.name()
            );
        }
    }
}

/// The paths of the parameters of a module.
fn paths(module: &impl Module) -> Vec<String> {
    #[derive(Default)]
    struct Paths(Vec<String>, Vec<String>);
    impl ModuleVisitor for Paths {
        fn visit_float<const D: usize>(&mut self, _: &Param<Tensor<D>>) {
            self.1.push(self.0.join("."));
        }
        fn enter_module(&mut self, name: &str, _: &str) {
            self.0.push(name.into());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.0.pop();
        }
    }
    let mut paths = Paths::default();
    module.visit(&mut paths);
    paths.1
}

#[test]
fn records_keep_both_parts() {
    for (backend, device) in common::devices() {
        let make = |alpha: f64| {
            let prelu = PReluConfig::new(3).with_alpha(alpha / 8.0).init(&device);
            let config = TransformativeConfig::new(3);
            config
                .with_alpha(alpha)
                .with_delta(-alpha)
                .init(prelu, &device)
        };
        let saved = make(2.0);
        let names: Vec<&str> = saved.parameters().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["alpha", "beta", "gamma", "delta", "inner.alpha"]);
        assert_eq!(
            paths(&saved),
            ["inner.alpha", "alpha", "beta", "gamma", "delta"]
        );

        let bytes = saved.clone().into_record().into_bytes().unwrap();
        let loaded = make(1.0).load_record(ModuleRecord::from_bytes(bytes).unwrap());
        let values = |module: &Transformative<_>| -> Vec<Vec<f64>> {
            let parameters = module.parameters().into_iter();
            parameters.map(|(_, param)| numbers(param.val())).collect()
        };
        assert_eq!(values(&loaded), values(&saved), "{backend}");
        assert_eq!(values(&loaded)[4], [0.25; 3], "{backend}");
        let x = Tensor::<2>::from_floats([[-4.0, 0.0, 4.0]], &device);
        // 2·f(x) − 2 with the slope 1/4
        assert_eq!(numbers(loaded.forward(x)), [-4.0, -2.0, 6.0], "{backend}");
    }
}

#[test]
fn a_curve_is_transformed_once() {
    let address = |curve: &'static dyn Kernel| std::ptr::from_ref(curve).addr();
    for curve in curves::all() {
        let inner = kernel(curve.name());
        let (first, second) = (transformed(inner), transformed(inner));
        assert_eq!(address(first), address(second));
        assert_eq!(first.name(), format!("transformative({})", curve.name()));
        assert_eq!(first.params().len(), 4 + curve.params().len());
        let inner: Vec<String> = curve
            .params()
            .iter()
            .map(|p| format!("inner.{}", p.name))
            .collect();
        let names: Vec<&str> = first.params()[4..].iter().map(|p| p.name).collect();
        assert_eq!(names, inner);
    }
    let all: std::collections::BTreeSet<usize> = curves::all()
        .map(|curve| address(transformed(kernel(curve.name()))))
        .collect();
    assert_eq!(all.len(), curves::all().count());
    // What has no parameters of its own may be transformed again: 4 + 4.
    let twice = transformed(transformed(kernel("relu")));
    assert_eq!(twice.params().len(), 8);
    let params = [2.0, 1.0, 0.0, 1.0, 3.0, 1.0, 0.0, -1.0];
    assert_eq!(twice.value_at(2.0, &params), 2.0 * (3.0 * 2.0 - 1.0) + 1.0);
}

#[track_caller]
fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is missing in {message}");
    }
}

#[test]
fn what_does_not_fit_is_named() {
    for (_, device) in common::devices() {
        let prelu = || PReluConfig::new(3).init(&device);
        let message = panic_of(|| TransformativeConfig::new(4).init(prelu(), &device));
        assert_says(&message, &["`alpha`", "3 value(s)", "channel", "4 per"]);

        let config = TransformativeConfig::new(3).with_sharing(Sharing::Layer);
        let message = panic_of(|| config.init(prelu(), &device));
        assert_says(&message, &["3 value(s)", "channel", "layer"]);

        let config = TransformativeConfig::new(3).with_frozen(vec!["epsilon".into()]);
        let error = config
            .try_init(Relu::new(), &device)
            .unwrap_err()
            .to_string();
        assert_says(&error, &["epsilon", "alpha", "delta"]);

        let act = TransformativeConfig::new(3).init(prelu(), &device);
        let x = Tensor::<2>::zeros([2, 5], &device);
        let message = panic_of(|| act.forward(x));
        assert_says(
            &message,
            &["transformative(prelu)", "3 value(s)", "[2, 5]", "5"],
        );

        let message = panic_of(|| {
            let rational = RationalConfig::new(3).init(&device);
            let once = TransformativeConfig::new(3).init(rational, &device);
            TransformativeConfig::new(3).init(once, &device)
        });
        assert_says(
            &message,
            &["transformative(rational)", "14 parameters", "at most 10"],
        );
    }
    let message = panic_of(|| transformed(kernel("prelu")).value_at(1.0, &[1.0; 4]));
    assert_says(
        &message,
        &["transformative(prelu)", "5 parameter(s)", "4 value(s)"],
    );
}
