//! How large the gradients of a model are, parameter by parameter and layer by layer.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use serde::Serialize;

/// The L2 norm ‖g‖ = √Σg² of the gradient of each parameter of `model`.
///
/// The squares are summed in double precision on the host. Gradients are read, not taken: the
/// optimizer finds them as they were. A parameter that `grads` has no gradient for, because it is
/// frozen or had no part in the loss, is left out. NaN and infinity stay what they are.
///
/// ```
/// use burn::{nn::LinearConfig, optim::GradientsParams, tensor::{Device, Tensor}};
/// use burn_rectifiers::observe::gradient_norms;
///
/// let device = Device::flex().autodiff();
/// let linear = LinearConfig::new(2, 1).init(&device);
/// let loss = linear.forward(Tensor::<2>::from_floats([[3.0, 4.0]], &device)).sum();
/// let grads = GradientsParams::from_grads(loss.backward(), &linear);
///
/// let norms = gradient_norms(&linear, &grads);
/// assert_eq!(norms.of("weight"), Some(5.0)); // The gradient is the input.
/// assert_eq!(norms.of("bias"), Some(1.0));
/// assert_eq!(norms.total(), 26f64.sqrt());
/// ```
pub fn gradient_norms<M: Module>(model: &M, grads: &GradientsParams) -> GradientNorms {
    let mut visitor = Visitor {
        grads,
        path: vec![],
        norms: GradientNorms::default(),
    };
    model.visit(&mut visitor);
    visitor.norms
}

/// The norms that [`gradient_norms`] found. Norms of several parameters together are those of one
/// vector that has all their gradients: √Σ‖g‖².
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GradientNorms {
    parameters: Vec<(String, f64)>,
}

impl GradientNorms {
    /// Each parameter that has a gradient, in the order of the module's fields: its path, such as
    /// `blocks.0.conv.weight`, and the norm.
    ///
    /// A path consists of the names of fields and the indices of lists. Of a module that is an enum,
    /// the variant is a part too: the slopes of an [`Activation`](crate::Activation) in a field
    /// `activation` are `activation.PRelu.alpha`.
    pub fn parameters(&self) -> &[(String, f64)] {
        &self.parameters
    }

    /// By layer, that is by the path up to the parameter's own name, such as `blocks.0.conv`. A
    /// parameter that the model itself holds belongs to the layer `""`.
    pub fn layers(&self) -> Vec<(String, f64)> {
        let mut layers: Vec<(String, f64)> = vec![];
        for (path, norm) in &self.parameters {
            let layer = path.rsplit_once('.').map_or("", |(layer, _)| layer);
            match layers.iter_mut().find(|(name, _)| name == layer) {
                Some((_, squares)) => *squares += norm * norm,
                None => layers.push((layer.into(), norm * norm)),
            }
        }
        layers.iter_mut().for_each(|(_, sum)| *sum = sum.sqrt());
        layers
    }

    /// Of everything at or below a path: of a parameter (`blocks.0.conv.weight`), a layer
    /// (`blocks.0.conv`) or a larger part of the model (`blocks.0`). None if no parameter there has
    /// a gradient.
    pub fn of(&self, path: &str) -> Option<f64> {
        let below = |own: &str| match own.strip_prefix(path) {
            Some(rest) => rest.is_empty() || path.is_empty() || rest.starts_with('.'),
            None => false,
        };
        let mut found = self.parameters.iter().filter(|(own, _)| below(own));
        let first = found.next()?;
        Some(together(core::iter::once(first).chain(found)))
    }

    /// Of the whole model, the global norm; 0 without any gradient.
    pub fn total(&self) -> f64 {
        together(self.parameters.iter())
    }
}

fn together<'a>(norms: impl Iterator<Item = &'a (String, f64)>) -> f64 {
    norms.map(|(_, norm)| norm * norm).sum::<f64>().sqrt()
}

struct Visitor<'a> {
    grads: &'a GradientsParams,
    path: Vec<String>,
    norms: GradientNorms,
}

impl ModuleVisitor for Visitor<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some(grad) = self.grads.get::<D>(param.id) else {
            return;
        };
        let data = grad.into_data();
        let squares: f64 = data.iter::<f64>().map(|g| g * g).sum();
        let path = self.path.join(".");
        self.norms.parameters.push((path, squares.sqrt()));
    }
}
