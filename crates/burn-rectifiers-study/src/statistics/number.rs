//! As many digits as a number deserves.

/// Decimal places that show `digits` significant ones of `scale`; 0 where it has none to show.
pub(super) fn places(scale: f64, digits: i32) -> usize {
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
pub(super) fn fixed(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_string(),
        _ => text,
    }
}

/// The same with a sign, for a difference.
pub(super) fn signed(value: f64, places: usize) -> String {
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
