//! Loss, accuracy and learning rate in the course of a run.

use crate::report::{Axis, Block, Figure, Line, Marks, Panel, Point};
use crate::training::{
    logs::{EpochRow, StepRow},
    settings::Settings,
};

/// At most so many points of a line; where there are more steps, each is of several.
const POINTS: usize = 300;

/// The curves of one run.
pub(super) fn block(settings: &Settings, epochs: &[EpochRow], steps: &[StepRow]) -> Block {
    let judging = settings.judging();
    let steps_line = Line {
        name: "each training step".into(),
        points: of_steps(epochs.len(), steps, |row| row.loss),
    };
    let train = line("training", epochs, 0.5, |row| row.train_loss);
    let valid = line(judging, epochs, 1.0, |row| row.valid_loss);
    let accuracies = vec![
        line("training", epochs, 0.5, |row| 100.0 * row.train_accuracy),
        line(judging, epochs, 1.0, |row| 100.0 * row.valid_accuracy),
    ];
    let rate = Line {
        name: "learning rate".into(),
        points: of_steps(epochs.len(), steps, |row| row.learning_rate),
    };
    let panel = |title: &str, y: &str, lines: Vec<Line>| Panel {
        title: title.into(),
        x: Axis::linear("epochs"),
        y: Axis::linear(y),
        marks: Marks::Lines(lines),
    };
    let smoothed = match settings.label_smoothing > 0.0 {
        true => ", of smoothed labels",
        false => "",
    };
    Block::Figure(Figure {
        title: "Loss, accuracy and learning rate".into(),
        caption: format!(
            "Training: means over an epoch, in its middle, while the weights were changing{smoothed}. On the {judging} \
             images: after the epoch. Where there are many steps, a point is the mean of several, and the band is from \
             their least to their greatest.",
        ),
        panels: vec![
            panel("Loss", "cross-entropy", vec![steps_line, train, valid]),
            panel("Accuracy", "correct (%)", accuracies),
            panel("Learning rate", "learning rate", vec![rate]),
        ],
    })
}

/// One value per epoch; `at` is where in its epoch it was measured.
fn line(name: &str, epochs: &[EpochRow], at: f64, value: impl Fn(&EpochRow) -> f64) -> Line {
    let point = |row: &EpochRow| Point::at(row.epoch as f64 - 1.0 + at, value(row));
    Line {
        name: name.into(),
        points: epochs.iter().map(point).collect(),
    }
}

/// Values of steps over epochs, in groups of several if there are many.
fn of_steps(epochs: usize, steps: &[StepRow], value: impl Fn(&StepRow) -> f64) -> Vec<Point> {
    let per_epoch = steps.len() as f64 / epochs.max(1) as f64;
    let group = steps.len().div_ceil(POINTS).max(1);
    let point = |rows: &[StepRow]| {
        let values = || rows.iter().map(&value);
        let mean = |sum: f64| sum / rows.len() as f64;
        Point {
            x: mean(rows.iter().map(|row| row.step as f64).sum()) / per_epoch,
            y: mean(values().sum()),
            low: values().fold(f64::INFINITY, f64::min),
            high: values().fold(f64::NEG_INFINITY, f64::max),
        }
    };
    steps.chunks(group).map(point).collect()
}
