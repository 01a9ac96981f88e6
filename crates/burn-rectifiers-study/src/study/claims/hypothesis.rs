//! A comparison that decides about a claim, and what a sentence says of it.

use crate::{
    base::digits::significant,
    statistics::{Claim, Finding, Paired, Verdict},
    study::{Case, Trial},
};

/// What must hold for a claim to hold, and how it is measured.
pub struct Hypothesis {
    /// What must hold.
    pub claim: Claim,
    /// What it is about, as a sentence names it.
    subject: String,
    words: Words,
    difference: Box<dyn Fn(&Case) -> Paired>,
}

/// What a sentence says of subjects with the same verdict. They stand for `{}`, and the difference that was measured for
/// `{mean}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// If it holds.
    pub confirmed: String,
    /// If it does not matter.
    pub equal: String,
    /// If it does not hold.
    pub refuted: String,
    /// If nobody knows.
    pub open: String,
}

impl Hypothesis {
    /// A claim about `subject`, and the difference by seed that decides it.
    pub fn new(
        claim: Claim,
        subject: impl Into<String>,
        words: Words,
        difference: impl Fn(&Case) -> Paired + 'static,
    ) -> Self {
        Self {
            claim,
            subject: subject.into(),
            words,
            difference: Box::new(difference),
        }
    }

    /// What was measured, with the seeds of this case.
    pub fn difference(&self, case: &Case) -> Paired {
        (self.difference)(case)
    }

    /// The trainings that it needs with the seeds of this case, and that have not been run.
    pub fn missing(&self, case: &Case) -> Vec<Trial> {
        case.evidence.missing(|| drop(self.difference(case)))
    }
}

impl Words {
    /// In the order in which a sentence says them.
    fn kinds(&self) -> [&str; 4] {
        [&self.confirmed, &self.equal, &self.refuted, &self.open]
    }

    fn of(&self, verdict: Verdict) -> &str {
        match verdict {
            Verdict::Confirmed => &self.confirmed,
            Verdict::Equal => &self.equal,
            Verdict::Refuted => &self.refuted,
            Verdict::Undecided { .. } => &self.open,
        }
    }
}

/// The verdicts on a claim in a sentence, as a person would say it.
pub fn sentence(hypotheses: &[Hypothesis], findings: &[Finding]) -> String {
    let both: Vec<(&Hypothesis, &Finding)> = hypotheses.iter().zip(findings).collect();
    let mut clauses: Vec<String> = Vec::new();
    for of_words in both.chunk_by(|(a, _), (b, _)| a.words == b.words) {
        for kind in of_words[0].0.words.kinds() {
            let is_said = |(hypothesis, finding): &&(&Hypothesis, &Finding)| {
                hypothesis.words.of(finding.verdict) == kind
            };
            let said: Vec<_> = of_words.iter().filter(is_said).collect();
            let subjects: Vec<&str> = said.iter().map(|(h, _)| h.subject.as_str()).collect();
            if let Some((_, first)) = said.first() {
                let mean = significant(first.mean.unwrap_or(f64::NAN), 2);
                let clause = kind.replace("{}", &listed(&subjects));
                clauses.push(clause.replace("{mean}", &mean));
            }
        }
    }
    match &clauses[..] {
        [] => "Not measured: none of the activations that it names takes part.".into(),
        clauses => capital(&clauses.join("; ")) + ".",
    }
}

/// With a capital letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// One, two and three.
fn listed(all: &[&str]) -> String {
    match all {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => all.concat(),
    }
}
