//! Outputs that are positive on average.

use super::question::{
    Question, above, each, epochs, everybody, forest, heading, in_main, lines, paired, table, text,
    without_relu,
};
use super::{Hypothesis, Words};
use crate::{
    base::digits::significant,
    report::{Axis, Block, Figure, Line, Panel, Scale},
    statistics::{Claim, Finding, Sample},
    study::{
        Case, Epoch, Layer, Outcome, Plan, Rates, Trial,
        case::{line, scaled, spread},
        findings, outcome,
    },
    training::net::Architecture,
};

/// Those that the claim is about.
const NAMED: &[&str] = &["relu", "elu", "selu"];

/// So many steps are averaged before a loss counts as reached.
const WINDOW: usize = 20;

/// A difference of shifts that matters, in standard deviations.
const SHIFT_MARGIN: f64 = 0.05;

/// In what steps are compared.
const STEPS: &str = "% of ReLU's steps";

/// A difference of steps that matters.
const STEPS_MARGIN: f64 = 5.0;

/// How far outputs are off centre in the end.
fn shift(case: &Case, name: &str) -> Sample {
    case.main(name, |outcome| outcome.end().map_or(f64::NAN, Epoch::shift))
}

/// The loss to be reached: what ReLU had after half of the training that chose its learning rate,
/// which has nothing to do with the trainings compared.
fn target(case: &Case) -> f64 {
    let rate = case.rate("relu");
    let choosing = case.plan.choosing(case.plan.budget.net, "relu");
    let chosen = choosing.iter().find(|trial| trial.learning_rate == rate);
    let losses = chosen.map(|trial| &case.evidence.outcome(trial).losses);
    losses.map_or(f64::NAN, |losses| {
        let half = losses.len() / 2;
        let some = &losses[half.saturating_sub(WINDOW)..half];
        some.iter().map(|loss| f64::from(*loss)).sum::<f64>() / some.len() as f64
    })
}

/// Steps to the target. One that never gets there counts as if it did right after the end.
fn steps(case: &Case, name: &str) -> Sample {
    let target = target(case);
    let trial = case.plan.main(name, case.rates, case.plan.seeds[0]);
    let sample = case.main(name, |outcome| outcome.steps_to(target, WINDOW));
    sample.failures_as((trial.steps() + 1) as f64)
}

pub(super) struct Shift;

impl Question for Shift {
    fn number(&self) -> u8 {
        3
    }

    fn title(&self) -> &'static str {
        "Shifted outputs"
    }

    fn claim(&self) -> &'static str {
        "ReLU's outputs are positive on average, and that shift slows learning; ELU and SELU bring \
         the mean toward zero."
    }

    fn rates<'a>(&self, plan: &'a Plan) -> Vec<(Architecture, &'a str)> {
        in_main(plan, everybody(plan))
    }

    fn trials(&self, plan: &Plan, rates: &Rates) -> Vec<Trial> {
        each(&everybody(plan), &plan.seeds, |name, seed| {
            plan.main(name, rates, seed)
        })
    }

    fn hypotheses(&self, case: &Case) -> Vec<Hypothesis> {
        let names = without_relu(&case.plan.subjects(NAMED));
        let near = Words {
            confirmed: "outputs are nearer to mean zero with {} than with ReLU".into(),
            equal: "outputs are as far from mean zero with {} as with ReLU".into(),
            refuted: "outputs are farther from mean zero with {} than with ReLU".into(),
            open: "whether outputs are nearer to mean zero with {} is open".into(),
        };
        let fast = Words {
            confirmed: "learning takes fewer steps with {} than with ReLU".into(),
            equal: "learning takes as many steps with {} as with ReLU".into(),
            refuted: "learning takes more steps with {} than with ReLU".into(),
            open: "whether learning takes fewer steps with {} is open".into(),
        };
        let nearer = names.iter().map(|name| {
            let text = format!("outputs of `{name}` are nearer to mean zero than ReLU's");
            let claim = Claim::less(text)
                .unit("standard deviations")
                .matters(SHIFT_MARGIN);
            let (subject, name) = (format!("`{name}`"), name.to_string());
            Hypothesis::new(claim, subject, near.clone(), move |case| {
                paired(&shift(case, &name), &shift(case, "relu"))
            })
        });
        let faster = names.iter().map(|name| {
            let text = format!("`{name}` needs fewer steps to the same loss than ReLU");
            let claim = Claim::less(text).unit(STEPS).matters(STEPS_MARGIN);
            let (subject, name) = (format!("`{name}`"), name.to_string());
            Hypothesis::new(claim, subject, fast.clone(), move |case| {
                let ratio = steps(case, &name).over(&steps(case, "relu"));
                above(&format!("{name} / relu − 1"), &scaled(ratio, 100.0), 100.0)
            })
        });
        nearer.chain(faster).collect()
    }

    fn blocks(&self, case: &Case, findings: Vec<Finding>) -> Vec<Block> {
        let plan = case.plan;
        let (near, fast): (Vec<_>, Vec<_>) = findings
            .iter()
            .cloned()
            .partition(|finding| finding.claim.unit != STEPS);
        let row = |name: &str| {
            vec![
                format!("`{name}`"),
                spread(&shift(case, name)),
                spread(&steps(case, name)),
                spread(&case.percent(case.main(name, Outcome::accuracy))),
            ]
        };
        vec![
            text(format!(
                "**How.** In the network of claim 1, at the rate chosen for each activation, mean and \
                 variance of every layer's outputs are taken over all test images, before training and \
                 after each epoch. The shift is |mean| / standard deviation, averaged over the layers: how \
                 far the next layer's inputs are off centre, in their own unit. Speed is the number of \
                 steps until the training loss, averaged over {WINDOW} steps, has come down to {}: what \
                 ReLU reached in half of the training that chose its learning rate, with a seed that is \
                 used for nothing else.",
                significant(target(case), 4)
            )),
            findings::table(&findings),
            forest(
                "Shift of the outputs, compared",
                "standard deviations",
                &near,
            ),
            forest("Steps to the same loss, compared", STEPS, &fast),
            Block::Figure(Figure {
                title: "Mean and variance of the outputs, by layer".into(),
                caption:
                    "Mean of the seeds, and their standard deviation as a band. Epoch 0 is before \
                          training."
                        .into(),
                panels: moments(case),
            }),
            Block::Figure(Figure {
                title: "Training loss".into(),
                caption: format!("Means over {WINDOW} steps and over the seeds."),
                panels: vec![lines(
                    "",
                    Axis::new("steps", Scale::Linear),
                    Axis::new("cross-entropy", Scale::Linear),
                    everybody(plan)
                        .iter()
                        .map(|name| losses(case, name))
                        .collect(),
                )],
            }),
            table(
                "After training: mean ± standard deviation over the seeds",
                &[
                    "activation",
                    "shift",
                    "steps to the loss",
                    "test accuracy, %",
                ],
                everybody(plan).into_iter().map(row).collect(),
            ),
            heading("What it means"),
            text(
                "That outputs are off centre is arithmetic; that it slows learning is the part of the \
                 claim that needs a comparison, and activations differ in more than their mean. Look \
                 at the variance as well: an activation whose outputs are centred and small \
                 learns no faster for it.",
            ),
        ]
    }
}

/// Mean and variance of the outputs of the first and the last layer.
fn moments(case: &Case) -> Vec<Panel> {
    let first = case
        .evidence
        .outcome(&case.plan.main("relu", case.rates, case.plan.seeds[0]));
    let layers = first.before.as_ref().map_or(0, |epoch| epoch.layers.len());
    let panel = |layer: usize, what: &str, number: fn(&Layer) -> Option<f32>, scale| {
        let lines_ = everybody(case.plan);
        let lines_ = lines_.iter().map(|name| {
            let at = |epoch: usize| {
                let value = |outcome: &Outcome| {
                    let state = outcome.after(epoch);
                    let layer = state.and_then(|state| state.layers.get(layer));
                    outcome::number(layer.and_then(number))
                };
                (epoch as f64, case.main(name, value))
            };
            line(name, (0..=case.plan.budget.epochs).map(at))
        });
        lines(
            &format!("{what}, layer {}", layer + 1),
            epochs(case.plan),
            Axis::new(what, scale),
            lines_.collect(),
        )
    };
    let shown = if layers > 1 {
        vec![0, layers - 1]
    } else {
        vec![0]
    };
    shown
        .into_iter()
        .flat_map(|layer| {
            [
                panel(layer, "mean", |layer| layer.mean, Scale::Linear),
                panel(layer, "variance", |layer| layer.variance, Scale::Log),
            ]
        })
        .collect()
}

fn losses(case: &Case, name: &str) -> Line {
    let steps = case.plan.main(name, case.rates, case.plan.seeds[0]).steps();
    let ends = (WINDOW..=steps).step_by((steps / 40).max(1));
    let at = |end: usize| {
        let mean = |outcome: &Outcome| {
            let some = outcome.losses.get(end - WINDOW..end);
            some.map_or(f64::NAN, |some| {
                some.iter().map(|loss| f64::from(*loss)).sum::<f64>() / WINDOW as f64
            })
        };
        (end as f64, case.main(name, mean))
    };
    line(name, ends.map(at))
}
