//! The operation as extensions of Burn's backends.

use super::{Bundle, Kernel, Sharing, View};
use burn::backend::{Backend, backend_extension, tensor::FloatTensor};

/// What to compute: which curve, and who shares its parameters.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// The activation.
    pub curve: &'static dyn Kernel,
    /// Who shares a parameter.
    pub sharing: Sharing,
}

impl Task {
    /// How the parameters lie along a tensor of shape `shape`.
    ///
    /// # Panics
    ///
    /// If the tensor has no such axis; [`activate`](super::activate) checks that beforehand.
    pub fn view(&self, shape: &[usize]) -> View {
        match self.sharing.view(shape) {
            Ok(view) => view,
            Err(reason) => panic!("activation `{}`: {reason}", self.curve.name()),
        }
    }
}

/// Which gradients somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The gradient of the input.
    pub input: bool,
    /// The gradients of the parameters, all of them, since one pass yields all.
    pub params: bool,
}

/// Backends that evaluate an activation.
#[backend_extension(
    Flex: cfg(feature = "flex"),
    NdArray: cfg(feature = "ndarray"),
    Cube: cfg(feature = "cube"),
    Remote: cfg(feature = "remote"),
    Autodiff
)]
pub trait Rectify: Backend {
    /// `task.curve` of each element of `x`.
    fn rectify(
        x: FloatTensor<Self>,
        #[extension_type] params: Bundle<Self>,
        task: Task,
    ) -> FloatTensor<Self>;
}

/// Backends that also know the derivatives.
#[backend_extension(
    Flex: cfg(feature = "flex"),
    NdArray: cfg(feature = "ndarray"),
    Cube: cfg(feature = "cube"),
    Remote: cfg(feature = "remote")
)]
pub trait RectifyBackward: Rectify {
    /// Given the gradient `grad` of the output: the gradient of the input, if wanted, then those
    /// of the parameters, if wanted.
    fn rectify_backward(
        x: FloatTensor<Self>,
        #[extension_type] params: Bundle<Self>,
        grad: FloatTensor<Self>,
        task: Task,
        wanted: Wanted,
    ) -> Bundle<Self>;
}
