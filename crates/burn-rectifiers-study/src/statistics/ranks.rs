//! Differences judged by their ranks.

use super::{Interval, Method, Paired};

impl Paired {
    /// Wilcoxon's interval: the middle ones of all means of two differences, so many that the signed ranks of symmetric
    /// differences leave them out in 1 − level of all experiments at most (Wilcoxon 1945, doi:10.2307/3001968; Tukey
    /// 1949; exact, not by a normal approximation).
    ///
    /// It asks for no shape: if two activations do not differ, each difference might as well have the other sign. That
    /// suits shares, many of which are exactly 0 or 1. The least two-sided p-value of n differences is 2¹⁻ⁿ, as of n coins, so
    /// that fewer than six decide nothing at 95 %.
    pub fn rank_interval(&self, level: f64) -> Interval {
        let values: Vec<f64> = self.differences().values().copied().collect();
        let mut means: Vec<f64> = (0..values.len())
            .flat_map(|i| (0..=i).map(move |j| (i, j)))
            .map(|(i, j)| values[i].midpoint(values[j]))
            .collect();
        means.sort_by(f64::total_cmp);
        let ends = left_out(values.len(), 1.0 - level).map(|out| {
            let last = means.len() - 1;
            (means[out], means[last - out])
        });
        let (low, high) = ends.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        Interval {
            low,
            high,
            level,
            method: Method::SignedRank,
        }
    }
}

/// How many means of two the interval leaves out on each side; `None` if all of them are too few.
///
/// The sum of the ranks of the positive ones among n symmetric differences is like a sum of some of the numbers 1 to n,
/// each with probability ½; it is also the number of means that are positive. So k are left out, the largest number with
/// P(sum ≤ k) ≤ α/2.
fn left_out(n: usize, alpha: f64) -> Option<usize> {
    let largest = n * (n + 1) / 2;
    let mut probability = vec![0.0; largest + 1];
    probability[0] = 1.0;
    for rank in 1..=n {
        for sum in (0..=largest).rev() {
            let with = if sum >= rank {
                probability[sum - rank]
            } else {
                0.0
            };
            probability[sum] = 0.5 * (probability[sum] + with);
        }
    }
    let mut below = 0.0;
    let mut within = |p: &f64| {
        below += p;
        below <= 0.5 * alpha * (1.0 + 1e-12)
    };
    let rare = probability.iter().take_while(|p| within(p)).count();
    rare.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::super::Sample;
    use super::*;

    fn interval(values: &[f64], level: f64) -> [f64; 2] {
        let sample = Sample::new("d", (0..).zip(values.iter().copied()));
        let Interval { low, high, .. } =
            Paired::against(&sample, 0.0).unwrap().rank_interval(level);
        [low, high]
    }

    /// The critical values of the signed rank test for two-sided 5 % and 1 % (Wilcoxon & Wilcox 1964).
    #[test]
    fn as_the_tables_have_it() {
        for (n, five, one) in [
            (6, Some(0), None),
            (8, Some(3), Some(0)),
            (10, Some(8), Some(3)),
            (15, Some(25), Some(15)),
            (20, Some(52), Some(37)),
            (25, Some(89), Some(68)),
        ] {
            let out = |alpha| left_out(n, alpha);
            assert_eq!((out(0.05), out(0.01)), (five, one), "{n}");
        }
        assert_eq!((left_out(0, 0.05), left_out(5, 0.05)), (None, None));
    }

    #[test]
    fn six_that_agree_decide() {
        assert_eq!(interval(&[0.5; 6], 0.95), [0.5, 0.5]);
        let everything = [f64::NEG_INFINITY, f64::INFINITY];
        assert_eq!(interval(&[0.5; 5], 0.95), everything);
        // Two of eight without any difference: three means of two are 0.
        let some = [0.0, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
        let [low, high] = interval(&some, 0.95);
        assert!((low, high) == (0.05, 0.5), "{low} {high}");
    }
}
