//! Models that are not ours, looked into from outside: what observers see, and that nothing changes
//! by it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common;
use crate::common::{Numbers, allowed_value, bits, kernel, numbers, tensor};
use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::observe::{Observation, Observer, Report, observe};
use burn_rectifiers::{
    Elu, LearnableEluConfig, PRelu, PReluConfig, RReluConfig, Relu, Sharing, Sigmoid,
    TransformativeConfig, curves, op::activate,
};

burn_rectifiers::activation! {
    /// The square of what is positive, scaled.
    module Bent, config BentConfig, curve BentCurve;
    name "bent";
    formula "alpha*max(x, 0)^2";
    source "a test";
    params {
        /// scale
        alpha: 1.0,
    }
    value(x) { select(le(x, lit(0.0)), lit(0.0), alpha * x * x) }
    slope(x) { select(le(x, lit(0.0)), lit(0.0), alpha * x + alpha * x) }
    grads(x) { alpha: { select(le(x, lit(0.0)), lit(0.0), x * x) } }
}

/// Somebody's network: Burn's layers, our activations, and no word about observers.
#[derive(Module, Debug)]
struct Mlp {
    first: Linear,
    relu: Relu,
    second: Linear,
    prelu: PRelu,
    output: Linear,
}

const INPUTS: usize = 3;
const UNITS: usize = 6;

impl Mlp {
    fn new(device: &Device) -> Self {
        let mut source = Numbers(7);
        let mut linear = |inputs, outputs| {
            let mut linear = LinearConfig::new(inputs, outputs).init(device);
            let mut values =
                |count| -> Vec<f64> { (0..count).map(|_| source.between(-1.0, 1.0)).collect() };
            let weight = tensor(
                &values(inputs * outputs),
                [inputs, outputs],
                device,
                DType::F32,
            );
            linear.weight = Param::from_tensor(weight);
            linear.bias = Some(param(&values(outputs), device));
            linear
        };
        Self {
            first: linear(INPUTS, UNITS),
            relu: Relu::new(),
            second: linear(UNITS, 5),
            prelu: PReluConfig::new(5).init(device),
            output: linear(5, 2),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let x = self.relu.forward(self.first.forward(x));
        let x = self.prelu.forward(self.second.forward(x));
        self.output.forward(x)
    }
}

fn param(values: &[f64], device: &Device) -> Param<Tensor<1>> {
    Param::from_tensor(tensor(values, [values.len()], device, DType::F32))
}

fn batch(seed: u64, size: usize, device: &Device) -> Tensor<2> {
    let mut source = Numbers(seed);
    let xs: Vec<f64> = (0..size * INPUTS)
        .map(|_| source.between(-1.0, 1.0))
        .collect();
    tensor(&xs, [size, INPUTS], device, DType::F32)
}

fn names(seen: &[Observation]) -> Vec<String> {
    seen.iter().map(Observation::to_string).collect()
}

fn dead(layer: &Observation) -> Vec<usize> {
    let units = layer.units().iter().enumerate();
    units.filter(|(_, u)| u.is_dead()).map(|(i, _)| i).collect()
}

#[test]
fn planted_dead_units_are_counted_exactly() {
    for (backend, device) in common::devices() {
        let mut mlp = Mlp::new(&device);
        // Unit 2 wakes up where the first input is 50, which it is once, in one batch. The
        // others are positive, or never.
        let biases = [1e3, -100.0, -100.0, 1e3, -100.0, 1e3];
        mlp.first.bias = Some(param(&biases, &device));
        let mut weights = [0.5; INPUTS * UNITS];
        weights[..UNITS].copy_from_slice(&[0.5, 0.5, 4.0, 0.5, 0.5, 0.5]);
        let weights = tensor(&weights, [INPUTS, UNITS], &device, DType::F32);
        mlp.first.weight = Param::from_tensor(weights);

        let mut waking = vec![0.0; 8 * INPUTS];
        waking[5 * INPUTS] = 50.0;
        let waking: Tensor<2> = tensor(&waking, [8, INPUTS], &device, DType::F32);
        let usual = |seed| batch(seed, 8, &device);
        let mut report = Report::new();
        for (batch, expected) in [
            (usual(0), &[1, 2, 4][..]),
            (usual(1), &[1, 2, 4]),
            (waking, &[1, 4]),
            (usual(2), &[1, 4]),
        ] {
            report.watch(|| mlp.forward(batch));
            assert_eq!(dead(&report.layers()[0]), expected, "{backend}");
        }
        let [relu, prelu] = report.layers() else {
            panic!("{backend}: {report}")
        };
        assert_eq!((relu.dead_units(), relu.dead_share()), (2, 1.0 / 3.0));
        assert_eq!((relu.units()[2].passing, relu.units()[2].count()), (1, 32));
        assert_eq!(prelu.dead_units(), 0, "{backend}");
        assert_eq!(report.batches(), 4);
        assert_eq!(names(report.layers()), ["0: relu", "1: prelu"]);
        // Three units of six are always positive, and unit 2 once in 32 rows.
        let total = relu.total();
        assert_eq!((total.positive, total.zeros), (97, 95), "{backend}");
        assert_eq!(total.zero_share(), 95.0 / 192.0);
    }
}

/// Convolutions with a ReLU and an ELU, and channels shut in front of both.
struct ConvNet {
    first: Conv2d,
    second: Conv2d,
}

impl ConvNet {
    fn new(device: &Device) -> Self {
        let conv = |inputs, biases: &[f64]| {
            let mut conv = Conv2dConfig::new([inputs, biases.len()], [3, 3]).init(device);
            conv.bias = Some(param(biases, device));
            conv
        };
        Self {
            first: conv(1, &[-10.0, 10.0, 10.0, -10.0]),
            second: conv(4, &[-10.0, 0.0]),
        }
    }
}

#[test]
fn channels_of_convolutions_are_units() {
    for (backend, device) in common::devices() {
        let net = ConvNet::new(&device);
        let mut source = Numbers(3);
        let mut report = Report::new();
        for size in [4, 4, 1] {
            let xs: Vec<f64> = (0..size * 64).map(|_| source.between(-1.0, 1.0)).collect();
            let x: Tensor<4> = tensor(&xs, [size, 1, 8, 8], &device, DType::F32);
            report.watch(|| {
                Elu::new().forward(
                    net.second
                        .forward(Relu::new().forward(net.first.forward(x))),
                )
            });
        }
        let [relu, elu] = report.layers() else {
            panic!("{backend}: {report}")
        };
        assert_eq!(dead(relu), [0, 3], "{backend}");
        assert_eq!((elu.units().len(), elu.dead_units()), (2, 0), "{backend}");
        assert_eq!(relu.units()[1].count(), 9 * 6 * 6);
        assert_eq!(elu.units()[1].count(), 9 * 4 * 4);
    }
}

/// Burn's NdArray divides by zero where a matrix has no rows.
fn multiplies_nothing(backend: &str) -> bool {
    backend != "ndarray"
}

/// Mean and mean squared deviation.
fn moments(values: &[f64]) -> [f64; 2] {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    [
        mean,
        values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count,
    ]
}

#[test]
fn means_and_variances_are_those_of_all_batches() {
    for (backend, device) in common::devices() {
        let mlp = Mlp::new(&device);
        let mut report = Report::new();
        let (mut inputs, mut outputs) = (vec![vec![]; UNITS], vec![vec![]; UNITS]);
        for (seed, size) in [(1, 8), (2, 0), (3, 1), (4, 17)] {
            if size == 0 && !multiplies_nothing(backend) {
                continue;
            }
            let x = batch(seed, size, &device);
            report.watch(|| mlp.forward(x.clone()));
            for (index, x) in numbers(mlp.first.forward(x)).into_iter().enumerate() {
                inputs[index % UNITS].push(x);
                outputs[index % UNITS].push(x.max(0.0));
            }
        }
        let near = |found: [f64; 2], values: &[f64]| {
            for (found, expected) in found.into_iter().zip(moments(values)) {
                let off = (found - expected).abs();
                assert!(
                    off <= 1e-6 * expected.abs() + 1e-7,
                    "{backend}: {found} {expected}"
                );
            }
        };
        let layer = &report.layers()[0];
        for (unit, (inputs, outputs)) in layer.units().iter().zip(inputs.iter().zip(&outputs)) {
            assert_eq!(unit.count(), 26);
            near([unit.input.mean(), unit.input.variance()], inputs);
            near([unit.output.mean(), unit.output.variance()], outputs);
            let count = |hit: fn(&f64) -> bool, values: &[f64]| {
                values.iter().filter(|value| hit(value)).count() as u64
            };
            assert_eq!(unit.positive, count(|x| *x > 0.0, inputs));
            assert_eq!(unit.zeros, count(|y| *y == 0.0, outputs));
        }
        let total = layer.total();
        near(
            [total.input.mean(), total.input.variance()],
            &inputs.concat(),
        );
        near(
            [total.output.mean(), total.output.variance()],
            &outputs.concat(),
        );
    }
}

/// For every activation, slopes are zero where the formula's are, and units lie where they should.
#[test]
fn slopes_are_those_of_the_formula() {
    let xs: Vec<f64> = (0..48)
        .map(|i| f64::from(i * 29 % 48) / 8.0 - 3.0)
        .collect();
    let shape = [2, 4, 3, 2];
    for (backend, device) in common::devices() {
        for curve in curves::all() {
            for (sharing, inner, units) in [
                (Sharing::Layer, 6, 4),
                (Sharing::Channel { axis: 1 }, 6, 4),
                (Sharing::Channel { axis: 2 }, 2, 3),
                (Sharing::Element, 6, 4),
            ] {
                let mut source = Numbers(9);
                let count = sharing.count(&shape[1..]);
                let params: Vec<Vec<f64>> = curve
                    .params()
                    .iter()
                    .map(|info| {
                        (0..count)
                            .map(|_| allowed_value(info, &mut source))
                            .collect()
                    })
                    .collect();
                let tensors = params
                    .iter()
                    .map(|p| tensor(p, [count], &device, DType::F32));
                let x: Tensor<4> = tensor(&xs, shape, &device, DType::F32);
                let act = || activate(x, tensors.collect(), kernel(curve.name()), sharing);
                let (_, seen) = observe(act);
                assert_eq!(seen[0].units().len(), units);

                let mut passing = vec![0; units];
                for (index, x) in xs.iter().enumerate() {
                    let own = match sharing {
                        Sharing::Layer => 0,
                        Sharing::Channel { .. } => index / inner % count,
                        Sharing::Element => index % count,
                        _ => unreachable!("no other sharing is tested"),
                    };
                    let params: Vec<f64> = params.iter().map(|p| p[own]).collect();
                    passing[index / inner % units] += u64::from(curve.slope_at(*x, &params) != 0.0);
                }
                let found: Vec<u64> = seen[0].units().iter().map(|unit| unit.passing).collect();
                assert_eq!(found, passing, "{backend}: {} per {sharing}", curve.name());
            }
        }
    }
}

/// It is the gradient that counts, as the backward pass computes it in that type.
#[test]
fn saturation_is_a_matter_of_precision() {
    for (_, device) in common::host_devices() {
        for (dtype, is_dead) in [(DType::F32, true), (DType::F64, false)] {
            let x: Tensor<2> = tensor(&[-200.0, -300.0], [2, 1], &device, dtype);
            let (_, seen) = observe(|| Sigmoid::new().forward(x));
            assert_eq!(seen[0].units()[0].is_dead(), is_dead, "{dtype:?}");
        }
        // A gradient that is no number is not a dead one.
        let x: Tensor<2> = tensor(&[f64::NAN, -200.0], [2, 1], &device, DType::F32);
        let (_, seen) = observe(|| Sigmoid::new().forward(x));
        assert!(!seen[0].units()[0].is_dead() && seen[0].units()[0].input.mean().is_nan());
    }
}

#[test]
fn nothing_changes_by_being_seen() {
    for (backend, device) in common::devices() {
        let stored = device.autodiff();
        for device in [stored.clone(), stored.gradient_checkpointing()] {
            let mlp = Mlp::new(&device);
            let rrelu = RReluConfig::new().with_lower(0.5).with_upper(0.5).init();
            let run = || {
                let x = batch(5, 9, &device).require_grad();
                let y = rrelu.forward(mlp.forward(x.clone()));
                let mut grads = (y.clone() * y.clone()).sum().backward();
                let mut all = vec![bits(y), bits(x.grad_remove(&mut grads).unwrap())];
                for linear in [&mlp.first, &mlp.second, &mlp.output] {
                    all.push(bits(linear.weight.val().grad(&grads).unwrap()));
                }
                all.push(bits(mlp.prelu.alpha.val().grad(&grads).unwrap()));
                all
            };
            let before = run();
            let (during, seen) = observe(run);
            assert_eq!(before, during, "{backend}");
            // The backward pass calls nothing, even where it computes once more.
            assert_eq!(names(&seen), ["0: relu", "1: prelu", "2: prelu"]);
            assert_eq!(before, run(), "{backend}");
        }
    }
}

fn relu(device: &Device) -> Tensor<1> {
    Relu::new().forward(Tensor::ones([3], device))
}

#[test]
fn observers_nest() {
    for (_, device) in common::devices() {
        let sigmoid = || Sigmoid::new().forward(Tensor::<1>::ones([2], &device));
        let ((_, inner, _), outer) = observe(|| {
            relu(&device);
            let (_, inner) = observe(sigmoid);
            ((), inner, relu(&device))
        });
        assert_eq!(names(&inner), ["0: sigmoid"]);
        assert_eq!(names(&outer), ["0: relu", "1: sigmoid", "2: relu"]);
        assert_eq!(inner[0].units(), outer[1].units());
        // And each in its own way.
        let x = Tensor::<3>::ones([2, 3, 5], &device);
        let ((_, last), second) = observe(|| {
            Observer::new()
                .channels_last()
                .observe(|| Relu::new().forward(x))
        });
        assert_eq!((last[0].units().len(), second[0].units().len()), (5, 3));
        // Observers who are gone see nothing.
        relu(&device);
        assert!(observe(|| ()).1.is_empty());
    }
}

#[test]
fn a_panic_ends_its_observers_alone() {
    for (_, device) in common::devices() {
        let (_, seen) = observe(|| {
            relu(&device);
            let caught = catch_unwind(AssertUnwindSafe(|| {
                observe(|| {
                    observe(|| relu(&device));
                    // Three parameters for two channels.
                    let x = Tensor::<2>::ones([4, 2], &device);
                    PReluConfig::new(3).init(&device).forward(x)
                })
            }));
            assert!(caught.is_err());
            relu(&device)
        });
        assert_eq!(names(&seen), ["0: relu", "1: relu", "2: relu"]);
        let mut report = Report::new();
        let caught = catch_unwind(AssertUnwindSafe(|| report.watch(|| panic!("no model"))));
        assert!(caught.is_err());
        assert_eq!(report.batches(), 0);
        assert_eq!(observe(|| relu(&device)).1.len(), 1);
    }
}

#[test]
fn other_threads_are_not_seen() {
    for (_, device) in common::devices() {
        let (theirs, ours) = observe(|| {
            let device = device.clone();
            std::thread::spawn(move || {
                relu(&device);
                observe(|| relu(&device)).1.len()
            })
            .join()
            .unwrap()
        });
        assert_eq!((theirs, ours.len()), (1, 0));
    }
}

#[test]
fn nothing_is_known_of_empty_batches() {
    for (backend, device) in common::devices() {
        if !multiplies_nothing(backend) {
            continue;
        }
        for device in [device.clone(), device.autodiff()] {
            let mlp = Mlp::new(&device);
            let (y, seen) = observe(|| mlp.forward(batch(1, 0, &device)));
            assert_eq!(y.dims(), [0, 2]);
            assert_eq!(seen[0].units().len(), UNITS);
            let unit = seen[0].units()[0];
            assert!(!unit.is_dead() && unit.count() == 0 && unit.input.mean().is_nan());
            assert!(unit.positive_share().is_nan());
            let (_, seen) = observe(|| Relu::new().forward(Tensor::<3>::ones([2, 0, 3], &device)));
            assert_eq!((seen[0].units().len(), seen[0].dead_share()), (0, 0.0));
        }
    }
}

#[test]
fn every_kind_of_module_is_seen() {
    for (_, device) in common::devices() {
        let device = device.autodiff();
        let elu = LearnableEluConfig::new(3).init(&device);
        let around = TransformativeConfig::new(3)
            .with_alpha(0.0)
            .init(elu, &device);
        let rrelu = RReluConfig::new().init();
        let bent = BentConfig::new(3).init(&device);
        // Channels in the order of the shape, however they lie in memory.
        let xs: Vec<f64> = (0..24).map(|i| f64::from(i) - 12.5).collect();
        let x: Tensor<3> = tensor(&xs, [2, 4, 3], &device, DType::F32);
        let x = x.swap_dims(1, 2);
        let ((), seen) = observe(|| {
            around.forward(x.clone());
            rrelu.forward(x.clone());
            bent.forward(x.clone() - 10.0);
        });
        assert_eq!(
            names(&seen),
            ["0: transformative(learnable_elu)", "1: prelu", "2: bent"]
        );
        // α = 0 lets nothing through.
        assert_eq!(dead(&seen[0]), [0, 1, 2]);
        // Drawn slopes belong to elements; units are channels all the same.
        assert_eq!((seen[1].units().len(), seen[1].dead_units()), (3, 0));
        // One of somebody else's. The largest inputs are 8.5, 9.5 and 10.5.
        assert_eq!(
            (dead(&seen[2]), seen[2].units()[2].passing),
            (vec![0, 1], 1)
        );
        for seen in &seen[..2] {
            let means: Vec<f64> = seen.units().iter().map(|u| u.input.mean()).collect();
            assert_eq!(means, [-2.0, -1.0, 0.0]);
        }
    }
}

#[test]
fn batches_that_do_not_fit_are_refused() {
    for (_, device) in common::devices() {
        let seen =
            |units| observe(|| Relu::new().forward(Tensor::<2>::ones([4, units], &device))).1;
        let mut report = Report::new();
        report.add(&seen(3)).unwrap();
        let message = report.add(&seen(2)).unwrap_err().to_string();
        for part in ["`0: relu with 3 units`", "`0: relu with 2 units`"] {
            assert!(message.contains(part), "{message}");
        }
        let message = report.add(&[]).unwrap_err().to_string();
        assert!(message.contains("this one has `nothing`"), "{message}");
        assert_eq!(report.batches(), 1);
        assert_eq!(report.layers()[0].units()[0].count(), 4);
        let mut none = Report::new();
        none.add(&[]).unwrap();
        none.add(&seen(3)).unwrap_err();
    }
}

#[test]
fn a_report_is_a_table_and_json() {
    for (_, device) in common::devices() {
        let mut report = Report::with_observer(Observer::new().channels_last());
        let xs = [-1.0, 2.0, -3.0, 4.0, -5.0, 6.0];
        let x: Tensor<3> = tensor(&xs, [1, 3, 2], &device, DType::F32);
        let prelu = PReluConfig::new(3).init(&device);
        report.watch(|| prelu.forward(Relu::new().forward(x)));
        assert_eq!(
            report.to_string(),
            "activation  units  dead  x mean    x var   x > 0  y mean   y var   y = 0\n\
             0: relu         2     1  0.5000  14.9167  50.0 %  2.0000  5.3333  50.0 %\n\
             1: prelu        3     0  2.0000   5.3333  50.0 %  2.0000  5.3333  50.0 %\n"
        );
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["batches"], 1);
        assert_eq!(json["layers"][1]["activation"], "prelu");
        let unit = &json["layers"][0]["units"][0];
        assert_eq!((&unit["passing"], &unit["zeros"]), (&0.into(), &3.into()));
        assert_eq!(unit["input"]["mean"], -3.0);
        assert_eq!(json["layers"][0]["units"][1]["output"]["count"], 3);
    }
}
