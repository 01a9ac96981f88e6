//! Where the true difference lies, and how well a given one fits the data.

use serde::Serialize;

use super::{Paired, StudentT};

/// An interval that covers the true mean difference in `level` of all experiments.
///
/// Without spread to go by, it is everything, from −∞ to ∞ (`null` in JSON).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// How often it covers the truth, such as 0.95.
    pub level: f64,
    /// How it was computed.
    pub method: Method,
}

/// How an interval was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Mean ± t·standard error.
    StudentT,
    /// All differences are equal, and the exact sign test judges; see [`Paired::interval`].
    Sign,
    /// The middle ones of all means of two differences; see [`Paired::rank_interval`].
    SignedRank,
}

impl Paired {
    /// Student's interval, mean ± t·s/√n, where P(|T| > t) = 1 − level for n − 1 degrees of freedom
    /// (Student 1908, doi:10.1093/biomet/6.1.1).
    ///
    /// **Equal differences** have no spread, and t no scale. Then the sign test judges, which needs
    /// none: if the truth lay elsewhere (as a median), each difference would be a coin that fell
    /// the same way, and n equal coins have a probability of 2¹⁻ⁿ. So the interval is that one
    /// number where 2¹⁻ⁿ ≤ 1 − level, that is from 6 seeds on at 95 %, and everything otherwise.
    pub fn interval(&self, level: f64) -> Interval {
        let alpha = 1.0 - level;
        let everything = (f64::NEG_INFINITY, f64::INFINITY);
        let ((low, high), method) = match (self.mean(), self.standard_error()) {
            (Some(mean), Some(0.0)) if sign_test(self.seeds()) <= alpha => {
                ((mean, mean), Method::Sign)
            }
            (Some(_), Some(0.0)) => (everything, Method::Sign),
            (Some(mean), Some(error)) => {
                let half = StudentT::new(self.seeds() - 1).critical(alpha) * error;
                ((mean - half, mean + half), Method::StudentT)
            }
            _ => (everything, Method::StudentT),
        };
        Interval {
            low,
            high,
            level,
            method,
        }
    }

    /// The two-sided p-value of "the true mean difference is `truth`": the probability of data at
    /// least as far from it, if it were so. It is below α where the interval of level 1 − α does
    /// not contain `truth`. A single seed is evidence of nothing: 1.
    pub fn p_value(&self, truth: f64) -> f64 {
        match (self.mean(), self.standard_error()) {
            (Some(mean), Some(0.0)) if self.is_rounding(mean - truth) => 1.0,
            (Some(_), Some(0.0)) => sign_test(self.seeds()),
            (Some(mean), Some(error)) => {
                StudentT::new(self.seeds() - 1).two_sided((mean - truth) / error)
            }
            _ => 1.0,
        }
    }
}

/// 2¹⁻ⁿ, the two-sided p-value of n signs that agree.
pub(super) fn sign_test(n: usize) -> f64 {
    0.5f64.powi(n as i32 - 1)
}

#[cfg(test)]
mod tests {
    use super::super::Sample;
    use super::*;

    fn against_zero(values: &[f64]) -> Paired {
        let runs = values.iter().enumerate().map(|(i, &v)| (i as u64, v));
        Paired::against(&Sample::new("d", runs), 0.0).unwrap()
    }

    /// `scipy.stats.ttest_rel` of SciPy 1.17.1.
    #[test]
    fn as_scipy_has_it() {
        let seeded = |name, values: [f64; 5]| Sample::new(name, (0..).zip(values));
        let a = seeded("a", [0.713, 0.721, 0.705, 0.733, 0.718]);
        let b = seeded("b", [0.701, 0.704, 0.699, 0.712, 0.709]);
        let paired = Paired::new(&a, &b).unwrap();
        let close = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-11);
        close(paired.p_value(0.0), 0.008_575_833_853_747_687);
        close(paired.p_value(0.005), 0.041_515_974_118_760_686);
        let single = paired.interval(0.95);
        close(single.low, 0.005_498_458_412_973_339);
        close(single.high, 0.020_501_541_587_026_682);
        let ninth = paired.interval(1.0 - 0.05 / 9.0);
        close(ninth.low, -0.001_688_861_513_124_697);
        close(ninth.high, 0.027_688_861_513_124_72);
        assert_eq!(ninth.method, Method::StudentT);
    }

    #[test]
    fn one_seed_says_nothing() {
        for values in [&[][..], &[3.0]] {
            let paired = against_zero(values);
            let interval = paired.interval(0.95);
            assert_eq!(
                (interval.low, interval.high),
                (f64::NEG_INFINITY, f64::INFINITY)
            );
            assert_eq!(paired.p_value(0.0), 1.0);
        }
    }

    #[test]
    fn equal_differences_are_judged_by_their_signs() {
        let five = against_zero(&[24.0; 5]);
        assert_eq!(five.p_value(0.0), 0.0625);
        assert_eq!(five.interval(0.95).low, f64::NEG_INFINITY);
        let six = against_zero(&[24.0; 6]);
        assert_eq!((six.p_value(0.0), six.p_value(24.0)), (0.03125, 1.0));
        let interval = six.interval(0.95);
        assert_eq!((interval.low, interval.high), (24.0, 24.0));
        assert_eq!(interval.method, Method::Sign);
        assert_eq!(against_zero(&[0.0; 6]).p_value(0.0), 1.0);
    }

    #[test]
    fn everything_is_null_in_json() {
        let json = serde_json::to_string(&against_zero(&[3.0]).interval(0.95)).unwrap();
        let expected = r#"{"low":null,"high":null,"level":0.95,"method":"student_t"}"#;
        assert_eq!(json, expected);
    }
}
