//! One number per seed, and what can be wrong with it.

use std::{collections::BTreeSet, fmt};

use serde::Serialize;

use crate::base::digits::significant;

/// What one activation (or another condition) gave: a number per seed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    name: String,
    runs: Vec<(u64, f64)>,
    counted_as: Vec<Flaw>,
}

/// A run that is not an ordinary number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flaw {
    /// Which sample.
    pub sample: String,
    /// Which seed.
    pub seed: u64,
    /// What it is instead.
    pub what: What,
}

/// What is wrong with a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// There is no run with this seed, though the other sample has one.
    Missing,
    /// The number is NaN or infinite: training diverged, or never reached its goal.
    NotFinite,
    /// There are several runs with this seed.
    Repeated,
    /// It was not finite; the caller replaced it by this.
    CountedAs(f64),
}

impl Sample {
    /// Pairs of seed and number. A run that failed belongs here too, as NaN.
    pub fn new(name: impl Into<String>, runs: impl IntoIterator<Item = (u64, f64)>) -> Self {
        Self {
            name: name.into(),
            runs: runs.into_iter().collect(),
            counted_as: Vec::new(),
        }
    }

    /// Runs that failed count as this, the worst the quantity can be: the accuracy of guessing, the
    /// largest number of steps.
    ///
    /// Which is a choice, so findings name these runs. A single one of them makes a difference
    /// larger than all others; Student's t then answers with a wide interval, rather than with a
    /// wrong one.
    pub fn failures_as(mut self, value: f64) -> Self {
        for (seed, run) in self.runs.iter_mut().filter(|(_, run)| !run.is_finite()) {
            *run = value;
            self.counted_as.push(Flaw {
                sample: self.name.clone(),
                seed: *seed,
                what: What::CountedAs(value),
            });
        }
        self
    }

    /// Every number changed, under another name; runs that failed stay so, or what they count as.
    pub fn mapped(&self, name: impl Into<String>, change: impl Fn(f64) -> f64) -> Self {
        let name = name.into();
        let runs = self.runs.iter();
        let counted_as = self.counted_as.iter().cloned();
        Self {
            runs: runs.map(|&(seed, run)| (seed, change(run))).collect(),
            counted_as: counted_as
                .map(|flaw| Flaw {
                    sample: name.clone(),
                    ..flaw
                })
                .collect(),
            name,
        }
    }

    /// Seed by seed, how many times as large as `other`. Runs of either that failed are named.
    pub fn over(&self, other: &Self) -> Self {
        let value = |sample: &Self, seed| sample.value(seed).unwrap_or(f64::NAN);
        let seeds = self.seeds().into_iter();
        let ratios = seeds.map(|seed| (seed, value(self, seed) / value(other, seed)));
        Self {
            counted_as: [self.replaced(), other.replaced()].concat(),
            ..Self::new(self.name(), ratios)
        }
    }

    /// What it is called in findings.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All seeds, in order.
    pub fn seeds(&self) -> BTreeSet<u64> {
        self.runs.iter().map(|&(seed, _)| seed).collect()
    }

    /// All numbers, in the order they were given.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.runs.iter().map(|&(_, value)| value)
    }

    /// The number of this seed, if it is there, once, and finite.
    pub fn value(&self, seed: u64) -> Result<f64, What> {
        let mut runs = self.runs.iter().filter(|run| run.0 == seed);
        match (runs.next(), runs.next()) {
            (None, _) => Err(What::Missing),
            (Some(_), Some(_)) => Err(What::Repeated),
            (Some(&(_, value)), None) if value.is_finite() => Ok(value),
            _ => Err(What::NotFinite),
        }
    }

    /// The number of a run, or what is wrong with it and whose run it is.
    pub(super) fn finite(&self, seed: u64) -> Result<f64, Flaw> {
        self.value(seed).map_err(|what| Flaw {
            sample: self.name.clone(),
            seed,
            what,
        })
    }

    /// Runs that [`failures_as`](Self::failures_as) replaced.
    pub fn replaced(&self) -> &[Flaw] {
        &self.counted_as
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {} of {}: {}", self.seed, self.sample, self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("missing"),
            Self::NotFinite => f.write_str("not finite"),
            Self::Repeated => f.write_str("there several times"),
            Self::CountedAs(value) => write!(f, "failed, counted as {}", significant(*value, 6)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_are_no_numbers_say_why() {
        let runs = [
            (1, 0.5),
            (2, f64::NAN),
            (3, f64::INFINITY),
            (4, 0.1),
            (4, 0.2),
        ];
        let sample = Sample::new("elu", runs);
        assert_eq!(sample.value(1), Ok(0.5));
        assert_eq!(sample.value(2), Err(What::NotFinite));
        assert_eq!(sample.value(3), Err(What::NotFinite));
        assert_eq!(sample.value(4), Err(What::Repeated));
        assert_eq!(sample.value(5), Err(What::Missing));

        let counted = sample.failures_as(0.1);
        assert_eq!((counted.value(1), counted.value(2)), (Ok(0.5), Ok(0.1)));
        let texts: Vec<_> = counted.replaced().iter().map(Flaw::to_string).collect();
        assert_eq!(
            texts,
            [
                "seed 2 of elu: failed, counted as 0.1",
                "seed 3 of elu: failed, counted as 0.1"
            ]
        );
    }
}
