//! How the learning rate changes in the course of a training.

use burn::optim::lr_scheduler::{
    LrSchedulerConfig, cosine::CosineAnnealingLrSchedulerConfig, linear::LinearLrSchedulerConfig,
    module_lr_scheduler::ModuleLrScheduler, sequential::SequentialLrSchedulerConfig,
};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// What the learning rate does after its warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Stays.
    Constant,
    /// Falls along half a cosine to 0 (Loshchilov & Hutter 2017, arXiv:1608.03983).
    Cosine,
    /// Falls along a line to 0; with a warm-up, this is one cycle of Smith & Topin (2018, arXiv:1708.07120).
    OneCycle,
    /// A tenth after half of the steps, a hundredth after three quarters (He et al. 2015, arXiv:1512.03385).
    Step,
}

/// A warm-up begins with the learning rate divided by this.
const WARM_UP_FROM: f64 = 25.0;

impl Schedule {
    /// Whether a training of more epochs begins like one of fewer.
    pub(crate) fn is_the_same_for_more_epochs(self) -> bool {
        self == Self::Constant
    }

    /// The share of the epochs that is warm-up, unless a user says otherwise.
    pub(crate) fn usual_warm_up(self) -> f64 {
        match self {
            Self::OneCycle => 0.3,
            _ => 0.0,
        }
    }

    /// The rates of so many steps, of which the first `warm_up` rise along a line to `rate`.
    pub(crate) fn scheduler(self, rate: f64, steps: usize, warm_up: usize) -> ModuleLrScheduler {
        // At least one step has the rate itself.
        let warm_up = warm_up.min(steps.saturating_sub(1));
        let rest = steps - warm_up;
        let linear = |from, to, steps| LinearLrSchedulerConfig::new(from, to, steps).into();
        let rise = linear(rate / WARM_UP_FROM, rate, warm_up);
        let fall: Vec<(LrSchedulerConfig, usize)> = match self {
            Self::Constant => vec![(rate.into(), rest)],
            Self::Cosine => {
                vec![(
                    CosineAnnealingLrSchedulerConfig::new(rate, rest).into(),
                    rest,
                )]
            }
            Self::OneCycle => vec![(linear(rate, 0.0, rest), rest)],
            Self::Step => {
                let (half, quarter) = (steps / 2, steps * 3 / 4);
                let first = half.saturating_sub(warm_up);
                let second = quarter.saturating_sub(warm_up + first);
                let parts = [(1.0, first), (0.1, second), (0.01, rest - first - second)];
                let part = |(share, steps): (f64, usize)| ((share * rate).into(), steps);
                parts.into_iter().map(part).collect()
            }
        };
        let parts = std::iter::once((rise, warm_up)).chain(fall);
        let (mut schedulers, mut ends, mut end) = (Vec::new(), Vec::new(), 0);
        for (scheduler, steps) in parts.filter(|(_, steps)| *steps > 0) {
            end += steps;
            schedulers.push(scheduler);
            ends.push(end);
        }
        ends.pop();
        let scheduler = SequentialLrSchedulerConfig::new(schedulers, ends).init();
        scheduler.expect("settings have a rate that suits the schedule")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(schedule: Schedule, steps: usize, warm_up: usize) -> Vec<f64> {
        let mut scheduler = schedule.scheduler(0.5, steps, warm_up);
        (0..steps).map(|_| scheduler.step().base()).collect()
    }

    fn are(rates: &[f64], expected: &[f64]) {
        assert_eq!(rates.len(), expected.len());
        for (rate, expected) in rates.iter().zip(expected) {
            assert!(
                (rate - expected).abs() < 1e-12,
                "{rates:?}, not {expected:?}"
            );
        }
    }

    #[test]
    fn rates_of_each_schedule() {
        are(&rates(Schedule::Constant, 3, 0), &[0.5; 3]);
        are(
            &rates(Schedule::OneCycle, 7, 2),
            &[0.02, 0.26, 0.5, 0.4, 0.3, 0.2, 0.1],
        );
        let third = std::f64::consts::FRAC_PI_3;
        let cosine = [0.0, 1.0, 2.0].map(|step| 0.25 * (1.0 + (step * third).cos()));
        are(&rates(Schedule::Cosine, 3, 0), &cosine);
        are(
            &rates(Schedule::Step, 8, 1),
            &[0.02, 0.5, 0.5, 0.5, 0.05, 0.05, 0.005, 0.005],
        );
    }

    #[test]
    fn no_number_of_steps_is_too_small() {
        for schedule in Schedule::value_variants() {
            for steps in 1..6 {
                for warm_up in 0..8 {
                    let rates = rates(*schedule, steps, warm_up);
                    assert!(rates.iter().all(|rate| (0.0..=0.5).contains(rate)));
                    assert!(rates.iter().any(|rate| *rate > 0.0));
                }
            }
        }
    }

    /// Burn keeps of a schedule which step it is at.
    #[test]
    fn a_resumed_schedule_goes_on() {
        for schedule in Schedule::value_variants() {
            let all = rates(*schedule, 20, 5);
            for done in [1, 5, 6, 10, 19] {
                let mut scheduler = schedule.scheduler(0.5, 20, 5);
                (0..done).for_each(|_| drop(scheduler.step()));
                let record = scheduler.to_record();
                let mut scheduler = schedule.scheduler(0.5, 20, 5).load_record(record);
                let rest: Vec<f64> = (done..20).map(|_| scheduler.step().base()).collect();
                assert_eq!(rest, all[done..], "{schedule:?} after {done}");
            }
        }
    }
}
