//! What an activation costs.

use super::question::{Question, above, everybody, forest, heading, table, text, without_relu};
use super::{Hypothesis, Words};
use crate::{
    base::digits::significant,
    report::Block,
    statistics::{Claim, Finding, Looks},
    study::{Case, Plan, Rates, Trial, case::spread, cost::median, findings},
    training::net::Architecture,
};

/// Those that the claim is about.
const NAMED: &[&str] = &["relu", "leaky_relu", "prelu", "elu"];

/// "About as much" is up to so much more.
const MARGIN: f64 = 0.1;

/// The number of this claim.
pub const COST: u8 = 6;

pub(super) struct Cost;

impl Question for Cost {
    fn number(&self) -> u8 {
        COST
    }

    fn title(&self) -> &'static str {
        "Free"
    }

    fn claim(&self) -> &'static str {
        "The remedies cost about as much as ReLU."
    }

    fn rates<'a>(&self, _plan: &'a Plan) -> Vec<(Architecture, &'a str)> {
        Vec::new()
    }

    /// It measures time, which trainings beside it would disturb.
    fn trials(&self, _plan: &Plan, _rates: &Rates) -> Vec<Trial> {
        Vec::new()
    }

    fn hypotheses(&self, case: &Case) -> Vec<Hypothesis> {
        let Some(costs) = case.costs else {
            return Vec::new();
        };
        let names = without_relu(&case.plan.subjects(NAMED));
        let words = Words {
            confirmed: "a training step takes at most 1.1 times as long with {} as with ReLU"
                .into(),
            equal: "a training step takes about 1.1 times as long with {} as with ReLU".into(),
            refuted: "a training step takes more than 1.1 times as long with {} as with ReLU"
                .into(),
            open: "whether a training step takes more than 1.1 times as long with {} is open"
                .into(),
        };
        let of = |name: &&str| {
            let more = costs.ratio(name)?;
            let text =
                format!("a training step with `{name}` takes at most 1.1 times that with ReLU");
            let claim = Claim::less(text).beyond(MARGIN).unit("of ReLU's time");
            let measured = above(&format!("{name} / relu − 1"), &more, 1.0);
            let subject = format!("`{name}`");
            Some(Hypothesis::new(claim, subject, words.clone(), move |_| {
                measured.clone()
            }))
        };
        names.iter().filter_map(of).collect()
    }

    /// Repetitions are no seeds.
    fn looks(&self, _plan: &Plan) -> Looks {
        Looks::once()
    }

    fn blocks(&self, case: &Case, findings: Vec<Finding>) -> Vec<Block> {
        let Some(costs) = case.costs else {
            return vec![text("Not measured.")];
        };
        let relu_bytes = costs.steps.first().and_then(|step| step.bytes);
        let row = |name: &str| {
            let step = costs.steps.iter().find(|step| step.activation == name);
            let seconds = step.map_or(f64::NAN, |step| median(step.seconds.clone()));
            let bytes = step.and_then(|step| step.bytes);
            let ratio = bytes
                .zip(relu_bytes)
                .map(|(own, relu)| own as f64 / relu as f64);
            vec![
                format!("`{name}`"),
                significant(1e3 * seconds, 3),
                costs.ratio(name).map_or("–".into(), |ratio| spread(&ratio)),
                bytes.map_or("–".into(), |bytes| significant(bytes as f64 / 1e6, 3)),
                ratio.map_or("–".into(), |ratio| significant(ratio, 3)),
            ]
        };
        vec![
            text(format!(
                "**How.** A whole training step (forward, backward, Adam) of the network of claim 1 with \
                 {} images, on everything the machine has, after all trainings. The activations take turns; \
                 the median of seven steps makes a repetition, and the ratio to ReLU in the same repetition \
                 is what is compared. Repetitions stand where seeds stand elsewhere. Bytes are the most that \
                 a step takes beyond weights and optimizer, counted by the allocator.",
                costs.batch_size
            )),
            findings::table(&findings),
            forest(
                "Time of a training step, compared",
                "part of ReLU's time, more or less",
                &findings,
            ),
            table(
                "A training step",
                &[
                    "activation",
                    "ms",
                    "time over ReLU's",
                    "peak MB",
                    "bytes over ReLU's",
                ],
                everybody(case.plan).into_iter().map(row).collect(),
            ),
            heading("What it means"),
            text(
                "Convolutions dominate a step, and an activation that is one pass over memory \
                 disappears beside them. Other programs on the machine widen the intervals.",
            ),
        ]
    }
}
