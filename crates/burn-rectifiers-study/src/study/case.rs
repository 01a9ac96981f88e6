//! All that is known when a claim is judged.

use super::{Condition, Costs, Evidence, Outcome, Plan, Practice, Rates, Trial};
use crate::{
    base::digits::significant,
    report::{Line, Point},
    statistics::{Sample, Spread},
    training::net::Architecture,
};

/// All that is known when a claim is judged.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What was asked.
    pub plan: &'a Plan,
    /// The seeds that are looked at.
    pub seeds: &'a [u64],
    /// The learning rates that were chosen.
    pub rates: &'a Rates,
    /// What came of the trainings.
    pub evidence: &'a Evidence,
    /// What steps cost, if that was measured.
    pub costs: Option<&'a Costs>,
}

impl Case<'_> {
    /// The same with so many seeds.
    pub fn with_seeds(&self, count: usize) -> Case<'_> {
        Case {
            seeds: &self.plan.all_seeds[..count],
            ..*self
        }
    }

    /// A number of the main training of an activation, by seed.
    pub fn main(&self, name: &str, number: impl Fn(&Outcome) -> f64) -> Sample {
        self.of(name, |seed| self.plan.main(name, self.rates, seed), number)
    }

    /// A number of the training of an activation at the harsh rate, by seed.
    pub fn harsh(&self, name: &str, number: impl Fn(&Outcome) -> f64) -> Sample {
        self.of(name, |seed| self.plan.harsh(name, self.rates, seed), number)
    }

    /// In another network.
    pub fn on(&self, net: Architecture, name: &str, number: impl Fn(&Outcome) -> f64) -> Sample {
        let trial = |seed| self.plan.on(net, name, self.rates, seed);
        self.of(name, trial, number)
    }

    /// A number of the network as people use it.
    pub fn practice(&self, name: &str, number: impl Fn(&Outcome) -> f64) -> Sample {
        let trial = |seed| self.plan.practice(name, seed);
        self.of(&format!("{name} ({})", Practice::SHORT), trial, number)
    }

    /// The learning rate of the main network.
    pub fn rate(&self, name: &str) -> f64 {
        self.rates.of(self.plan.budget.net, name)
    }

    /// On images of which not all is left.
    pub fn conditioned(
        &self,
        name: &str,
        condition: Condition,
        number: impl Fn(&Outcome) -> f64,
    ) -> Sample {
        let trial = |seed| self.plan.conditioned(name, condition, self.rates, seed);
        self.of(name, trial, number)
    }

    /// A number per seed.
    pub fn of(
        &self,
        name: &str,
        trial: impl Fn(u64) -> Trial,
        number: impl Fn(&Outcome) -> f64,
    ) -> Sample {
        let seeds = self.seeds.iter();
        let runs = seeds.map(|&seed| (seed, number(self.evidence.outcome(&trial(seed)))));
        Sample::new(name, runs)
    }

    /// Shares of dead units in percent; a diverged training has none that live.
    pub fn dead(&self, share: Sample) -> Sample {
        scaled(share, 100.0).failures_as(100.0)
    }

    /// Accuracy in percent; a diverged training guesses.
    pub fn percent(&self, accuracy: Sample) -> Sample {
        scaled(accuracy, 100.0).failures_as(100.0 * self.plan.chance())
    }
}

/// Every number times a factor.
pub fn scaled(sample: Sample, factor: f64) -> Sample {
    sample.mapped(sample.name(), |value| factor * value)
}

/// Seed by seed, the mean of several samples.
pub fn average(name: &str, samples: &[Sample]) -> Sample {
    let seeds: Vec<u64> = samples.iter().flat_map(Sample::seeds).collect();
    let seeds: std::collections::BTreeSet<u64> = seeds.into_iter().collect();
    let mean = |seed| {
        let values = samples
            .iter()
            .map(|sample| sample.value(seed).unwrap_or(f64::NAN));
        values.sum::<f64>() / samples.len() as f64
    };
    Sample::new(name, seeds.into_iter().map(|seed| (seed, mean(seed))))
}

/// A line with mean and standard deviation at each x.
pub fn line(name: &str, points: impl IntoIterator<Item = (f64, Sample)>) -> Line {
    let point = |(x, sample): (f64, Sample)| {
        let spread = Spread::of(&sample);
        let y = spread.mean.unwrap_or(f64::NAN);
        let off = spread.deviation.unwrap_or(0.0);
        Point {
            x,
            y,
            low: y - off,
            high: y + off,
        }
    };
    Line {
        name: name.into(),
        points: points.into_iter().map(point).collect(),
    }
}

/// Mean and spread as they stand in tables. How many seeds there are is said once, not in every cell;
/// how many failed is.
pub fn spread(sample: &Sample) -> String {
    let spread = Spread::of(sample);
    if let (Some(mean), Some(0.0), 0) = (spread.mean, spread.deviation, spread.failed) {
        return significant(mean, 3);
    }
    let text = spread.to_string();
    match text.split_once(" (") {
        Some((numbers, rest)) if !rest.contains("failed") => numbers.into(),
        _ => text,
    }
}
