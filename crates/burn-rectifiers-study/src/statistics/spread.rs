//! A sample as mean ± spread.

use std::fmt;

use serde::Serialize;

use super::Sample;
use crate::base::digits;

/// Mean and standard deviation of the runs that gave a finite number, and how many did not.
///
/// Shown as "71.3 ± 0.8 (5 seeds)". The standard deviation has the digits that it deserves: from
/// few seeds it is known to a third, so one, or two if it begins with 1; the mean ends at the same
/// place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Mean, if there is a finite number.
    pub mean: Option<f64>,
    /// Standard deviation, if there are two.
    pub deviation: Option<f64>,
    /// Finite numbers.
    pub count: usize,
    /// Runs that gave none.
    pub failed: usize,
}

impl Spread {
    /// Of all runs.
    pub fn of(sample: &Sample) -> Self {
        let (finite, failed): (Vec<f64>, Vec<f64>) = sample.values().partition(|v| v.is_finite());
        let n = finite.len() as f64;
        let mean = finite.iter().sum::<f64>() / n;
        let squares: f64 = finite.iter().map(|v| (v - mean).powi(2)).sum();
        Self {
            mean: (!finite.is_empty()).then_some(mean),
            deviation: (finite.len() > 1).then(|| (squares / (n - 1.0)).sqrt()),
            count: finite.len(),
            failed: failed.len(),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.mean, self.deviation) {
            (None, _) => f.write_str("no numbers")?,
            (Some(mean), Some(deviation)) if deviation > 0.0 => {
                let leads_with_1 = format!("{deviation:.1e}").starts_with('1');
                let places = digits::places(deviation, if leads_with_1 { 2 } else { 1 });
                write!(f, "{} ± {deviation:.places$}", digits::fixed(mean, places))?;
            }
            (Some(mean), deviation) => {
                f.write_str(&crate::base::digits::significant(mean, 6))?;
                f.write_str(if deviation.is_some() { " ± 0" } else { "" })?;
            }
        }
        let plural = if self.count == 1 { "" } else { "s" };
        write!(f, " ({} seed{plural}", self.count)?;
        if self.failed > 0 {
            write!(f, ", {} failed", self.failed)?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_end_where_the_spread_is() {
        for (values, text) in [
            (&[70.5, 71.25, 72.25][..], "71.3 ± 0.9 (3 seeds)"),
            (&[0.70, 0.72, 0.73], "0.717 ± 0.015 (3 seeds)"),
            (&[1200.0, 1900.0], "1550 ± 495 (2 seeds)"),
            (&[0.0, 1.99], "1.0 ± 1.4 (2 seeds)"),
            (&[0.25, 0.25], "0.25 ± 0 (2 seeds)"),
            (&[-3.0], "-3 (1 seed)"),
            (&[0.5, f64::NAN, 0.5], "0.5 ± 0 (2 seeds, 1 failed)"),
            (&[f64::INFINITY], "no numbers (0 seeds, 1 failed)"),
            (&[], "no numbers (0 seeds)"),
        ] {
            let sample = Sample::new("a", (0..).zip(values.iter().copied()));
            assert_eq!(Spread::of(&sample).to_string(), text);
        }
    }
}
