//! The results of a study as files: `results.json`, `results.csv`.

use serde::Serialize;

use super::{Evidence, Outcome, Trial};
use crate::statistics::Finding;

/// A claim that was put to the test.
#[derive(Debug, Serialize)]
pub struct Judged<'a> {
    /// Its number.
    pub number: u8,
    /// In two or three words.
    pub title: &'a str,
    /// What is claimed.
    pub claim: &'a str,
    /// As a whole.
    pub outcome: crate::report::Outcome,
    /// In a sentence.
    pub sentence: String,
    /// Each of its parts.
    pub findings: Vec<Finding>,
}

/// Everything but times, as JSON: the same bytes for the same study, however often it was
/// interrupted, unless a limit of hours decided which seeds were added. Losses of single steps are left to the files in `runs`.
pub fn as_json(judged: &[Judged], trials: &[Trial], evidence: &Evidence) -> String {
    #[derive(Serialize)]
    struct Row<'a> {
        trial: &'a Trial,
        training_loss: Option<f32>,
        outcome: Outcome,
    }
    let row = |trial| {
        let outcome = evidence.outcome(trial);
        Row {
            trial,
            training_loss: super::outcome::finite(outcome.training_loss()),
            outcome: Outcome {
                losses: Vec::new(),
                ..outcome.clone()
            },
        }
    };
    let rows: Vec<_> = trials.iter().map(row).collect();
    // Time is another matter; see `costs.json`.
    let timeless: Vec<_> = judged
        .iter()
        .filter(|judged| judged.title != "Free")
        .collect();
    let all = serde_json::json!({ "claims": timeless, "trainings": rows });
    let mut text = serde_json::to_string_pretty(&all).expect("plain data");
    text.push('\n');
    text
}

/// A line per training.
pub fn as_csv(trials: &[Trial], evidence: &Evidence) -> String {
    #[derive(Serialize)]
    struct Row<'a> {
        network: String,
        activation: &'a str,
        sharing: String,
        pixels_zero_percent: u8,
        contrast_divided_by: u8,
        learning_rate: f64,
        judged_on: String,
        seed: u64,
        epochs: usize,
        images: usize,
        diverged_at_step: Option<usize>,
        accuracy: Option<f32>,
        loss: Option<f32>,
        training_loss: Option<f32>,
        dead_share: Option<f32>,
        shift: Option<f32>,
    }
    let finite = super::outcome::finite;
    let mut writer = csv::Writer::from_writer(Vec::new());
    for trial in trials {
        let outcome = evidence.outcome(trial);
        let end = outcome.end().filter(|_| trial.observed);
        let row = Row {
            network: trial.net.to_string(),
            activation: &trial.activation,
            sharing: trial.sharing.to_string(),
            pixels_zero_percent: trial.condition.sparsity,
            contrast_divided_by: trial.condition.fainter,
            learning_rate: trial.learning_rate,
            judged_on: trial.judged_on.to_string(),
            seed: trial.seed,
            epochs: trial.epochs,
            images: trial.images,
            diverged_at_step: outcome.diverged_at,
            accuracy: finite(outcome.accuracy()),
            loss: finite(outcome.loss()),
            training_loss: finite(outcome.training_loss()),
            dead_share: end.and_then(|epoch| finite(epoch.dead_share())),
            shift: end.and_then(|epoch| finite(epoch.shift())),
        };
        writer.serialize(row).expect("rows are plain data");
    }
    let bytes = writer.into_inner().expect("memory can be written");
    String::from_utf8(bytes).expect("csv writes text")
}
