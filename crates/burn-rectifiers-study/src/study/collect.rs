//! All trainings of a study.

use std::time::Instant;

use super::claims::Question;
use super::until_decided::{self, Limit, Pace, Taken};
use super::{Case, Evidence, Plan, Progress, Rates, Runner, Trial};
use crate::{base::error::StudyError, training::net::Architecture};

/// What was run, and what came of it.
pub(super) struct Collected {
    pub(super) rates: Rates,
    pub(super) evidence: Evidence,
    pub(super) trials: Vec<Trial>,
    /// Of all trainings, whenever they were run.
    pub(super) seconds: f64,
    /// How often comparisons have been looked at.
    pub(super) taken: Taken,
}

/// Runs the trials of all questions: first those that choose learning rates, then those that every activation gets, and
/// then more seeds where comparisons are open and the plan has looks for them. No seeds are added that would not be over at `end`.
pub(super) fn collect(
    plan: &Plan,
    questions: &[Box<dyn Question>],
    runner: &Runner,
    end: Option<Instant>,
) -> Result<Collected, StudyError> {
    let wanted = wanted(plan, questions);
    let choosing = choosing(plan, &wanted);
    let trials = |rates: &Rates| trials(plan, questions, rates);
    let progress = Progress::new(runner.data.test.len());
    let known = |trial: &Trial| runner.store.find(trial).is_some();
    // The work is the same at any rate; only what is finished already cannot be known yet.
    progress.expect(
        &[choosing.clone(), trials(&unknown(&wanted))].concat(),
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
        let mut all = [choosing, trials.clone()].concat();
        progress.expect(&all, known);
        finish(&trials, &mut evidence)?;
        let mut taken = first_looks(plan, &rates, &evidence, questions);
        loop {
            let case = case(plan, &rates, &evidence);
            let pace = Pace::of(&evidence, runner.data.test.len(), runner.jobs);
            let limit = Limit {
                end,
                is_stored: &known,
            };
            let Some(next) = until_decided::next(questions, &case, &taken, &pace, &limit) else {
                break Ok((rates, all, taken));
            };
            progress.say(&next.title);
            all.extend(next.trials.iter().cloned());
            progress.expect(&all, |trial| evidence.has(trial) || known(trial));
            finish(&next.trials, &mut evidence)?;
            let [claim, index] = next.at;
            taken[claim][index] += 1;
        }
    });
    progress.close();
    let (rates, trials, taken) = result?;
    Ok(Collected {
        rates,
        evidence,
        trials,
        seconds,
        taken,
    })
}

/// What is known of trainings, with the seeds that every activation gets.
fn case<'a>(plan: &'a Plan, rates: &'a Rates, evidence: &'a Evidence) -> Case<'a> {
    Case {
        plan,
        seeds: &plan.seeds,
        rates,
        evidence,
        costs: None,
    }
}

/// Every hypothesis has been looked at once.
fn first_looks(
    plan: &Plan,
    rates: &Rates,
    evidence: &Evidence,
    questions: &[Box<dyn Question>],
) -> Taken {
    let case = case(plan, rates, evidence);
    let questions = questions.iter();
    questions
        .map(|question| vec![1; question.hypotheses(&case).len()])
        .collect()
}

/// Networks and activations that need a learning rate.
pub(super) fn wanted<'a>(
    plan: &'a Plan,
    questions: &[Box<dyn Question>],
) -> Vec<(Architecture, &'a str)> {
    unique(questions.iter().flat_map(|question| question.rates(plan)))
}

/// A rate for each of them, before any is chosen: the same, as only that there is one matters.
pub(super) fn unknown(wanted: &[(Architecture, &str)]) -> Rates {
    let all = wanted.iter();
    all.map(|&(net, name)| ((net, name.to_string()), 1.0))
        .collect()
}

/// The trainings that choose it.
pub(super) fn choosing(plan: &Plan, wanted: &[(Architecture, &str)]) -> Vec<Trial> {
    let all = wanted.iter();
    all.flat_map(|&(net, name)| plan.choosing(net, name))
        .collect()
}

/// The trainings that every activation gets, at these rates.
pub(super) fn trials(plan: &Plan, questions: &[Box<dyn Question>], rates: &Rates) -> Vec<Trial> {
    let all = questions.iter();
    unique_trials(all.flat_map(|question| question.trials(plan, rates)))
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
