//! A question about one activation.

use std::{collections::BTreeMap, path::PathBuf};

use burn_rectifiers::{curve::Curve, nn::starting_values, op::Kernel};

use super::pictures;
use super::{data_type::DataType, number::Number};
use crate::base::backend::Backend;
use crate::base::error::{StudyError, wrong};

/// What somebody wants to know about one activation.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) curve: &'static dyn Kernel,
    /// One value per parameter, within its bounds.
    pub(super) params: Vec<Number>,
    pub(super) xs: Vec<Number>,
    /// Whether somebody chose the points.
    pub(super) chosen: bool,
    pub(super) json: bool,
    pub(super) backend: Backend,
    pub(super) dtype: DataType,
    pub(super) svg: Option<PathBuf>,
}

impl Question {
    /// The ends of the picture of the curve with `params`.
    pub(super) fn interval(&self, params: &[f64]) -> Result<(f64, f64), StudyError> {
        if !self.chosen {
            return Ok(pictures::interval(self.curve, params));
        }
        let finite = self.xs.iter().map(|x| x.double).filter(|x| x.is_finite());
        let low = finite.clone().fold(f64::INFINITY, f64::min);
        let high = finite.fold(f64::NEG_INFINITY, f64::max);
        // Nobody can read the axis of a picture that shows less or more.
        let drawable = low >= -1e3 && high <= 1e3 && high - low >= 1e-2;
        match drawable {
            true => Ok((low, high)),
            false => Err(StudyError::Setting {
                setting: "svg",
                value: "over the points of --at".into(),
                expected: "finite ones from -1000 to 1000, at least 0.01 apart".into(),
            }),
        }
    }
}

/// The parameters of `curve` in order.
///
/// # Errors
///
/// If one is set twice, if there is no such parameter, or if a value is out of its bounds.
pub(super) fn values(
    curve: &dyn Curve,
    set: Vec<(String, Number)>,
) -> Result<Vec<Number>, StudyError> {
    let mut given = BTreeMap::new();
    for (name, number) in set {
        if let Some(before) = given.insert(name.clone(), number) {
            let expected = format!("`{name}` once; it is {} before", before.double);
            return Err(wrong("set", format!("{name}={}", number.double), &expected));
        }
    }
    let set = given;
    let doubles = set
        .iter()
        .map(|(name, number)| (name.clone(), number.double));
    let values = starting_values(curve, &doubles.collect())?;
    let infos = curve.params().iter().zip(values);
    let number = |name, value: f64| set.get(name).copied().unwrap_or(value.into());
    Ok(infos
        .map(|(info, value)| number(info.name, value))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    burn_rectifiers::activation! {
        /// A line that only rises.
        module Rising, config RisingConfig, curve RisingCurve;
        name "rising";
        formula "rise*x + shift";
        source "an example";
        params {
            /// the slope
            rise: 1.0 in Bound::above(0.0),
            /// the value at 0
            shift: 0.5,
        }
        value(x) { rise * x + shift }
        slope(x) { rise }
        grads(x) {
            rise: { x }
            shift: { lit(1.0) }
        }
    }

    fn set(line: &[&str]) -> Result<Vec<f32>, String> {
        let pair = |text: &&str| {
            let (name, value) = text.split_once('=').unwrap();
            (name.to_string(), value.parse::<Number>().unwrap())
        };
        let values = values(&RisingCurve, line.iter().map(pair).collect());
        let values = values.map_err(|error| error.to_string())?;
        Ok(values.into_iter().map(|value| value.single).collect())
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        assert_eq!(set(&[]), Ok(vec![1.0, 0.5]));
        assert_eq!(set(&["shift=-0.1"]), Ok(vec![1.0, -0.1]));
        assert_eq!(set(&["rise=3", "shift=2"]), Ok(vec![3.0, 2.0]));
        let twice = set(&["rise=3", "shift=2", "rise=4"]).unwrap_err();
        assert_eq!(twice, "--set rise=4: expected `rise` once; it is 3 before");
    }

    #[test]
    fn values_stay_within_bounds() {
        assert_eq!(set(&["rise=1e-6"]), Ok(vec![1e-6, 0.5]));
        assert_eq!(
            set(&["rise=0"]),
            Err("activation `rising`: rise = 0 is out of bounds; it must be > 0".into())
        );
        let unknown = set(&["rice=1"]).unwrap_err();
        assert!(unknown.contains("did you mean `rise`?"), "{unknown}");
    }
}
