//! Weights from PyTorch and back, with [`burn::store`].
//!
//! PyTorch's `nn.PReLU` calls its slopes `weight`; [`PRelu`](crate::PRelu), like Burn's, calls them `alpha`. The adapters here
//! translate that and, by Burn's own adapters, linear layers and normalizations:
//!
//! ```no_run
//! use burn::module::Module;
//! use burn::store::{ModuleSnapshot, SafetensorsStore};
//! use burn::{nn::{Linear, LinearConfig}, tensor::Device};
//! use burn_rectifiers::{PRelu, PReluConfig, store::{FromPyTorch, ToPyTorch}};
//!
//! // The fields have the names that they have in PyTorch.
//! #[derive(Module, Debug)]
//! struct Model {
//!     fc: Linear,
//!     act: PRelu,
//! }
//!
//! let device = Device::flex();
//! let mut model = Model {
//!     fc: LinearConfig::new(8, 16).init(&device),
//!     act: PReluConfig::new(16).init(&device),
//! };
//! // In Python: safetensors.torch.save_file(model.state_dict(), "model.safetensors")
//! let mut file = SafetensorsStore::from_file("model.safetensors")
//!     .with_from_adapter(FromPyTorch::new(&model));
//! model.load_from(&mut file)?;
//!
//! // In Python: model.load_state_dict(safetensors.torch.load_file("trained.safetensors"))
//! let mut file = SafetensorsStore::from_file("trained.safetensors")
//!     .with_to_adapter(ToPyTorch)
//!     .skip_enum_variants(true);
//! model.save_into(&mut file)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Burn's `PytorchStore` reads `.pt` and `.pth` files and takes no adapter; [`pytorch_names`] tells it the names.

use crate::nn::learned_parameters;
use burn::module::Module;
use burn::store::{
    BurnToPyTorchAdapter, KeyRemapper, ModuleAdapter, ModuleContext, PyTorchToBurnAdapter, bridge,
    burn_pack,
};
use burn::tensor::{DType, Shape, TensorData};
use std::collections::HashMap;
use std::sync::Arc;

/// What `derive(Module)` calls a `PRelu`, Burn's as well as ours.
const PRELU: &str = "Struct:PRelu";

/// Its slopes here and in PyTorch.
const NAMES: (&str, &str) = ("alpha", "weight");

/// Reads what PyTorch has saved, for a store's `with_from_adapter`.
///
/// - Slopes of `nn.PReLU` are found under their name there. One slope is for
///   [`Sharing::Layer`](crate::Sharing::Layer), several are for channels.
/// - Parameters of the other activations come in by name, in any shape with as many values: a scalar, `[n]`, or
///   `[1, n, 1, 1]`.
/// - Linear layers and normalizations are adapted as Burn's [`PyTorchToBurnAdapter`] does it.
#[derive(Debug, Clone)]
pub struct FromPyTorch {
    /// How many values the learned parameters have, by path.
    counts: Arc<HashMap<String, usize>>,
    spread: bool,
}

impl FromPyTorch {
    /// For a model of this structure.
    pub fn new<M: Module>(model: &M) -> Self {
        let mut counts = HashMap::new();
        for parameter in learned_parameters(model) {
            counts.insert(parameter.without_variants, parameter.count);
            counts.insert(parameter.path, parameter.count);
        }
        Self {
            counts: Arc::new(counts),
            spread: false,
        }
    }

    /// Gives a single value to all channels of a parameter that has several. Without this it is an error.
    pub fn spread(mut self) -> Self {
        self.spread = true;
        self
    }
}

impl ModuleAdapter for FromPyTorch {
    fn adapt(&self, tensor: burn_pack::Tensor, context: ModuleContext<'_>) -> burn_pack::Tensor {
        let tensor = PyTorchToBurnAdapter.adapt(tensor, context);
        let Some(&count) = self.counts.get(&tensor.name) else {
            return tensor;
        };
        let given = tensor.shape.num_elements();
        let fits = given == count || (given == 1 && self.spread);
        let is_same = tensor.shape == Shape::from([count]);
        if is_same || !fits || matches!(tensor.dtype, DType::QFloat(_)) {
            return tensor;
        }
        let (name, dtype) = (tensor.name.clone(), tensor.dtype);
        bridge::map_data(tensor, name, dtype, Shape::from([count]), move |data| {
            let bytes = data.as_bytes().repeat(count / given);
            TensorData::from_bytes_vec(bytes, [count], dtype)
        })
    }

    fn get_alternative_param_name(&self, name: &str, module: &str) -> Option<String> {
        if (name, module) == (NAMES.0, PRELU) {
            return Some(NAMES.1.into());
        }
        PyTorchToBurnAdapter.get_alternative_param_name(name, module)
    }

    fn clone_box(&self) -> Box<dyn ModuleAdapter> {
        Box::new(self.clone())
    }
}

/// Writes what PyTorch can load with `load_state_dict`, for a store's `with_to_adapter`.
///
/// Slopes of [`PRelu`](crate::PRelu) get the name that they have in `nn.PReLU`; linear layers and normalizations are
/// adapted as Burn's [`BurnToPyTorchAdapter`] does it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ToPyTorch;

impl ModuleAdapter for ToPyTorch {
    fn adapt(&self, tensor: burn_pack::Tensor, context: ModuleContext<'_>) -> burn_pack::Tensor {
        let mut tensor = BurnToPyTorchAdapter.adapt(tensor, context);
        if context.module_type() == Some(PRELU)
            && let Some(path) = parent(&tensor.name, NAMES.0)
        {
            tensor.name = format!("{path}{}", NAMES.1);
        }
        tensor
    }

    fn get_alternative_param_name(&self, name: &str, module: &str) -> Option<String> {
        if (name, module) == (NAMES.1, PRELU) {
            return Some(NAMES.0.into());
        }
        BurnToPyTorchAdapter.get_alternative_param_name(name, module)
    }

    fn clone_box(&self) -> Box<dyn ModuleAdapter> {
        Box::new(*self)
    }
}

/// Renames the slopes of each `nn.PReLU` for `model`, for a store's `remap`:
///
/// ```no_run
/// use burn::store::{ModuleSnapshot, PytorchStore};
/// # use burn::tensor::Device;
/// # use burn_rectifiers::{PReluConfig, store::pytorch_names};
/// # let mut model = PReluConfig::new(16).init(&Device::flex());
///
/// let names = pytorch_names(&model);
/// let mut file = PytorchStore::from_file("model.pt").remap(names);
/// model.load_from(&mut file)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// That store adapts linear layers and normalizations itself. Shapes stay as they are.
pub fn pytorch_names<M: Module>(model: &M) -> KeyRemapper {
    let mut names = KeyRemapper::new();
    for parameter in learned_parameters(model) {
        if !parameter.is_of_prelu {
            continue;
        }
        for path in [&parameter.path, &parameter.without_variants] {
            let path = parent(path, NAMES.0).unwrap_or_default();
            let escaped = path.replace('.', r"\.");
            let pattern = format!("^{escaped}{}$", NAMES.1);
            let name = format!("{path}{}", NAMES.0);
            names = names
                .add_pattern(pattern, name)
                .expect("letters, digits and dots are a pattern");
        }
    }
    names
}

/// The path of a parameter up to its name, which is `name`, with the dot before that.
fn parent<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let path = path.strip_suffix(name)?;
    (path.is_empty() || path.ends_with('.')).then_some(path)
}
