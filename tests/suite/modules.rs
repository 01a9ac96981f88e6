//! The modules as users meet them: made by name, printed, saved, loaded, and used wrongly.

use crate::common;
use crate::common::{bits, kernel, numbers, panic_of, tensor};
use burn::config::Config;
use burn::module::{Module, ModuleVisitor, Param};
use burn::store::ModuleRecord;
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::{
    Activation, ActivationConfig, Elu, LearnableElu, LearnableEluConfig, PRelu, PReluConfig,
    Rectifier, Sharing, curves, curves::find, op::activate,
};

#[cfg(feature = "flex")]
#[test]
fn a_module_shows_its_sharing_and_parameters() {
    let device = Device::flex();
    let shown = PReluConfig::new(64).init(&device).to_string();
    for part in ["PRelu", "sharing: channel", "alpha", "64", "params: 64"] {
        assert!(shown.contains(part), "`{part}` is missing in {shown}");
    }
    let config = ActivationConfig::new("learnable_elu".into(), vec![8, 4, 4]);
    let shown = config
        .with_sharing(Sharing::Element)
        .init(&device)
        .to_string();
    for part in ["LearnableElu", "sharing: element", "alpha", "128"] {
        assert!(shown.contains(part), "`{part}` is missing in {shown}");
    }
    assert!(Elu::new().to_string().contains("Elu"));
}

#[test]
fn every_activation_is_made_by_name() {
    for (backend, device) in common::devices() {
        for curve in curves::all() {
            let name = curve.name();
            for (sharing, count) in [
                (Sharing::Layer, 1),
                (Sharing::Channel { axis: 1 }, 4),
                (Sharing::Channel { axis: 3 }, 2),
                (Sharing::Element, 24),
            ] {
                let config = ActivationConfig::new(name.into(), vec![4, 3, 2]);
                let act = config.with_sharing(sharing).init(&device);
                assert_eq!(act.name(), name);
                let parameters = act.parameters();
                assert_eq!(parameters.len(), curve.params().len());
                for ((name, param), info) in parameters.iter().zip(curve.params()) {
                    assert_eq!((*name, param.dims()), (info.name, [count]));
                }
                if !parameters.is_empty() {
                    assert_eq!(act.sharing(), sharing);
                }

                let xs: Vec<f64> = (0..48).map(|i| f64::from(i) / 8.0 - 3.0).collect();
                let x: Tensor<4> = tensor(&xs, [2, 4, 3, 2], &device, DType::F32);
                let defaults: Vec<f64> = curve.params().iter().map(|p| p.default).collect();
                for (x, y) in xs.iter().zip(numbers(act.forward(x))) {
                    let exact = curve.value_at(*x, &defaults);
                    assert!((y - exact).abs() < 1e-6, "{backend}: {name} at {x}: {y}");
                }
            }
        }
    }
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest() {
    for (wrong, nearest) in [
        ("PReLU", "prelu"),
        ("prelue", "prelu"),
        ("leaky-relu", "leaky_relu"),
        ("learnable elu", "learnable_elu"),
        ("ELU", "elu"),
    ] {
        let message = find(wrong).unwrap_err().to_string();
        assert!(message.contains(wrong), "{message}");
        assert!(
            message.contains(&format!("did you mean `{nearest}`?")),
            "{message}"
        );
        for curve in curves::all() {
            assert!(message.contains(curve.name()), "{message}");
        }
    }
    for (_, device) in common::devices() {
        let config = ActivationConfig::new("prelue".into(), vec![3]);
        let error = config.try_init(&device).unwrap_err();
        assert_eq!(error.nearest(), Some("prelu"));
        let message = panic_of(|| config.init(&device));
        assert!(message.contains("did you mean `prelu`?"), "{message}");
    }
}

#[test]
fn configs_survive_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    for sharing in [
        Sharing::Layer,
        Sharing::Channel { axis: 1 },
        Sharing::Channel { axis: 3 },
        Sharing::Element,
    ] {
        let config = ActivationConfig::new("prelu".into(), vec![4, 3, 2]).with_sharing(sharing);
        config.save(&path).unwrap();
        let loaded = ActivationConfig::load(&path).unwrap();
        assert_eq!(
            (loaded.name, loaded.features),
            (config.name, config.features)
        );
        assert_eq!(loaded.sharing, sharing);

        let config = PReluConfig::new(7).with_sharing(sharing).with_alpha(0.1);
        config.save(&path).unwrap();
        let loaded = PReluConfig::load(&path).unwrap();
        assert_eq!(loaded.to_string(), config.to_string());
    }
}

#[derive(Module, Debug)]
struct Net {
    first: PRelu,
    second: LearnableElu,
    third: Activation,
    fourth: Activation,
}

impl Net {
    fn new(device: &Device) -> Self {
        let by_name = |name: &str| ActivationConfig::new(name.into(), vec![3]).init(device);
        Self {
            first: PReluConfig::new(3).init(device),
            second: LearnableEluConfig::new(1)
                .with_sharing(Sharing::Layer)
                .init(device),
            third: by_name("prelu"),
            fourth: by_name("elu"),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let x = self.second.forward(self.first.forward(x));
        self.fourth.forward(self.third.forward(x))
    }
}

/// Collects the bits of all parameters, by path.
#[derive(Default)]
struct Collect {
    path: Vec<String>,
    found: Vec<(String, Vec<u64>)>,
}

impl ModuleVisitor for Collect {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.into());
    }
    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.found.push((self.path.join("."), bits(param.val())));
    }
}

fn parameters(net: &Net) -> Vec<(String, Vec<u64>)> {
    let mut collect = Collect::default();
    net.visit(&mut collect);
    collect.found
}

/// A net whose slopes are numbers that a careless format would change.
fn trained(device: &Device) -> Net {
    let values = [1.0 / 3.0, -1e-30, f64::from(f32::MAX)];
    let param =
        |values: &[f64]| Param::from_tensor(tensor(values, [values.len()], device, DType::F32));
    let mut net = Net::new(device);
    net.first.alpha.set(param(&values));
    net.second.alpha.set(param(&[0.1]));
    let Activation::PRelu(third) = &mut net.third else {
        panic!("asked for prelu");
    };
    third.alpha.set(param(&[-0.0, 0.7, -1.0 / 3.0]));
    net
}

#[test]
fn a_saved_slope_is_loaded_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    for (backend, device) in common::devices() {
        let path = folder.path().join(format!("{backend}.bpk"));
        let net = trained(&device);
        let saved = parameters(&net);
        let x: Tensor<2> = tensor(&[-1.5, 2.0, -0.5], [1, 3], &device, DType::F32);
        let y = bits(net.forward(x.clone()));

        net.clone().save_file(&path).unwrap();
        let fresh = Net::new(&device);
        assert_ne!(parameters(&fresh), saved);
        let loaded = fresh.load_file(&path);
        assert_eq!(parameters(&loaded), saved, "{backend}");
        assert_eq!(bits(loaded.forward(x)), y, "{backend}");

        let bytes = net.into_record().into_bytes().unwrap();
        let loaded = Net::new(&device).load_record(ModuleRecord::from_bytes(bytes).unwrap());
        assert_eq!(parameters(&loaded), saved, "{backend}");
    }
}

#[cfg(feature = "flex")]
#[test]
fn parameters_are_saved_under_their_names() {
    let paths: Vec<String> = parameters(&Net::new(&Device::flex()))
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    assert_eq!(paths, ["first.alpha", "second.alpha", "third.PRelu.alpha"]);
}

/// A record of another width is refused with the name of the parameter.
#[cfg(feature = "flex")]
#[test]
fn a_record_of_another_size_is_refused() {
    let device = Device::flex();
    let record = PReluConfig::new(4).init(&device).into_record();
    let error = PReluConfig::new(3).init(&device).try_load_record(record);
    let message = error.unwrap_err().to_string();
    assert!(message.contains("alpha"), "{message}");
}

#[track_caller]
fn assert_mentions(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is missing in: {message}");
    }
}

#[test]
fn mistakes_are_named() {
    for (_, device) in common::devices() {
        let zeros = |shape: [usize; 4]| Tensor::<4>::zeros(shape, &device);

        // 32 channels met by 64 slopes.
        let prelu = PReluConfig::new(64).init(&device);
        let message = panic_of(|| prelu.forward(zeros([2, 32, 5, 5])));
        assert_mentions(
            &message,
            &["prelu", "alpha", "64", "32", "channel", "[2, 32, 5, 5]"],
        );

        // Channels last, or one slope for all: the sharing that takes as many is offered, no other number.
        for (count, offered) in [
            (32, "32 fit `Sharing::Channel { axis: 3 }`"),
            (1, "1 fit `Sharing::Layer`"),
            (26 * 26 * 32, "21632 fit `Sharing::Element`"),
        ] {
            let prelu = PReluConfig::new(count).init(&device);
            let message = panic_of(|| prelu.forward(zeros([2, 26, 26, 32])));
            assert_mentions(&message, &["takes 26; ", offered]);
        }

        // Equal sizes elsewhere do not help.
        let message = panic_of(|| prelu.forward(zeros([64, 32, 64, 64])));
        assert_mentions(&message, &["alpha", "64", "32"]);

        // An axis that the input does not have.
        let config = PReluConfig::new(64).with_sharing(Sharing::Channel { axis: 4 });
        let message = panic_of(|| config.init(&device).forward(zeros([2, 64, 5, 5])));
        assert_mentions(
            &message,
            &["prelu", "axis 4", "[2, 64, 5, 5]", "axes 0 to 3"],
        );

        // One value for the layer, or one per element, and a number that does not fit.
        let config = PReluConfig::new(2).with_sharing(Sharing::Layer);
        let message = panic_of(|| config.init(&device).forward(zeros([1, 1, 1, 2])));
        assert_mentions(&message, &["alpha", "2 value(s)", "layer", "takes 1"]);
        let config = PReluConfig::new(75).with_sharing(Sharing::Element);
        let message = panic_of(|| config.init(&device).forward(zeros([3, 2, 5, 5])));
        assert_mentions(&message, &["alpha", "75 value(s)", "element", "takes 50"]);

        // The batch is no channel.
        let config = ActivationConfig::new("prelu".into(), vec![64, 5, 5]);
        for axis in [0, 4] {
            let config = config.clone().with_sharing(Sharing::Channel { axis });
            let message = panic_of(|| config.init(&device));
            assert_mentions(&message, &[&format!("axis {axis}"), "[64, 5, 5]", "1..=3"]);
        }

        // Parameters left out.
        let message =
            panic_of(|| activate(zeros([1, 2, 3, 4]), vec![], kernel("prelu"), Sharing::Layer));
        assert_mentions(&message, &["prelu", "1 parameter(s) expected, 0 given"]);
    }
}

#[test]
fn types_that_differ_are_named() {
    for (backend, device) in common::devices() {
        let Some(other) = [DType::F64, DType::F16]
            .into_iter()
            .find(|dtype| device.supports_dtype(*dtype))
        else {
            println!("{backend} has one floating-point type");
            continue;
        };
        let prelu = PReluConfig::new(2).init(&device);
        let x: Tensor<2> = tensor(&[1.0, 2.0], [1, 2], &device, other);
        let message = panic_of(|| prelu.forward(x));
        assert_mentions(
            &message,
            &["prelu", "alpha", "F32", &format!("{other:?}"), "cast"],
        );
    }
}
