//! Parameters that are learned, against those that are not.

use burn_rectifiers::Sharing;

use super::question::{
    Question, above, each, everybody, forest, heading, in_practice, lines, paired, practice_table,
    table, text, ticks,
};
use super::{Hypothesis, Words};
use crate::{
    base::digits::significant,
    report::{Axis, Block, Figure, Line, Panel, Scale},
    statistics::{Claim, Finding, Sample, Spread},
    study::{
        Case, Outcome, Plan, Practice, Rates, Trial,
        case::{line, spread},
        findings,
    },
    training::net::Architecture,
};

/// What is said to be better than what.
const PAIRS: &[(&str, &str)] = &[
    ("leaky_relu", "relu"),
    ("prelu", "leaky_relu"),
    ("prelu", "relu"),
    ("srelu", "relu"),
    ("learnable_elu", "elu"),
    ("pelu", "elu"),
    ("mpelu", "elu"),
];

/// Those that take part, and whatever else the user wants to see against ReLU.
fn pairs(plan: &Plan) -> Vec<(&str, &str)> {
    let known = PAIRS.iter().copied().filter(|(a, b)| plan.has(&[a, b]));
    let own = plan.subjects(&[]).into_iter().map(|name| (name, "relu"));
    known.chain(own).collect()
}

/// The main network, and others if the budget has them.
fn nets(plan: &Plan) -> Vec<Architecture> {
    std::iter::once(plan.budget.net)
        .chain(plan.budget.also.iter().copied())
        .collect()
}

fn accuracy(case: &Case, net: Architecture, name: &str) -> Sample {
    case.percent(case.on(net, name, Outcome::accuracy))
}

/// Percentage points of accuracy that matter.
const MARGIN: f64 = 1.0;

/// A difference of slopes that matters.
const SLOPE_MARGIN: f64 = 0.02;

/// Sharings beside that per channel.
const SHARINGS: [Sharing; 2] = [Sharing::Layer, Sharing::Element];

pub(super) struct Learnable;

impl Question for Learnable {
    fn number(&self) -> u8 {
        5
    }

    fn title(&self) -> &'static str {
        "Learnable beats fixed"
    }

    fn claim(&self) -> &'static str {
        "What is learned classifies better than what is fixed: PReLU over LeakyReLU over ReLU, PELU, \
         MPELU and a learnable ELU over ELU, SReLU over ReLU."
    }

    fn rates<'a>(&self, plan: &'a Plan) -> Vec<(Architecture, &'a str)> {
        let of = |net| everybody(plan).into_iter().map(move |name| (net, name));
        nets(plan).into_iter().flat_map(of).collect()
    }

    fn trials(&self, plan: &Plan, rates: &Rates) -> Vec<Trial> {
        let per_channel = nets(plan).into_iter().flat_map(|net| {
            each(&everybody(plan), &plan.seeds, |name, seed| {
                plan.on(net, name, rates, seed)
            })
        });
        let others = SHARINGS.into_iter().flat_map(|sharing| {
            each(&plan.learnable(), &plan.seeds, |name, seed| {
                plan.shared(name, sharing, rates, seed)
            })
        });
        per_channel.chain(others).chain(in_practice(plan)).collect()
    }

    fn hypotheses(&self, case: &Case) -> Vec<Hypothesis> {
        let main = case.plan.budget.net;
        let of = |net: Architecture| {
            let place = if net == main {
                String::new()
            } else {
                format!("in {net}, ")
            };
            let words = Words {
                confirmed: format!("{place}images are classified better with {{}}"),
                equal: format!("{place}images are classified as well with {{}}"),
                refuted: format!("{place}images are classified worse with {{}}"),
                open: format!("{place}whether images are classified better with {{}} is open"),
            };
            pairs(case.plan).into_iter().map(move |(a, b)| {
                let text = format!("{place}`{a}` classifies better than `{b}`");
                let claim = Claim::greater(text).unit("points").matters(MARGIN);
                let subject = format!("`{a}` instead of `{b}`");
                let [a, b] = [a, b].map(String::from);
                Hypothesis::new(claim, subject, words.clone(), move |case| {
                    paired(&accuracy(case, net, &a), &accuracy(case, net, &b))
                })
            })
        };
        let better = nets(case.plan).into_iter().flat_map(of);
        let better = better.chain(practice(case.plan));
        let slopes = case.plan.has(&["prelu"]).then(|| {
            let text =
                "PReLU's slopes end larger in the first layer than in the last (He et al. 2015)";
            let claim = Claim::greater(text).unit("slope").matters(SLOPE_MARGIN);
            let words = Words {
                confirmed: "PReLU's slopes end larger in the first layer than in the last".into(),
                equal: "PReLU's slopes end as large in the first layer as in the last".into(),
                refuted: "PReLU's slopes end smaller in the first layer than in the last".into(),
                open:
                    "whether PReLU's slopes end larger in the first layer than in the last is open"
                        .into(),
            };
            Hypothesis::new(claim, "PReLU", words, |case| {
                let fall = case.main("prelu", |outcome| {
                    let alpha = outcome.parameter("alpha");
                    match (alpha.first(), alpha.last()) {
                        (Some(first), Some(last)) => first - last,
                        _ => f64::NAN,
                    }
                });
                above("prelu, first − last layer", &fall, 0.0)
            })
        });
        better.chain(slopes).collect()
    }

    fn blocks(&self, case: &Case, findings: Vec<Finding>) -> Vec<Block> {
        let plan = case.plan;
        let per_sharing = |name: &str, sharing| {
            let trial = |seed| plan.shared(name, sharing, case.rates, seed);
            spread(&case.percent(case.of(name, trial, Outcome::accuracy)))
        };
        let row = |name: &str| {
            let mut row = vec![
                format!("`{name}`"),
                significant(case.rate(name), 3),
                spread(&accuracy(case, plan.budget.net, name)),
            ];
            for sharing in SHARINGS {
                row.push(match plan.learnable().contains(&name) {
                    true => per_sharing(name, sharing),
                    false => "–".into(),
                });
            }
            row
        };
        let (accuracies, _): (Vec<_>, Vec<_>) = findings
            .iter()
            .cloned()
            .partition(|finding| finding.claim.unit == "points");
        let how = vec![
            text(format!(
                "**How.** The network of claim 1, {} epochs on {} images for every activation, at the \
                 learning rate chosen for it. Parameters are learned per channel; the table has them \
                 also per layer and per element. Accuracy is that after the last epoch, on {} classes.",
                plan.budget.epochs, plan.images, plan.classes
            )),
            findings::table(&findings),
            forest("Test accuracy, compared", "percentage points", &accuracies),
            table(
                "Test accuracy, %: mean ± standard deviation over the seeds, by who shares parameters",
                &["activation", "rate", "channel", "layer", "element"],
                everybody(plan).into_iter().map(row).collect(),
            ),
        ];
        let what = vec![
            table(
                "The papers' figure: by how much the error falls relative to that of the other",
                &["", "here, %", "in the paper, %"],
                relative(case),
            ),
            Block::Figure(Figure {
                title: "What was learned, by depth".into(),
                caption: "Mean of each parameter over the channels of a layer and over the seeds; the \
                          band is the standard deviation between seeds. Layer 1 is nearest to the image."
                    .into(),
                panels: learned(case),
            }),
            heading("What it means"),
            text(
                "At a budget like this one, differences between activations are of the size of those \
                 between seeds, which is why the intervals matter more than the ranking. Where a \
                 comparison is open, the number of seeds that would decide it is the honest answer to \
                 whether the difference is worth caring about.",
            ),
        ];
        [how, others(case), what].concat()
    }
}

/// The same claims about the network as people use it.
fn practice(plan: &Plan) -> Vec<Hypothesis> {
    let (place, names) = (Practice::NAME, plan.in_practice());
    let words = Words {
        confirmed: format!("in a {place}, they are classified better with {{}}"),
        equal: format!("in a {place}, they are classified as well with {{}}"),
        refuted: format!("in a {place}, they are classified worse with {{}}"),
        open: format!("in a {place}, whether they are classified better with {{}} is open"),
    };
    let pairs = PAIRS
        .iter()
        .filter(|(a, b)| names.contains(a) && names.contains(b));
    let of = |&(a, b): &(&'static str, &'static str)| {
        let text = format!("in a {place}, `{a}` classifies better than `{b}`");
        let claim = Claim::greater(text).unit("points").matters(MARGIN);
        let subject = format!("`{a}` instead of `{b}`");
        Hypothesis::new(claim, subject, words.clone(), move |case| {
            let accuracy = |name| case.percent(case.practice(name, Outcome::accuracy));
            paired(&accuracy(a), &accuracy(b))
        })
    };
    pairs.map(of).collect()
}

/// A table per network that is not the main one.
fn others(case: &Case) -> Vec<Block> {
    let of = |&net: &Architecture| {
        let row = |name: &str| {
            vec![
                format!("`{name}`"),
                significant(case.rates.of(net, name), 3),
                spread(&accuracy(case, net, name)),
            ]
        };
        table(
            &format!("Test accuracy, %: {}", net.words()),
            &["activation", "rate", "channel"],
            everybody(case.plan).into_iter().map(row).collect(),
        )
    };
    let also = case.plan.budget.also.iter().map(of);
    also.chain(practice_table(case)).collect()
}

/// Relative fall of the error, beside what was published.
fn relative(case: &Case) -> Vec<Vec<String>> {
    let published = [
        (
            "pelu",
            "elu",
            "4.45 (CIFAR-10), 5.68 (CIFAR-100): Trottier et al. 2016, SmallNet",
        ),
        ("prelu", "relu", "3.5 (ImageNet, top-1): He et al. 2015"),
    ];
    let fall = |a: &str, b: &str| {
        let net = case.plan.budget.net;
        let (a, b) = (accuracy(case, net, a), accuracy(case, net, b));
        let seeds: Vec<u64> = a.seeds().into_iter().collect();
        let value = |sample: &Sample, seed| sample.value(seed).unwrap_or(f64::NAN);
        let fall = |seed| {
            let errors = [100.0 - value(&a, seed), 100.0 - value(&b, seed)];
            100.0 * (errors[1] - errors[0]) / errors[1]
        };
        Spread::of(&Sample::new(
            "",
            seeds.into_iter().map(|seed| (seed, fall(seed))),
        ))
        .to_string()
    };
    pairs(case.plan)
        .into_iter()
        .map(|(a, b)| {
            let paper = published
                .iter()
                .find(|(of, over, _)| (*of, *over) == (a, b));
            let paper = paper.map_or("–", |(_, _, text)| text);
            vec![format!("`{a}` over `{b}`"), fall(a, b), paper.into()]
        })
        .collect()
}

/// A panel per activation, with a line per parameter.
fn learned(case: &Case) -> Vec<Panel> {
    let plan = case.plan;
    let panel = |name: &str| {
        let first = case
            .evidence
            .outcome(&plan.main(name, case.rates, plan.seeds[0]));
        let layers = first.parameters.len();
        let infos = burn_rectifiers::curves::find(name).map_or(&[][..], |curve| curve.params());
        let one = |info: &burn_rectifiers::curve::ParamInfo| -> Line {
            let at = |layer: usize| {
                let mean = |outcome: &Outcome| {
                    let by_layer = outcome.parameter(info.name);
                    by_layer.get(layer).copied().unwrap_or(f64::NAN)
                };
                ((layer + 1) as f64, case.main(name, mean))
            };
            line(info.name, (0..layers).map(at))
        };
        let numbers = (1..=layers).step_by(layers.div_ceil(10).max(1));
        lines(
            name,
            ticks(
                "layer",
                Scale::Linear,
                numbers.map(|n| (n as f64, n.to_string())),
            ),
            Axis::new("value", Scale::Linear),
            infos.iter().map(one).collect(),
        )
    };
    plan.learnable().into_iter().map(panel).collect()
}
