//! Numbers as typed.

use std::str::FromStr;

use crate::base::cli::number;

/// A number as it was typed, in both precisions. Rounding the double once more would not always
/// give the nearest single.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    pub(super) double: f64,
    pub(super) single: f32,
}

impl FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        match (text.parse::<f64>(), text.parse()) {
            (Ok(_), Ok(single)) => match number(text) {
                Ok(double) => Ok(Self { double, single }),
                Err(why) => Err(format!("`{text}` is {why}")),
            },
            _ => Err(format!(
                "`{text}` is no number; expected one such as 0.5, -3, 1e-4, inf or nan"
            )),
        }
    }
}

impl From<f64> for Number {
    fn from(double: f64) -> Self {
        Self {
            double,
            single: double as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singles_are_nearest_to_what_was_typed() {
        // Just above the middle of two singles; as a double it is that middle, which would be
        // rounded to even, downwards.
        let number: Number = "1.00000005960464477540".parse().unwrap();
        assert_eq!(number.single, 1.0 + f32::EPSILON);
        assert_eq!(number.double as f32, 1.0);
    }
}
