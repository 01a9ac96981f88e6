//! An interval for skewed differences, by resampling.

use rand::{RngExt, rngs::StdRng};

use super::{Interval, Method, Paired};

/// Fewer differences than this are not resampled. 8 have 6435 different resamples, 5 have 126, 3
/// have 10.
pub const MIN_BOOTSTRAP_SEEDS: usize = 8;

/// The tails are read off at whole resamples: 250 of 9999 for 95 %.
const RESAMPLES: usize = 9999;

impl Paired {
    /// The studentized bootstrap (Efron 1982, doi:10.1137/1.9781611970319, chapter 10): as
    /// Student's interval, with the distribution of (mean* − mean)/error* over 9999 resamples in
    /// place of t. Skewed differences get a skewed interval. The same `seed` gives the same one.
    ///
    /// `None` for fewer than [`MIN_BOOTSTRAP_SEEDS`] differences, or if they are all equal.
    ///
    /// It is second-order correct, as BCa is, but unlike BCa may leave the range of the data, which
    /// few data need (Hall 1988, doi:10.1214/aos/1176350933, compares the two). Of 600 experiments
    /// with 15 exponentially distributed differences, its intervals for 95 % covered the truth in
    /// 93.5 %, Student's in 87.7 % (`simulations.rs`).
    pub fn bootstrap(&self, level: f64, seed: u64) -> Option<Interval> {
        let differences: Vec<f64> = self.differences().values().copied().collect();
        let error = self.standard_error().filter(|&error| error > 0.0)?;
        if differences.len() < MIN_BOOTSTRAP_SEEDS {
            return None;
        }
        let mean = self.mean()?;
        let mut rng = crate::rng::stream("bootstrap", seed, 0);
        let mut ts: Vec<f64> = (0..RESAMPLES)
            .map(|_| resampled_t(&differences, mean, &mut rng))
            .collect();
        ts.sort_by(f64::total_cmp);
        let rank = (0.5 * (1.0 - level) * (RESAMPLES + 1) as f64).floor() as usize;
        let rank = rank.clamp(1, RESAMPLES / 2);
        Some(Interval {
            // The upper tail of t belongs to samples whose mean is too high.
            low: mean - ts[RESAMPLES - rank] * error,
            high: mean - ts[rank - 1] * error,
            level,
            method: Method::Bootstrap,
        })
    }
}

/// (mean* − mean)/error* of as many differences, drawn with replacement.
///
/// A resample of one difference, n times, has no error. Dropping it would shorten the tails; so it
/// counts as the infinity it is.
fn resampled_t(differences: &[f64], mean: f64, rng: &mut StdRng) -> f64 {
    let n = differences.len();
    let (mut sum, mut squares) = (0.0, 0.0);
    let first = rng.random_range(0..n);
    let mut all_equal = true;
    for i in 0..n {
        let index = if i == 0 {
            first
        } else {
            rng.random_range(0..n)
        };
        all_equal &= differences[index] == differences[first];
        let centered = differences[index] - mean;
        sum += centered;
        squares += centered * centered;
    }
    let shift = sum / n as f64;
    if all_equal {
        return f64::INFINITY.copysign(shift);
    }
    let variance = (squares - sum * shift) / (n - 1) as f64;
    shift / (variance / n as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::Sample;
    use super::*;

    fn of(values: impl IntoIterator<Item = f64>) -> Paired {
        Paired::against(&Sample::new("d", (0..).zip(values)), 0.0).unwrap()
    }

    #[test]
    fn the_seed_decides() {
        let paired = of((0..10).map(|i| f64::from(i * i)));
        assert_eq!(paired.bootstrap(0.95, 1), paired.bootstrap(0.95, 1));
        assert_ne!(paired.bootstrap(0.95, 1), paired.bootstrap(0.95, 2));
    }

    #[test]
    fn symmetric_data_give_nearly_what_t_gives() {
        let paired = of((-20..=20).map(f64::from));
        let (t, boot) = (paired.interval(0.95), paired.bootstrap(0.95, 1).unwrap());
        assert!((boot.low / t.low - 1.0).abs() < 0.05, "{t:?} {boot:?}");
        assert!((boot.high / t.high - 1.0).abs() < 0.05, "{t:?} {boot:?}");
    }

    #[test]
    fn skewed_data_give_a_skewed_interval() {
        let paired = of((0..20).map(|i| (f64::from(i) * 0.2).exp()));
        let (mean, boot) = (paired.mean().unwrap(), paired.bootstrap(0.95, 1).unwrap());
        let (below, above) = (mean - boot.low, boot.high - mean);
        assert!(above > 1.3 * below, "{below} below, {above} above");
    }

    #[test]
    fn too_little_to_resample() {
        assert_eq!(of((0..7).map(f64::from)).bootstrap(0.95, 1), None);
        assert_eq!(of([1.0; 12]).bootstrap(0.95, 1), None);
    }
}
