//! Mean and variance of numbers that come one by one, or in parts.

use serde::ser::{Serialize, SerializeStruct, Serializer};

/// Count, mean and variance of some numbers, in double precision.
///
/// Deviations are summed from the mean of each part, or from the running mean (Welford 1962), and
/// parts are combined by theirs (Chan, Golub & LeVeque 1979), so that a large mean costs no digits of
/// the variance. One number
/// that is not finite makes both NaN.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    count: u64,
    mean: f64,
    /// The sum of the squared deviations from the mean.
    squares: f64,
}

impl Moments {
    /// How many numbers there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their mean, NaN if there are none.
    pub fn mean(&self) -> f64 {
        match self.count {
            0 => f64::NAN,
            _ => self.mean,
        }
    }

    /// The mean of their squared deviations from the mean (divided by the count, not by one less),
    /// NaN if there are none.
    pub fn variance(&self) -> f64 {
        self.squares / self.count as f64
    }

    pub(super) fn push(&mut self, value: f64) {
        self.count += 1;
        let off = value - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (value - self.mean);
        // An infinite mean would last until the next number, then be NaN: NaN from the start, so that
        // the order does not matter.
        if !value.is_finite() {
            (self.mean, self.squares) = (f64::NAN, f64::NAN);
        }
    }

    /// Counts many numbers, faster than one by one.
    pub(super) fn extend(&mut self, values: &[f64]) {
        let count = values.len() as f64;
        let mean = sum(values, |value| value) / count;
        // A sum may be infinite where no number is; and where there are few, there is little to gain.
        if values.len() < LANES || !mean.is_finite() {
            values.iter().for_each(|value| self.push(*value));
            return;
        }
        self.merge(&Self {
            count: values.len() as u64,
            mean,
            squares: sum(values, |value| (value - mean) * (value - mean)),
        });
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if self.count == 0 || other.count == 0 {
            if other.count > 0 {
                *self = *other;
            }
            return;
        }
        let (a, b) = (self.count as f64, other.count as f64);
        let off = other.mean - self.mean;
        self.mean += off * (b / (a + b));
        self.squares += other.squares + off * off * (a * b / (a + b));
        self.count += other.count;
    }
}

const LANES: usize = 8;

/// In a fixed order that leaves the CPU several additions to do at a time.
fn sum(values: &[f64], part: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest: f64 = chunks.remainder().iter().map(|value| part(*value)).sum();
    for chunk in chunks {
        sums.iter_mut()
            .zip(chunk)
            .for_each(|(sum, value)| *sum += part(*value));
    }
    sums.iter().sum::<f64>() + rest
}

impl Serialize for Moments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Moments", 3)?;
        fields.serialize_field("count", &self.count)?;
        fields.serialize_field("mean", &self.mean())?;
        fields.serialize_field("variance", &self.variance())?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Moments {
        let mut moments = Moments::default();
        values.iter().for_each(|value| moments.push(*value));
        moments
    }

    #[test]
    fn parts_make_the_whole() {
        // The mean is a thousand million times the deviation.
        let values: Vec<f64> = (0..100).map(|i| 1e9 + f64::from(i * 37 % 100)).collect();
        for cut in [0, 1, 30, 100] {
            let mut whole = of(&values[..cut]);
            whole.merge(&of(&values[cut..]));
            assert_eq!(whole.count(), 100);
            assert!((whole.mean() - 1e9 - 49.5).abs() < 1e-6, "{whole:?}");
            assert!((whole.variance() - 833.25).abs() < 1e-4, "{whole:?}");
        }
    }

    #[test]
    fn many_at_once_are_the_same() {
        let values: Vec<f64> = (0..101).map(|i| 1e9 + f64::from(i * 37 % 101)).collect();
        for length in [0, 3, 8, 9, 101] {
            let (one_by_one, mut at_once) = (of(&values[..length]), of(&[]));
            at_once.extend(&values[..length]);
            assert_eq!(at_once.count(), length as u64);
            let near = |a: f64, b: f64| a == b || (a - b).abs() < 1e-6 || a.is_nan() && b.is_nan();
            assert!(near(at_once.mean(), one_by_one.mean()), "{at_once:?}");
            assert!(
                near(at_once.variance(), one_by_one.variance()),
                "{at_once:?}"
            );
        }
        // The sum is too large, the mean is not.
        let mut huge = Moments::default();
        huge.extend(&[1e308; 20]);
        assert!((huge.mean() / 1e308 - 1.0).abs() < 1e-12 && huge.variance() == 0.0);
    }

    #[test]
    fn what_is_not_finite_is_no_mean() {
        for value in [f64::INFINITY, f64::NAN] {
            let mut whole = of(&[1.0]);
            whole.merge(&of(&[value, 2.0]));
            assert!(whole.mean().is_nan() && whole.variance().is_nan());
            assert_eq!(whole.count(), 3);
            let mut many = Moments::default();
            many.extend(&[1.0, 2.0, value, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
            assert!(many.mean().is_nan() && many.variance().is_nan());
            assert_eq!(many.count(), 9);
        }
        let none = Moments::default();
        assert!(none.mean().is_nan() && none.variance().is_nan());
    }
}
