//! More seeds where a comparison is open, the most promising first.

use std::time::{Duration, Instant};

use super::claims::{self, Hypothesis, Question};
use super::{Case, Evidence, JudgedOn, Trial};
use crate::statistics::{Finding, MAX_SEEDS, Verdict};

/// How often the hypotheses of each claim have been looked at, in the order of the claims and of their hypotheses.
pub(super) type Taken = Vec<Vec<usize>>;

/// How fast trainings are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Test images, to which a part of the work belongs.
    pub(super) test_images: usize,
    /// Trainings at a time.
    pub(super) jobs: usize,
    /// Seconds that one training takes for a unit of [`Trial::work`].
    seconds_per_work: f64,
}

impl Pace {
    /// As fast as those that are finished.
    pub(super) fn of(evidence: &Evidence, test_images: usize, jobs: usize) -> Self {
        let [seconds, work] = evidence.cost(test_images);
        Self {
            test_images,
            jobs,
            seconds_per_work: if work > 0.0 { seconds / work } else { 0.0 },
        }
    }

    fn work(&self, trials: &[Trial]) -> f64 {
        trials
            .iter()
            .map(|trial| trial.work(self.test_images))
            .sum()
    }

    /// How long they take, several at a time.
    fn seconds(&self, trials: &[Trial]) -> f64 {
        let at_a_time = self.jobs.min(trials.len()).max(1);
        self.work(trials) * self.seconds_per_work / at_a_time as f64
    }
}

/// When trainings must be over.
pub(super) struct Limit<'a> {
    /// If ever.
    pub(super) end: Option<Instant>,
    /// What takes no time.
    pub(super) is_stored: &'a dyn Fn(&Trial) -> bool,
}

/// The next look at a hypothesis.
pub(super) struct Look {
    /// Which claim, and which of its hypotheses.
    pub(super) at: [usize; 2],
    /// In words.
    pub(super) title: String,
    /// What is to be run before.
    pub(super) trials: Vec<Trial>,
    /// Whether its outlook is to stay open after the last look.
    is_hopeless: bool,
    /// Work until it is likely to be decided.
    work: f64,
}

/// The most promising next look: the one that takes least work until it is likely to be decided, and is over in time.
pub(super) fn next(
    questions: &[Box<dyn Question>],
    case: &Case,
    taken: &Taken,
    pace: &Pace,
    limit: &Limit,
) -> Option<Look> {
    let mut looks: Vec<Look> = Vec::new();
    for (claim, question) in questions.iter().enumerate() {
        let findings = claims::judged(question.as_ref(), case, &taken[claim]);
        let hypotheses = question.hypotheses(case);
        for (index, (hypothesis, finding)) in hypotheses.iter().zip(&findings).enumerate() {
            let look = look(hypothesis, finding, case, taken[claim][index], pace);
            looks.extend(look.map(|look| Look {
                at: [claim, index],
                ..look
            }));
        }
    }
    let is_over = |look: &Look| {
        let Some(end) = limit.end else {
            return true;
        };
        let open = look.trials.iter();
        let open = open.filter(|trial| !(limit.is_stored)(trial));
        let open: Vec<Trial> = open.cloned().collect();
        // A file may say anything of how long its training took.
        let seconds = Duration::try_from_secs_f64(pace.seconds(&open));
        let over = Instant::now().checked_add(seconds.unwrap_or(Duration::MAX));
        open.is_empty() || over.is_some_and(|over| over <= end)
    };
    looks.retain(is_over);
    looks.sort_by(|a, b| {
        let order = a.is_hopeless.cmp(&b.is_hopeless);
        order.then(a.work.total_cmp(&b.work))
    });
    looks.into_iter().next()
}

/// The next look at a hypothesis that is open.
fn look(
    hypothesis: &Hypothesis,
    finding: &Finding,
    case: &Case,
    taken: usize,
    pace: &Pace,
) -> Option<Look> {
    let Verdict::Undecided { seeds_needed } = finding.verdict else {
        return None;
    };
    let planned = case.plan.looks.seeds();
    let (now, next) = (planned[taken - 1], *planned.get(taken)?);
    // Where several seeds gave nothing to compare, more would not, either.
    finding.mean?;
    let trials = hypothesis.missing(&case.with_seeds(next));
    let needed = seeds_needed.unwrap_or(MAX_SEEDS).max(next);
    let per_seed = pace.work(&trials) / (next - now) as f64;
    Some(Look {
        at: [0, 0],
        title: format!("{now} → {next} seeds: {}", hypothesis.claim.text),
        is_hopeless: needed > case.plan.all_seeds.len(),
        work: per_seed * (needed - now) as f64,
        trials,
    })
}

/// How long the trainings take that would probably decide a hypothesis, in seconds.
pub(super) fn seconds_needed(
    hypothesis: &Hypothesis,
    finding: &Finding,
    case: &Case,
    pace: &Pace,
) -> Option<f64> {
    let Verdict::Undecided {
        seeds_needed: Some(seeds),
    } = finding.verdict
    else {
        return None;
    };
    let nothing = Evidence::default();
    let mut of_a_seed = hypothesis.missing(&Case {
        evidence: &nothing,
        ..case.with_seeds(1)
    });
    of_a_seed.retain(|trial| trial.judged_on == JudgedOn::Test);
    let more = seeds.saturating_sub(finding.seeds);
    let further: Vec<Trial> = (0..more).flat_map(|_| of_a_seed.clone()).collect();
    (!further.is_empty()).then(|| pace.seconds(&further))
}
