//! Loss and accuracy over the epochs.

use plotters::prelude::*;

use crate::base::pictures::style::{self, Area, BLUE, Drawn, ORANGE, PALE, px};
use crate::training::logs::{EpochRow, StepRow};

/// Two panels: loss with every step in the background, and accuracy.
pub(super) fn svg(run: &str, epochs: &[EpochRow], steps: &[StepRow]) -> Drawn {
    style::panels(&format!("Training: {run}"), 2, |index, area| match index {
        0 => loss(area, epochs, steps),
        _ => accuracy(area, epochs),
    })
}

type Line = Vec<(f64, f64)>;

/// One value per epoch; `at` is where in its epoch it was measured.
fn line(epochs: &[EpochRow], at: f64, value: impl Fn(&EpochRow) -> f64) -> Line {
    let points = epochs
        .iter()
        .map(|row| (row.epoch as f64 - 1.0 + at, value(row)));
    points.filter(|point| point.1.is_finite()).collect()
}

fn loss(
    area: &Area,
    epochs: &[EpochRow],
    steps: &[StepRow],
) -> Result<(), Box<dyn std::error::Error>> {
    let per_epoch = steps.len() as f64 / epochs.len().max(1) as f64;
    let steps: Line = steps
        .iter()
        .map(|row| (row.step as f64 / per_epoch, row.loss))
        .collect();
    let (train, test) = (
        line(epochs, 0.5, |row| row.train_loss),
        line(epochs, 1.0, |row| row.test_loss),
    );
    // The first steps may be far above the rest; leave out the highest hundredth.
    let mut losses: Vec<f64> = steps
        .iter()
        .map(|step| step.1)
        .filter(|loss| loss.is_finite())
        .collect();
    losses.sort_by(f64::total_cmp);
    let most = losses.get(losses.len() * 99 / 100).copied().unwrap_or(0.0);
    let shown = train.iter().chain(&test).map(|point| point.1);
    let (_, high) = style::extent(shown.chain([most]));
    panel(
        area,
        "Cross-entropy loss",
        "loss",
        epochs.len(),
        0.0..high * 1.06,
        &[
            ("each step (training)", PALE, steps, false),
            ("training, mean of the epoch", BLUE, train, true),
            ("test, after the epoch", ORANGE, test, true),
        ],
    )
}

fn accuracy(area: &Area, epochs: &[EpochRow]) -> Result<(), Box<dyn std::error::Error>> {
    let train = line(epochs, 0.5, |row| 100.0 * row.train_accuracy);
    let test = line(epochs, 1.0, |row| 100.0 * row.test_accuracy);
    let (_, high) = style::extent(train.iter().chain(&test).map(|point| point.1));
    panel(
        area,
        "Accuracy",
        "images classified correctly (%)",
        epochs.len(),
        0.0..(high * 1.1).clamp(1.0, 100.0),
        &[
            ("training, mean of the epoch", BLUE, train, true),
            ("test, after the epoch", ORANGE, test, true),
        ],
    )
}

fn panel(
    area: &Area,
    title: &str,
    y: &str,
    epochs: usize,
    range: std::ops::Range<f64>,
    lines: &[(&str, RGBColor, Line, bool)],
) -> Result<(), Box<dyn std::error::Error>> {
    // Where lines are not: losses fall, accuracies rise.
    let legend = if title == "Accuracy" {
        SeriesLabelPosition::LowerRight
    } else {
        SeriesLabelPosition::UpperRight
    };
    let mut chart =
        style::chart(area, title)?.build_cartesian_2d(0.0..epochs.max(1) as f64, range.clone())?;
    let labels = epochs.clamp(2, 10) + 1;
    style::mesh(&mut chart, ("epochs trained", labels), (y, 8))?;
    for (name, color, line, dots) in lines {
        let style = style::line(color, if *dots { 2 } else { 1 });
        let clipped = line.iter().map(|&(x, y)| (x, y.min(range.end)));
        chart
            .draw_series(LineSeries::new(clipped, style))?
            .label(*name)
            .legend(style::stroke(style::line(color, 2)));
        if *dots {
            chart.draw_series(
                line.iter()
                    .map(|&point| Circle::new(point, px(3), color.filled())),
            )?;
        }
    }
    style::legend(&mut chart, legend)?;
    Ok(())
}
