//! What a claim is, and what claims have in common.

use crate::study::{Case, Plan, Rates, Trial, case::mapped};
use crate::{
    base::digits::significant,
    report::{Axis, Block, Figure, Interval, Intervals, Line, Marks, Outcome, Panel, Scale, Table},
    statistics::{Claim, Finding, MAX_SEEDS, Paired, Sample, Verdict},
    training::net::Architecture,
};

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

    /// What must hold for the claim to hold, and what was measured.
    fn hypotheses(&self, case: &Case) -> Vec<(Claim, Paired)>;

    /// How it was measured, and what came of it: the claim's section of the report.
    fn blocks(&self, case: &Case, findings: Vec<Finding>) -> Vec<Block>;
}

/// What the findings say of the claim as a whole.
pub fn outcome(findings: &[Finding]) -> Outcome {
    let count = |is: fn(&Verdict) -> bool| findings.iter().filter(|f| is(&f.verdict)).count();
    let confirmed = count(|verdict| *verdict == Verdict::Confirmed);
    let refuted = count(|verdict| *verdict == Verdict::Refuted);
    match findings.len() {
        0 => Outcome::NotMeasured,
        all if all == confirmed => Outcome::Confirmed,
        all if all == refuted => Outcome::Refuted,
        _ if confirmed + refuted == 0 => Outcome::Undecided,
        _ => Outcome::Mixed,
    }
}

/// The findings in a sentence: what is confirmed and what refuted, by how much, and what is open.
pub fn words(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "Not measured: none of the activations that it names takes part.".into();
    }
    let of_kind = |kind: Outcome| {
        let found = findings
            .iter()
            .filter(move |f| Outcome::from(f.verdict) == kind);
        found.collect::<Vec<_>>()
    };
    let mut parts = Vec::new();
    for (kind, word) in [
        (Outcome::Confirmed, "Confirmed"),
        (Outcome::Refuted, "Refuted"),
    ] {
        let texts: Vec<String> = of_kind(kind).into_iter().map(phrase).collect();
        if !texts.is_empty() {
            parts.push(format!("**{word}:** {}.", texts.join("; ")));
        }
    }
    let open: Vec<String> = of_kind(Outcome::Undecided)
        .into_iter()
        .map(outlook)
        .collect();
    if !open.is_empty() {
        parts.push(format!(
            "**Not decided** at this budget, with the seeds that would decide: {}.",
            open.join("; ")
        ));
    }
    parts.join(" ")
}

/// A finding in a few words.
pub(super) fn phrase(finding: &Finding) -> String {
    let mean = significant(finding.mean.unwrap_or(f64::NAN), 3);
    let unit = match finding.claim.unit.as_str() {
        "" => String::new(),
        unit => format!(" {unit}"),
    };
    let [low, high] = [finding.interval.low, finding.interval.high].map(|end| significant(end, 3));
    format!(
        "{} ({mean}{unit}, from {low} to {high})",
        finding.claim.text
    )
}

/// An open comparison, and what would decide it.
pub(super) fn outlook(finding: &Finding) -> String {
    let seeds = match finding.verdict {
        Verdict::Undecided {
            seeds_needed: Some(seeds),
        } => format!("about {seeds}"),
        _ => format!("more than {MAX_SEEDS}"),
    };
    format!("{} ({seeds})", finding.claim.text)
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
    let off = mapped(name, sample, |number| number - value);
    let zero = mapped("0", sample, |_| 0.0);
    Paired::against(&off, 0.0).unwrap_or_else(|_| paired(&off, &zero))
}

/// Mean differences with their intervals, a row per finding.
pub(super) fn forest(title: &str, x: &str, findings: &[Finding]) -> Block {
    let row = |finding: &Finding| Interval {
        name: finding.paired.name().into(),
        mean: finding.mean.unwrap_or(f64::NAN),
        low: finding.interval.low,
        high: finding.interval.high,
        seeds: finding.paired.differences().values().copied().collect(),
        outcome: Some(finding.verdict.into()),
    };
    let rows: Vec<_> = findings.iter().map(row).collect();
    Block::Figure(Figure {
        title: title.into(),
        caption: "Pale: single seeds. Dot and bar: their mean and its interval, which hold together \
                  at 95 % for all rows of this claim; a bar without ends reaches beyond the picture."
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
