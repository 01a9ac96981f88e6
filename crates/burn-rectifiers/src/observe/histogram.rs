//! A histogram for values of unknown size.

use serde::ser::{Serialize, SerializeStruct, Serializer};

const HALF: usize = 256;
const BINS: usize = 2 * HALF;

/// Counts of values in 512 equal bins around zero.
///
/// It begins narrow, from −2⁻¹⁰ to 2⁻¹⁰. A value outside doubles the range: pairs of bins become
/// one, exactly. So one pass is enough, and neither the order of the values nor how they were split
/// into parts that are then [merged](Self::merge) makes a difference.
///
/// ```
/// use burn_rectifiers::observe::Histogram;
///
/// let mut histogram: Histogram = [0.5, 0.6, -3.0].into_iter().collect();
/// histogram.merge(&[0.7, f64::NAN].into_iter().collect());
/// assert_eq!(histogram.count(), 5);
/// // From −4 to 4 by now, in bins of 1/64.
/// assert_eq!(histogram.range_without(0.0), (-3.0, 45.0 / 64.0));
/// ```
///
/// In JSON, `from` is the lower edge of the first bin that is not empty, `width` that of each bin,
/// `counts` the bins from there to the last that is not empty, and `not_finite` the number of
/// infinities and NaN.
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
    pub fn add(&mut self, value: f64) {
        self.extend([value]);
    }

    /// Adds the values that `other` has counted, as if they had been added one by one.
    pub fn merge(&mut self, other: &Self) {
        while self.power < other.power {
            self.double();
        }
        let widened = (self.power > other.power).then(|| {
            let mut other = other.clone();
            while other.power < self.power {
                other.double();
            }
            other
        });
        let bins = &widened.as_ref().unwrap_or(other).bins;
        let pairs = self.bins.iter_mut().zip(bins);
        pairs.for_each(|(count, more)| *count += more);
        self.not_finite += other.not_finite;
    }

    /// Number of values, those without a bin included.
    pub fn count(&self) -> u64 {
        self.bins.iter().sum::<u64>() + self.not_finite
    }

    /// Number of infinities and NaN.
    pub fn not_finite(&self) -> u64 {
        self.not_finite
    }

    /// Each bin's lower edge, upper edge and count, in order. The lower edge belongs to the bin. Beside the largest
    /// numbers, an edge is infinite.
    pub fn bins(&self) -> impl DoubleEndedIterator<Item = (f64, f64, u64)> + '_ {
        self.bins
            .iter()
            .enumerate()
            .map(|(index, &count)| (self.edge(index), self.edge(index + 1), count))
    }

    /// Adds up `n` bins at a time.
    ///
    /// # Panics
    ///
    /// If `n` is zero.
    pub fn coarser(&self, n: usize) -> Vec<(f64, f64, u64)> {
        let bins: Vec<_> = self.bins().collect();
        bins.chunks(n)
            .map(|some| {
                let count = some.iter().map(|bin| bin.2).sum();
                (some[0].0, some[some.len() - 1].1, count)
            })
            .collect()
    }

    /// The narrowest range of whole bins that leaves out at most this fraction of the values at
    /// either end. Infinities and NaN do not count here, and the range ends with the largest number at most.
    pub fn range_without(&self, fraction: f64) -> (f64, f64) {
        let spare = (self.bins.iter().sum::<u64>() as f64 * fraction) as u64;
        let low = edge_after(self.bins(), spare).map_or(0.0, |bin| bin.0);
        let high = edge_after(self.bins().rev(), spare).map_or(0.0, |bin| bin.1);
        (finite(low), finite(high))
    }

    fn edge(&self, index: usize) -> f64 {
        (index as f64 - HALF as f64) * self.width()
    }

    fn width(&self) -> f64 {
        2f64.powi(self.power - HALF.ilog2() as i32)
    }

    /// One by the width, from the exponent: the range of the largest numbers has none to invert.
    fn bins_per_one(&self) -> f64 {
        2f64.powi(HALF.ilog2() as i32 - self.power)
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

impl Extend<f64> for Histogram {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        let mut scale = self.bins_per_one();
        for value in values {
            if !value.is_finite() {
                self.not_finite += 1;
                continue;
            }
            // Multiplying by a power of two is exact, so every value falls into the bin it lies in.
            while (value * scale).abs() >= HALF as f64 {
                self.double();
                scale = self.bins_per_one();
            }
            // The floor, which is a call on most CPUs' baseline.
            let place = value * scale;
            let whole = place as i32;
            let bin = whole - i32::from(place < f64::from(whole));
            // A negative number that underflows to −0 is still below 0.
            let bin = if value < 0.0 { bin.min(-1) } else { bin };
            self.bins[(bin + HALF as i32) as usize] += 1;
        }
    }
}

impl FromIterator<f64> for Histogram {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut histogram = Self::new();
        histogram.extend(values);
        histogram
    }
}

impl Serialize for Histogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let first = self.bins.iter().position(|&count| count > 0).unwrap_or(0);
        let end = self.bins.iter().rposition(|&count| count > 0);
        let mut fields = serializer.serialize_struct("Histogram", 4)?;
        fields.serialize_field("from", &finite(self.edge(first)))?;
        fields.serialize_field("width", &self.width())?;
        fields.serialize_field("counts", &self.bins[first..end.map_or(first, |i| i + 1)])?;
        fields.serialize_field("not_finite", &self.not_finite)?;
        fields.end()
    }
}

/// `edge`, or the largest number.
fn finite(edge: f64) -> f64 {
    edge.clamp(f64::MIN, f64::MAX)
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

    fn filled(values: impl IntoIterator<Item = f64>) -> Histogram {
        values.into_iter().collect()
    }

    /// From tiny to huge, so that ranges double on the way.
    fn values() -> Vec<f64> {
        let size = |i: i32| 10f64.powi(i % 7 - 5);
        (0..1000)
            .map(|i| f64::from((i * 37) % 101 - 50) * size(i))
            .collect()
    }

    #[test]
    fn order_does_not_matter() {
        let forward = filled(values());
        assert_eq!(forward, filled(values().into_iter().rev()));
        assert_eq!(forward.count(), 1000);
    }

    #[test]
    fn parts_make_the_whole() {
        let mut values = values();
        values.extend([f64::NAN, f64::INFINITY, -1e-300, 1e-300]);
        let whole = filled(values.iter().copied());
        for cut in [0, 1, 3, 500, 1001, 1004] {
            let (some, rest) = values.split_at(cut);
            let mut merged = filled(some.iter().copied());
            merged.merge(&filled(rest.iter().copied()));
            assert_eq!(merged, whole, "cut at {cut}");
        }
        // The narrower into the wider, and the wider into the narrower.
        let (narrow, wide) = (filled([1e-4]), filled([1e4]));
        let (mut a, mut b) = (narrow.clone(), wide.clone());
        a.merge(&wide);
        b.merge(&narrow);
        assert_eq!((&a, a.count()), (&b, 2));
    }

    #[test]
    fn a_value_lies_in_its_bin() {
        let largest = f64::MAX;
        for value in [-3.99, -1.0, -1e-20, 0.0, 0.3, 1.0, 3.9999998, largest] {
            let histogram = filled([value]);
            let (low, high, _) = histogram.bins().find(|bin| bin.2 == 1).unwrap();
            assert!(low <= value && value < high, "{value} in {low}..{high}");
        }
        // Below zero, however small beside the range.
        let both = filled([-f64::from_bits(1), -largest]);
        let below: u64 = both.bins().filter(|bin| bin.1 <= 0.0).map(|b| b.2).sum();
        assert_eq!(below, 2);
    }

    #[test]
    fn outliers_can_be_left_out() {
        let value = |i: u32| {
            if i < 10 { 100.0 } else { f64::from(i) / 1000.0 }
        };
        let histogram = filled((0..1000).map(value));
        let (low, high) = histogram.range_without(0.02);
        assert!(low <= 0.03 && (0.9..2.0).contains(&high), "{low} {high}");
        assert_eq!(histogram.range_without(0.0).1.ceil(), 101.0);
    }

    #[test]
    fn ranges_are_finite() {
        let histogram = filled([f64::MIN, 1.0, f64::MAX]);
        assert_eq!(histogram.range_without(0.0), (f64::MIN, f64::MAX));
        assert_eq!(histogram.bins().map(|bin| bin.2).sum::<u64>(), 3);
    }

    #[test]
    fn what_is_not_finite_has_no_bin() {
        let histogram = filled([f64::NAN, f64::INFINITY, 1.0]);
        let binned: u64 = histogram.bins().map(|bin| bin.2).sum();
        assert_eq!((histogram.count(), binned), (3, 1));
        assert_eq!(histogram.not_finite(), 2);
        assert_eq!(Histogram::new().range_without(0.1), (0.0, 0.0));
    }
}
