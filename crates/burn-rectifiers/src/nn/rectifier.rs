//! What the modules of this crate have in common.

use super::Learned;
use crate::op::Kernel;
use crate::op::Sharing;
use burn::module::{Content, Module};

/// A module that evaluates a curve on each element.
///
/// Implemented by every module that [`activation!`](crate::activation) makes, here and in other
/// crates, and by [`Activation`](crate::Activation). Code that looks at activations (probes, plots,
/// wrappers) takes this.
pub trait Rectifier: Module {
    /// The curve that this module evaluates.
    fn curve(&self) -> &'static dyn Kernel;

    /// The learned parameters by name, in the curve's order.
    fn parameters(&self) -> Vec<(&'static str, &Learned)>;

    /// Who shares a parameter. [`Sharing::Layer`] where there is none.
    fn sharing(&self) -> Sharing;
}

/// What is shown when a module is printed.
#[doc(hidden)]
pub fn describe<R: Rectifier>(module: &R, content: Content) -> Option<Content> {
    let parameters = module.parameters().into_iter();
    let content = content.add("sharing", &module.sharing().to_string());
    parameters
        .fold(content, |content, (name, param)| {
            content.add(name, &param.describe())
        })
        .optional()
}
