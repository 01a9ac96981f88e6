//! What a claim is, and what claims have in common.

use super::{Hypothesis, hypothesis::capital};
use crate::study::{self, Case, Plan, Practice, Rates, Trial, case::spread};
use crate::{
    report::{Axis, Block, Figure, Interval, Intervals, Line, Marks, Outcome, Panel, Scale, Table},
    statistics::{Finding, Looks, Paired, Sample, Verdict, judge_looks},
    training::net::Architecture,
};

/// How sure verdicts are, for all comparisons of a claim together.
const LEVEL: f64 = 0.95;

/// A claim and its experiment.
pub trait Question {
    /// Its number on the command line.
    fn number(&self) -> u8;

    /// In two or three words.
    fn title(&self) -> &'static str;

    /// What is claimed.
    fn claim(&self) -> &'static str;

    /// Networks and activations that need a learning rate.
    fn rates<'a>(&self, plan: &'a Plan) -> Vec<(Architecture, &'a str)>;

    /// The trainings that it needs, at these rates.
    fn trials(&self, plan: &Plan, rates: &Rates) -> Vec<Trial>;

    /// What must hold for the claim to hold.
    fn hypotheses(&self, case: &Case) -> Vec<Hypothesis>;

    /// When they are looked at.
    fn looks(&self, plan: &Plan) -> Looks {
        plan.looks.clone()
    }

    /// How it was measured, and what came of it: the claim's section of the report.
    fn blocks(&self, case: &Case, findings: Vec<Finding>) -> Vec<Block>;
}

/// The findings on a claim whose hypotheses have been looked at so many times, one if nothing is said.
pub fn judged(question: &dyn Question, case: &Case, taken: &[usize]) -> Vec<Finding> {
    let looks = question.looks(case.plan);
    let hypotheses = question.hypotheses(case).into_iter().enumerate();
    let seen = hypotheses.map(|(index, hypothesis)| {
        let taken = taken.get(index).copied().unwrap_or(1);
        let seeds = looks.seeds()[..taken].iter();
        let seen = seeds.map(|&seeds| hypothesis.difference(&case.with_seeds(seeds)));
        let seen = seen.collect();
        (hypothesis.claim, seen)
    });
    judge_looks(LEVEL, &looks, seen.collect())
}

/// What the findings say of the claim as a whole.
pub fn outcome(findings: &[Finding]) -> Outcome {
    let count = |is: fn(&Verdict) -> bool| findings.iter().filter(|f| is(&f.verdict)).count();
    let confirmed = count(|verdict| *verdict == Verdict::Confirmed);
    let refuted = count(|verdict| *verdict == Verdict::Refuted);
    let equal = count(|verdict| *verdict == Verdict::Equal);
    match findings.len() {
        0 => Outcome::NotMeasured,
        all if all == confirmed => Outcome::Confirmed,
        all if all == refuted => Outcome::Refuted,
        all if all == equal => Outcome::Equal,
        _ if confirmed + refuted + equal == 0 => Outcome::Undecided,
        _ => Outcome::Mixed,
    }
}

/// The findings, a line each: what follows, by how much, or what would decide.
pub fn comparisons(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        let text = &finding.claim.text;
        match finding.verdict {
            Verdict::Undecided { seeds_needed } => {
                let seeds = seeds_needed.map(|seeds| format!("; about {seeds} seeds would decide"));
                format!(
                    "**Not decided:** {text} ({}{})",
                    measured(finding),
                    seeds.unwrap_or_default()
                )
            }
            Verdict::Equal => {
                format!(
                    "**No difference that matters:** {text} ({})",
                    measured(finding)
                )
            }
            verdict => format!(
                "**{}:** {text} ({})",
                capital(&verdict.to_string()),
                measured(finding)
            ),
        }
    };
    findings.iter().map(line).collect()
}

/// Mean and interval, as far as there are any.
fn measured(finding: &Finding) -> String {
    let Some(rounded) = finding.rounded() else {
        return "no training to compare".into();
    };
    let unit = match finding.claim.unit.as_str() {
        "" => String::new(),
        unit => format!(" {unit}"),
    };
    let interval = match rounded.interval {
        Some([low, high]) => format!("from {low} to {high}"),
        None => "too few seeds for an interval".into(),
    };
    format!("{}{unit}, {interval}", rounded.mean)
}

/// All activations of the plan.
pub(super) fn everybody(plan: &Plan) -> Vec<&str> {
    plan.activations.iter().map(String::as_str).collect()
}

/// These activations in the main network.
pub(super) fn in_main<'a>(plan: &Plan, names: Vec<&'a str>) -> Vec<(Architecture, &'a str)> {
    let net = plan.budget.net;
    names.into_iter().map(|name| (net, name)).collect()
}

/// Trainings of the network as people use it, if the budget has one.
pub(super) fn in_practice(plan: &Plan) -> Vec<Trial> {
    each(&plan.in_practice(), &plan.seeds, |name, seed| {
        plan.practice(name, seed)
    })
}

/// What came of those.
pub(super) fn practice_table(case: &Case) -> Option<Block> {
    let practice = case.plan.budget.practice?;
    let names = case.plan.in_practice();
    let row = |name: &&str| {
        let accuracy = case.percent(case.practice(name, study::Outcome::accuracy));
        let dead = case.dead(case.practice(name, study::Outcome::dead_share));
        vec![format!("`{name}`"), spread(&accuracy), spread(&dead)]
    };
    let caption = format!(
        "A network as people use it: {}, with batch normalization, trained for {} epochs by the recipe `fast` of \
         `cnn_cifar` (SGD with Nesterov momentum, one cycle up to a rate of {}, weight decay, flips and crops)",
        practice.net.words(),
        practice.epochs,
        Practice::RATE,
    );
    let header = ["activation", "test accuracy, %", "dead units, %"];
    let rows: Vec<_> = names.iter().map(row).collect();
    (!rows.is_empty()).then(|| table(&caption, &header, rows))
}

/// The names without ReLU, to which they are compared.
pub(super) fn without_relu<'a>(names: &[&'a str]) -> Vec<&'a str> {
    names
        .iter()
        .copied()
        .filter(|name| *name != "relu")
        .collect()
}

/// A trial of each of these activations with each seed.
pub(super) fn each(
    names: &[&str],
    seeds: &[u64],
    trial: impl Fn(&str, u64) -> Trial,
) -> Vec<Trial> {
    let of_seed = |&seed: &u64| {
        names
            .iter()
            .map(move |name| (*name, seed))
            .collect::<Vec<_>>()
    };
    let pairs = seeds.iter().flat_map(of_seed);
    pairs.map(|(name, seed)| trial(name, seed)).collect()
}

/// Differences by seed. A seed without a number on either side is left out and named.
pub(super) fn paired(a: &Sample, b: &Sample) -> Paired {
    Paired::complete(a, b)
}

/// By how much numbers exceed `value`, under a name of its own. A seed without a number is left out
/// and named.
pub(super) fn above(name: &str, sample: &Sample, value: f64) -> Paired {
    Paired::complete_against(&sample.mapped(name, |number| number - value), 0.0)
}

/// Mean differences with their intervals, a row per finding.
pub(super) fn forest(title: &str, x: &str, findings: &[Finding]) -> Block {
    let row = |finding: &Finding| Interval {
        name: finding.paired.name().into(),
        mean: finding.mean.unwrap_or(f64::NAN),
        low: finding.interval.low,
        high: finding.interval.high,
        seeds: finding.paired.differences().values().copied().collect(),
        margin: finding.claim.margin.map(|margin| {
            let bound = finding.claim.expected.boundary();
            [bound - margin, bound + margin]
        }),
        outcome: Some(finding.verdict.into()),
    };
    let rows: Vec<_> = findings.iter().map(row).collect();
    Block::Figure(Figure {
        title: title.into(),
        caption: "Pale: single seeds. Dot and bar: their mean and its interval, which hold together \
                  at 95 % for all rows of this claim; a bar without ends reaches beyond the picture. Shaded: \
                  differences too small to matter."
            .into(),
        panels: vec![Panel {
            title: String::new(),
            x: Axis::new(x, Scale::Linear),
            y: Axis::new("", Scale::Linear),
            marks: Marks::Intervals(Intervals {
                rows,
                reference: Some(0.0),
            }),
        }],
    })
}

pub(super) fn ticks(
    label: &str,
    scale: Scale,
    ticks: impl IntoIterator<Item = (f64, String)>,
) -> Axis {
    Axis {
        ticks: ticks.into_iter().collect(),
        ..Axis::new(label, scale)
    }
}

/// The axis of epochs, with 0 before training.
pub(super) fn epochs(plan: &Plan) -> Axis {
    let epochs = plan.budget.epochs;
    let step = epochs.div_ceil(10).max(1);
    let numbers = (0..=epochs).step_by(step);
    ticks(
        "epochs",
        Scale::Linear,
        numbers.map(|n| (n as f64, n.to_string())),
    )
}

pub(super) fn lines(title: &str, x: Axis, y: Axis, lines: Vec<Line>) -> Panel {
    Panel {
        title: title.into(),
        x,
        y,
        marks: Marks::Lines(lines),
    }
}

pub(super) fn table(caption: &str, header: &[&str], rows: Vec<Vec<String>>) -> Block {
    Block::Table(Table::new(caption, header, rows))
}

pub(super) fn text(text: impl Into<String>) -> Block {
    Block::Text(text.into())
}

pub(super) fn heading(text: &str) -> Block {
    Block::Heading(text.into())
}
