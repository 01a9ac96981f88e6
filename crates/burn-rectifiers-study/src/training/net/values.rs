//! The numbers of a module, by path.

use burn::{
    Tensor,
    module::{Module, ModuleVisitor, Param},
    optim::GradientsParams,
    tensor::TensorData,
};

/// Path and value of every parameter, or its gradient, and the path of the module that is being visited.
#[derive(Default)]
struct Values<'a> {
    gradients: Option<&'a GradientsParams>,
    path: Vec<String>,
    found: Vec<(String, TensorData)>,
}

impl ModuleVisitor for Values<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = match self.gradients {
            None => Some(param.val()),
            Some(gradients) => gradients.get::<D>(param.id),
        };
        if let Some(value) = value {
            self.found.push((self.path.join("."), value.into_data()));
        }
    }
}

/// The path of every parameter, such as `blocks.0.conv.weight`, and its value.
pub(crate) fn values(module: &impl Module) -> Vec<(String, TensorData)> {
    collected(module, Values::default())
}

/// The path of every parameter that has a gradient among these, and that gradient.
pub(crate) fn gradients(
    module: &impl Module,
    gradients: &GradientsParams,
) -> Vec<(String, TensorData)> {
    let values = Values {
        gradients: Some(gradients),
        ..Values::default()
    };
    collected(module, values)
}

/// How many numbers of a module are learned. Running statistics and frozen parameters are not, though
/// [`Module::num_params`] counts them.
pub(crate) fn learned(module: &impl Module) -> usize {
    let mut learned = Learned(0);
    module.clone().train().visit(&mut learned);
    learned.0
}

struct Learned(usize);

impl ModuleVisitor for Learned {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if param.val().is_require_grad() {
            self.0 += param.shape().num_elements();
        }
    }
}

fn collected(module: &impl Module, mut values: Values) -> Vec<(String, TensorData)> {
    module.visit(&mut values);
    values.found
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::{
        module::ParamGroup,
        nn::{BatchNorm, BatchNormConfig},
        tensor::Device,
    };

    #[test]
    fn statistics_are_not_learned() {
        for device in [Device::flex(), Device::flex().autodiff()] {
            let norm: BatchNorm = BatchNormConfig::new(7).init(&device);
            assert_eq!(norm.num_params(), 28);
            assert_eq!(learned(&norm), 14);
            assert_eq!(learned(&norm.valid()), 14);
            let gamma = ParamGroup::from_path("gamma");
            let half = norm.set_require_grad_group(gamma, false);
            assert_eq!(learned(&half), 7);
        }
    }
}
