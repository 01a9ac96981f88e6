//! Where the parameters of an activation start.

use super::{ActivationError, Learned};
use crate::curve::{Curve, ParamInfo};
use burn::tensor::Device;
use std::collections::BTreeMap;

/// The values of the parameters of `curve`, in its order: those in `start` by name, elsewhere the
/// defaults.
///
/// # Errors
///
/// If `start` names a parameter that the curve does not have, or a value is out of bounds.
pub fn starting_values(
    curve: &dyn Curve,
    start: &BTreeMap<String, f64>,
) -> Result<Vec<f64>, ActivationError> {
    let infos = curve.params();
    let known = |name: &str| infos.iter().any(|info| info.name == name);
    if let Some(name) = start.keys().find(|name| !known(name)) {
        return Err(ActivationError::unknown_parameter(curve, name));
    }
    let value = |info: &ParamInfo| start.get(info.name).copied().unwrap_or(info.default);
    let values: Vec<f64> = infos.iter().map(value).collect();
    check_bounds(curve, &values)?;
    Ok(values)
}

fn check_bounds(curve: &dyn Curve, values: &[f64]) -> Result<(), ActivationError> {
    let mut pairs = curve.params().iter().zip(values);
    match pairs.find(|(info, value)| !info.bound.contains(**value)) {
        Some((info, value)) => Err(ActivationError::out_of_bounds(curve, info, *value)),
        None => Ok(()),
    }
}

/// The values of a curve's parameters before training, checked, and which of them stay there.
#[doc(hidden)]
#[derive(Debug)]
pub struct Start<'a> {
    curve: &'a dyn Curve,
    values: &'a [f64],
    frozen: &'a [String],
    per_layer: &'a [String],
}

impl<'a> Start<'a> {
    /// Parameters of `curve` that start at `values`, in its order; those named in `frozen` are not
    /// trained, those named in `per_layer` have one value.
    pub fn new(
        curve: &'a dyn Curve,
        values: &'a [f64],
        frozen: &'a [String],
        per_layer: &'a [String],
    ) -> Result<Self, ActivationError> {
        check_bounds(curve, values)?;
        for name in frozen.iter().chain(per_layer) {
            if curve.params().iter().all(|info| info.name != name) {
                return Err(ActivationError::unknown_parameter(curve, name));
            }
        }
        Ok(Self {
            curve,
            values,
            frozen,
            per_layer,
        })
    }

    /// The parameters, with `count` values each that is not per layer.
    pub fn parameters(&self, count: usize, device: &Device) -> impl Iterator<Item = Learned> {
        let infos = self.curve.params().iter().zip(self.values);
        infos.map(move |(info, &value)| {
            let is_in = |names: &[String]| names.iter().any(|name| name == info.name);
            let count = if is_in(self.per_layer) { 1 } else { count };
            Learned::new(info, count, value, is_in(self.frozen), device)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::PReluCurve;

    fn start(name: &str, value: f64) -> Result<Vec<f64>, ActivationError> {
        starting_values(&PReluCurve, &BTreeMap::from([(name.to_string(), value)]))
    }

    #[test]
    fn values_come_by_name() {
        assert_eq!(
            starting_values(&PReluCurve, &BTreeMap::new()),
            Ok(vec![0.25])
        );
        assert_eq!(start("alpha", -2.0), Ok(vec![-2.0]));
        assert!(matches!(
            start("beta", 1.0),
            Err(ActivationError::UnknownParameter { .. })
        ));
        let message = start("alpha", f64::NAN).unwrap_err().to_string();
        assert!(message.ends_with("it must be a number"), "{message}");
    }
}
