//! Who shares a parameter, and what that means for the layout of a tensor.

use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// Who shares a parameter of an activation.
///
/// Parameters are stored flat: one value, one per channel, or one per element of a sample in
/// row-major order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Sharing {
    /// One value for the whole layer.
    Layer,
    /// One value per channel, channels lying along `axis` of the input.
    Channel {
        /// 1 for `[batch, channel, height, width]` and `[batch, feature]`, the last axis for
        /// channels-last layouts.
        axis: usize,
    },
    /// One value per element of a sample: every axis but the first, which is the batch.
    Element,
}

impl Default for Sharing {
    /// Per channel along axis 1.
    fn default() -> Self {
        Self::Channel { axis: 1 }
    }
}

impl Sharing {
    /// How many values a parameter has for samples of shape `features` (without the batch axis).
    ///
    /// # Panics
    ///
    /// If the channel axis is the batch axis or lies beyond `features`, or if a sample has more elements than `usize`
    /// counts.
    pub fn count(self, features: &[usize]) -> usize {
        match self {
            Self::Layer => 1,
            Self::Element => {
                let mut sizes = features.iter();
                let count = sizes.try_fold(1usize, |all, size| all.checked_mul(*size));
                count.unwrap_or_else(|| {
                    panic!("samples of shape {features:?} have too many elements")
                })
            }
            Self::Channel { axis } => {
                assert!(
                    (1..=features.len()).contains(&axis),
                    "per-channel sharing along axis {axis} does not fit samples of shape \
                     {features:?}: axis 0 is the batch, so the axis must be in 1..={}",
                    features.len()
                );
                features[axis - 1]
            }
        }
    }

    /// The tensor of shape `shape` as `[outer, count, inner]`.
    ///
    /// # Errors
    ///
    /// One line that says what is wrong, if there is no such axis.
    pub(crate) fn view(self, shape: &[usize]) -> Result<View, String> {
        let product = |dims: &[usize]| dims.iter().product::<usize>();
        match self {
            Self::Layer => Ok(View {
                outer: 1,
                count: 1,
                inner: product(shape),
            }),
            Self::Channel { axis } if axis < shape.len() => Ok(View {
                outer: product(&shape[..axis]),
                count: shape[axis],
                inner: product(&shape[axis + 1..]),
            }),
            Self::Channel { axis } => Err(format!(
                "parameters are shared per channel along axis {axis}, but the input has shape \
                 {shape:?}, that is axes 0 to {}; use `Sharing::Channel {{ axis }}` with an axis \
                 of the input",
                shape.len().saturating_sub(1)
            )),
            Self::Element if !shape.is_empty() => Ok(View {
                outer: shape[0],
                count: product(&shape[1..]),
                inner: 1,
            }),
            Self::Element => Err("parameters per element need a batch axis".into()),
        }
    }

    /// The shape of a parameter beside a tensor of shape `shape`: it broadcasts to the latter. For what
    /// [`view`](Self::view) takes.
    pub(crate) fn unit(self, shape: &[usize]) -> Vec<usize> {
        let keep = |axis: usize| match self {
            Self::Layer => false,
            Self::Channel { axis: own } => axis == own,
            Self::Element => axis > 0,
        };
        let dims = shape.iter().enumerate();
        dims.map(|(axis, dim)| if keep(axis) { *dim } else { 1 })
            .collect()
    }
}

impl fmt::Display for Sharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layer => f.write_str("layer"),
            Self::Channel { axis: 1 } => f.write_str("channel"),
            Self::Channel { axis } => write!(f, "channel:{axis}"),
            Self::Element => f.write_str("element"),
        }
    }
}

impl FromStr for Sharing {
    type Err = String;

    /// `layer`, `channel` (axis 1), `channel:3` (axis 3) or `element`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "layer" => Ok(Self::Layer),
            None if text == "channel" => Ok(Self::default()),
            None if text == "element" => Ok(Self::Element),
            Some(("channel", axis)) if axis.parse::<usize>().is_ok() => Ok(Self::Channel {
                axis: axis.parse().unwrap_or_default(),
            }),
            _ => Err(format!(
                "`{text}` is no way to share parameters; use layer, channel, channel:AXIS or element"
            )),
        }
    }
}

/// A tensor seen as `[outer, count, inner]`: element `i` of its row-major order uses parameter
/// `(i / inner) % count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct View {
    /// Number of repetitions of the whole set of parameters.
    pub outer: usize,
    /// Number of values of each parameter.
    pub count: usize,
    /// Number of neighbours that use the same value.
    pub inner: usize,
}

#[cfg(any(feature = "flex", feature = "ndarray", feature = "cube"))]
impl View {
    /// `len` elements that all use the same value.
    pub(crate) fn whole(len: usize) -> Self {
        Self {
            outer: 1,
            count: 1,
            inner: len,
        }
    }

    /// This view with rows as long as possible: one value for all is one long row, however the axes
    /// are cut.
    pub(crate) fn merged(self) -> Self {
        match self.count {
            1 => Self::whole(self.outer * self.inner),
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_tell_axes_of_equal_size_apart() {
        let view = |sharing: Sharing| {
            let View {
                outer,
                count,
                inner,
            } = sharing.view(&[2, 3, 5, 3]).unwrap();
            [outer, count, inner]
        };
        assert_eq!(view(Sharing::Layer), [1, 1, 90]);
        assert_eq!(view(Sharing::Channel { axis: 1 }), [2, 3, 15]);
        assert_eq!(view(Sharing::Channel { axis: 3 }), [30, 3, 1]);
        assert_eq!(view(Sharing::Element), [2, 45, 1]);
    }

    #[test]
    fn text_round_trips() {
        for sharing in [
            Sharing::Layer,
            Sharing::Channel { axis: 1 },
            Sharing::Channel { axis: 3 },
            Sharing::Element,
        ] {
            assert_eq!(sharing.to_string().parse(), Ok(sharing));
        }
        assert!("channel:x".parse::<Sharing>().is_err());
    }
}
