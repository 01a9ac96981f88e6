//! Claims about ordered conditions: depths 4, 8, 16, …, or sparsities 0, 50, 90 %.
//!
//! "Grows with depth" becomes one number per seed, which is then tested like any other. The spread
//! is that between seeds, as it should be: points of one seed at several depths are not independent
//! experiments.

use std::collections::BTreeSet;

use super::Sample;

/// The slope of each seed's straight line through its numbers at all conditions, by least squares:
/// Σ(x − x̄)·y / Σ(x − x̄)².
///
/// Pass log₂ of the depth for a change per doubling. Of the difference between two activations
/// ("the advantage grows"), take the [`Paired`](super::Paired) of their slopes. A seed that lacks a
/// finite number at some condition has no slope, NaN; decide on failed runs
/// ([`Sample::failures_as`]) before, not after.
pub fn slopes(name: impl Into<String>, conditions: &[(f64, &Sample)]) -> Sample {
    let middle = conditions.iter().map(|(x, _)| x).sum::<f64>() / conditions.len() as f64;
    let squares: f64 = conditions.iter().map(|(x, _)| (x - middle).powi(2)).sum();
    let slope = |seed| {
        let products = conditions
            .iter()
            .map(|(x, sample)| (x - middle) * sample.value(seed).unwrap_or(f64::NAN));
        products.sum::<f64>() / squares
    };
    Sample::new(
        name,
        seeds(conditions)
            .into_iter()
            .map(|seed| (seed, slope(seed))),
    )
}

/// The first condition, in the order given, at which each seed's run `fails`: the depth at which
/// training breaks down. A number that is not finite is passed to `fails` as NaN.
///
/// A seed that never fails gets `never`, which must be a number to take part in a test. What is
/// known is only that it lies beyond the last condition, so choose the nearest condition that was
/// not tried: the difference to others is then understated, not invented. A seed without a run at a
/// condition before its first failure has no answer, NaN.
pub fn first_failure(
    name: impl Into<String>,
    conditions: &[(f64, &Sample)],
    never: f64,
    fails: impl Fn(f64) -> bool,
) -> Sample {
    let first = |seed| {
        for (x, sample) in conditions {
            match sample.value(seed) {
                Ok(value) if fails(value) => return *x,
                Ok(_) => {}
                Err(super::What::NotFinite) if fails(f64::NAN) => return *x,
                Err(super::What::NotFinite) => {}
                Err(_) => return f64::NAN,
            }
        }
        never
    };
    Sample::new(
        name,
        seeds(conditions)
            .into_iter()
            .map(|seed| (seed, first(seed))),
    )
}

fn seeds(conditions: &[(f64, &Sample)]) -> BTreeSet<u64> {
    conditions
        .iter()
        .flat_map(|(_, sample)| sample.seeds())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Paired, What};
    use super::*;

    #[test]
    fn a_slope_per_seed() {
        let at = |values: [f64; 3]| Sample::new("relu", (1..).zip(values));
        let four = at([1.0, 5.0, 2.0]);
        let eight = at([3.0, 5.0, f64::NAN]);
        let sixteen = at([5.0, 2.0, 1.0]);
        let slopes = slopes("slope", &[(2.0, &four), (3.0, &eight), (4.0, &sixteen)]);
        assert_eq!((slopes.value(1), slopes.value(2)), (Ok(2.0), Ok(-1.5)));
        assert_eq!(slopes.value(3), Err(What::NotFinite));
        let error = Paired::against(&slopes, 0.0).unwrap_err().to_string();
        assert!(
            error.starts_with("slope: seed 3 of slope: not finite;"),
            "{error}"
        );
    }

    #[test]
    fn no_slope_without_two_conditions() {
        let sample = Sample::new("relu", [(1, 0.5)]);
        assert_eq!(slopes("slope", &[]).seeds().len(), 0);
        for conditions in [&[(4.0, &sample)][..], &[(4.0, &sample), (4.0, &sample)]] {
            assert_eq!(slopes("slope", conditions).value(1), Err(What::NotFinite));
        }
    }

    #[test]
    fn where_training_breaks_down() {
        let four = Sample::new("relu", [(1, 0.9), (2, 0.9), (3, f64::NAN), (4, 0.9)]);
        let eight = Sample::new("relu", [(1, 0.9), (2, 0.1), (3, 0.9)]);
        let sixteen = Sample::new("relu", [(1, 0.9), (2, 0.9), (3, 0.9), (4, 0.1)]);
        let conditions = [(4.0, &four), (8.0, &eight), (16.0, &sixteen)];
        let works = |accuracy: f64| accuracy > 0.2;
        let depth = first_failure("depth", &conditions, 32.0, |accuracy| !works(accuracy));
        assert_eq!(
            [1, 2, 3].map(|seed| depth.value(seed).unwrap()),
            [32.0, 8.0, 4.0]
        );
        assert_eq!(depth.value(4), Err(What::NotFinite));
    }
}
