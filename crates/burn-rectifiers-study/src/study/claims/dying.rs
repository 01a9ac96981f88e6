//! Units that never fire, and stay so.

use super::question::{
    Question, above, each, epochs, everybody, forest, heading, in_main, in_practice, lines, paired,
    practice_table, table, text, without_relu,
};
use super::{Hypothesis, Words};
use crate::{
    report::{Axis, Block, Figure, Line, Scale},
    statistics::{Claim, Finding},
    study::{
        Case, HARSH, Outcome, Plan, Practice, Rates, Trial,
        case::{line, scaled, spread},
        findings,
    },
    training::net::Architecture,
};

/// Those that the claim is about.
const NAMED: &[&str] = &["relu", "leaky_relu", "prelu", "elu"];

/// Percentage points of dead units that matter.
const MARGIN: f64 = 5.0;

pub(super) struct Dying;

impl Question for Dying {
    fn number(&self) -> u8 {
        1
    }

    fn title(&self) -> &'static str {
        "Dying ReLU"
    }

    fn claim(&self) -> &'static str {
        "Units of a ReLU network that never fire get no gradient and stay dead; LeakyReLU, PReLU and \
         ELU avoid it."
    }

    fn rates<'a>(&self, plan: &'a Plan) -> Vec<(Architecture, &'a str)> {
        in_main(plan, everybody(plan))
    }

    fn trials(&self, plan: &Plan, rates: &Rates) -> Vec<Trial> {
        let names = everybody(plan);
        let kind = each(&names, &plan.seeds, |name, seed| {
            plan.main(name, rates, seed)
        });
        let harsh = each(&names, &plan.seeds, |name, seed| {
            plan.harsh(name, rates, seed)
        });
        [kind, harsh, in_practice(plan)].concat()
    }

    fn hypotheses(&self, case: &Case) -> Vec<Hypothesis> {
        let relu = |case: &Case| case.dead(case.harsh("relu", Outcome::dead_share));
        let still = |case: &Case| scaled(case.harsh("relu", Outcome::still_dead), 100.0);
        let shares = |claim: Claim| claim.of_shares().matters(MARGIN);
        let some = Claim::greater("at the harsh rate, ReLU has dead units").unit("% of units");
        let stay = "of ReLU's units that are dead after one epoch, more than 90 % stay so";
        let stay = Claim::greater(stay).unit("points above 90 %");
        let some_die = Words {
            confirmed: format!(
                "at {HARSH} times the rate that suits ReLU, {{mean}} % of its units die"
            ),
            equal: format!(
                "even at {HARSH} times the rate that suits ReLU, hardly any of its units die"
            ),
            refuted: "ReLU has fewer dead units than none".into(),
            open: format!(
                "whether ReLU's units die at {HARSH} times the rate that suits it is open"
            ),
        };
        let for_good = Words {
            confirmed: "what is dead after an epoch stays so".into(),
            equal: "about 90 % of those that are dead after an epoch stay so".into(),
            refuted: "less than 90 % of those that are dead after an epoch stay so".into(),
            open: "whether those that are dead after an epoch stay so is open".into(),
        };
        let fewer = Words {
            confirmed: "fewer die with {}".into(),
            equal: "as many die with {}".into(),
            refuted: "more die with {}".into(),
            open: "whether fewer die with {} is open".into(),
        };
        let mut all = vec![
            Hypothesis::new(shares(some), "ReLU", some_die, move |case| {
                above("relu, dead units", &relu(case), 0.0)
            }),
            Hypothesis::new(shares(stay), "ReLU", for_good, move |case| {
                above("relu, still dead − 90 %", &still(case), 90.0)
            }),
        ];
        for name in without_relu(&case.plan.subjects(NAMED)) {
            let text = format!("at the harsh rate, `{name}` has fewer dead units than ReLU");
            let claim = shares(Claim::less(text).unit("points"));
            let (subject, name) = (format!("`{name}`"), name.to_string());
            all.push(Hypothesis::new(
                claim,
                subject,
                fewer.clone(),
                move |case| {
                    paired(
                        &case.dead(case.harsh(&name, Outcome::dead_share)),
                        &relu(case),
                    )
                },
            ));
        }
        all.extend(practice(case.plan));
        all
    }

    fn blocks(&self, case: &Case, findings: Vec<Finding>) -> Vec<Block> {
        let plan = case.plan;
        let rate = |name: &str| crate::base::digits::significant(case.rate(name), 3);
        let row = |name: &str| {
            let kind = scaled(case.main(name, Outcome::dead_share), 100.0);
            let accuracy = |sample| spread(&case.percent(sample));
            vec![
                format!("`{name}`"),
                rate(name),
                spread(&kind),
                spread(&case.dead(case.harsh(name, Outcome::dead_share))),
                accuracy(case.main(name, Outcome::accuracy)),
                accuracy(case.harsh(name, Outcome::accuracy)),
            ]
        };
        let harsh_rate = crate::base::digits::significant(HARSH * case.rate("relu"), 3);
        let how = vec![
            text(format!(
                "**How.** The network ({}) is trained with each activation at two learning rates: a \
                 kind one, chosen for the activation on validation images, and a harsh one, {harsh_rate}, \
                 which is {HARSH} times the one that suits ReLU and the same for all. A unit is a channel. \
                 It is dead if its slope is zero at every place of every one of the test images, so that \
                 no gradient passes it.",
                plan.budget.net.words()
            )),
            findings::table(&findings),
            forest("Dead units, compared", "percentage points", &findings),
            Block::Figure(Figure {
                title: "Dead units through training".into(),
                caption:
                    "Mean of the seeds, and their standard deviation as a band. Epoch 0 is before \
                          training."
                        .into(),
                panels: vec![
                    lines(
                        "kind rate",
                        epochs(plan),
                        share(),
                        through(case, false, None),
                    ),
                    lines(
                        "harsh rate",
                        epochs(plan),
                        share(),
                        through(case, true, None),
                    ),
                ],
            }),
            Block::Figure(Figure {
                title: "Dead units by layer, at the harsh rate".into(),
                caption: "Layer 1 is nearest to the image.".into(),
                panels: by_layer(case),
            }),
            table(
                "After training: mean ± standard deviation over the seeds",
                &[
                    "activation",
                    "kind rate",
                    "dead at the kind rate, %",
                    "dead at the harsh rate, %",
                    "accuracy at the kind rate, %",
                    "accuracy at the harsh rate, %",
                ],
                everybody(plan).into_iter().map(row).collect(),
            ),
        ];
        let what = vec![
            heading("What it means"),
            text(
                "Only an activation whose slope is exactly zero somewhere can have dead units at all; \
                 whether that costs accuracy is what the last two columns say. An activation with a \
                 slope everywhere can still be of no use at a rate that is too high: a unit that \
                 is not dead need not have learned anything.",
            ),
        ];
        let practice = practice_table(case).into_iter().collect();
        [how, practice, what].concat()
    }
}

/// The same claims about the network as people use it.
fn practice(plan: &Plan) -> Vec<Hypothesis> {
    let (place, names) = (Practice::NAME, plan.in_practice());
    let dead = |case: &Case, name: &str| case.dead(case.practice(name, Outcome::dead_share));
    let shares = |claim: Claim| claim.of_shares().matters(MARGIN);
    let some = Words {
        confirmed: format!("in a {place}, {{mean}} % of ReLU's units die"),
        equal: format!("in a {place}, hardly any of ReLU's units die"),
        refuted: format!("in a {place}, ReLU has fewer dead units than none"),
        open: format!("whether ReLU's units die in a {place} is open"),
    };
    let fewer = Words {
        confirmed: "fewer die there with {}".into(),
        equal: "as many die there with {}".into(),
        refuted: "more die there with {}".into(),
        open: "whether fewer die there with {} is open".into(),
    };
    let of = |name: &&str| match *name {
        "relu" => {
            let text = format!("in a {place}, ReLU has dead units");
            let claim = shares(Claim::greater(text).unit("% of units"));
            Hypothesis::new(claim, "ReLU", some.clone(), move |case| {
                above(
                    &format!("relu, dead units ({})", Practice::SHORT),
                    &dead(case, "relu"),
                    0.0,
                )
            })
        }
        name => {
            let text = format!("in a {place}, `{name}` has fewer dead units than ReLU");
            let claim = shares(Claim::less(text).unit("points"));
            let (subject, name) = (format!("`{name}`"), name.to_string());
            Hypothesis::new(claim, subject, fewer.clone(), move |case| {
                paired(&dead(case, &name), &dead(case, "relu"))
            })
        }
    };
    names.iter().map(of).collect()
}

fn share() -> Axis {
    Axis::new("dead units, %", Scale::Linear)
}

/// The share of dead units before training and after each epoch, of one layer or of all.
fn through(case: &Case, harsh: bool, layer: Option<usize>) -> Vec<Line> {
    let of = |name: &str, number: &dyn Fn(&Outcome) -> f64| match harsh {
        true => case.harsh(name, number),
        false => case.main(name, number),
    };
    let share = |epoch: &crate::study::Epoch| match layer {
        None => 100.0 * epoch.dead_share(),
        Some(layer) => epoch.layers.get(layer).map_or(f64::NAN, |layer| {
            100.0 * layer.dead.len() as f64 / layer.units as f64
        }),
    };
    let at = |name: &str, epoch: usize| {
        let number = |outcome: &Outcome| outcome.after(epoch).map_or(f64::NAN, share);
        (epoch as f64, of(name, &number))
    };
    let epochs = 0..=case.plan.budget.epochs;
    everybody(case.plan)
        .into_iter()
        .map(|name| shares(line(name, epochs.clone().map(|epoch| at(name, epoch)))))
        .collect()
}

/// Ends bands where shares end, though a standard deviation may reach beyond.
fn shares(mut line: Line) -> Line {
    for point in &mut line.points {
        point.low = point.low.max(0.0);
        point.high = point.high.min(100.0);
    }
    line
}

fn by_layer(case: &Case) -> Vec<crate::report::Panel> {
    let first = case
        .evidence
        .outcome(&case.plan.main("relu", case.rates, case.plan.seeds[0]));
    let layers = first.epochs.first().map_or(0, |epoch| epoch.layers.len());
    // A panel for each of a dozen layers would say no more.
    let step = layers.div_ceil(6).max(1);
    (0..layers)
        .step_by(step)
        .map(|layer| {
            let title = format!("layer {}", layer + 1);
            lines(
                &title,
                epochs(case.plan),
                share(),
                through(case, true, Some(layer)),
            )
        })
        .collect()
}
