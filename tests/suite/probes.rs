//! Probes for any model: histograms of inputs, the curves that were evaluated, gradient norms.

use crate::common;
use crate::common::{Numbers, bits, kernel, numbers, tensor};
use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::observe::{Histogram, Report, gradient_norms, observe};
use burn_rectifiers::{
    Activation, ActivationConfig, LearnableEluConfig, PReluConfig, RReluConfig, Relu, Sharing,
    TransformativeConfig, op::activate,
};
use burn_rectifiers_study::{StudyError, pictures};

fn drawn(seed: u64, count: usize) -> Vec<f64> {
    let mut source = Numbers(seed);
    (0..count).map(|_| source.between(-3.0, 3.0)).collect()
}

#[test]
fn batches_fill_the_histogram_of_the_whole() {
    for (backend, device) in common::devices() {
        // The last batch is smaller, and has what makes the range double.
        let mut xs = drawn(1, 7 * 3 * 4);
        xs[80] = -1e4;
        let act = |xs: &[f64]| {
            let x: Tensor<3> = tensor(xs, [xs.len() / 12, 3, 4], &device, DType::F32);
            Relu::new().forward(Relu::new().forward(x) - 1.0)
        };
        let mut report = Report::new();
        for batch in xs.chunks(3 * 12) {
            report.watch(|| act(batch));
        }
        let (_, whole) = observe(|| act(&xs));
        let expected: Histogram = xs.iter().copied().collect();
        assert_eq!(report.layers()[0].inputs(), &expected, "{backend}");
        assert_eq!(report.layers()[1].inputs(), whole[1].inputs(), "{backend}");
        assert_eq!(expected.count(), 84);
        // What a histogram of every input must show.
        let (low, high) = report.layers()[0].inputs().range_without(0.0);
        assert!((-1.01e4..=-1e4).contains(&low) && high > 0.0, "{low}");
        let json = serde_json::to_value(&report).unwrap();
        let inputs = &json["layers"][0]["inputs"];
        let counts = inputs["counts"].as_array().unwrap().iter();
        assert_eq!(counts.map(|c| c.as_u64().unwrap()).sum::<u64>(), 84);
        assert_eq!(inputs["from"], low);
    }
}

#[test]
fn curves_are_those_that_were_evaluated() {
    for (_, device) in common::devices() {
        let xs = drawn(2, 2 * 3 * 2);
        let x: Tensor<3> = tensor(&xs, [2, 3, 2], &device, DType::F32);
        for (sharing, count) in [
            (Sharing::Layer, 1),
            (Sharing::Channel { axis: 1 }, 3),
            (Sharing::Channel { axis: 2 }, 2),
            (Sharing::Element, 6),
        ] {
            let values = [drawn(3, count), drawn(4, count)];
            let params = values.clone().map(|v| {
                let v: Tensor<1> = tensor(&v, [count], &device, DType::F32);
                v.abs() + 0.25
            });
            let expected = params.clone().map(numbers);
            let call = || activate(x.clone(), params.to_vec(), kernel("pelu"), sharing);
            let (y, seen) = observe(call);
            assert_eq!(seen[0].sharing(), sharing);
            let names: Vec<_> = seen[0].parameters().iter().map(|p| p.name).collect();
            assert_eq!(names, ["a", "b"]);
            let curves = seen[0].curves();
            assert_eq!(curves.len(), count);
            for (unit, curve) in curves.iter().enumerate() {
                assert_eq!(curve, &[expected[0][unit], expected[1][unit]]);
            }
            // They are what the outputs come from.
            let view = |index: usize| match sharing {
                Sharing::Layer => 0,
                Sharing::Channel { axis: 1 } => index / 2 % 3,
                Sharing::Channel { .. } => index % 2,
                Sharing::Element => index % 6,
                _ => unreachable!("no other sharing is tested"),
            };
            for (index, (x, y)) in xs.iter().zip(numbers(y)).enumerate() {
                let exact = seen[0].curve().value_at(*x, &curves[view(index)]);
                assert!((exact - y).abs() <= 1e-5, "{sharing}: {exact} {y}");
            }
        }
        // Without parameters there is one curve.
        let (_, seen) = observe(|| Relu::new().forward(x.clone()));
        assert_eq!(seen[0].curves(), [[0.0; 0]]);
        assert_eq!(seen[0].sharing(), Sharing::Layer);
        let elu = LearnableEluConfig::new(3).init(&device);
        let around = TransformativeConfig::new(3).with_beta(2.0);
        let around = around.init(elu, &device);
        let rrelu = RReluConfig::new().with_lower(0.0).with_upper(0.5);
        let rrelu = rrelu.init();
        let (_, seen) = observe(|| rrelu.forward(around.forward(x)));
        assert_eq!(seen[0].curves().len(), 3);
        let beta = seen[0].parameters().iter().find(|p| p.name == "beta");
        assert_eq!(beta.expect("named so").values, [2.0; 3]);
        assert_eq!(seen[1].curves(), [[0.25]]);
    }
}

#[test]
fn a_report_has_the_latest_parameters() {
    for (_, device) in common::devices() {
        let mut report = Report::new();
        for slope in [0.5, -1.0, 0.125] {
            let prelu = PReluConfig::new(2).with_alpha(slope).init(&device);
            report.watch(|| prelu.forward(Tensor::<2>::ones([3, 2], &device)));
            assert_eq!(report.layers()[0].curves(), [[slope], [slope]]);
        }
        let json = serde_json::to_value(&report).unwrap();
        let parameter = &json["layers"][0]["parameters"][0];
        assert_eq!(parameter["name"], "alpha");
        assert_eq!(parameter["values"][1], 0.125);
        assert_eq!(json["layers"][0]["sharing"], "channel");
    }
}

#[test]
fn learned_curves_of_any_report_are_drawn() {
    let flex = Device::flex();
    let (_, device) = common::devices().remove(0);
    let prelu = PReluConfig::new(3).init(&device);
    let mut report = Report::new();
    // Nine panels stand in three rows. The last has seen a single input, and not even a number.
    report.watch(|| {
        let x: Tensor<2> = tensor(&drawn(5, 30), [10, 3], &device, DType::F32);
        for _ in 0..4 {
            prelu.forward(Relu::new().forward(x.clone()));
        }
        Relu::new().forward(Tensor::<1>::from_floats([f32::NAN], &device))
    });
    let svg = pictures::learned_curves("Nine <panels>", &report).unwrap();
    let document = roxmltree::Document::parse(&svg).expect("well formed");
    let texts: Vec<_> = document.descendants().filter_map(|n| n.text()).collect();
    let said = |text: &str| texts.iter().any(|t| t.trim() == text);
    assert!(said("Nine <panels>") && said("7: prelu: 3 units, 0 dead"));
    assert!(said("3 learned curves"));
    assert!(said("8: relu: 1 units, 1 dead")); // ReLU's slope at NaN is 0.
    let root = document.root_element();
    let side = |name| root.attribute(name).unwrap().parse::<u32>().unwrap();
    assert_eq!((side("width"), side("height")), (3 * 460, 40 + 3 * 380));
    // The largest numbers that there are, and the smallest.
    for size in [1e308, f64::MAX, 1e-308] {
        let mut report = Report::new();
        report.watch(|| {
            let x: Tensor<2> = tensor(&[-size, size], [2, 1], &flex, DType::F64);
            Relu::new().forward(x)
        });
        let svg = pictures::learned_curves("Large", &report).unwrap();
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{size:e}");
        let json = serde_json::to_value(report.layers()[0].inputs()).unwrap();
        assert!(json["from"].is_f64() && json["width"].is_f64(), "{json}");
    }
    let error = pictures::learned_curves("Nothing", &Report::new()).unwrap_err();
    assert!(matches!(error, StudyError::Picture { .. }), "{error}");
}

#[derive(Module, Debug)]
struct Block {
    conv: Conv2d,
    act: Activation,
}

#[derive(Module, Debug)]
struct Net {
    blocks: Vec<Block>,
    linear: Linear,
    scale: Param<Tensor<1>>,
    unused: Linear,
}

impl Net {
    /// Twelve blocks: `blocks.1` is the beginning of `blocks.10`.
    fn new(device: &Device) -> Self {
        let block = || Block {
            conv: Conv2dConfig::new([1, 1], [1, 1]).init(device),
            act: ActivationConfig::new("prelu".into(), vec![1]).init(device),
        };
        Self {
            blocks: (0..12).map(|_| block()).collect(),
            linear: LinearConfig::new(4, 3).with_bias(false).init(device),
            scale: Param::from_tensor(Tensor::ones([1], device)),
            unused: LinearConfig::new(2, 2).init(device),
        }
    }

    fn grads(&self, x: &Tensor<4>) -> GradientsParams {
        let blocks = self.blocks.iter();
        let y = blocks.fold(x.clone(), |x, b| b.act.forward(b.conv.forward(x)));
        let y = self.linear.forward(y.flatten::<2>(1, 3)) * self.scale.val().unsqueeze();
        GradientsParams::from_grads((y.clone() * y).sum().backward(), self)
    }
}

fn squares<const D: usize>(param: &Param<Tensor<D>>, grads: &GradientsParams) -> f64 {
    let grad = numbers(grads.get::<D>(param.id).expect("a gradient"));
    grad.iter().map(|g| g * g).sum()
}

#[test]
fn norms_are_roots_of_sums_of_squares() {
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        let mut net = Net::new(&device);
        let frozen = ActivationConfig::new("prelu".into(), vec![1]);
        net.blocks[2].act = frozen.with_frozen(vec!["alpha".into()]).init(&device);
        let x: Tensor<4> = tensor(&drawn(6, 20), [5, 1, 2, 2], &device, DType::F32);
        let grads = net.grads(&x);
        let norms = gradient_norms(&net, &grads);

        // Three for each block, less the frozen slopes; no word of what had no part in the loss.
        assert_eq!(norms.parameters().len(), 12 * 3 - 1 + 2, "{backend}");
        let paths: Vec<&str> = norms.parameters().iter().map(|p| &p.0[..]).collect();
        assert_eq!(
            paths[..3],
            ["weight", "bias"]
                .map(|name| format!("blocks.0.conv.{name}"))
                .into_iter()
                .chain(["blocks.0.act.PRelu.alpha".into()])
                .collect::<Vec<_>>()
        );
        assert_eq!(paths[35..], ["linear.weight", "scale"]);
        assert!(!paths.contains(&"blocks.2.act.PRelu.alpha"));

        let conv = |index: usize| {
            let conv = &net.blocks[index].conv;
            squares(&conv.weight, &grads) + squares(conv.bias.as_ref().unwrap(), &grads)
        };
        let alpha = |index: usize| match &net.blocks[index].act {
            Activation::PRelu(_) if index == 2 => 0.0,
            Activation::PRelu(prelu) => squares(&prelu.alpha, &grads),
            other => panic!("{other}"),
        };
        let near = |found: Option<f64>, squares: f64| {
            let (found, expected) = (found.expect("a norm"), squares.sqrt());
            assert!(
                (found - expected).abs() <= 1e-12 * expected,
                "{found} {expected}"
            );
        };
        near(norms.of("blocks.1.conv"), conv(1));
        near(norms.of("blocks.1"), conv(1) + alpha(1));
        near(norms.of("blocks.10"), conv(10) + alpha(10));
        near(norms.of("linear"), squares(&net.linear.weight, &grads));
        let blocks: f64 = (0..12).map(|i| conv(i) + alpha(i)).sum();
        near(norms.of("blocks"), blocks);
        let rest = squares(&net.linear.weight, &grads) + squares(&net.scale, &grads);
        near(Some(norms.total()), blocks + rest);
        assert_eq!(norms.of(""), Some(norms.total()));
        assert_eq!(norms.of("unused"), None);
        assert_eq!(norms.of("block"), None);

        let layers = norms.layers();
        assert_eq!(layers.len(), 12 * 2 - 1 + 2);
        assert_eq!((&layers[0].0[..], &layers[24].0[..]), ("blocks.0.conv", ""));
        near(Some(layers[0].1), conv(0));
        let squares: f64 = layers.iter().map(|layer| layer.1 * layer.1).sum();
        near(Some(norms.total()), squares);
    }
}

/// The gradient of a parabola's sum is known without any differentiation by Burn.
#[test]
fn norms_agree_with_finite_differences() {
    for (_, device) in common::host_devices() {
        let device = device.autodiff();
        let start = [0.75, -0.5, 1.25, -2.0];
        let xs = drawn(7, 6);
        let loss = |weights: &[f64]| {
            let x: Tensor<2> = tensor(&xs, [3, 2], &device, DType::F64);
            let weight: Tensor<2> = tensor(weights, [2, 2], &device, DType::F64);
            let mut linear = LinearConfig::new(2, 2).with_bias(false).init(&device);
            linear.weight = Param::from_tensor(weight);
            let y = Relu::new().forward(linear.forward(x));
            ((y.clone() * y).sum(), linear)
        };
        let (value, linear) = loss(&start);
        let grads = GradientsParams::from_grads(value.backward(), &linear);
        let norm = gradient_norms(&linear, &grads).total();
        let step = 1e-5;
        let squares = (0..4).map(|i| {
            let at = |off: f64| {
                let mut weights = start;
                weights[i] += off;
                numbers(loss(&weights).0)[0]
            };
            ((at(step) - at(-step)) / (2.0 * step)).powi(2)
        });
        let expected = squares.sum::<f64>().sqrt();
        assert!(
            expected > 1.0 && (norm / expected - 1.0).abs() < 1e-8,
            "{norm} {expected}"
        );
    }
}

#[test]
fn gradients_are_read_and_not_taken() {
    for (_, device) in common::devices() {
        let device = device.autodiff();
        let net = Net::new(&device);
        let x: Tensor<4> = tensor(&drawn(8, 20), [5, 1, 2, 2], &device, DType::F32);
        let trained = |looks: bool| {
            let grads = net.grads(&x);
            let before = grads.len();
            if looks {
                gradient_norms(&net, &grads);
            }
            assert_eq!(grads.len(), before);
            let mut adam = AdamConfig::new().init();
            let net = adam.step(0.1, net.clone(), grads);
            bits(net.linear.weight.val())
        };
        assert_eq!(trained(true), trained(false));
        assert_ne!(trained(true), bits(net.linear.weight.val()));
    }
}

#[test]
fn what_is_not_finite_survives() {
    for (_, device) in common::devices() {
        let device = device.autodiff();
        let net = Net::new(&device);
        let mut grads = GradientsParams::new();
        let set = |grads: &mut GradientsParams, param: &Param<Tensor<2>>, value: f32| {
            let shape = param.val().dims();
            grads.register(param.id, Tensor::<2>::full(shape, value, &device));
        };
        set(&mut grads, &net.linear.weight, f32::INFINITY);
        set(&mut grads, &net.unused.weight, 0.5);
        let norms = gradient_norms(&net, &grads);
        assert_eq!(norms.of("linear"), Some(f64::INFINITY));
        assert_eq!(norms.of("unused.weight"), Some(1.0));
        assert_eq!(norms.total(), f64::INFINITY);
        set(&mut grads, &net.linear.weight, f32::NAN);
        assert!(gradient_norms(&net, &grads).total().is_nan());
        // Squares that single precision cannot hold.
        set(&mut grads, &net.linear.weight, 1e30);
        let norm = gradient_norms(&net, &grads).of("linear").unwrap();
        assert!((norm / (1e30 * 12f64.sqrt()) - 1.0).abs() < 1e-7, "{norm}");
        assert_eq!(gradient_norms(&net, &GradientsParams::new()).total(), 0.0);
    }
}
