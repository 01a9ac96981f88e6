//! Networks that are too deep to train.

use super::question::{
    Question, above, each, forest, heading, lines, paired, table, text, ticks, without_relu,
};
use super::{Hypothesis, Words};
use crate::{
    base::digits::significant,
    report::{Axis, Block, Figure, Line, Panel, Scale},
    statistics::{Claim, Finding, Sample, first_failure},
    study::{
        Case, Outcome, Plan, Rates, Trial,
        case::{line, spread},
        findings,
        outcome::number,
    },
    training::net::Architecture,
};

/// Those that the claim is about.
const NAMED: &[&str] = &["relu", "leaky_relu", "prelu", "elu", "selu"];

/// What came before ReLU, for comparison.
const BESIDE: &[&str] = &["sigmoid", "tanh"];

/// A difference of training losses that matters.
const MARGIN: f64 = 0.1;

/// A distance from the limit that matters: guessing is but 0.1 above it.
const LIMIT_MARGIN: f64 = 0.02;

pub(super) struct Depth;

impl Depth {
    /// ReLU first; sigmoid and tanh last, unless the user has chosen.
    fn names(plan: &Plan) -> Vec<&str> {
        let mut names = plan.subjects(NAMED);
        if !plan.chosen {
            names.extend(BESIDE);
        }
        names
    }
}

impl Question for Depth {
    fn number(&self) -> u8 {
        2
    }

    fn title(&self) -> &'static str {
        "Depth"
    }

    fn claim(&self) -> &'static str {
        "Past some number of layers, a ReLU network without normalization stops converging, and the \
         remedies move that limit."
    }

    fn rates<'a>(&self, plan: &'a Plan) -> Vec<(Architecture, &'a str)> {
        let depths = plan.budget.depths.iter();
        let names = Self::names(plan);
        let of = |&depth: &usize| {
            let net = plan.plain(depth);
            names
                .iter()
                .map(move |name| (net, *name))
                .collect::<Vec<_>>()
        };
        depths.flat_map(of).collect()
    }

    fn trials(&self, plan: &Plan, rates: &Rates) -> Vec<Trial> {
        let depths = plan.budget.depths.iter();
        depths
            .flat_map(|&depth| {
                each(&Self::names(plan), &plan.seeds, |name, seed| {
                    plan.on(plan.plain(depth), name, rates, seed)
                })
            })
            .collect()
    }

    fn hypotheses(&self, case: &Case) -> Vec<Hypothesis> {
        let deepest = deepest(case.plan);
        let relu = move |case: &Case| loss(case, "relu", deepest);
        let text = format!("ReLU with {deepest} layers does not converge");
        let claim = Claim::greater(text)
            .unit("relative to the limit")
            .matters(LIMIT_MARGIN);
        let fails = Words {
            confirmed: format!("ReLU with {deepest} layers does not converge"),
            equal: format!("ReLU with {deepest} layers is at the limit of what converges"),
            refuted: format!("ReLU with {deepest} layers still converges"),
            open: format!("whether ReLU with {deepest} layers converges is open"),
        };
        let mut all = vec![Hypothesis::new(claim, "ReLU", fails, move |case| {
            above("relu, loss − limit", &relu(case), limit(case.plan))
        })];
        let lower = Words {
            confirmed: format!(
                "with {deepest} layers, training comes further with {{}} than with ReLU"
            ),
            equal: format!("with {deepest} layers, training comes as far with {{}} as with ReLU"),
            refuted: format!(
                "with {deepest} layers, training comes less far with {{}} than with ReLU"
            ),
            open: format!("whether training comes further with {{}} in {deepest} layers is open"),
        };
        for name in without_relu(&case.plan.subjects(NAMED)) {
            let text =
                format!("with {deepest} layers, `{name}` reaches a lower training loss than ReLU");
            let claim = Claim::less(text).matters(MARGIN);
            let (subject, name) = (format!("`{name}`"), name.to_string());
            all.push(Hypothesis::new(
                claim,
                subject,
                lower.clone(),
                move |case| paired(&loss(case, &name, deepest), &relu(case)),
            ));
        }
        all
    }

    fn blocks(&self, case: &Case, findings: Vec<Finding>) -> Vec<Block> {
        let plan = case.plan;
        let depths = &plan.budget.depths;
        let names = Self::names(plan);
        let cell = |name: &str, depth: usize| {
            format!(
                "{} @ {}",
                spread(&loss(case, name, depth)),
                significant(case.rates.of(plan.plain(depth), name), 2)
            )
        };
        let row = |name: &str| {
            let cells = depths.iter().map(|&depth| cell(name, depth));
            let failure = failure(case, name);
            std::iter::once(format!("`{name}`"))
                .chain(cells)
                .chain([failure])
                .collect()
        };
        let header: Vec<String> = std::iter::once("activation".to_string())
            .chain(depths.iter().map(|depth| format!("{depth} layers")))
            .chain(["fails from".to_string()])
            .collect();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let over_depth = |number: &dyn Fn(&Outcome) -> f64, worst: f64| -> Vec<Line> {
            let of = |name: &&str| {
                let points = depths.iter().map(|&depth| {
                    (
                        depth as f64,
                        case.on(case.plan.plain(depth), name, number)
                            .failures_as(worst),
                    )
                });
                line(name, points)
            };
            names.iter().map(of).collect()
        };
        let plain = plan.plain(deepest(plan));
        vec![
            text(format!(
                "**How.** Plain networks of {} convolutions, the deepest with {}. Initial weights have \
                 the gain that keeps the variance through each curve (He et al. 2015: √2 for ReLU). Each \
                 network is trained for {} epochs on {} images, at a learning rate chosen for its \
                 activation and depth on validation images. Training counts as failed if the mean loss of \
                 its last tenth of steps is above {}, 95 % of what guessing gives, or is no number.",
                list(depths),
                plain.words(),
                plan.budget.depth_epochs,
                plan.images.min(plan.budget.depth_images),
                significant(limit(plan), 4),
            )),
            findings::table(&findings),
            forest(
                "Training loss of the deepest network, compared",
                "cross-entropy",
                &findings,
            ),
            Block::Figure(Figure {
                title: "What is reached at each depth".into(),
                caption: "Mean of the seeds, and their standard deviation as a band.".into(),
                panels: vec![
                    lines(
                        "training loss",
                        depth_axis(plan),
                        Axis::new("cross-entropy", Scale::Linear),
                        over_depth(&Outcome::training_loss, plan.loss_of_guessing()),
                    ),
                    lines(
                        "test accuracy",
                        depth_axis(plan),
                        Axis::new("accuracy, %", Scale::Linear),
                        over_depth(&|outcome| 100.0 * outcome.accuracy(), 100.0 * plan.chance()),
                    ),
                ],
            }),
            Block::Figure(Figure {
                title: format!("Gradient norms in the network of {} layers", deepest(plan)),
                caption:
                    "Of each convolution's weights, on the same training images, from the image \
                          (left) to the classifier; geometric means over the seeds."
                        .into(),
                panels: gradients(case, &names),
            }),
            table(
                "Training loss at the end, mean ± standard deviation, and the learning rate chosen",
                &header,
                names.iter().map(|name| row(name)).collect(),
            ),
            heading("What it means"),
            text(
                "\"Fails from\" is the smallest depth at which every seed fails; a dash says that at \
                 every depth some seed still learns. With weights drawn to suit the curve, what used to be \
                 said of depth may no longer hold: compare the gradients at the start, which then \
                 reach the first layer whatever the activation, with what training makes of them. \
                 Budgets differ: a network that learns slowly and one that does not learn at all look \
                 alike after few steps.",
            ),
        ]
    }
}

fn deepest(plan: &Plan) -> usize {
    plan.budget.depths.iter().copied().max().unwrap_or(0)
}

/// A training loss above this is a failure.
fn limit(plan: &Plan) -> f64 {
    0.95 * plan.loss_of_guessing()
}

/// Training loss at the end. What diverged has learned no more than guessing.
fn loss(case: &Case, name: &str, depth: usize) -> Sample {
    let sample = case.on(case.plan.plain(depth), name, Outcome::training_loss);
    sample.failures_as(case.plan.loss_of_guessing())
}

/// The depth from which training fails, in words.
fn failure(case: &Case, name: &str) -> String {
    let depths = &case.plan.budget.depths;
    let losses: Vec<Sample> = depths
        .iter()
        .map(|&depth| loss(case, name, depth))
        .collect();
    let conditions: Vec<(f64, &Sample)> = depths
        .iter()
        .map(|&depth| depth as f64)
        .zip(&losses)
        .collect();
    let first = first_failure(name, &conditions, f64::INFINITY, |loss| {
        loss > limit(case.plan)
    });
    let mut failures: Vec<f64> = first.values().collect();
    failures.sort_by(f64::total_cmp);
    match failures.last() {
        Some(depth) if depth.is_finite() => format!("{depth}"),
        _ => "–".into(),
    }
}

fn list(depths: &[usize]) -> String {
    let texts: Vec<String> = depths.iter().map(usize::to_string).collect();
    match texts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => texts.concat(),
    }
}

fn depth_axis(plan: &Plan) -> Axis {
    let depths = plan.budget.depths.iter();
    ticks(
        "layers",
        Scale::Log,
        depths.map(|depth| (*depth as f64, depth.to_string())),
    )
}

/// Norms by layer of the deepest network, before and after training.
fn gradients(case: &Case, names: &[&str]) -> Vec<Panel> {
    let deepest = deepest(case.plan);
    let panel = |title: &str, norms: fn(&Outcome) -> &Vec<Option<f32>>| {
        let norm = |name: &str, layer: usize| {
            let logarithm = |outcome: &Outcome| {
                let norm = norms(outcome).get(layer).copied().flatten();
                number(norm).ln()
            };
            let sample = case.on(case.plan.plain(deepest), name, logarithm);
            let finite: Vec<f64> = sample.values().filter(|value| value.is_finite()).collect();
            let mean = (finite.iter().sum::<f64>() / finite.len() as f64).exp();
            crate::report::Point {
                x: (layer + 1) as f64,
                y: mean,
                low: mean,
                high: mean,
            }
        };
        let of = |name: &&str| Line {
            name: name.to_string(),
            points: (0..deepest).map(|layer| norm(name, layer)).collect(),
        };
        lines(
            title,
            Axis::new("layer", Scale::Linear),
            Axis::new("gradient norm", Scale::Log),
            names.iter().map(of).collect(),
        )
    };
    vec![
        panel("before training", |outcome| &outcome.gradients_before),
        panel("after training", |outcome| &outcome.gradients_after),
    ]
}
