//! What a study would do, in words.

use super::claims::{COST, Hypothesis, Question};
use super::{Case, Evidence, Plan, collect};
use crate::base::digits::significant;

/// What is compared, which differences matter, when that is looked at, and how many trainings there are before the first look.
pub(super) fn text(plan: &Plan, questions: &[Box<dyn Question>]) -> String {
    let wanted = collect::wanted(plan, questions);
    let (rates, evidence) = (collect::unknown(&wanted), Evidence::default());
    let case = Case {
        plan,
        seeds: &plan.seeds,
        rates: &rates,
        evidence: &evidence,
        costs: None,
    };
    let mut text = String::from("In brackets: the smallest difference that matters.\n");
    for question in questions {
        text += &format!("{}. {}\n", question.number(), question.title());
        let hypotheses = question.hypotheses(&case);
        text += match (hypotheses.is_empty(), question.number() == COST) {
            (true, true) => {
                "   measured after the trainings: at most 1.1 times the time of a step with ReLU\n"
            }
            (true, false) => "   nothing: none of the activations that it names takes part\n",
            _ => "",
        };
        text.extend(hypotheses.iter().map(line));
    }
    let choosing = collect::choosing(plan, &wanted).len();
    let trials = collect::trials(plan, questions, &rates).len();
    text += &format!(
        "{choosing} trainings choose learning rates, {trials} come before the first look. Looks after {} seeds.",
        plan.looks
    );
    text
}

fn line(hypothesis: &Hypothesis) -> String {
    let claim = &hypothesis.claim;
    let unit = match claim.unit.as_str() {
        "" => String::new(),
        unit => format!(" {unit}"),
    };
    let matters = claim
        .margin
        .map(|margin| format!(" (±{}{unit})", significant(margin, 3)));
    format!("   {}{}\n", claim.text, matters.unwrap_or_default())
}
