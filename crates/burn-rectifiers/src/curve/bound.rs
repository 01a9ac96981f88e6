//! The values that a parameter may take.

use core::fmt;

/// How far inside an open bound a parameter is kept: small against any useful value, and its
/// reciprocal far from overflow, in half precision too.
pub const MARGIN: f64 = 1.0 / 1024.0;

/// The values that a parameter may take, such as `>= 0.1`.
///
/// Modules keep their parameters inside by projection: whenever something changes a parameter (an
/// optimizer's step, a record that is loaded), the nearest allowed value takes its place. See
/// [`Learned`](crate::nn::Learned).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    low: f64,
    high: f64,
    open: bool,
}

impl Bound {
    /// Any number.
    pub const NONE: Self = Self {
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
        open: false,
    };

    /// `>= low`
    pub const fn at_least(low: f64) -> Self {
        Self { low, ..Self::NONE }
    }

    /// `> low`. Projection leaves a distance of [`MARGIN`].
    pub const fn above(low: f64) -> Self {
        Self {
            low,
            open: true,
            ..Self::NONE
        }
    }

    /// `[low, high]`
    pub const fn between(low: f64, high: f64) -> Self {
        Self {
            low,
            high,
            open: false,
        }
    }

    /// Whether there is any bound.
    pub fn is_some(&self) -> bool {
        *self != Self::NONE
    }

    /// Whether `value` is allowed. NaN never is.
    pub fn contains(&self, value: f64) -> bool {
        let above = if self.open {
            value > self.low
        } else {
            value >= self.low
        };
        above && value <= self.high
    }

    /// The interval that projection maps to.
    pub fn interval(&self) -> (f64, f64) {
        let margin = if self.open { MARGIN } else { 0.0 };
        (self.low + margin, self.high)
    }

    /// For tests: an allowed value that depends on `value` and is not tiny.
    #[cfg(all(test, feature = "cube"))]
    pub(crate) fn some_value(&self, value: f32) -> f32 {
        match self.high.is_finite() || !self.low.is_finite() {
            true => self.project(value.into()) as f32,
            false => self.low.max(0.25) as f32 + value.abs(),
        }
    }

    /// The nearest value that parameters are kept at. NaN stays NaN.
    pub fn project(&self, value: f64) -> f64 {
        let (low, high) = self.interval();
        value.clamp(low, high)
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match (self.low.is_finite(), self.high.is_finite(), self.open) {
            (false, false, _) => "any".into(),
            (true, false, false) => format!(">= {}", self.low),
            (true, false, true) => format!("> {}", self.low),
            (_, true, _) => format!("[{}, {}]", self.low, self.high),
        };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projection_ends_inside() {
        for bound in [
            Bound::NONE,
            Bound::at_least(0.1),
            Bound::above(0.0),
            Bound::between(-1.0, 1.0),
        ] {
            for value in [
                f64::NEG_INFINITY,
                -3.0,
                0.0,
                1e-9,
                0.1,
                0.5,
                7.0,
                f64::INFINITY,
            ] {
                let projected = bound.project(value);
                assert!(bound.contains(projected), "{bound}: {value} -> {projected}");
                assert_eq!(bound.project(projected), projected);
            }
            assert!(bound.project(f64::NAN).is_nan() && !bound.contains(f64::NAN));
        }
    }

    #[test]
    fn shows_as_in_papers() {
        let shown = [
            Bound::NONE,
            Bound::at_least(0.1),
            Bound::above(0.0),
            Bound::between(-1.0, 1.0),
        ]
        .map(|bound| bound.to_string());
        assert_eq!(shown, ["any", ">= 0.1", "> 0", "[-1, 1]"]);
    }
}
