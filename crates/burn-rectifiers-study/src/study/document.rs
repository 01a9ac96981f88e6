//! The report, put together.

use super::{Arguments, Case, Plan, claims, plan::Registered, results::Judged};
use crate::{
    base::digits::significant,
    report::{Block, ClaimVerdict, Document, Section, Table},
};

/// The report of a study, for which `earlier` plans had been registered; `sections` are those of the claims judged, in the
/// same order.
pub fn document(
    arguments: &Arguments,
    (case, earlier): (&Case, &[Registered]),
    judged: &[Judged],
    sections: Vec<Vec<Block>>,
    about: &[(String, String)],
) -> Document {
    let verdicts = judged.iter().map(|judged| ClaimVerdict {
        number: usize::from(judged.number),
        title: judged.title.into(),
        claim: judged.claim.into(),
        outcome: judged.outcome,
        words: judged.sentence.clone(),
        comparisons: claims::comparisons(&judged.findings),
    });
    let sections = judged.iter().zip(sections).map(|(judged, blocks)| Section {
        id: format!("claim-{}", judged.number),
        title: format!("{}. {}", judged.number, judged.title),
        outcome: Some(judged.outcome),
        blocks: std::iter::once(Block::Text(format!("**Claimed:** {}", judged.claim)))
            .chain(blocks)
            .collect(),
    });
    Document {
        title: "What is said about ReLU, put to the test".into(),
        lead: lead(arguments, case),
        verdicts: verdicts.collect(),
        sections: sections.collect(),
        appendix: [
            Some(statistics(case.plan, earlier)),
            rates(case),
            Some(machine(about)),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

fn lead(arguments: &Arguments, case: &Case) -> Vec<String> {
    let plan = case.plan;
    vec![
        format!(
            "{} activations, {} seeds each{}, {} training images of `{}`, budget `{}`. The same seeds \
             were used for every activation: they decide initial weights and the order of the images, \
             so that trainings are compared in pairs. Learning rates were chosen for each activation on \
             a fifth of the training images; the test images decided nothing.",
            plan.activations.len(),
            plan.seeds.len(),
            added(plan),
            plan.images,
            arguments.data_set().name(),
            arguments.budget.name(),
        ),
        "A claim is **confirmed** or **refuted** only where the interval of the difference leaves no \
         other reading, at 95 % for all comparisons of the claim together. Where the interval leaves only differences \
         that are too small to matter, both are **equal**; what matters is part of the plan, and each table states it. Otherwise it is \
         **not decided**, and the number of seeds that would decide it is given. What holds for \
         this network, these images and this budget need not hold for others."
            .into(),
    ]
}

/// How many seeds are added where comparisons are open.
fn added(plan: &Plan) -> String {
    match plan.looks.count() {
        1 => String::new(),
        _ => format!(
            " and up to {} where a comparison is open",
            plan.all_seeds.len()
        ),
    }
}

fn statistics(plan: &Plan, earlier: &[Registered]) -> Section {
    let mut how: Vec<String> = vec![
        "Each comparison is of differences by seed, with Student's t interval; where all \
         differences are equal, the sign test judges instead."
            .into(),
        "Intervals are Bonferroni's for all comparisons of one claim, so that they hold together \
         at 95 %, and verdicts follow them. p-values, where there are any, are Holm's. Each claim is corrected by \
         itself: its verdict is the same whether or not others are asked about."
            .into(),
        "A training that diverges counts as the worst result: the accuracy and the loss of \
         guessing, one step more than there were, all units dead. Findings name such trainings."
            .into(),
        "\"About n seeds would decide\" is the number that settles the comparison with a \
         probability of 80 %, if difference and spread are as observed. With few seeds that is an \
         order of magnitude."
            .into(),
        "Few seeds make wide intervals: three leave two degrees of freedom, and a difference must \
         be many times its standard error to be more than chance."
            .into(),
        "Shares of dead units are often all or none, far from normal: those are judged by the exact signed rank test, \
         which asks for no shape."
            .into(),
    ];
    if plan.looks.count() > 1 {
        how.push(format!(
            "Comparisons that are open get more seeds, the most promising first, and are looked at after {} seeds. Each look \
             spends a part of the 5 % (Lan and DeMets' form of Pocock's boundary), so that looking several times makes no \
             verdict wrong more often. Tables and curves show the first {} seeds, which all activations have.",
            plan.looks,
            plan.seeds.len()
        ));
    }
    if !earlier.is_empty() {
        let plans: Vec<String> = earlier.iter().map(Registered::to_string).collect();
        how.push(format!(
            "**The plan has changed.** Planned before: {}. Whoever changes the plan after a look is wrong more often than 5 %.",
            plans.join("; ")
        ));
    }
    Section::new(
        "statistics",
        "How verdicts are reached",
        vec![Block::List(how)],
    )
}

/// The rates of the main network, if a claim needed them.
fn rates(case: &Case) -> Option<Section> {
    let plan = case.plan;
    let trained = |name: &&String| case.rate(name) > 0.0;
    let names: Vec<&String> = plan.activations.iter().filter(trained).collect();
    if names.is_empty() {
        return None;
    }
    let rates = plan.rates(plan.budget.net);
    let header = std::iter::once("activation".to_string())
        .chain(rates.iter().map(|rate| significant(*rate, 3)))
        .chain(["chosen".to_string()]);
    let row = |name: &&String| {
        let choosing = plan.choosing(plan.budget.net, name);
        let loss = |trial| match case.evidence.outcome(trial).loss() {
            loss if loss.is_nan() => "diverged".into(),
            loss => significant(loss, 4),
        };
        std::iter::once(format!("`{name}`"))
            .chain(choosing.iter().map(loss))
            .chain([significant(case.rate(name), 3)])
            .collect()
    };
    let table = Table {
        caption: "Loss on the validation images, by learning rate of Adam".into(),
        header: header.collect(),
        rows: names.iter().map(row).collect(),
    };
    let blocks = vec![
        Block::Text(
            "One training per rate, with a seed that is used for nothing else, on four fifths of \
             the training images, judged by the loss on the last fifth. These are those of the main network; \
             the choices for others stand in their claims' tables."
                .into(),
        ),
        Block::Table(table),
    ];
    Some(Section::new(
        "rates",
        "How learning rates were chosen",
        blocks,
    ))
}

fn machine(about: &[(String, String)]) -> Section {
    Section::new(
        "machine",
        "Machine, versions, settings",
        vec![Block::Table(Table::new(
            "What this report was made with",
            &["what", "value"],
            about
                .iter()
                .map(|(name, value)| vec![name.clone(), value.clone()])
                .collect(),
        ))],
    )
}
