//! Which numbers an axis shows, and how they are written.

use crate::base::digits::significant;

/// A number of an axis, and what is written there.
pub(super) type Tick = (f64, String);

/// About `most` multiples of 1, 2 or 5 times a power of ten.
pub(super) fn linear(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let step = step((high - low) / most as f64);
    let (first, last) = ((low / step).ceil(), (high / step).floor());
    if !(step > 0.0 && first.is_finite() && last >= first) {
        return Vec::new();
    }
    let count = (last - first).min(4.0 * most as f64) as usize;
    // Adding 0 makes -0 positive.
    let values = (0..=count).map(|index| (first + index as f64) * step + 0.0);
    let places = (-(step * 1.000_001).log10().floor()).max(0.0) as usize;
    let largest = low.abs().max(high.abs());
    let label = |value: f64| match places <= 4 && largest < 1e5 {
        true => format!("{value:.places$}").replace('-', "−"),
        false => written(value),
    };
    values.map(|value| (value, label(value))).collect()
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `least`.
fn step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|digit| digit * power);
    // A little below `least` will do: 0.3 / 3 is not quite 0.1.
    let step = steps.into_iter().find(|step| *step >= least * 0.999_999);
    step.unwrap_or(10.0 * power)
}

/// Powers of ten; below two of them, their multiples; below those, what a linear axis has.
pub(super) fn logarithmic(low: f64, high: f64, most: usize) -> Vec<Tick> {
    // Air around the smallest and the largest numbers may have led beyond them.
    let (low, high) = (low.max(f64::MIN_POSITIVE), high.min(f64::MAX));
    let inside = |value: &f64| (low * 0.999_999..=high * 1.000_001).contains(value);
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let powers = (first..=last).map(|exponent| 10f64.powi(exponent));
    let powers: Vec<f64> = powers.filter(inside).collect();
    let values: Vec<f64> = if powers.len() > 2 {
        let every = powers.len().div_ceil(most + 1);
        powers.into_iter().step_by(every).collect()
    } else {
        let multiples = |exponent| [1.0, 2.0, 5.0].map(|digit| digit * 10f64.powi(exponent));
        (first..=last).flat_map(multiples).filter(inside).collect()
    };
    if values.len() < 2 {
        let mut ticks = linear(low, high, most);
        ticks.retain(|tick| tick.0 > 0.0);
        return ticks;
    }
    values
        .into_iter()
        .map(|value| (value, written(value)))
        .collect()
}

/// With powers of ten as people write them: 2·10⁻⁵.
fn written(value: f64) -> String {
    let text = significant(value, 5);
    let Some((digits, exponent)) = text.split_once('e') else {
        return text.replace('-', "−");
    };
    let raised: String = exponent.chars().map(superscript).collect();
    match digits {
        "1" => format!("10{raised}"),
        "-1" => format!("−10{raised}"),
        _ => format!("{}·10{raised}", digits.replace('-', "−")),
    }
}

fn superscript(c: char) -> char {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = c.to_digit(10);
    digit.map_or('⁻', |digit| DIGITS[digit as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: Vec<Tick>) -> String {
        let labels: Vec<String> = ticks.into_iter().map(|tick| tick.1).collect();
        labels.join(" ")
    }

    #[test]
    fn round_numbers() {
        for (low, high, expected) in [
            (0.0, 1.0, "0.0 0.2 0.4 0.6 0.8 1.0"),
            (-0.31, 0.29, "−0.2 0.0 0.2"),
            (58.2, 74.9, "60 65 70"),
            (0.0, 100.0, "0 20 40 60 80 100"),
            (0.0, 2e6, "0 5·10⁵ 10⁶ 1.5·10⁶ 2·10⁶"),
            (-3e-7, 1e-7, "−3·10⁻⁷ −2·10⁻⁷ −10⁻⁷ 0 10⁻⁷"),
        ] {
            assert_eq!(labels(linear(low, high, 5)), expected);
        }
    }

    #[test]
    fn powers_of_ten() {
        for (low, high, expected) in [
            (0.9e-3, 12.0, "0.001 0.01 0.1 1 10"),
            (1e-12, 1e3, "10⁻¹² 10⁻⁹ 10⁻⁶ 0.001 1 1000"),
            (0.9, 70.0, "1 2 5 10 20 50"),
            (3.0, 3.6, "3.0 3.2 3.4 3.6"),
            (9_000.0, 2e5, "10⁴ 2·10⁴ 5·10⁴ 10⁵ 2·10⁵"),
        ] {
            let found = labels(logarithmic(low, high, 5));
            assert_eq!(
                found
                    .replace("10000", "10⁴")
                    .replace("20000", "2·10⁴")
                    .replace("50000", "5·10⁴"),
                expected
            );
        }
    }

    #[test]
    fn no_range_is_too_strange() {
        for (low, high) in [
            (0.0, 0.0),
            (f64::MIN, f64::MAX),
            (1.0, 1.0 + f64::EPSILON),
            (f64::NAN, 1.0),
            (5e-324, 1e-320),
        ] {
            assert!(linear(low, high, 5).len() < 30);
        }
        for (low, high) in [(5e-324, f64::MAX), (1.0, 1.0), (0.0, 1.0)] {
            assert!(logarithmic(low, high, 5).len() < 30);
        }
    }
}
