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
/// use burn::{lr_scheduler::module_lr_scheduler::ModuleLrScheduler, optim::{AdamWConfig, ModuleOptimizer}};
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
///     .with_group(slopes.clone(), adam.with_weight_decay(0.0).build(), None);
/// let mut rates = ModuleLrScheduler::new(1e-3).with_group(slopes, 1e-2);
/// let rate = rates.step(); // for optimizer.step(rate, model, gradients)
/// # assert_eq!(rate.base(), 1e-3);
/// # let _ = optimizer;
/// ```
///
/// The group goes by the paths of parameters, not by their ids, which change when a record is loaded: it serves any model
/// of this structure, and an optimizer that is made anew when training is resumed.
pub fn activation_parameters<M: Module>(model: &M) -> ParamGroup {
    let paths = learned_parameters(model).into_iter();
    ParamGroup::from_paths(paths.map(|parameter| parameter.path).collect())
}

/// A learned parameter of a model.
#[derive(Debug, Default)]
#[cfg_attr(not(feature = "store"), allow(dead_code))]
pub(crate) struct LearnedParameter {
    /// Where it is, such as `layers.0.act.alpha`.
    pub(crate) path: String,
    /// That without the variants of enums.
    pub(crate) without_variants: String,
    /// How many values it has.
    pub(crate) count: usize,
    /// Whether its module is called `PRelu`.
    pub(crate) is_of_prelu: bool,
}

/// All learned parameters of a model.
pub(crate) fn learned_parameters<M: Module>(model: &M) -> Vec<LearnedParameter> {
    let mut all = Parameters::default();
    model.visit(&mut all);
    all.found
}

/// Collects learned parameters.
#[derive(Default)]
struct Parameters {
    /// Names with the types of their modules.
    path: Vec<(String, String)>,
    found: Vec<LearnedParameter>,
}

impl Parameters {
    fn joined(&self, is_part: impl Fn(&str) -> bool) -> String {
        let parts = self.path.iter().filter(|(_, of)| is_part(of));
        let names: Vec<_> = parts.map(|(name, _)| name.as_str()).collect();
        names.join(".")
    }
}

impl ModuleVisitor for Parameters {
    fn enter_module(&mut self, name: &str, container_type: &str) {
        self.path.push((name.into(), container_type.into()));
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if is_visiting() {
            self.found.push(LearnedParameter {
                path: self.joined(|_| true),
                without_variants: self.joined(|of| !of.starts_with("Enum:")),
                count: param.lazy_shape().num_elements(),
                is_of_prelu: self.path.last().is_some_and(|(_, of)| of == "Struct:PRelu"),
            });
        }
    }
}
