//! Weights from PyTorch and back, with files that PyTorch has written: `tests/fixtures/pytorch/make.py` makes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common;
use crate::common::numbers;
use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::store::{
    HalfPrecisionAdapter, ModuleAdapter, ModuleSnapshot, PytorchStore, SafetensorsStore, burn_pack,
};
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::{
    AconCConfig, Activation, ActivationConfig, Elu, Gelu, Mish, PRelu, PReluConfig, Rectifier,
    Sharing, SwishConfig, XIeluConfig,
    store::{FromPyTorch, ToPyTorch, pytorch_names},
};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/pytorch")
        .join(name)
}

/// Inputs, and what PyTorch made of them.
#[derive(Module, Debug)]
struct Case<const D: usize> {
    x: Param<Tensor<4>>,
    y: Param<Tensor<D>>,
}

fn case<const D: usize>(
    name: &str,
    shapes: ([usize; 4], [usize; D]),
    device: &Device,
) -> (Tensor<4>, Tensor<D>) {
    let mut case = Case {
        x: Param::from_tensor(Tensor::zeros(shapes.0, device)),
        y: Param::from_tensor(Tensor::zeros(shapes.1, device)),
    };
    let path = fixture(&format!("{name}.case.safetensors"));
    case.load_from(&mut SafetensorsStore::from_file(path))
        .unwrap();
    (case.x.val().detach(), case.y.val().detach())
}

const SAMPLES: [usize; 4] = [2, 8, 3, 3];

#[track_caller]
fn agrees<const D: usize>(found: Tensor<D>, expected: Tensor<D>) {
    for (found, expected) in numbers(found).into_iter().zip(numbers(expected)) {
        assert!(
            (found - expected).abs() <= 1e-5 * expected.abs().max(1.0),
            "{found} {expected}"
        );
    }
}

/// `module` with the weights of a `.safetensors` file.
fn loaded<M: Module + ModuleSnapshot>(mut module: M, name: &str) -> M {
    let path = fixture(&format!("{name}.safetensors"));
    let mut file = SafetensorsStore::from_file(path).with_from_adapter(FromPyTorch::new(&module));
    let result = module.load_from(&mut file).unwrap();
    assert!(
        result.missing.is_empty() && result.errors.is_empty(),
        "{result:?}"
    );
    module
}

/// `module` with the weights of a `.pt` file.
fn loaded_pt<M: Module + ModuleSnapshot>(mut module: M, name: &str) -> M {
    let path = fixture(&format!("{name}.pt"));
    let mut file = PytorchStore::from_file(path).remap(pytorch_names(&module));
    let result = module.load_from(&mut file).unwrap();
    assert!(
        result.missing.is_empty() && result.errors.is_empty(),
        "{result:?}"
    );
    module
}

#[test]
fn activations_agree() {
    for (backend, device) in common::devices() {
        println!("{backend}");
        let layer = PReluConfig::new(1).with_sharing(Sharing::Layer);
        let channel = PReluConfig::new(8);
        let (x, y) = case("prelu1", (SAMPLES, SAMPLES), &device);
        agrees(
            loaded(layer.init(&device), "prelu1").forward(x.clone()),
            y.clone(),
        );
        agrees(loaded_pt(layer.init(&device), "prelu1").forward(x), y);
        let (x, y) = case("prelu8", (SAMPLES, SAMPLES), &device);
        agrees(
            loaded(channel.init(&device), "prelu8").forward(x.clone()),
            y.clone(),
        );
        agrees(loaded_pt(channel.init(&device), "prelu8").forward(x), y);
        let (x, y) = case("elu", (SAMPLES, SAMPLES), &device);
        agrees(Elu::new().forward(x), y);
        let (x, y) = case("gelu", (SAMPLES, SAMPLES), &device);
        agrees(Gelu::new().forward(x), y);
        let (x, y) = case("mish", (SAMPLES, SAMPLES), &device);
        agrees(Mish::new().forward(x), y);
        let (x, y) = case("xielu", (SAMPLES, SAMPLES), &device);
        let xielu = XIeluConfig::new(1).with_sharing(Sharing::Layer);
        agrees(loaded(xielu.init(&device), "xielu").forward(x), y);
        let (x, y) = case("swish", (SAMPLES, SAMPLES), &device);
        let swish = SwishConfig::new(1).with_sharing(Sharing::Layer);
        agrees(loaded(swish.init(&device), "swish").forward(x), y);
        let (x, y) = case("acon_c", (SAMPLES, SAMPLES), &device);
        agrees(
            loaded(AconCConfig::new(8).init(&device), "acon_c").forward(x),
            y,
        );
    }
}

/// What Hugging Face's transformers keep of xIELU are the inverses of two factors, and so is what is kept here.
#[test]
fn the_factors_of_xielu_come_back() {
    let device = Device::flex();
    let config = XIeluConfig::new(2);
    for (right, left, beta) in [(0.8, 0.8, 0.5), (1e-4, 0.3, 0.25), (30.0, 7.0, -1.0)] {
        let config = config.clone().with_beta(beta).with_factors(right, left);
        // By the formula: ln(eᵃ − 1).
        let kept = [f64::exp_m1(right).ln(), f64::exp_m1(left - beta).ln()];
        for (got, exact) in [config.alpha_p, config.alpha_n].into_iter().zip(kept) {
            assert!(
                (got - exact).abs() <= 1e-12 * exact.abs().max(1.0),
                "{got} {exact}"
            );
        }
        let [found_right, found_left] = config.init(&device).factors().map(numbers);
        for (found, exact) in [(found_right, right), (found_left, left)] {
            assert!(
                found.iter().all(|f| (f - exact).abs() <= 1e-5 * exact),
                "{found:?} {exact}"
            );
        }
    }
    let usual = config.clone().with_factors(0.8, 0.8);
    assert!((usual.alpha_p - config.alpha_p).abs() < 1e-15);
    assert!((usual.alpha_n - config.alpha_n).abs() < 1e-15);
    let message = common::panic_of(|| config.clone().with_factors(0.8, 0.5));
    assert!(message.contains("0.5 above 0.5"), "{message}");
}

/// Burn's own `PRelu` is translated as well.
#[test]
fn burns_prelu_is_translated() {
    let device = Device::flex();
    let (x, y) = case("prelu8", (SAMPLES, SAMPLES), &device);
    let prelu = burn::nn::PReluConfig::new()
        .with_num_parameters(8)
        .init(&device);
    agrees(loaded(prelu, "prelu8").forward(x), y);
}

#[test]
fn one_slope_is_spread_if_asked_for() {
    let device = Device::flex();
    let mut prelu = PReluConfig::new(8).init(&device);
    let file = || SafetensorsStore::from_file(fixture("prelu1.safetensors"));
    let before = numbers(prelu.alpha.val());
    let error = prelu.load_from(&mut file().with_from_adapter(FromPyTorch::new(&prelu)));
    let message = error.unwrap_err().to_string();
    assert!(
        message.contains("alpha") && message.contains('8'),
        "{message}"
    );
    assert_eq!(numbers(prelu.alpha.val()), before);
    let adapter = FromPyTorch::new(&prelu).spread();
    prelu
        .load_from(&mut file().with_from_adapter(adapter))
        .unwrap();
    let slopes = numbers(prelu.alpha.val());
    assert!(
        slopes.iter().all(|slope| *slope == slopes[0]) && slopes[0] != 0.25,
        "{slopes:?}"
    );
    let (x, y) = case("prelu1", (SAMPLES, SAMPLES), &device);
    agrees(prelu.forward(x), y);
}

/// What was wrong: nothing is kept in silence.
#[test]
fn without_the_adapter_loading_fails() {
    let mut prelu = PReluConfig::new(8).init(&Device::flex());
    let mut file = SafetensorsStore::from_file(fixture("prelu8.safetensors"));
    assert!(prelu.load_from(&mut file).is_err());
}

/// The network of `make.py`, field by field.
#[derive(Module, Debug)]
struct Cnn<A: Module> {
    conv1: Conv2d,
    norm: BatchNorm,
    act1: A,
    conv2: Conv2d,
    act2: A,
    act3: Elu,
    fc: Linear,
}

impl<A: Module> Cnn<A> {
    fn new(act1: A, act2: A, device: &Device) -> Self {
        let conv = |from, to| {
            Conv2dConfig::new([from, to], [3, 3])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        };
        Self {
            conv1: conv(3, 8).init(device),
            norm: BatchNormConfig::new(8).init(device),
            act1,
            conv2: conv(8, 4).with_stride([2, 2]).init(device),
            act2,
            act3: Elu::new(),
            fc: LinearConfig::new(64, 5).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>, act: impl Fn(&A, Tensor<4>) -> Tensor<4>) -> Tensor<2> {
        let x = act(&self.act1, self.norm.forward(self.conv1.forward(x)));
        let x = self.act3.forward(act(&self.act2, self.conv2.forward(x)));
        self.fc.forward(x.flatten(1, 3))
    }
}

fn cnn(device: &Device) -> Cnn<PRelu> {
    let layer = PReluConfig::new(1).with_sharing(Sharing::Layer);
    Cnn::new(PReluConfig::new(8).init(device), layer.init(device), device)
}

/// The same, with activations that were chosen by name.
fn by_name(device: &Device) -> Cnn<Activation> {
    let channel = ActivationConfig::new("prelu".into(), vec![8, 8, 8]);
    let layer = ActivationConfig::new("prelu".into(), vec![4, 4, 4]).with_sharing(Sharing::Layer);
    Cnn::new(channel.init(device), layer.init(device), device)
}

#[test]
fn a_network_agrees() {
    for (backend, device) in common::devices() {
        println!("{backend}");
        let (x, y) = case("cnn", ([2, 3, 8, 8], [2, 5]), &device);
        for model in [loaded(cnn(&device), "cnn"), loaded_pt(cnn(&device), "cnn")] {
            agrees(model.forward(x.clone(), PRelu::forward), y.clone());
        }
        let mut model = by_name(&device);
        let mut file = SafetensorsStore::from_file(fixture("cnn.safetensors"))
            .with_from_adapter(FromPyTorch::new(&model))
            .skip_enum_variants(true);
        model.load_from(&mut file).unwrap();
        agrees(model.forward(x.clone(), Activation::forward), y.clone());
        agrees(
            loaded_pt(by_name(&device), "cnn").forward(x, Activation::forward),
            y,
        );
        assert_eq!(model.act1.parameters()[0].1.dims(), [8]);
    }
}

/// Tensors of a `.safetensors` file: type, shape, bytes.
fn contents(bytes: &[u8]) -> BTreeMap<String, (String, Vec<u64>, Vec<u8>)> {
    let (length, rest) = bytes.split_at(8);
    let length = u64::from_le_bytes(length.try_into().unwrap()) as usize;
    let (header, data) = rest.split_at(length);
    let header: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(header).unwrap();
    let tensors = header
        .into_iter()
        .filter(|(name, _)| name != "__metadata__");
    let numbers = |value: &serde_json::Value| -> Vec<u64> {
        value
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_u64().unwrap())
            .collect()
    };
    let tensor = |(name, about): (String, serde_json::Value)| {
        let range = numbers(&about["data_offsets"]);
        let bytes = data[range[0] as usize..range[1] as usize].to_vec();
        let dtype = about["dtype"].as_str().unwrap().to_string();
        (name, (dtype, numbers(&about["shape"]), bytes))
    };
    tensors.map(tensor).collect()
}

/// What is saved has the names, types, shapes and bytes that PyTorch has saved. (`num_batches_tracked` counts the batches
/// of training, for averages that Burn does not have; PyTorch sets it to 0 where it is missing.)
#[test]
fn pytorch_gets_back_what_it_gave() {
    let device = Device::flex();
    let mut expected = contents(&std::fs::read(fixture("cnn.safetensors")).unwrap());
    expected.remove("norm.num_batches_tracked").unwrap();
    let path = std::env::var_os("RECTIFIERS_TO_PYTORCH").map(PathBuf::from);
    let saved = |mut store: SafetensorsStore, save: &dyn Fn(&mut SafetensorsStore)| {
        store = store.with_to_adapter(ToPyTorch).skip_enum_variants(true);
        save(&mut store);
        store.get_bytes().unwrap()
    };
    let (model, named) = (
        loaded(cnn(&device), "cnn"),
        loaded_pt(by_name(&device), "cnn"),
    );
    let bytes = [
        saved(SafetensorsStore::from_bytes(None), &|store| {
            model.save_into(store).unwrap()
        }),
        saved(SafetensorsStore::from_bytes(None), &|store| {
            named.save_into(store).unwrap()
        }),
    ];
    for bytes in &bytes {
        assert_eq!(contents(bytes), expected);
    }
    if let Some(path) = path {
        std::fs::write(path, &bytes[0]).unwrap();
    }
}

/// Adapters come one after the other: half precision into a file for PyTorch, and out of it.
#[test]
fn adapters_are_chained() {
    let device = Device::flex();
    let model = loaded(cnn(&device), "cnn");
    let mut file = SafetensorsStore::from_bytes(None)
        .with_to_adapter(ToPyTorch.chain(HalfPrecisionAdapter::new()));
    model.save_into(&mut file).unwrap();
    let bytes = file.get_bytes().unwrap();
    let saved = contents(&bytes);
    assert_eq!(saved["act1.weight"].0, "F16");
    assert_eq!(saved["fc.weight"].1, [5, 64]);

    let mut read = cnn(&device);
    let adapter = FromPyTorch::new(&read).chain(HalfPrecisionAdapter::new());
    let mut file = SafetensorsStore::from_bytes(Some(bytes)).with_from_adapter(adapter);
    read.load_from(&mut file).unwrap();
    assert_eq!(read.act1.alpha.dtype(), DType::F32);
    for (read, model) in numbers(read.act1.alpha.val())
        .into_iter()
        .zip(numbers(model.act1.alpha.val()))
    {
        assert!((read - model).abs() <= 1e-3 * model.abs(), "{read} {model}");
    }
}

/// Bounds hold for what comes from elsewhere, and quantized tensors pass.
#[test]
fn what_is_read_is_projected() {
    let device = Device::flex();
    let mut pact = burn_rectifiers::PactConfig::new(3).init(&device);
    let tensor = |name: &str, values: &[f32], shape: &[usize]| {
        let data = burn::tensor::TensorData::new(values.to_vec(), shape.to_vec());
        burn::store::bridge::from_data(data, name.into(), None)
    };
    let tensors: Vec<burn_pack::Tensor> = vec![tensor("n", &[-1.0, 0.5, 2.0], &[1, 3, 1, 1])];
    let adapter: Box<dyn ModuleAdapter> = Box::new(FromPyTorch::new(&pact));
    let result = pact.apply(tensors, None, Some(adapter), false);
    assert!(result.is_success(), "{result:?}");
    let values = numbers(pact.n.val());
    assert!(values[0] > 0.0 && values[1..] == [0.5, 2.0], "{values:?}");
}
