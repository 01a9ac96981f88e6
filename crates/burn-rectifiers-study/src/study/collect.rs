//! All trainings of a study.

use super::claims::Question;
use super::{Evidence, Plan, Progress, Rates, Runner, Trial};
use crate::base::error::StudyError;

/// What was run, and what came of it.
pub(super) struct Collected {
    pub(super) rates: Rates,
    pub(super) evidence: Evidence,
    pub(super) trials: Vec<Trial>,
    /// Of all trainings, whenever they were run.
    pub(super) seconds: f64,
}

/// Runs the trials of all questions: first those that choose learning rates, then the others.
pub(super) fn collect(
    plan: &Plan,
    questions: &[Box<dyn Question>],
    runner: &Runner,
) -> Result<Collected, StudyError> {
    let wanted = unique(questions.iter().flat_map(|question| question.rates(plan)));
    let choosing = wanted
        .iter()
        .flat_map(|&(net, name)| plan.choosing(net, name));
    let choosing: Vec<Trial> = choosing.collect();
    let trials = |rates: &Rates| {
        let all = questions
            .iter()
            .flat_map(|question| question.trials(plan, rates));
        unique_trials(all)
    };
    let progress = Progress::new(runner.data.test.len());
    let known = |trial: &Trial| runner.store.find(trial).is_some();
    // The work is the same at any rate; only what is finished already cannot be known yet.
    progress.expect(
        &[choosing.clone(), trials(&Rates::default())].concat(),
        known,
    );
    let mut evidence = Evidence::default();
    let mut seconds = 0.0;
    let mut finish = |trials: &[Trial], evidence: &mut Evidence| {
        let finished = runner.finish(trials, &progress)?;
        seconds += finished
            .iter()
            .map(|finished| finished.seconds)
            .sum::<f64>();
        evidence.add(finished);
        Ok::<_, StudyError>(())
    };
    let result = finish(&choosing, &mut evidence).and_then(|()| {
        let rates = plan.choose_rates(&wanted, &evidence);
        let trials = trials(&rates);
        progress.expect(&[choosing.clone(), trials.clone()].concat(), known);
        finish(&trials, &mut evidence)?;
        Ok((rates, trials))
    });
    progress.close();
    let (rates, trials) = result?;
    Ok(Collected {
        rates,
        evidence,
        trials: [choosing, trials].concat(),
        seconds,
    })
}

fn unique<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    all.for_each(|one| {
        if !found.contains(&one) {
            found.push(one);
        }
    });
    found
}

/// Several claims may ask for the same trial.
fn unique_trials(all: impl Iterator<Item = Trial>) -> Vec<Trial> {
    let mut ids = std::collections::HashSet::new();
    all.filter(|trial| ids.insert(trial.id())).collect()
}
