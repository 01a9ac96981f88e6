//! Where to evaluate: numbers and ranges from the command line.

use std::str::FromStr;

use super::number::Number;

/// At most so many points are evaluated.
pub(super) const MOST: usize = 100_000;

/// Both sides of 0, and where activations with thresholds have theirs.
pub(super) const DEFAULT: [f64; 15] = [
    -6.0, -4.0, -3.0, -2.0, -1.0, -0.5, -0.1, 0.0, 0.1, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0,
];

/// One item of `--at`: a number, or a range such as `-4..4:0.5`. A command line has room for many ranges, so they are
/// counted before any is written out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Points {
    first: Number,
    step: f64,
    /// How many follow the first.
    more: usize,
}

impl Points {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        1 + self.more
    }

    /// All of them, from the lowest on.
    pub(super) fn numbers(self) -> impl Iterator<Item = Number> {
        let Self { first, step, more } = self;
        let place = move |i: usize| match i as f64 * step + first.double {
            // -0.3 + 3·0.1 is meant to be 0.
            tiny if tiny.abs() < 1e-9 * step => 0.0.into(),
            x => x.into(),
        };
        [first].into_iter().chain((1..=more).map(place))
    }
}

impl FromStr for Points {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once("..") {
            None => Ok(Self {
                first: text.parse()?,
                step: 1.0,
                more: 0,
            }),
            Some((low, rest)) => {
                let (high, step) = rest.split_once(':').unwrap_or((rest, "1"));
                range(low.parse()?, high.parse()?, step.parse()?)
            }
        }
    }
}

/// The numbers from `low` in steps up to `high`, `high` included if a step ends there.
fn range(first: Number, high: Number, step: Number) -> Result<Points, String> {
    let step = step.double;
    let steps = (high.double - first.double) / step;
    // A NaN is no range either.
    if !(steps.is_finite() && step > 0.0 && steps >= 0.0) {
        return Err("a range is LOW..HIGH:STEP, finite, with a step above 0".into());
    }
    // Steps such as 0.1 are not exact.
    let last = (steps + 1e-9).floor();
    if last >= MOST as f64 {
        return Err(format!("at most {MOST} points"));
    }
    Ok(Points {
        first,
        step,
        more: last as usize,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn singles(text: &str) -> Vec<f32> {
        let points: Points = text.parse().unwrap();
        points.numbers().map(|number| number.single).collect()
    }

    #[test]
    fn numbers_and_ranges() {
        assert_eq!(singles("-0.5"), [-0.5]);
        assert_eq!(singles("-inf"), [f32::NEG_INFINITY]);
        assert!(singles("NaN")[0].is_nan());
        assert_eq!(singles("-1..1:0.5"), [-1.0, -0.5, 0.0, 0.5, 1.0]);
        assert_eq!(singles("-2..1"), [-2.0, -1.0, 0.0, 1.0]);
        assert_eq!(singles("0..1:0.4"), [0.0, 0.4, 0.8]);
        assert_eq!(singles("3..3:1"), [3.0]);
        // Neither the last one nor the zero gets lost in rounding.
        let tenths = singles("-0.3..0.3:0.1");
        assert_eq!(tenths, [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3]);
    }

    #[test]
    fn nonsense_is_no_range() {
        for text in [
            "",
            "one",
            "1..",
            "..",
            "1..0",
            "0..1:0",
            "0..1:-1",
            "0..inf",
            "nan..1",
            "0..1:nan",
            "0..1:1e-9",
            "-1e308..1e308:1e-300",
            "1:2",
        ] {
            assert!(text.parse::<Points>().is_err(), "{text}");
        }
    }
}
