//! What can be wrong about the choice of an activation.

use crate::curve::{Bound, Curve, ParamInfo};
use core::fmt;

/// The reason an activation cannot be created.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ActivationError {
    /// No activation has this name.
    UnknownActivation {
        /// What was asked for.
        name: String,
        /// The activations that there are.
        known: Vec<&'static str>,
    },
    /// The activation has no such parameter.
    UnknownParameter {
        /// The activation.
        activation: &'static str,
        /// What was asked for.
        name: String,
        /// The parameters that there are.
        known: Vec<&'static str>,
    },
    /// The value lies outside the bounds of the parameter.
    OutOfBounds {
        /// The activation.
        activation: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// The value.
        value: f64,
        /// What is allowed.
        bound: Bound,
    },
    /// No gain keeps the variance through this activation.
    NoGain {
        /// The activation.
        activation: &'static str,
        /// Its parameters by name.
        params: Vec<(&'static str, f64)>,
        /// E\[f(z)²\] for standard normal z: zero, infinite or NaN.
        moment: f64,
    },
    /// Slopes cannot be drawn from this range.
    SlopeRange {
        /// The activation.
        activation: &'static str,
        /// The least slope.
        lower: f64,
        /// The largest slope.
        upper: f64,
    },
    /// Elements cannot be dropped with this probability.
    DropProbability {
        /// The probability.
        prob: f64,
    },
}

impl ActivationError {
    /// No activation among `known` is called `name`.
    pub(crate) fn unknown_activation(name: &str, known: Vec<&'static str>) -> Self {
        let name = name.into();
        Self::UnknownActivation { name, known }
    }

    pub(crate) fn unknown_parameter(curve: &dyn Curve, name: &str) -> Self {
        Self::UnknownParameter {
            activation: curve.name(),
            name: name.into(),
            known: curve.params().iter().map(|info| info.name).collect(),
        }
    }

    pub(crate) fn out_of_bounds(curve: &dyn Curve, info: &ParamInfo, value: f64) -> Self {
        Self::OutOfBounds {
            activation: curve.name(),
            parameter: info.name,
            value,
            bound: info.bound,
        }
    }

    pub(crate) fn no_gain(curve: &dyn Curve, params: &[f64], moment: f64) -> Self {
        let names = curve.params().iter().map(|info| info.name);
        Self::NoGain {
            activation: curve.name(),
            params: names.zip(params.iter().copied()).collect(),
            moment,
        }
    }

    /// The known name that resembles the unknown one most, if any does.
    pub fn nearest(&self) -> Option<&'static str> {
        match self {
            Self::UnknownActivation { name, known }
            | Self::UnknownParameter { name, known, .. } => nearest(name, known.iter().copied()),
            Self::OutOfBounds { .. }
            | Self::NoGain { .. }
            | Self::SlopeRange { .. }
            | Self::DropProbability { .. } => None,
        }
    }
}

impl fmt::Display for ActivationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hint = match self.nearest() {
            Some(nearest) => format!("; did you mean `{nearest}`?"),
            None => String::new(),
        };
        match self {
            Self::UnknownActivation { name, known } => {
                let known = known.join(", ");
                write!(
                    f,
                    "no activation is called `{name}`{hint} (there are: {known})"
                )
            }
            Self::UnknownParameter {
                activation,
                name,
                known,
                ..
            } if known.is_empty() => {
                write!(
                    f,
                    "activation `{activation}` has no parameters, so no `{name}`"
                )
            }
            Self::UnknownParameter {
                activation,
                name,
                known,
            } => {
                let known = known.join(", ");
                write!(
                    f,
                    "activation `{activation}` has no parameter `{name}`{hint} (there are: {known})"
                )
            }
            Self::OutOfBounds {
                activation,
                parameter,
                value,
                bound,
            } => write!(
                f,
                "activation `{activation}`: {parameter} = {value} is out of bounds; it must be {}",
                match bound.to_string() {
                    interval if interval.starts_with('[') => format!("in {interval}"),
                    // Only NaN is refused where anything else goes.
                    any if any == "any" => "a number".into(),
                    comparison => comparison,
                }
            ),
            Self::NoGain {
                activation,
                params,
                moment,
            } => {
                write!(f, "activation `{activation}`")?;
                for (name, value) in params {
                    write!(f, ", {name} = {value}")?;
                }
                write!(
                    f,
                    ": no gain keeps the variance, because the mean square of its values is {moment}"
                )
            }
            Self::SlopeRange {
                activation,
                lower,
                upper,
            } => write!(
                f,
                "activation `{activation}`: slopes cannot be drawn from [{lower}, {upper}]; both \
                 ends must be finite and in order"
            ),
            Self::DropProbability { prob } => write!(
                f,
                "alpha dropout: the probability must be in [0, 1), but is {prob}"
            ),
        }
    }
}

impl core::error::Error for ActivationError {}

/// The name among `known` that resembles `name` most, if any does.
fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let wanted = name.to_lowercase().replace(['-', ' '], "_");
    known
        .map(|known| (edit_distance(&wanted, known), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len() / 2)
        .map(|(_, known)| known)
}

/// Levenshtein distance: single-character insertions, deletions and substitutions.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
