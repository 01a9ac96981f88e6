//! Numbers: as typed, and as shown.

use std::str::FromStr;

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
        match (text.parse(), text.parse()) {
            (Ok(double), Ok(single)) => Ok(Self { double, single }),
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

/// The number with six significant digits, for people.
pub(super) fn six_digits(value: f64) -> String {
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text.to_string(),
    };
    let scientific = format!("{value:.5e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        // inf, -inf, NaN
        return scientific.to_lowercase();
    };
    // Read from the rounded digits: 9.999999 is 10.
    match exponent.parse::<i32>() {
        Ok(exponent @ -4..=5) => trimmed(&format!("{value:.*}", (5 - exponent) as usize)),
        _ => format!("{}e{exponent}", trimmed(digits)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_are_enough_for_people() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (-2.0, "-2"),
            (0.1f32.into(), "0.1"),
            (9.999_999_9, "10"),
            (-0.393_469_34, "-0.393469"),
            (0.000_123_456_78, "0.000123457"),
            (123_456.7, "123457"),
            (1_234_567.0, "1.23457e6"),
            (1e30, "1e30"),
            (1.5e-8, "1.5e-8"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(six_digits(value), text);
        }
    }

    #[test]
    fn singles_are_nearest_to_what_was_typed() {
        // Just above the middle of two singles; as a double it is that middle, which would be
        // rounded to even, downwards.
        let number: Number = "1.00000005960464477540".parse().unwrap();
        assert_eq!(number.single, 1.0 + f32::EPSILON);
        assert_eq!(number.double as f32, 1.0);
    }
}
