//! A histogram for values of unknown size.

const HALF: usize = 256;
const BINS: usize = 2 * HALF;

/// Counts of values in equal bins around zero.
///
/// It begins narrow. A value outside doubles the range: pairs of bins become one, exactly, so
/// that one pass is enough and the result does not depend on the order of the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    bins: Vec<u64>,
    /// The range is −2^power to 2^power.
    power: i32,
    not_finite: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

impl Histogram {
    /// No values yet.
    pub fn new() -> Self {
        Self {
            bins: vec![0; BINS],
            power: -10,
            not_finite: 0,
        }
    }

    /// Counts a value. Infinities and NaN count, but have no bin.
    pub fn add(&mut self, value: f32) {
        if !value.is_finite() {
            self.not_finite += 1;
            return;
        }
        while value.abs() >= self.limit() {
            self.double();
        }
        // Multiplying by a power of two is exact, so every value falls into the bin it lies in.
        let bin = (value * (HALF as f32 / self.limit())).floor() as isize;
        self.bins[(bin + HALF as isize) as usize] += 1;
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.bins.iter().sum::<u64>() + self.not_finite
    }

    /// Each bin's lower edge, upper edge and count, in order.
    pub fn bins(&self) -> impl DoubleEndedIterator<Item = (f64, f64, u64)> + '_ {
        let limit = f64::from(self.limit());
        let edge = move |index: usize| limit * (index as f64 / HALF as f64 - 1.0);
        self.bins
            .iter()
            .enumerate()
            .map(move |(index, &count)| (edge(index), edge(index + 1), count))
    }

    /// Adds up `n` bins at a time.
    pub fn coarser(&self, n: usize) -> Vec<(f64, f64, u64)> {
        let bins: Vec<_> = self.bins().collect();
        bins.chunks(n)
            .map(|some| {
                (
                    some[0].0,
                    some[some.len() - 1].1,
                    some.iter().map(|bin| bin.2).sum(),
                )
            })
            .collect()
    }

    /// The narrowest range of whole bins that leaves out at most this fraction of the values at
    /// either end.
    pub fn range_without(&self, fraction: f64) -> (f64, f64) {
        let spare = (self.bins.iter().sum::<u64>() as f64 * fraction) as u64;
        let low = edge_after(self.bins(), spare).map_or(0.0, |bin| bin.0);
        let high = edge_after(self.bins().rev(), spare).map_or(0.0, |bin| bin.1);
        (low, high)
    }

    fn limit(&self) -> f32 {
        2f32.powi(self.power)
    }

    fn double(&mut self) {
        let mut bins = vec![0; BINS];
        for (index, count) in self.bins.iter().enumerate() {
            bins[HALF / 2 + index / 2] += count;
        }
        self.bins = bins;
        self.power += 1;
    }
}

/// The first bin that is not among the spare ones.
fn edge_after(
    bins: impl Iterator<Item = (f64, f64, u64)>,
    mut spare: u64,
) -> Option<(f64, f64, u64)> {
    bins.into_iter().find(|bin| match spare.checked_sub(bin.2) {
        Some(rest) => {
            spare = rest;
            false
        }
        None => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(values: impl IntoIterator<Item = f32>) -> Histogram {
        let mut histogram = Histogram::new();
        values.into_iter().for_each(|value| histogram.add(value));
        histogram
    }

    #[test]
    fn order_does_not_matter() {
        let values: Vec<f32> = (0..1000)
            .map(|i| ((i * 37) % 101) as f32 * 0.3 - 9.0)
            .collect();
        let forward = filled(values.iter().copied());
        assert_eq!(forward, filled(values.iter().rev().copied()));
        assert_eq!(forward.count(), 1000);
    }

    #[test]
    fn a_value_lies_in_its_bin() {
        for value in [-3.99, -1.0, -1e-20, 0.0, 0.3, 1.0, 3.9999998f32] {
            let histogram = filled([value]);
            let (low, high, _) = histogram.bins().find(|bin| bin.2 == 1).unwrap();
            let value = f64::from(value);
            assert!((low..=high).contains(&value), "{value} in {low}..{high}");
        }
    }

    #[test]
    fn outliers_can_be_left_out() {
        let histogram = filled((0..1000).map(|i| if i < 10 { 100.0 } else { i as f32 / 1000.0 }));
        let (low, high) = histogram.range_without(0.02);
        assert!(low <= 0.03 && (0.9..2.0).contains(&high), "{low} {high}");
        assert_eq!(histogram.range_without(0.0).1.ceil(), 101.0);
    }

    #[test]
    fn what_is_not_finite_has_no_bin() {
        let histogram = filled([f32::NAN, f32::INFINITY, 1.0]);
        assert_eq!(
            (
                histogram.count(),
                histogram.bins().map(|bin| bin.2).sum::<u64>()
            ),
            (3, 1)
        );
        assert_eq!(Histogram::new().range_without(0.1), (0.0, 0.0));
    }
}
