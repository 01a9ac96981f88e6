//! Where parameters start, and those that stay there: `start`, `with_values` and `frozen`.

use std::collections::BTreeMap;

use crate::common;
use crate::common::{bits, numbers, tensor};
use burn::config::Config;
use burn::module::Module;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::{ActivationConfig, PReluConfig, Rectifier, curves};

burn_rectifiers::activation! {
    /// A ReLU that both sides scale, one side within bounds.
    module Hinge, config HingeConfig, curve HingeCurve;
    name "hinge";
    formula "beta*x if x > 0, else alpha*x";
    source "a test";
    params {
        /// slope for x <= 0
        alpha: 0.25 in Bound::between(-1.0, 1.0),
        /// slope for x > 0
        beta: 1.0,
    }
    value(x) { select(gt(x, lit(0.0)), beta * x, alpha * x) }
    slope(x) { select(gt(x, lit(0.0)), beta, alpha) }
    grads(x) {
        alpha: { select(gt(x, lit(0.0)), lit(0.0), x) }
        beta: { select(gt(x, lit(0.0)), x, lit(0.0)) }
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}

fn hinge(frozen: &[&str], device: &Device) -> Hinge {
    HingeConfig::new(3).with_frozen(names(frozen)).init(device)
}

/// Bits of the parameters.
fn values<M: Rectifier>(module: &M) -> Vec<Vec<u64>> {
    let parameters = module.parameters();
    parameters.iter().map(|(_, p)| bits(p.val())).collect()
}

/// A step of Adam on the sum of the outputs: the module, and which parameters had a gradient.
fn step<M: Rectifier>(
    module: M,
    forward: impl Fn(&M, Tensor<2>) -> Tensor<2>,
    optimizer: &mut ModuleOptimizer,
    device: &Device,
) -> (M, Vec<bool>) {
    let xs = [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0];
    // The input takes gradients, so that there is a graph if nothing else does.
    let x = tensor(&xs, [2, 3], device, DType::F32).require_grad();
    let grads = GradientsParams::from_grads(forward(&module, x).sum().backward(), &module);
    let has_gradient = |id| grads.get::<1>(id).is_some();
    let parameters = module.parameters();
    let gradients = parameters.iter().map(|(_, p)| has_gradient(p.id)).collect();
    (optimizer.step(0.1, module, grads), gradients)
}

#[test]
fn a_frozen_parameter_takes_no_gradient_and_no_optimizer_state() {
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        let tensors = [
            (vec![], [true, true], 2),
            (vec!["alpha"], [false, true], 1),
            (vec!["beta"], [true, false], 1),
            (vec!["alpha", "beta"], [false, false], 0),
        ];
        let mut per_parameter = 0;
        for (frozen, trained, count) in tensors {
            let mut act = hinge(&frozen, &device);
            let before = values(&act);
            let mut adam = AdamConfig::new().init();
            for _ in 0..3 {
                let gradients;
                (act, gradients) = step(act, Hinge::forward, &mut adam, &device);
                assert_eq!(gradients, trained, "{backend}, {frozen:?}");
            }
            for ((before, after), trained) in before.iter().zip(values(&act)).zip(trained) {
                assert_eq!(*before != after, trained, "{backend}, {frozen:?}");
            }
            let record = adam.to_record();
            if frozen.is_empty() {
                per_parameter = record.len() / 2;
                assert!(per_parameter > 0, "Adam remembers something");
            }
            assert_eq!(record.len(), count * per_parameter, "{backend}, {frozen:?}");
        }
    }
}

#[test]
fn every_learned_activation_can_be_frozen() {
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        for curve in curves::all().filter(|curve| !curve.params().is_empty()) {
            let infos = curve.params();
            for frozen in infos {
                let config = ActivationConfig::new(curve.name().into(), vec![3]);
                let act = config.with_frozen(names(&[frozen.name])).init(&device);
                let before = values(&act);
                let mut adam = AdamConfig::new().init();
                let forward = burn_rectifiers::Activation::forward::<2>;
                let (act, gradients) = step(act, forward, &mut adam, &device);
                for (i, info) in infos.iter().enumerate() {
                    let what = format!("{backend}, {}: {}", curve.name(), info.name);
                    assert_eq!(gradients[i], info != frozen, "{what}");
                    if info == frozen {
                        assert_eq!(values(&act)[i], before[i], "{what}");
                    }
                }
            }
        }
    }
}

#[test]
fn frozen_survives_validation_and_thaws_when_asked() {
    for (_, device) in common::devices() {
        let device = device.autodiff();
        let takes =
            |act: &Hinge| [&act.alpha, &act.beta].map(|param| param.val().is_require_grad());
        let act = hinge(&["alpha"], &device);
        assert_eq!(takes(&act), [false, true]);
        assert_eq!(takes(&act.valid()), [false, false]);
        assert_eq!(takes(&act.valid().train()), [false, true]);
        assert_eq!(takes(&act.clone().fork(&device)), [false, true]);
        let loaded = hinge(&["alpha"], &device).load_record(hinge(&[], &device).into_record());
        assert_eq!(takes(&loaded), [false, true]);

        let act = act.valid().train().unfreeze();
        assert_eq!(takes(&act), [true, true]);
        let before = values(&act);
        let mut adam = AdamConfig::new().init();
        let (act, gradients) = step(act, Hinge::forward, &mut adam, &device);
        assert_eq!(gradients, [true, true]);
        assert_ne!(values(&act)[0], before[0]);
    }
}

#[test]
fn a_module_shows_bounds_and_what_is_frozen() {
    for (_, device) in common::devices() {
        for device in [device.clone(), device.autodiff()] {
            let shown = hinge(&[], &device).to_string();
            assert!(shown.contains("alpha: [3] [-1, 1]"), "{shown}");
            assert!(shown.contains("beta: [3]"), "{shown}");
            assert!(!shown.contains("frozen"), "{shown}");

            let act = hinge(&["alpha"], &device);
            for act in [act.clone(), act.valid(), act.valid().train()] {
                let shown = act.to_string();
                assert!(shown.contains("alpha: [3] [-1, 1] frozen"), "{shown}");
                assert_eq!(shown.matches("frozen").count(), 1, "{shown}");
                assert!(!act.unfreeze().to_string().contains("frozen"));
            }
            let shown = hinge(&[], &device).no_grad().to_string();
            assert!(shown.contains("beta: [3] frozen"), "{shown}");
        }
    }
}

#[track_caller]
fn assert_mentions(error: burn_rectifiers::ActivationError, parts: &[&str]) {
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "`{part}` is missing in: {message}");
    }
}

#[test]
fn names_that_do_not_exist_are_answered_with_the_nearest() {
    for (_, device) in common::devices() {
        let parts = ["prelu", "`alhpa`", "did you mean `alpha`?"];
        let config = PReluConfig::new(3).with_frozen(names(&["alhpa"]));
        assert_mentions(config.try_init(&device).unwrap_err(), &parts);
        let config = || ActivationConfig::new("prelu".into(), vec![3]);
        let frozen = config().with_frozen(names(&["alpha", "alhpa"]));
        assert_mentions(frozen.try_init(&device).unwrap_err(), &parts);
        let start = config().with_start(BTreeMap::from([("alhpa".into(), 0.5)]));
        assert_mentions(start.try_init(&device).unwrap_err(), &parts);

        // Nothing to start or to freeze.
        let parts = ["relu", "no parameters", "`alpha`"];
        let config = || ActivationConfig::new("relu".into(), vec![3]);
        let frozen = config().with_frozen(names(&["alpha"]));
        assert_mentions(frozen.try_init(&device).unwrap_err(), &parts);
        let start = config().with_start(BTreeMap::from([("alpha".into(), 0.5)]));
        assert_mentions(start.try_init(&device).unwrap_err(), &parts);
    }
}

#[test]
fn a_start_out_of_bounds_is_refused_with_the_bound() {
    for (_, device) in common::devices() {
        for alpha in [1.5, -1.0001, f64::INFINITY, f64::NAN] {
            let error = HingeConfig::new(3).with_alpha(alpha).try_init(&device);
            let error = error.unwrap_err();
            assert_eq!(error.nearest(), None);
            let value = alpha.to_string();
            assert_mentions(error, &["hinge", "alpha", &value, "in [-1, 1]"]);
        }
        for alpha in [1.0, -1.0, 0.0] {
            let act = HingeConfig::new(3).with_alpha(alpha).init(&device);
            assert_eq!(numbers(act.alpha.val()), [alpha; 3]);
        }
        for curve in curves::all() {
            for info in curve.params().iter().filter(|info| info.bound.is_some()) {
                let (low, high) = info.bound.interval();
                for outside in [low - 1.0, high + 1.0]
                    .into_iter()
                    .filter(|v| v.is_finite())
                {
                    let start = BTreeMap::from([(info.name.into(), outside)]);
                    let config = ActivationConfig::new(curve.name().into(), vec![3]);
                    let error = config.with_start(start).try_init(&device).unwrap_err();
                    let bound = info.bound.to_string();
                    assert_mentions(error, &[curve.name(), info.name, &bound]);
                }
            }
        }
    }
}

#[test]
fn values_come_in_the_order_of_the_curve() {
    for (_, device) in common::devices() {
        let act = HingeConfig::new(2).with_values(&[0.5, -3.0]).init(&device);
        assert_eq!(numbers(act.alpha.val()), [0.5; 2]);
        assert_eq!(numbers(act.beta.val()), [-3.0; 2]);
        for curve in curves::all().filter(|curve| !curve.params().is_empty()) {
            // Distinct values inside any bounds; those not named keep their default.
            let infos = curve.params();
            let value = |i: usize| infos[i].bound.project(0.5 + i as f64 / 8.0);
            let last = infos.len() - 1;
            let start = BTreeMap::from([(infos[last].name.into(), value(last))]);
            let config = ActivationConfig::new(curve.name().into(), vec![3]);
            let act = config.with_start(start).init(&device);
            for (i, (name, param)) in act.parameters().into_iter().enumerate() {
                assert_eq!(name, infos[i].name);
                let exact = if i == last {
                    value(i)
                } else {
                    infos[i].default
                };
                let got = numbers(param.val())[0];
                assert_eq!(got, f64::from(exact as f32), "{}: {name}", curve.name());
            }
        }
    }
}

#[test]
#[should_panic(expected = "one value per parameter")]
fn values_that_are_missing_are_missed() {
    let _ = HingeConfig::new(2).with_values(&[0.5]);
}

#[test]
fn configs_with_starts_survive_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    let config = ActivationConfig::new("prelu".into(), vec![4])
        .with_start(BTreeMap::from([("alpha".into(), 0.1)]))
        .with_frozen(names(&["alpha"]));
    config.save(&path).unwrap();
    let loaded = ActivationConfig::load(&path).unwrap();
    assert_eq!(loaded.start, config.start);
    assert_eq!(loaded.frozen, config.frozen);

    let config = HingeConfig::new(7)
        .with_values(&[-0.75, 3.5])
        .with_frozen(names(&["beta"]));
    config.save(&path).unwrap();
    let loaded = HingeConfig::load(&path).unwrap();
    assert_eq!(loaded.to_string(), config.to_string());
    assert_eq!((loaded.alpha, loaded.beta), (-0.75, 3.5));
    assert_eq!(loaded.frozen, ["beta"]);
}
