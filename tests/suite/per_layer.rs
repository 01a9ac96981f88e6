//! Parameters with one value for the whole layer among others with one per channel or element: `per_layer`.

use crate::common::{
    Numbers, allowed_value, bits, devices, kernel, layout, numbers, panic_of, tensor,
};
use burn::config::Config;
use burn::module::Module;
use burn::tensor::{DType, Device, Tensor, Tolerance};
use burn_rectifiers::op::{Kernel, activate, compose};
use burn_rectifiers::{
    ActivationConfig, DerfConfig, DyTConfig, PReluConfig, PeluConfig, Rectifier, Sharing,
    TransformativeConfig, nn::Learned,
};

const SHAPE: [usize; 3] = [4, 6, 5];

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}

fn input(device: &Device) -> Tensor<3> {
    let mut source = Numbers(7);
    let xs: Vec<f64> = (0..SHAPE.iter().product())
        .map(|_| source.between(-3.0, 3.0))
        .collect();
    tensor(&xs, SHAPE, device, DType::F32)
}

/// The output and the gradients of the input and of each parameter.
fn pass(x: Tensor<3>, params: &[Tensor<1>], curve: &'static dyn Kernel, sharing: Sharing) -> Pass {
    let y = activate(x.clone(), params.to_vec(), curve, sharing);
    let grads = (y.clone() * (x.clone().detach() + 0.5)).sum().backward();
    let params = params.iter().map(|p| numbers(p.grad(&grads).unwrap()));
    Pass {
        params: params.collect(),
        exact: [bits(y), bits(x.grad(&grads).unwrap())],
    }
}

struct Pass {
    exact: [Vec<u64>; 2],
    params: Vec<Vec<f64>>,
}

#[test]
fn a_single_value_is_that_value_everywhere_and_its_gradient_the_sum() {
    let mut source = Numbers(3);
    for (backend, device) in devices() {
        let device = device.autodiff();
        for name in ["dyt", "derf", "pelu", "srelu"] {
            let curve = kernel(name);
            let infos = curve.params();
            for sharing in [
                Sharing::Channel { axis: 1 },
                Sharing::Channel { axis: 2 },
                Sharing::Element,
            ] {
                let count = layout::count(sharing, &SHAPE);
                let single = source.below(infos.len());
                let param = |values: &[f64]| {
                    tensor(values, [values.len()], &device, DType::F32).require_grad()
                };
                let mut mixed = vec![];
                let mut full = vec![];
                for (i, info) in infos.iter().enumerate() {
                    let mut value = || allowed_value(info, &mut source);
                    let values: Vec<f64> = match i == single {
                        true => vec![value(); count],
                        false => (0..count).map(|_| value()).collect(),
                    };
                    let distinct = if i == single { &values[..1] } else { &values };
                    mixed.push(param(distinct));
                    full.push(param(&values));
                }
                let x = || input(&device).require_grad();
                let (got, expected) = (
                    pass(x(), &mixed, curve, sharing),
                    pass(x(), &full, curve, sharing),
                );
                let what = format!("{backend}, {name} per {sharing}, {single}");
                assert_eq!(got.exact, expected.exact, "{what}");
                for (i, (got, terms)) in got.params.iter().zip(expected.params).enumerate() {
                    if i == single {
                        let size: f64 = terms.iter().map(|term| term.abs()).sum();
                        let off = (got[0] - terms.iter().sum::<f64>()).abs();
                        assert_eq!(got.len(), 1);
                        assert!(off <= 1e-6 * size, "{what}: {off}");
                    } else {
                        assert_eq!(got, &terms, "{what}");
                    }
                }
                let params = mixed.iter().map(|p| p.clone().detach()).collect();
                let composed = compose(x().detach(), params, curve, sharing);
                let y = activate(x().detach(), mixed, curve, sharing).detach();
                let tolerance = Tolerance::<f32>::rel_abs(1e-5, 1e-5);
                composed
                    .into_data()
                    .assert_approx_eq(&y.into_data(), tolerance);
            }
        }
    }
}

fn counts<'a>(parameters: impl IntoIterator<Item = (&'static str, &'a Learned)>) -> Vec<usize> {
    let parameters = parameters.into_iter();
    parameters
        .map(|(_, p)| p.lazy_shape().num_elements())
        .collect()
}

#[test]
fn configs_say_which_parameters_are_per_layer() {
    for (_, device) in devices() {
        let config = DyTConfig::new(6).with_per_layer(names(&["alpha"]));
        let dyt = config.init(&device);
        assert_eq!(counts(dyt.parameters()), [1, 6, 6]);
        let shown = dyt.to_string();
        assert!(shown.contains("alpha: [1], gamma: [6]"), "{shown}");
        assert_eq!(dyt.num_params(), 13);

        let config = ActivationConfig::new("dyt".into(), SHAPE[1..].to_vec())
            .with_sharing(Sharing::Element)
            .with_per_layer(names(&["alpha", "delta"]));
        let loaded = ActivationConfig::load_binary(config.to_string().as_bytes()).unwrap();
        assert_eq!(loaded.per_layer, config.per_layer);
        let by_name = loaded.init(&device);
        assert_eq!(counts(by_name.parameters()), [1, 30, 1]);
        let x = input(&device);
        assert_eq!(bits(by_name.forward(x.clone())), bits(dyt.forward(x)));
    }
}

#[test]
fn a_record_keeps_the_single_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("act.bpk");
    let device = Device::flex();
    let config = PeluConfig::new(3).with_per_layer(names(&["b"]));
    let saved = config.clone().with_b(2.5).init(&device);
    saved.save_file(&path).unwrap();
    let loaded = config.init(&device).load_file(&path);
    assert_eq!(numbers(loaded.b.val()), [2.5]);
    assert_eq!(numbers(loaded.a.val()), [1.0; 3]);
}

/// A Derf whose own parameters are per layer, with a line around it per channel.
#[test]
fn the_inside_of_a_transformation_may_be_per_layer() {
    for (_, device) in devices() {
        for inner in [
            DerfConfig::new(1).with_sharing(Sharing::Layer),
            DerfConfig::new(6).with_per_layer(names(&["alpha", "s", "gamma", "delta"])),
        ] {
            let inner = inner.with_alpha(0.75).init(&device);
            let act = TransformativeConfig::new(6)
                .with_per_layer(names(&["gamma"]))
                .with_alpha(1.5)
                .with_delta(0.25)
                .init(inner, &device);
            assert_eq!(counts(act.parameters()), [6, 6, 1, 6, 1, 1, 1, 1]);
            let plain = DerfConfig::new(6)
                .with_alpha(0.75)
                .with_gamma(1.5)
                .with_delta(0.25)
                .init(&device);
            let x = input(&device);
            let (got, expected) = (act.forward(x.clone()), plain.forward(x));
            let tolerance = Tolerance::<f32>::rel_abs(1e-6, 1e-6);
            got.into_data()
                .assert_approx_eq(&expected.into_data(), tolerance);
        }
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let device = Device::flex();
    let config = DyTConfig::new(6).with_per_layer(names(&["alhpa"]));
    let error = config.try_init(&device).unwrap_err().to_string();
    assert!(error.contains("did you mean `alpha`?"), "{error}");
    let config = ActivationConfig::new("relu".into(), vec![6]).with_per_layer(names(&["alpha"]));
    let error = config.try_init(&device).unwrap_err().to_string();
    assert!(error.contains("no parameters"), "{error}");

    // All parameters with one value are shared per layer, and that must be said.
    let slope = PReluConfig::new(1).init(&device);
    let message = panic_of(|| slope.forward(input(&device)));
    assert!(
        message.contains("1 fit `Sharing::Layer`") && message.contains("takes 6"),
        "{message}"
    );

    // One of another number is at fault, not the single one before it.
    let dyt = DyTConfig::new(4).with_per_layer(names(&["alpha"]));
    let dyt = dyt.init(&device);
    let message = panic_of(|| dyt.forward(input(&device)));
    assert!(
        message.contains("`gamma` has 4 value(s)") && message.contains("takes 6"),
        "{message}"
    );
}
