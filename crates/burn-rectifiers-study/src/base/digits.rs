//! Numbers for people.

/// A number that is written already, without trailing zeros behind its point.
pub(crate) fn trimmed(text: &str) -> &str {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    }
}

/// The number with so many significant digits, without trailing zeros.
pub(crate) fn significant(value: f64, digits: usize) -> String {
    let places = digits - 1;
    let scientific = format!("{value:.places$e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        // inf, -inf, NaN
        return scientific.to_lowercase();
    };
    // Read from the rounded digits: 9.999999 is 10.
    match exponent.parse::<i32>() {
        Ok(exponent) if (-4..=places as i32).contains(&exponent) => {
            trimmed(&format!("{value:.*}", (places as i32 - exponent) as usize)).into()
        }
        _ => format!("{}e{exponent}", trimmed(digits)),
    }
}

/// Decimal places that show `digits` significant ones of `scale`; 0 where it has none to show.
pub(crate) fn places(scale: f64, digits: i32) -> usize {
    if !scale.is_finite() || scale == 0.0 {
        return 0;
    }
    // Read from the rounded digits: 0.0996 is 0.10.
    let text = format!("{:.*e}", digits as usize - 1, scale);
    let exponent: i32 = text
        .split_once('e')
        .map_or(0, |(_, e)| e.parse().unwrap_or(0));
    (digits - 1 - exponent).clamp(0, 12) as usize
}

/// With so many decimal places, and no "-0.0".
pub(crate) fn fixed(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_string(),
        _ => text,
    }
}

/// With so many decimal places and a sign, for a difference.
pub(crate) fn signed(value: f64, places: usize) -> String {
    let text = fixed(value, places);
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    if text.starts_with('-') || zero {
        text
    } else {
        format!("+{text}")
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
            assert_eq!(significant(value, 6), text);
        }
    }

    #[test]
    fn four_digits_are_enough_in_pictures() {
        for (value, text) in [
            (1.050_700_987_355_480_5, "1.051"),
            (0.894_4, "0.8944"),
            (0.35 + 0.05, "0.4"),
            (9_999.6, "1e4"),
            (1_000.0, "1000"),
        ] {
            assert_eq!(significant(value, 4), text);
        }
    }

    #[test]
    fn places_follow_the_scale() {
        for (scale, digits, expected) in [
            (1.8, 2, 1),
            (0.35, 2, 2),
            (0.0996, 2, 2),
            (12.0, 2, 0),
            (1234.0, 2, 0),
            (0.0, 2, 0),
            (f64::INFINITY, 2, 0),
            (1e-30, 1, 12),
        ] {
            assert_eq!(places(scale, digits), expected, "{scale}");
        }
    }

    #[test]
    fn signs() {
        assert_eq!(signed(1.25, 1), "+1.2");
        assert_eq!(signed(-1.25, 2), "-1.25");
        assert_eq!(signed(-0.01, 1), "0.0");
        assert_eq!(fixed(-0.01, 1), "0.0");
        assert_eq!(fixed(-0.06, 1), "-0.1");
        assert_eq!(fixed(f64::NEG_INFINITY, 1), "-inf");
    }
}
