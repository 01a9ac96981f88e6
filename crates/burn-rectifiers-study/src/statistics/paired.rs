//! Differences of two samples by seed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Flaw, Sample};

/// What one activation gave minus what the other gave, seed by seed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Paired {
    name: String,
    differences: BTreeMap<u64, f64>,
    flaws: Vec<Flaw>,
    /// The largest number that went in: spread much below it is rounding.
    #[serde(skip)]
    scale: f64,
}

/// Two samples that cannot be paired as they are.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "{name}: {}; count failed runs as the worst value (Sample::failures_as), \
     or leave these seeds out (Paired::complete)",
    list(.flaws)
)]
pub struct Unpaired {
    /// The difference that was asked for.
    pub name: String,
    /// Every run that is not there, once, as a finite number.
    pub flaws: Vec<Flaw>,
}

impl Paired {
    /// `a − b`, if both have one finite number for the same seeds.
    pub fn new(a: &Sample, b: &Sample) -> Result<Self, Unpaired> {
        let (paired, unpaired) = Self::pairs(a, b);
        if unpaired.is_empty() {
            Ok(paired)
        } else {
            Err(Unpaired {
                name: paired.name,
                flaws: unpaired,
            })
        }
    }

    /// `a − b` for the seeds of which both have one finite number. The others are named in
    /// [`flaws`](Self::flaws).
    ///
    /// This favours an activation whose training sometimes fails: the result is about trainings
    /// that go well.
    pub fn complete(a: &Sample, b: &Sample) -> Self {
        let (mut paired, unpaired) = Self::pairs(a, b);
        paired.flaws.extend(unpaired);
        paired
    }

    /// One sample minus a constant: of slopes (see [`slopes`](super::slopes)) minus 0, say.
    pub fn against(sample: &Sample, value: f64) -> Result<Self, Unpaired> {
        let constant = Sample::new("", sample.seeds().into_iter().map(|seed| (seed, value)));
        let name = Self::name_against(sample, value);
        let renamed = |paired| Self {
            name: name.clone(),
            ..paired
        };
        Self::new(sample, &constant)
            .map(renamed)
            .map_err(|error| Unpaired {
                name: name.clone(),
                flaws: error.flaws,
            })
    }

    /// [`against`](Self::against) for the seeds that have one finite number. The others are named in
    /// [`flaws`](Self::flaws).
    pub fn complete_against(sample: &Sample, value: f64) -> Self {
        let constant = Sample::new("", sample.seeds().into_iter().map(|seed| (seed, value)));
        Self {
            name: Self::name_against(sample, value),
            ..Self::complete(sample, &constant)
        }
    }

    fn name_against(sample: &Sample, value: f64) -> String {
        match value {
            0.0 => sample.name().to_string(),
            _ => format!("{} − {value}", sample.name()),
        }
    }

    fn pairs(a: &Sample, b: &Sample) -> (Self, Vec<Flaw>) {
        let mut paired = Self {
            name: format!("{} − {}", a.name(), b.name()),
            differences: BTreeMap::new(),
            flaws: [a.replaced(), b.replaced()].concat(),
            scale: 0.0,
        };
        let mut unpaired = Vec::new();
        let seeds: BTreeSet<u64> = a.seeds().union(&b.seeds()).copied().collect();
        for seed in seeds {
            match (a.finite(seed), b.finite(seed)) {
                (Ok(a), Ok(b)) => {
                    paired.differences.insert(seed, a - b);
                    paired.scale = paired.scale.max(a.abs()).max(b.abs());
                }
                (a, b) => unpaired.extend([a.err(), b.err()].into_iter().flatten()),
            }
        }
        (paired, unpaired)
    }

    /// Whether a difference is no more than the rounding of what went in.
    pub(super) fn is_rounding(&self, difference: f64) -> bool {
        difference.abs() <= 4.0 * f64::EPSILON * self.scale
    }

    /// What it is called: "prelu − relu".
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The differences.
    pub fn differences(&self) -> &BTreeMap<u64, f64> {
        &self.differences
    }

    /// Runs that were left out, or that count as a number they did not give.
    pub fn flaws(&self) -> &[Flaw] {
        &self.flaws
    }

    /// Number of pairs.
    pub fn seeds(&self) -> usize {
        self.differences.len()
    }

    /// Mean difference, if there is any.
    pub fn mean(&self) -> Option<f64> {
        let n = self.seeds() as f64;
        let rough = self.differences.values().sum::<f64>() / n;
        // Once more, for the digits that the first sum lost.
        let rest = self.differences.values().map(|d| d - rough).sum::<f64>() / n;
        (self.seeds() > 0).then_some(rough + rest)
    }

    /// Standard deviation of the differences, √(Σ(d − mean)² / (n − 1)), of at least two.
    ///
    /// Differences that agree but for the rounding of the subtraction have none: 0.
    pub fn deviation(&self) -> Option<f64> {
        let mean = self.mean().filter(|_| self.seeds() > 1)?;
        let squares: f64 = self.differences.values().map(|d| (d - mean).powi(2)).sum();
        let deviation = (squares / (self.seeds() - 1) as f64).sqrt();

        Some(if self.is_rounding(deviation) {
            0.0
        } else {
            deviation
        })
    }

    /// Standard error of the mean, deviation/√n.
    pub fn standard_error(&self) -> Option<f64> {
        Some(self.deviation()? / (self.seeds() as f64).sqrt())
    }
}

fn list(flaws: &[Flaw]) -> String {
    let texts: Vec<_> = flaws.iter().map(Flaw::to_string).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_matched_whatever_their_order() {
        let a = Sample::new("a", [(7, 1.0), (3, 5.0), (9, 2.0)]);
        let b = Sample::new("b", [(9, 1.5), (7, 4.0), (3, 1.0)]);
        let paired = Paired::new(&a, &b).unwrap();
        assert_eq!(paired.name(), "a − b");
        assert_eq!(
            *paired.differences(),
            [(3, 4.0), (7, -3.0), (9, 0.5)].into()
        );
        assert_eq!(paired.mean(), Some(0.5));
        assert_eq!(paired.deviation(), Some(3.5));
        assert_eq!(paired.standard_error(), Some(3.5 / 3f64.sqrt()));
    }

    #[test]
    fn no_run_is_dropped_silently() {
        let a = Sample::new("elu", [(1, 0.5), (2, f64::NAN), (3, 0.7), (5, 0.5)]);
        let b = Sample::new("relu", [(1, 0.4), (2, 0.4), (4, 0.4), (5, 0.1)]);
        let error = Paired::new(&a, &b).unwrap_err();
        assert_eq!(
            error.to_string(),
            "elu − relu: seed 2 of elu: not finite, seed 3 of relu: missing, seed 4 of elu: \
             missing; count failed runs as the worst value (Sample::failures_as), or leave these \
             seeds out (Paired::complete)"
        );
        let against = Paired::complete_against(&a, 0.5);
        assert_eq!(against.name(), "elu − 0.5");
        assert_eq!((against.seeds(), against.flaws().len()), (3, 1));
        let paired = Paired::complete(&a, &b);
        assert_eq!(
            paired.differences().keys().copied().collect::<Vec<_>>(),
            [1, 5]
        );
        assert_eq!(paired.flaws(), error.flaws);

        let b = Sample::new("relu", [(1, 0.4), (2, 0.4), (3, 0.4), (5, 0.1)]);
        let counted = Paired::new(&a.failures_as(0.1), &b).unwrap();
        assert_eq!((counted.seeds(), counted.flaws().len()), (4, 1));
    }

    #[test]
    fn too_few_for_a_spread() {
        let [none, one] = [0, 1].map(|n| {
            let sample = Sample::new("a", (0..n).map(|seed| (seed, 2.5)));
            Paired::against(&sample, 1.0).unwrap()
        });
        assert_eq!((none.mean(), none.deviation()), (None, None));
        assert_eq!((one.mean(), one.deviation()), (Some(1.5), None));
        assert_eq!(one.name(), "a − 1");
    }

    #[test]
    fn rounding_is_no_spread() {
        let a = Sample::new("a", [(1, 0.3), (2, 0.4), (3, 0.8)]);
        let b = Sample::new("b", [(1, 0.2), (2, 0.3), (3, 0.7)]);
        let paired = Paired::new(&a, &b).unwrap();
        let mut values = paired.differences().values();
        assert!(values.next() != values.next(), "rounding makes them differ");
        assert_eq!(paired.deviation(), Some(0.0));
    }
}
