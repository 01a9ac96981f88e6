//! Inputs that are mostly zero, or small.

use super::question::{
    Question, each, forest, heading, in_main, lines, paired, table, text, ticks, without_relu,
};
use super::{Hypothesis, Words};
use crate::{
    report::{Axis, Block, Figure, Line, Scale},
    statistics::{Claim, Finding, Sample},
    study::{
        Case, Condition, Outcome, Plan, Rates, Trial,
        case::{average, line, spread},
        findings,
    },
    training::net::Architecture,
};

/// Those of them of which it is claimed.
const BETTER: &[&str] = &["selu", "srelu", "sparse_relu"];

/// Those that the claim is about, and those that stand beside them.
const NAMED: &[&str] = &[
    "relu",
    "leaky_relu",
    "prelu",
    "elu",
    "selu",
    "srelu",
    "sparse_relu",
];

/// Shares of pixels that are zero, in percent.
const SPARSE: &[u8] = &[50, 80, 90, 95];

/// What the contrast is divided by.
const FAINT: &[u8] = &[2, 8, 32];

/// Percentage points of accuracy that matter.
const MARGIN: f64 = 1.0;

pub(super) struct Sparse;

impl Sparse {
    fn names(plan: &Plan) -> Vec<&str> {
        plan.subjects(NAMED)
    }

    /// From full to hardly anything.
    fn sparse() -> Vec<Condition> {
        SPARSE
            .iter()
            .map(|&percent| Condition::sparse(percent))
            .collect()
    }

    fn faint() -> Vec<Condition> {
        FAINT
            .iter()
            .map(|&divisor| Condition::faint(divisor))
            .collect()
    }
}

impl Question for Sparse {
    fn number(&self) -> u8 {
        4
    }

    fn title(&self) -> &'static str {
        "Sparse inputs"
    }

    fn claim(&self) -> &'static str {
        "ReLU makes poor use of inputs that are mostly zero or small; S-shaped, sparse and \
         self-normalizing variants do better."
    }

    fn rates<'a>(&self, plan: &'a Plan) -> Vec<(Architecture, &'a str)> {
        in_main(plan, Self::names(plan))
    }

    fn trials(&self, plan: &Plan, rates: &Rates) -> Vec<Trial> {
        let conditions = [vec![Condition::FULL], Self::sparse(), Self::faint()].concat();
        conditions
            .into_iter()
            .flat_map(|condition| {
                each(&Self::names(plan), &plan.seeds, |name, seed| {
                    plan.conditioned(name, condition, rates, seed)
                })
            })
            .collect()
    }

    fn hypotheses(&self, case: &Case) -> Vec<Hypothesis> {
        let names = without_relu(&case.plan.subjects(BETTER));
        let claims = [("sparse", Self::sparse()), ("faint", Self::faint())];
        let of = |(word, conditions): (&str, Vec<Condition>)| {
            let words = Words {
                confirmed: format!("{word} inputs are classified better with {{}} than with ReLU"),
                equal: format!("{word} inputs are classified as well with {{}} as with ReLU"),
                refuted: format!("{word} inputs are classified worse with {{}} than with ReLU"),
                open: format!("whether {word} inputs are classified better with {{}} is open"),
            };
            let hypothesis = |name: &&str| {
                let text = format!("on {word} inputs, `{name}` classifies better than ReLU");
                let claim = Claim::greater(text).unit("points").matters(MARGIN);
                let (subject, name) = (format!("`{name}`"), name.to_string());
                let conditions = conditions.clone();
                Hypothesis::new(claim, subject, words.clone(), move |case| {
                    let mean = |name: &str| mean_accuracy(case, name, &conditions);
                    paired(&mean(&name), &mean("relu"))
                })
            };
            names.iter().map(hypothesis).collect::<Vec<_>>()
        };
        claims.into_iter().flat_map(of).collect()
    }

    fn blocks(&self, case: &Case, findings: Vec<Finding>) -> Vec<Block> {
        let plan = case.plan;
        let names = Self::names(plan);
        let conditions = [vec![Condition::FULL], Self::sparse(), Self::faint()].concat();
        let header: Vec<String> = std::iter::once("activation".to_string())
            .chain(conditions.iter().map(Condition::to_string))
            .collect();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let row = |name: &str| -> Vec<String> {
            let cells = conditions.iter().map(|&c| spread(&accuracy(case, name, c)));
            std::iter::once(format!("`{name}`")).chain(cells).collect()
        };
        let relu = |condition| accuracy(case, "relu", condition);
        let gain = |name: &str, condition| {
            let difference = paired(&accuracy(case, name, condition), &relu(condition));
            Sample::new(name, difference.differences().clone())
        };
        let over = |conditions: &[(f64, Condition)],
                    of: &dyn Fn(&str, Condition) -> Sample|
         -> Vec<Line> {
            let one = |name: &&str| line(name, conditions.iter().map(|&(x, c)| (x, of(name, c))));
            names.iter().map(one).collect()
        };
        let sparse = with_full(Self::sparse(), |c| f64::from(c.sparsity));
        let faint = with_full(Self::faint(), |c| f64::from(c.fainter));
        let absolute = |name: &str, condition| accuracy(case, name, condition);
        let percent = || Axis::new("accuracy, %", Scale::Linear);
        let points = || Axis::new("points above ReLU", Scale::Linear);
        vec![
            text(format!(
                "**How.** The network of claim 1 is trained, at the same rates, for {} epochs on {} images \
                 of which not all is left, and tested on test images of the same kind. Sparse: so many \
                 percent of the pixels, at random places of each image that stay the same, are set to \
                 the mean colour, which is zero for the network. Faint: every deviation from the mean \
                 colour is divided by 2, 8 or 32. Judged is the mean accuracy over all degrees of either.",
                plan.budget.condition_epochs,
                plan.images.min(plan.budget.condition_images),
            )),
            findings::table(&findings),
            forest(
                "Accuracy on sparse and on faint inputs, compared",
                "percentage points",
                &findings,
            ),
            Block::Figure(Figure {
                title: "Accuracy as less is left of the images".into(),
                caption: "Mean of the seeds, and their standard deviation as a band.".into(),
                panels: vec![
                    lines(
                        "sparser",
                        sparse_axis(&sparse),
                        percent(),
                        over(&sparse, &absolute),
                    ),
                    lines(
                        "fainter",
                        faint_axis(&faint),
                        percent(),
                        over(&faint, &absolute),
                    ),
                    lines(
                        "sparser, against ReLU",
                        sparse_axis(&sparse),
                        points(),
                        over(&sparse, &gain),
                    ),
                    lines(
                        "fainter, against ReLU",
                        faint_axis(&faint),
                        points(),
                        over(&faint, &gain),
                    ),
                ],
            }),
            table(
                "Test accuracy, %: mean ± standard deviation over the seeds",
                &header,
                names.iter().map(|name| row(name)).collect(),
            ),
            heading("What it means"),
            text(
                "An activation that is better everywhere is better on sparse inputs too; the claim is \
                 interesting where the lines against ReLU rise to the right. Learning rates were chosen \
                 on full images, as somebody would who does not know what is coming.",
            ),
        ]
    }
}

/// Over all degrees of either.
fn mean_accuracy(case: &Case, name: &str, conditions: &[Condition]) -> Sample {
    let all = conditions.iter().map(|&c| accuracy(case, name, c));
    average(name, &all.collect::<Vec<_>>())
}

fn accuracy(case: &Case, name: &str, condition: Condition) -> Sample {
    case.percent(case.conditioned(name, condition, Outcome::accuracy))
}

/// The conditions with where they stand on the axis, full images first.
fn with_full(conditions: Vec<Condition>, at: impl Fn(Condition) -> f64) -> Vec<(f64, Condition)> {
    let all = std::iter::once(Condition::FULL).chain(conditions);
    all.map(|condition| (at(condition), condition)).collect()
}

fn sparse_axis(conditions: &[(f64, Condition)]) -> Axis {
    let marks = conditions.iter().map(|&(x, _)| (x, format!("{x}")));
    ticks("pixels that are zero, %", Scale::Linear, marks)
}

fn faint_axis(conditions: &[(f64, Condition)]) -> Axis {
    let marks = conditions.iter().map(|&(x, _)| (x, format!("{x}")));
    ticks("contrast divided by", Scale::Log, marks)
}
