//! The parameters of activations as a group, for optimizers.

use super::learned::is_visiting;
use burn::module::{Module, ModuleVisitor, Param, ParamGroup};
use burn::tensor::Tensor;

/// The learned parameters of all activations of this crate in `model`, whatever its fields are called, also of
/// [`Activation`](crate::Activation) and of activations that [`activation!`](crate::activation) made.
///
/// Weight decay pulls a slope towards 0 and so makes a PReLU a ReLU; He et al. 2015 (arXiv:1502.01852, section 2.1) train
/// slopes without it. Others give them a learning rate of their own:
///
/// ```
/// use burn::{module::Module, nn::{Linear, LinearConfig}, tensor::Device};
/// use burn::{lr_scheduler::module::ModuleLrScheduler, optim::{AdamWConfig, ModuleOptimizer}};
/// use burn_rectifiers::{PRelu, PReluConfig, nn::activation_parameters};
///
/// #[derive(Module, Debug)]
/// struct Model {
///     linear: Linear,
///     act: PRelu,
/// }
///
/// let device = Device::flex();
/// let model = Model {
///     linear: LinearConfig::new(8, 16).init(&device),
///     act: PReluConfig::new(16).init(&device),
/// };
/// let slopes = activation_parameters(&model);
/// let adam = AdamWConfig::new().with_weight_decay(0.01);
/// let optimizer = ModuleOptimizer::from(adam.clone().build())
///     .with_group(slopes, adam.with_weight_decay(0.0).build(), None);
/// # let _ = optimizer;
/// ```
///
/// The group goes by the paths of parameters, not by their ids, which change when a record is loaded: it serves any model
/// of this structure, and an optimizer that is made anew when training is resumed.
pub fn activation_parameters<M: Module>(model: &M) -> ParamGroup {
    let mut paths = Paths::default();
    model.visit(&mut paths);
    ParamGroup::from_paths(paths.found)
}

/// Collects the paths of learned parameters.
#[derive(Default)]
struct Paths {
    path: Vec<String>,
    found: Vec<String>,
}

impl ModuleVisitor for Paths {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, _param: &Param<Tensor<D>>) {
        if is_visiting() {
            self.found.push(self.path.join("."));
        }
    }
}
