//! Runs that differ in nothing but their seeds.

use super::Run;
use crate::statistics::{Paired, Sample, Spread};

/// Flags that do not decide what a run is about.
const ASIDE: [&str; 3] = ["seed", "data-dir", "recipe"];

/// Runs of the same settings, but for the seed.
#[derive(Debug, Clone)]
pub struct Group {
    /// What tells it from the other groups, in a few words.
    pub name: String,
    /// All settings but the seed, in the order of the command line.
    pub flags: Vec<(String, String)>,
    /// In the order in which they were named.
    pub runs: Vec<Run>,
}

impl Group {
    /// The runs in groups, in the order of their first runs.
    pub fn of(runs: Vec<Run>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for run in runs {
            let mut flags = run.summary.settings.flags();
            flags.retain(|(flag, _)| !ASIDE.contains(&flag.as_str()));
            match groups.iter_mut().find(|group| group.flags == flags) {
                Some(group) => group.runs.push(run),
                None => groups.push(Self {
                    name: String::new(),
                    flags,
                    runs: vec![run],
                }),
            }
        }
        let names: Vec<String> = groups.iter().map(|group| group.named(&groups)).collect();
        for (group, name) in groups.iter_mut().zip(names) {
            group.name = name;
        }
        groups
    }

    /// The flags in which the groups differ.
    pub fn differing(groups: &[Self]) -> Vec<&str> {
        let flags = groups.iter().flat_map(|group| &group.flags);
        let mut names: Vec<&str> = Vec::new();
        for (flag, value) in flags {
            let differs = groups
                .iter()
                .any(|group| group.value(flag) != Some(value.as_str()));
            if differs && !names.contains(&flag.as_str()) {
                names.push(flag);
            }
        }
        names
    }

    /// What a flag has been.
    pub fn value(&self, flag: &str) -> Option<&str> {
        let found = self.flags.iter().find(|(name, _)| name == flag);
        found.map(|(_, value)| value.as_str())
    }

    fn named(&self, groups: &[Self]) -> String {
        let word = |flag: &str| match (flag, self.value(flag).unwrap_or("?")) {
            // These say themselves what they are.
            ("activation" | "network" | "backend" | "data" | "optimizer", value) => {
                value.to_string()
            }
            (flag, value) => format!("{flag} {value}"),
        };
        match &Self::differing(groups)[..] {
            [] => self.value("activation").unwrap_or("run").into(),
            differing => differing
                .iter()
                .map(|flag| word(flag))
                .collect::<Vec<_>>()
                .join(", "),
        }
    }

    /// A number of each run, by seed. Of several runs with one seed, the first counts.
    pub fn sample(&self, number: impl Fn(&Run) -> f64) -> Sample {
        let mut seen = Vec::new();
        let runs = self.runs.iter().filter(|run| {
            let seed = run.summary.settings.seed;
            let new = !seen.contains(&seed);
            seen.push(seed);
            new
        });
        let runs: Vec<_> = runs
            .map(|run| (run.summary.settings.seed, number(run)))
            .collect();
        Sample::new(&self.name, runs)
    }

    /// A number of all runs as mean and spread.
    pub fn spread(&self, number: impl Fn(&Run) -> f64) -> Spread {
        Spread::of(&self.sample(number))
    }

    /// The differences of a number to that of another group, by seed.
    pub fn minus(&self, other: &Self, number: impl Fn(&Run) -> f64) -> Paired {
        Paired::complete(&self.sample(&number), &other.sample(&number))
    }
}
