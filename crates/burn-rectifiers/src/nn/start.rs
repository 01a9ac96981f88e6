//! Where the parameters of an activation start.

use super::{ActivationError, Learned};
use crate::Curve;
use burn::tensor::Device;

/// The values of a curve's parameters before training, checked, and which of them stay there.
#[doc(hidden)]
#[derive(Debug)]
pub struct Start<'a> {
    curve: &'a dyn Curve,
    values: &'a [f64],
    frozen: &'a [String],
}

impl<'a> Start<'a> {
    /// Parameters of `curve` that start at `values`, in its order; those named in `frozen` are not
    /// trained.
    pub fn new(
        curve: &'a dyn Curve,
        values: &'a [f64],
        frozen: &'a [String],
    ) -> Result<Self, ActivationError> {
        for (info, &value) in curve.params().iter().zip(values) {
            if !info.bound.contains(value) {
                return Err(ActivationError::out_of_bounds(curve, info, value));
            }
        }
        for name in frozen {
            if curve.params().iter().all(|info| info.name != name) {
                return Err(ActivationError::unknown_parameter(curve, name));
            }
        }
        Ok(Self {
            curve,
            values,
            frozen,
        })
    }

    /// The parameters with `count` values each.
    pub fn parameters(&self, count: usize, device: &Device) -> impl Iterator<Item = Learned> {
        let infos = self.curve.params().iter().zip(self.values);
        infos.map(move |(info, &value)| {
            let frozen = self.frozen.iter().any(|name| name == info.name);
            Learned::new(info, count, value, frozen, device)
        })
    }
}
