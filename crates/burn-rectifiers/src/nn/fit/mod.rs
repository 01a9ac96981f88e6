//! Parameters with which an activation starts as a given function.

mod least_squares;
mod starts;

use crate::curve::{Curve, ParamInfo};
use core::fmt;
use core::ops::RangeInclusive;
use least_squares::{Problem, Solution};
use std::collections::BTreeMap;

/// Points of the grid on which candidates are compared, and of the one that decides.
const COARSE: usize = 128;
const FINE: usize = 1024;

/// How many candidates are taken from the coarse grid to the fine one.
const FINALISTS: usize = 6;

/// The parameters of `curve` with which it comes closest to `target` on `interval`.
///
/// Closest means the least mean square of the difference, among the parameters that are within
/// bounds. So a learnable activation can start as a known one, and it is reported how far it is
/// from it:
///
/// ```
/// use burn_rectifiers::{LearnableEluConfig, curves::LearnableEluCurve, nn::fit};
///
/// let softplus = |x: f64| x.exp().ln_1p();
/// let fit = fit(&LearnableEluCurve, softplus, -3.0..=3.0);
/// println!("{fit}");
/// assert!(fit.max_error < 0.8 && fit.rms_error < 0.4);
/// let config = LearnableEluConfig::new(64).with_values(&fit.params);
/// # assert_eq!(config.alpha, fit.params[0]);
/// ```
///
/// The search is by least squares (Levenberg 1944, Marquardt 1963) from the defaults and from other
/// starts, always the same ones, on 1024 evenly spaced points. It is thorough for up to four
/// parameters, and takes some tens of milliseconds; that it finds the best of all
/// parameters is no theorem. What is equally good from several starts is taken from the defaults. No
/// parameter gets larger than a hundred times the largest number in the problem, though the best
/// value may lie at infinity (a PELU becomes a straight line there). A curve without parameters is
/// compared as it is.
///
/// # Panics
///
/// If the interval is empty, a single point, or not finite, or if `target` is not finite somewhere
/// on it.
pub fn fit(curve: &dyn Curve, target: impl Fn(f64) -> f64, interval: RangeInclusive<f64>) -> Fit {
    let (low, high) = (*interval.start(), *interval.end());
    assert!(
        low < high && (high - low).is_finite(),
        "fit of `{}`: the interval must be finite and not empty, but is [{low}, {high}]",
        curve.name()
    );
    let target = |x: f64| {
        let y = target(x);
        assert!(
            y.is_finite(),
            "fit of `{}`: the target is {y} at x = {x}",
            curve.name()
        );
        y
    };
    let problem = |count| Problem::new(curve, low, high, midpoints(low, high, count, target));
    let (coarse, fine) = (problem(COARSE), problem(FINE));

    let defaults: Vec<f64> = curve.params().iter().map(|info| info.default).collect();
    let mut best = fine.solve(&defaults);
    let mut candidates: Vec<Solution> = starts::starts(curve, low, high)
        .map(|start| coarse.solve(&start))
        .collect();
    candidates.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    for candidate in candidates.iter().take(FINALISTS) {
        let solution = fine.solve(&candidate.params);
        if fine.is_better(&solution, &best) {
            best = solution;
        }
    }
    let best = fine.with_zeros(best);

    let difference = |x: f64| (curve.value_at(x, &best.params) - target(x)).abs();
    let (at, max_error) = largest(difference, low, high);
    Fit {
        curve: curve.name(),
        max_error,
        rms_error: best.cost.sqrt(),
        at,
        interval,
        params: best.params,
        infos: curve.params(),
    }
}

/// How close an activation comes to a given function; see [`fit`].
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Name of the curve.
    pub curve: &'static str,
    /// The parameters, in the curve's order, within bounds.
    pub params: Vec<f64>,
    /// The largest difference on the interval.
    pub max_error: f64,
    /// Root of the mean square of the difference on the interval.
    pub rms_error: f64,
    /// Where the difference is largest.
    pub at: f64,
    /// Where the functions were compared.
    pub interval: RangeInclusive<f64>,
    infos: &'static [ParamInfo],
}

impl Fit {
    /// The parameters by name, as [`ActivationConfig`](crate::ActivationConfig) takes them.
    ///
    /// ```
    /// # use burn::tensor::Device;
    /// use burn_rectifiers::{ActivationConfig, curves::find, nn::fit};
    ///
    /// let fit = fit(find("prelu")?, |x| x.max(x / 2.0), -3.0..=3.0);
    /// let config = ActivationConfig::new("prelu".into(), vec![64]).with_start(fit.start());
    /// # let act = config.init(&Device::flex());
    /// # Ok::<(), burn_rectifiers::ActivationError>(())
    /// ```
    pub fn start(&self) -> BTreeMap<String, f64> {
        self.named()
            .map(|(name, value)| (name.into(), value))
            .collect()
    }

    fn named(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let names = self.infos.iter().map(|info| info.name);
        names.zip(self.params.iter().copied())
    }
}

/// One line, such as `pelu on [-3, 3]: a = 0.98, b = 1.2, largest error 0.031 at x = -0.8, rms
/// 0.012`, to four digits.
impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = (self.interval.start(), self.interval.end());
        write!(f, "{} on [{}, {}]: ", self.curve, short(*low), short(*high))?;
        for (name, value) in self.named() {
            write!(f, "{name} = {}, ", short(value))?;
        }
        write!(
            f,
            "largest error {} at x = {}, rms {}",
            short(self.max_error),
            short(self.at),
            short(self.rms_error)
        )
    }
}

/// `value` with four digits, as short as that can be written.
fn short(value: f64) -> String {
    let scientific = format!("{value:.3e}");
    let rounded: f64 = scientific.parse().unwrap_or(value);
    match rounded.abs() {
        0.0 | 1e-4..1e6 => rounded.to_string(),
        _ => format!("{rounded:e}"),
    }
}

/// The centres of `count` equal parts of the interval, with the values of `target` there.
fn midpoints(low: f64, high: f64, count: usize, target: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    (0..count)
        .map(|i| low + (high - low) * ((i as f64 + 0.5) / count as f64))
        .map(|x| (x, target(x)))
        .collect()
}

/// Where `f` is largest between `low` and `high`, ends included, and how large: the largest of a
/// dense grid, then of ever denser ones around it.
fn largest(f: impl Fn(f64) -> f64, low: f64, high: f64) -> (f64, f64) {
    let (mut from, mut to, mut parts) = (low, high, 4096);
    let mut best = (low, f(low));
    for _ in 0..6 {
        let step = (to - from) / f64::from(parts);
        for i in 0..=parts {
            let x = (from + step * f64::from(i)).min(to);
            let y = f(x);
            // A NaN is the worst that can happen, so it wins and stays.
            if !(y <= best.1 || best.1.is_nan()) {
                best = (x, y);
            }
        }
        (from, to) = ((best.0 - step).max(low), (best.0 + step).min(high));
        parts = 64;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::{PReluCurve, ReluCurve};
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn reports_in_one_line() {
        let fit = fit(&PReluCurve, |x| x.max(0.3 * x) + 1e-3, -3.0..=2.0);
        let shown = fit.to_string();
        assert!(
            shown.starts_with("prelu on [-3, 2]: alpha = 0.29"),
            "{shown}"
        );
        assert!(shown.contains(", largest error 0.001"), "{shown}");
        assert!(shown.contains(" at x = "), "{shown}");
        assert!(shown.contains(", rms 0.00"), "{shown}");
        assert!(!shown.contains('\n'), "{shown}");
        assert_eq!(fit.start(), [("alpha".into(), fit.params[0])].into());
    }

    #[test]
    fn numbers_are_short() {
        let shown = [
            0.0,
            -3.0,
            0.98,
            1.0 / 3.0,
            12345.678,
            1.5e-9,
            2e30,
            -0.00012,
        ]
        .map(short);
        let expected = [
            "0", "-3", "0.98", "0.3333", "12350", "1.5e-9", "2e30", "-0.00012",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_fixed_curve_is_compared_as_it_is() {
        let fit = fit(
            &ReluCurve,
            |x| x.max(0.0) + 0.25 * (x - 1.0).max(0.0),
            -1.0..=2.0,
        );
        assert_eq!((fit.max_error, fit.at), (0.25, 2.0));
        // The mean square is (1/3)·∫₀¹ (u/4)² du = 1/144.
        assert!((fit.rms_error - 1.0 / 12.0).abs() < 1e-6, "{fit}");
        assert!(fit.params.is_empty() && fit.start().is_empty());
        assert!(
            fit.to_string()
                .starts_with("relu on [-1, 2]: largest error 0.25 at x = 2, rms 0.0833")
        );
    }

    #[test]
    fn the_largest_difference_is_found_between_the_points() {
        let (at, value) = largest(|x| -(x - 0.123_456_7).powi(2), -1.0, 2.0);
        assert!((at - 0.123_456_7).abs() < 1e-5, "{at}");
        assert!(value > -1e-10);
        assert_eq!(largest(|x| x, -1.0, 2.0), (2.0, 2.0));
        assert_eq!(largest(|x| -x, -1.0, 2.0), (-1.0, 1.0));
        assert!(
            largest(|x| if x > 1.9 { f64::NAN } else { x }, -1.0, 2.0)
                .1
                .is_nan()
        );
    }

    #[test]
    #[allow(clippy::reversed_empty_ranges)]
    fn what_cannot_be_fitted_is_named() {
        for (interval, part) in [
            (1.0..=1.0, "[1, 1]"),
            (1.0..=-1.0, "[1, -1]"),
            (f64::NAN..=1.0, "[NaN, 1]"),
            (0.0..=f64::NAN, "[0, NaN]"),
            (f64::NEG_INFINITY..=0.0, "[-inf, 0]"),
            (f64::MIN..=f64::MAX, "the interval must be finite"),
        ] {
            let message = panic_of(|| fit(&PReluCurve, |x| x, interval));
            assert!(
                message.contains(part) && message.contains("`prelu`"),
                "{message}"
            );
        }
        let message = panic_of(|| fit(&PReluCurve, f64::sqrt, -1.0..=1.0));
        assert!(message.contains("the target is NaN at x = -"), "{message}");
    }

    fn panic_of(work: impl FnOnce() -> Fit) -> String {
        let panic = catch_unwind(AssertUnwindSafe(work)).unwrap_err();
        *panic.downcast::<String>().unwrap()
    }
}
