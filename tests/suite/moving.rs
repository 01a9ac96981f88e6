//! Models that come from Burn's own modules, and what optimizers are told of activations.

use crate::common;
use crate::common::{bits, numbers, panic_of, tensor};
use burn::config::Config;
use burn::lr_scheduler::module_lr_scheduler::ModuleLrScheduler;
use burn::module::{Module, ParamGroup};
use burn::nn::activation as theirs;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::store::ModuleRecord;
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::{
    Activation, ActivationConfig, FeedForwardConfig, MPelu, MPeluConfig, PRelu, PReluConfig,
    Rectifier, Sharing, Transformative, TransformativeConfig, curves, nn::activation_parameters,
};

fn xs(device: &Device) -> Tensor<2> {
    let xs: Vec<f64> = (0..96).map(|i| f64::from(i) / 16.0 - 3.0).collect();
    tensor(&xs, [12, 8], device, DType::F32)
}

/// The record of a model of Burn's `PRelu` is one of ours, and back.
#[test]
fn records_of_burns_prelu_are_ours() {
    for (backend, device) in common::devices() {
        for count in [1, 8] {
            let theirs = burn::nn::PReluConfig::new()
                .with_num_parameters(count)
                .with_alpha(0.125);
            let config = PReluConfig::from(theirs.clone());
            let theirs = theirs.init(&device);
            let expected = bits(theirs.forward(xs(&device)));

            let bytes = theirs.clone().into_record().into_bytes().unwrap();
            let record = ModuleRecord::from_bytes(bytes).unwrap();
            let ours = config.with_alpha(0.5).init(&device);
            let ours = ours.try_load_record(record).unwrap();
            assert_eq!(
                bits(ours.forward(xs(&device))),
                expected,
                "{backend}: {count}"
            );

            let back = theirs::PReluConfig::new()
                .with_num_parameters(count)
                .init(&device);
            let back = back.try_load_record(ours.into_record()).unwrap();
            assert_eq!(
                bits(back.forward(xs(&device))),
                expected,
                "{backend}: {count}"
            );
        }
    }
}

/// Every activation of Burn's that has a counterpart gives the same, and learns what Burn's learns.
#[test]
fn configs_of_burn_are_ours() {
    use theirs::ActivationConfig as Theirs;
    let all: Vec<Theirs> = vec![
        Theirs::Relu,
        Theirs::Selu,
        Theirs::Sigmoid,
        Theirs::Tanh,
        Theirs::Gelu,
        Theirs::PRelu(theirs::PReluConfig::new()),
        Theirs::PRelu(
            theirs::PReluConfig::new()
                .with_num_parameters(8)
                .with_alpha(-0.5),
        ),
        Theirs::LeakyRelu(theirs::LeakyReluConfig::new()),
        Theirs::LeakyRelu(theirs::LeakyReluConfig::new().with_negative_slope(0.2)),
        Theirs::Elu(theirs::EluConfig::new()),
        Theirs::Elu(theirs::EluConfig::new().with_alpha(0.5)),
        Theirs::Softplus(theirs::SoftplusConfig::new()),
        Theirs::Softplus(theirs::SoftplusConfig::new().with_beta(3.0)),
    ];
    for (backend, device) in common::devices() {
        for config in &all {
            let device = device.clone().autodiff();
            let theirs = config.init(&device);
            let ours = ActivationConfig::try_from(config.clone())
                .unwrap()
                .init(&device);
            let (expected, found) = (
                numbers(theirs.forward(xs(&device))),
                numbers(ours.forward(xs(&device))),
            );
            for (expected, found) in expected.into_iter().zip(found) {
                let error = (expected - found).abs();
                assert!(
                    error <= 1e-5 * expected.abs().max(1.0),
                    "{backend}: {config:?}: {error}"
                );
            }
            // What is learned: the parameters that take a gradient.
            let learned = matches!(config, Theirs::PRelu(_));
            let trained = ours
                .parameters()
                .iter()
                .any(|(_, param)| param.is_require_grad());
            assert_eq!(trained, learned, "{backend}: {config:?}");
        }
    }
}

#[test]
fn burns_others_are_refused_by_name() {
    let gelu = ActivationConfig::try_from(theirs::ActivationConfig::GeluApproximate);
    let gelu = gelu.unwrap_err().to_string();
    assert!(
        gelu.starts_with("no activation is called `GeluApproximate`"),
        "{gelu}"
    );
    let celu = theirs::ActivationConfig::Celu(theirs::CeluConfig::new());
    let celu = ActivationConfig::try_from(celu).unwrap_err().to_string();
    assert!(celu.starts_with("no activation is called `Celu`"), "{celu}");
}

/// A model with activations under names that say nothing.
#[derive(Module, Debug)]
struct Model {
    weight: PRelu,
    linear: Linear,
    bias: Vec<MPelu>,
    any: Option<Activation>,
    around: Transformative<PRelu>,
}

const NAMES: [&str; 9] = [
    "weight.alpha",
    "bias.0.alpha",
    "bias.0.beta",
    "bias.1.alpha",
    "bias.1.beta",
    "any.LearnableElu.alpha",
    "around.inner.alpha",
    "around.",
    "around.",
];

fn model(device: &Device) -> Model {
    let mpelu = MPeluConfig::new(8);
    Model {
        weight: PReluConfig::new(8).init(device),
        linear: LinearConfig::new(8, 8).init(device),
        bias: vec![mpelu.init(device), mpelu.init(device)],
        any: Some(ActivationConfig::new("learnable_elu".into(), vec![8]).init(device)),
        around: TransformativeConfig::new(8).init(PReluConfig::new(8).init(device), device),
    }
}

impl Model {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let x = self.weight.forward(self.linear.forward(x));
        let x = self.bias.iter().fold(x, |x, act| act.forward(x));
        let x = self.any.iter().fold(x, |x, act| act.forward(x));
        self.around.forward(x)
    }
}

/// All float parameters by path.
fn values(model: &Model) -> Vec<(String, Vec<f64>)> {
    use burn::module::{ModuleVisitor, Param};
    #[derive(Default)]
    struct Values(Vec<String>, Vec<(String, Vec<f64>)>);
    impl ModuleVisitor for Values {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.0.push(name.into());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.0.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.1.push((self.0.join("."), numbers(param.val())));
        }
    }
    let mut all = Values::default();
    model.visit(&mut all);
    all.1
}

/// Which of the paths `group` has.
fn matched(model: &Model, group: &ParamGroup) -> Vec<String> {
    let paths = values(model).into_iter().map(|(path, _)| path);
    let id = burn::module::ParamId::new();
    paths
        .filter(|path| group.matches(&id, Some(path)))
        .collect()
}

#[test]
fn the_group_has_all_parameters_of_activations_and_no_others() {
    let device = Device::flex();
    let model = model(&device);
    let found = matched(&model, &activation_parameters(&model));
    let all = values(&model);
    let expected: Vec<_> = all
        .iter()
        .map(|(path, _)| path.clone())
        .filter(|path| !path.starts_with("linear"))
        .collect();
    assert_eq!(found, expected);
    for name in NAMES {
        assert!(
            found.iter().any(|path| path.starts_with(name)),
            "{name}: {found:?}"
        );
    }
}

/// Weight decay and a rate of their own, with AdamW and SGD, and after a resume.
#[test]
fn optimizers_treat_the_group_apart() {
    let adam = |decay| AdamWConfig::new().with_weight_decay(decay).build();
    let sgd = |decay: f32| {
        SgdConfig::new()
            .with_weight_decay(
                (decay > 0.0).then(|| burn::optim::decay::WeightDecayConfig::new(decay)),
            )
            .build()
    };
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        let zero_step = |model: Model, optimizer: &mut ModuleOptimizer| {
            let loss = model.forward(xs(&device)).sum() * 0.0;
            let grads = GradientsParams::from_grads(loss.backward(), &model);
            optimizer.step(0.1, model, grads)
        };
        let group = activation_parameters(&model(&device));
        for (name, make) in [
            (
                "AdamW",
                &(|| ModuleOptimizer::from(adam(0.5)).with_group(group.clone(), adam(0.0), None))
                    as &dyn Fn() -> ModuleOptimizer,
            ),
            ("SGD", &|| {
                ModuleOptimizer::from(sgd(0.5)).with_group(group.clone(), sgd(0.0), None)
            }),
        ] {
            let mut optimizer = make();
            let before = model(&device);
            let after = zero_step(before.clone(), &mut optimizer);
            // A resume: a new model whose parameters get other ids, and an optimizer with its state.
            let state = optimizer.to_record();
            let mut resumed = make().load_record(state);
            let loaded = model(&device).load_record(after.clone().into_record());
            let later = zero_step(loaded, &mut resumed);
            for (from, to) in [(&before, &after), (&after, &later)] {
                for ((path, from), (_, to)) in values(from).iter().zip(values(to)) {
                    match path.as_str() {
                        "linear.weight" => assert!(
                            from.iter()
                                .zip(&to)
                                .all(|(from, to)| (to - 0.95 * from).abs() < 1e-6),
                            "{backend}: {name}: {path}"
                        ),
                        "linear.bias" => {}
                        _ => assert_eq!(*from, to, "{backend}: {name}: {path}"),
                    }
                }
            }
        }
    }
}

/// A rate of 0 for activations: nothing else stands still.
#[test]
fn rates_are_given_apart() {
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        let before = model(&device);
        let group = activation_parameters(&before);
        let mut rates = ModuleLrScheduler::new(0.1).with_group(group, 0.0);
        let grads = before.forward(xs(&device)).powi_scalar(2).sum().backward();
        let grads = GradientsParams::from_grads(grads, &before);
        let mut sgd: ModuleOptimizer = SgdConfig::new().init();
        let after = sgd.step(rates.step(), before.clone(), grads);
        for ((path, from), (_, to)) in values(&before).iter().zip(values(&after)) {
            let moved = *from != to;
            assert_eq!(moved, path.starts_with("linear"), "{backend}: {path}");
        }
    }
}

/// What docs/from-burn.md says of `LBFGS`: with a frozen parameter, it panics where all modules are Burn's. Once this test
/// fails, Burn has mended it, and the page can say so.
#[test]
fn lbfgs_and_frozen_parameters_do_not_go_together_in_burn() {
    use burn::optim::LBFGSConfig;
    let device = Device::flex().autodiff();
    let mut linear = LinearConfig::new(8, 8).init(&device);
    linear.bias = linear.bias.map(|bias| bias.set_require_grad(false));
    let message = panic_of(|| {
        let mut lbfgs = LBFGSConfig::new().init();
        lbfgs.step(0.1, linear, |linear| {
            let loss = linear.forward(xs(&device)).powi_scalar(2).sum();
            let grads = GradientsParams::from_grads(loss.backward(), &linear);
            (loss.into_scalar(), grads)
        })
    });
    println!("{message}");
}

/// A block learns what its activation learns, and a record keeps it.
#[test]
fn feed_forward_blocks_train_and_save() {
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        let pelu = ActivationConfig::new("pelu".into(), vec![16]);
        let config = FeedForwardConfig::new(8, 16, pelu).with_dropout(0.0);
        let x: Tensor<3> = xs(&device).reshape([3, 4, 8]);
        macro_rules! check {
            ($init:ident) => {
                let block = config.$init(&device);
                let y = block.forward(x.clone());
                assert_eq!(y.dims(), [3, 4, 8]);
                let flat = block.forward(x.clone().reshape([12, 8])).reshape([3, 4, 8]);
                assert_eq!(bits(flat), bits(y.clone()), "{backend}");
                let grads = GradientsParams::from_grads(y.powi_scalar(2).sum().backward(), &block);
                let mut sgd: ModuleOptimizer = SgdConfig::new().init();
                let trained = sgd.step(0.01, block.clone(), grads);
                let learned = |block: &_| -> Vec<f64> { parameters(block) };
                assert_ne!(
                    learned(&trained.activation),
                    learned(&block.activation),
                    "{backend}"
                );
                let other = config
                    .$init(&device)
                    .load_record(trained.clone().into_record());
                assert_eq!(
                    bits(other.forward(x.clone())),
                    bits(trained.forward(x.clone())),
                    "{backend}"
                );
                let saved = FeedForwardConfig::load_binary(config.to_string().as_bytes());
                assert_eq!(saved.unwrap().to_string(), config.to_string());
            };
        }
        check!(init);
        check!(init_gated);
    }
}

fn parameters(activation: &Activation) -> Vec<f64> {
    let all = activation.parameters().into_iter();
    all.flat_map(|(_, param)| numbers(param.val())).collect()
}

/// What a block computes, by hand: SwiGLU with one feature.
#[test]
fn gates_multiply() {
    let device = Device::flex();
    let swish = ActivationConfig::new("swish".into(), vec![1]).with_sharing(Sharing::Layer);
    let config = FeedForwardConfig::new(1, 1, swish)
        .with_bias(false)
        .with_dropout(0.0);
    let block = config
        .with_initializer(burn::nn::Initializer::Constant { value: 2.0 })
        .init_gated(&device);
    let y = numbers(block.forward(Tensor::<1>::from_floats([0.75], &device)))[0];
    let swish = curves::SwishCurve;
    use burn_rectifiers::curve::Curve;
    let expected = 2.0 * swish.value_at(1.5, &[1.0]) * 1.5;
    assert!((y - expected).abs() < 1e-6, "{y} {expected}");
}

#[test]
fn a_block_refuses_an_activation_of_another_width() {
    let relu = ActivationConfig::new("relu".into(), vec![4]);
    let message = panic_of(|| FeedForwardConfig::new(8, 16, relu).init(&Device::flex()));
    assert!(
        message.contains("d_ff = 16") && message.contains("[4]"),
        "{message}"
    );
    let unknown = ActivationConfig::new("prelux".into(), vec![16]);
    let error = FeedForwardConfig::new(8, 16, unknown)
        .try_init(&Device::flex())
        .unwrap_err();
    assert!(error.to_string().contains("`prelu`"), "{error}");
}
