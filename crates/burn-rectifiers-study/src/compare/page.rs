//! What came of a comparison.

use super::{Group, Run};
use crate::base::digits::significant;
use crate::report::{
    Axis, Block, Document, Figure, Interval, Intervals, Line, Marks, Panel, Point, Section, Table,
};
use crate::training::logs::EpochRow;

/// The page.
pub(super) fn document(groups: &[Group]) -> Document {
    let [first, ..] = groups else {
        unreachable!("at least two runs are named")
    };
    let runs: usize = groups.iter().map(|group| group.runs.len()).sum();
    let mut results = vec![Block::Table(results(groups))];
    if groups.len() > 1 {
        results.push(Block::Table(differences(groups)));
        results.push(forest(groups));
    }
    let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    Document {
        title: format!("Compared: {}", names.join(" · ")),
        lead: vec![format!(
            "{runs} runs in {} {}, told apart by everything but their seeds. Differences are to **{}**, seed by seed; the \
             test images are the same for all runs of the same data.",
            groups.len(),
            if groups.len() == 1 { "group" } else { "groups" },
            first.name,
        )],
        verdicts: vec![],
        sections: vec![
            Section::new("results", "Results", results),
            Section::new("curves", "Curves", vec![curves(groups)]),
            Section::new(
                "settings",
                "Settings",
                vec![settings(groups), folders(groups)],
            ),
        ],
        appendix: vec![],
    }
}

/// What is printed, too.
pub(super) fn tables(groups: &[Group]) -> Vec<Table> {
    match groups.len() {
        1 => vec![results(groups)],
        _ => vec![results(groups), differences(groups), differing(groups)],
    }
}

fn accuracy(run: &Run) -> f64 {
    100.0 * run.summary.test_accuracy
}

fn dead(run: &Run) -> f64 {
    let layers = &run.summary.layers;
    let [dead, units] = layers.iter().fold([0, 0], |[dead, units], layer| {
        [dead + layer.dead_units, units + layer.units]
    });
    100.0 * dead as f64 / units.max(1) as f64
}

fn results(groups: &[Group]) -> Table {
    let row = |group: &Group| {
        let spread = |number: fn(&Run) -> f64| {
            let spread = group.spread(number);
            match (spread.mean, spread.deviation) {
                (Some(mean), None) => significant(mean, 4),
                // How many seeds there are has a column of its own.
                _ => spread
                    .to_string()
                    .split(" (")
                    .next()
                    .unwrap_or_default()
                    .into(),
            }
        };
        vec![
            group.name.clone(),
            group.sample(accuracy).seeds().len().to_string(),
            spread(accuracy),
            spread(|run| run.summary.test_loss),
            spread(dead),
            spread(|run| run.summary.timings.images_per_second),
            group.runs[0].summary.network_parameters.to_string(),
        ]
    };
    Table::new(
        "Results on the test images: means and standard deviations over the seeds",
        &[
            "runs",
            "seeds",
            "accuracy (%)",
            "loss",
            "dead units (%)",
            "images/s",
            "learned numbers",
        ],
        groups.iter().map(row).collect(),
    )
}

fn differences(groups: &[Group]) -> Table {
    let (first, others) = groups.split_first().expect("a first group");
    let row = |group: &Group| {
        let paired = group.minus(first, accuracy);
        let interval = paired.interval(0.95);
        let points = |value: f64| significant(value, 3);
        vec![
            paired.name().to_string(),
            paired.seeds().to_string(),
            paired
                .mean()
                .map_or("–".into(), |mean| format!("{} points", points(mean))),
            match interval.low.is_finite() {
                true => format!("[{}, {}]", points(interval.low), points(interval.high)),
                false => "–".into(),
            },
            paired.mean().map_or("–".into(), |_| {
                points(
                    group
                        .minus(first, |run| run.summary.test_loss)
                        .mean()
                        .unwrap_or(f64::NAN),
                )
            }),
        ]
    };
    Table::new(
        "Differences by seed, of the seeds that both have; Student's interval for each comparison by itself",
        &["difference", "seeds", "accuracy", "95 % interval", "loss"],
        others.iter().map(row).collect(),
    )
}

fn forest(groups: &[Group]) -> Block {
    let (first, others) = groups.split_first().expect("a first group");
    let row = |group: &Group| {
        let paired = group.minus(first, accuracy);
        let interval = paired.interval(0.95);
        Interval {
            name: paired.name().into(),
            mean: paired.mean().unwrap_or(f64::NAN),
            low: interval.low,
            high: interval.high,
            seeds: paired.differences().values().copied().collect(),
            margin: None,
            outcome: None,
        }
    };
    Block::Figure(Figure {
        title: "Differences of test accuracy".into(),
        caption: "Pale: single seeds. Dot and bar: their mean and its 95 % interval; a bar without ends reaches beyond the \
                  picture, as that of a single seed does."
            .into(),
        panels: vec![Panel {
            title: String::new(),
            x: Axis::linear("difference of accuracy (points)"),
            y: Axis::linear(""),
            marks: Marks::Intervals(Intervals {
                rows: others.iter().map(row).collect(),
                reference: Some(0.0),
            }),
        }],
    })
}

/// Curves of all groups over each other: means, and from the least to the greatest of the seeds.
fn curves(groups: &[Group]) -> Block {
    let panel = |title: &str, y: &str, at: f64, value: fn(&EpochRow) -> f64| Panel {
        title: title.into(),
        x: Axis::linear("epochs"),
        y: Axis::linear(y),
        marks: Marks::Lines(groups.iter().map(|group| line(group, at, value)).collect()),
    };
    Block::Figure(Figure {
        title: "In the course of training".into(),
        caption: "Lines are means over the seeds, bands from the least to the greatest. Training: in the middle of its \
                  epoch, while the weights were changing. Validation: after the epoch; without validation images, on the \
                  test images."
            .into(),
        panels: vec![
            panel("Validation accuracy", "correct (%)", 1.0, |row| 100.0 * row.valid_accuracy),
            panel("Validation loss", "cross-entropy", 1.0, |row| row.valid_loss),
            panel("Training loss", "cross-entropy", 0.5, |row| row.train_loss),
        ],
    })
}

fn line(group: &Group, at: f64, value: fn(&EpochRow) -> f64) -> Line {
    let longest = group
        .runs
        .iter()
        .map(|run| run.epochs.len())
        .max()
        .unwrap_or(0);
    let point = |index: usize| {
        let values = || {
            group
                .runs
                .iter()
                .filter_map(|run| run.epochs.get(index))
                .map(value)
        };
        Point {
            x: index as f64 + at,
            y: values().sum::<f64>() / values().count() as f64,
            low: values().fold(f64::INFINITY, f64::min),
            high: values().fold(f64::NEG_INFINITY, f64::max),
        }
    };
    Line {
        name: group.name.clone(),
        points: (0..longest).map(point).collect(),
    }
}

/// The settings that differ.
fn differing(groups: &[Group]) -> Table {
    let row = |flag: &&str| {
        let values = groups
            .iter()
            .map(|group| group.value(flag).unwrap_or("–").to_string());
        std::iter::once(format!("`--{flag}`"))
            .chain(values)
            .collect()
    };
    let names = groups.iter().map(|group| group.name.clone());
    Table {
        caption: "Settings that differ".into(),
        header: std::iter::once("flag".into()).chain(names).collect(),
        rows: Group::differing(groups).iter().map(row).collect(),
    }
}

fn settings(groups: &[Group]) -> Block {
    match groups.len() {
        1 => Block::Text("All settings but the seeds are the same.".into()),
        _ => Block::Table(differing(groups)),
    }
}

fn folders(groups: &[Group]) -> Block {
    let rows = groups.iter().flat_map(|group| {
        group.runs.iter().map(|run| {
            vec![
                run.name(),
                group.name.clone(),
                run.summary.settings.seed.to_string(),
                significant(accuracy(run), 4),
            ]
        })
    });
    Block::Table(Table::new(
        "All runs",
        &["folder", "group", "seed", "accuracy (%)"],
        rows.collect(),
    ))
}
