//! How far two backends are apart, and whether that is too far.

use super::Trace;
use crate::base::digits::significant;

/// How many steps [`Difference::first_losses`] covers.
const FIRST: usize = 10;

/// How far two trainings of the same network are apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The two backends.
    pub names: [&'static str; 2],
    /// The largest relative difference of the losses of the first ten steps.
    pub first_losses: f64,
    /// That of all steps.
    pub losses: f64,
    /// The largest difference of gradients after one step, relative to the largest of the same parameter.
    pub gradients: f64,
    /// That of parameters in the end.
    pub weights: f64,
    /// How many test images they put into different classes.
    pub predictions: usize,
    /// How many test images there are.
    pub images: usize,
}

/// What two backends may differ by. Both compute in single precision and round differently, so that gradients of a step differ
/// in the last places. Training amplifies that: Adam divides each gradient by its size, also one that is rounding alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// For [`Difference::gradients`].
    pub gradients: f64,
    /// For [`Difference::first_losses`].
    pub first_losses: f64,
    /// For [`Difference::losses`].
    pub losses: f64,
}

impl Default for Tolerance {
    /// 2·10⁻⁴ for gradients, 10⁻³ for the first losses, 10⁻¹ for all.
    fn default() -> Self {
        Self {
            gradients: 2e-4,
            first_losses: 1e-3,
            losses: 0.1,
        }
    }
}

impl Difference {
    /// How far these are apart. What one of them has and the other lacks is infinitely far.
    pub fn between(one: &Trace, other: &Trace) -> Self {
        let losses = |count: usize| {
            let count = |trace: &Trace| count.min(trace.losses.len());
            let (one, other) = (&one.losses[..count(one)], &other.losses[..count(other)]);
            let pairs = one.iter().zip(other);
            let relative = pairs.map(|(a, b)| apart(*a, *b, a.abs().max(b.abs())));
            worst(relative.chain(unequal(one.len(), other.len())))
        };
        let differing = one.predictions.iter().zip(&other.predictions);
        Self {
            names: [one.backend.name(), other.backend.name()],
            first_losses: losses(FIRST),
            losses: losses(usize::MAX),
            gradients: of_parameters(&one.gradients, &other.gradients),
            weights: of_parameters(&one.weights, &other.weights),
            predictions: differing.filter(|(a, b)| a != b).count(),
            images: one.predictions.len(),
        }
    }

    /// # Errors
    ///
    /// What differs by more than the tolerance, in a line.
    pub fn verdict(&self, tolerance: &Tolerance) -> Result<(), String> {
        let [one, other] = self.names;
        for (what, found, allowed) in [
            (
                "gradients after one step",
                self.gradients,
                tolerance.gradients,
            ),
            (
                "losses of the first ten steps",
                self.first_losses,
                tolerance.first_losses,
            ),
            ("losses", self.losses, tolerance.losses),
        ] {
            // A NaN is not.
            let is_within = found <= allowed;
            if !is_within {
                return Err(format!(
                    "{one} and {other} differ in their {what} by {}, more than {}",
                    significant(found, 2),
                    significant(allowed, 2)
                ));
            }
        }
        Ok(())
    }
}

/// The largest; NaN is larger than all.
fn worst(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |most: f64, value| {
        match value > most || value.is_nan() {
            true if !most.is_nan() => value,
            _ => most,
        }
    })
}

/// The difference of two numbers, relative to a size.
fn apart(a: f64, b: f64, size: f64) -> f64 {
    if a == b { 0.0 } else { (a - b).abs() / size }
}

fn unequal(one: usize, other: usize) -> Option<f64> {
    (one != other).then_some(f64::INFINITY)
}

/// The largest difference, relative to the largest value of the same parameter.
fn of_parameters(one: &[(String, Vec<f32>)], other: &[(String, Vec<f32>)]) -> f64 {
    let pairs = one.iter().zip(other).map(|((path, one), (same, other))| {
        let sizes = one.iter().chain(other).map(|value| f64::from(value.abs()));
        let size = sizes.fold(0.0, f64::max);
        let pairs = one.iter().zip(other);
        let apart = pairs.map(|(a, b)| apart(f64::from(*a), f64::from(*b), size));
        let is_other = path != same || one.len() != other.len();
        worst(apart.chain(is_other.then_some(f64::INFINITY)))
    });
    worst(pairs.chain(unequal(one.len(), other.len())))
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use super::*;
    use crate::base::backend::Backend;
    use crate::base::cli;
    use crate::swap::Arguments;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn trace(line: &str, scale: f64) -> Trace {
        let line = ["swap"].into_iter().chain(line.split_whitespace());
        let arguments = cli::parse_from::<Line>(line).unwrap().arguments;
        Trace::of(&arguments, Backend::Flex, scale).unwrap()
    }

    const SMALL: &str = "--steps 12 --batch-size 8 --width 4";

    #[test]
    fn a_backend_agrees_with_itself() {
        let [one, other] = [trace(SMALL, 1.0), trace(SMALL, 1.0)];
        let same = Difference::between(&one, &other);
        assert_eq!([same.losses, same.gradients, same.weights], [0.0; 3]);
        assert_eq!((same.predictions, same.images), (0, 500));
        assert_eq!(same.verdict(&Tolerance::default()), Ok(()));
        assert_eq!(one.losses.len(), 12);
        // Ten classes that are equally likely, and then others.
        assert!((one.losses[0] - 10f64.ln()).abs() < 0.5, "{:?}", one.losses);
        assert!(one.losses.windows(2).all(|losses| losses[0] != losses[1]));
    }

    /// Adam does not notice a factor, so that the losses agree.
    #[test]
    fn a_gradient_that_is_off_by_a_thousandth_is_found() {
        let faulty = Difference::between(&trace(SMALL, 1.0), &trace(SMALL, 1.001));
        assert!((faulty.gradients - 1e-3).abs() < 1e-5, "{faulty:?}");
        let reason = faulty.verdict(&Tolerance::default()).unwrap_err();
        let said =
            "flex and flex differ in their gradients after one step by 0.001, more than 0.0002";
        assert_eq!(reason, said);
    }

    #[test]
    fn what_is_missing_or_not_a_number_is_too_far() {
        let whole = trace(SMALL, 1.0);
        let tolerance = Tolerance::default();
        let check = |change: &dyn Fn(&mut Trace)| {
            let mut other = whole.clone();
            change(&mut other);
            Difference::between(&whole, &other)
                .verdict(&tolerance)
                .unwrap_err()
        };
        assert!(check(&|trace| trace.losses[3] = f64::NAN).contains("first ten"));
        assert!(check(&|trace| trace.losses[11] *= 2.0).contains("their losses by"));
        assert!(check(&|trace| trace.losses.truncate(11)).contains("losses"));
        assert!(check(&|trace| trace.gradients[1].1[0] = f32::NAN).contains("gradients"));
        assert!(check(&|trace| drop(trace.gradients.pop())).contains("gradients"));
    }
}
