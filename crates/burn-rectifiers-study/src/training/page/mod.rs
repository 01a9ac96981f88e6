//! A run as a page for browsers.

mod curves;
mod mistakes;

use std::path::PathBuf;

use burn_rectifiers::observe::Observation;

use super::{
    data::Parts, net::Net, probe::Probe, run_folder::RunFolder, settings::Settings,
    summary::Summary,
};
use crate::base::{digits::significant, error::StudyError};
use crate::pictures::{self, activations};
use crate::report::{Block, Document, Section, Table};

/// Writes `report.html` and `activations.svg` into the folder of a run, and returns their paths.
///
/// # Errors
///
/// If something cannot be drawn, or a file not be read or written.
pub fn write(
    folder: &RunFolder,
    data: &Parts,
    net: &Net,
    probe: &Probe,
    summary: &Summary,
) -> Result<Vec<PathBuf>, StudyError> {
    let page = document(folder, data, net, probe, summary)?.html()?;
    let settings = folder.settings();
    let title = format!(
        "Learned activations over their inputs on the test images: {}",
        settings.title()
    );
    let name = |layer: &Observation| net.activation_name(layer.call());
    let svg = activations::svg(&title, &probe.report, name);
    let svg = svg.map_err(|error| StudyError::Picture {
        reason: error.to_string(),
    })?;
    Ok(vec![
        folder.write("report.html", &page)?,
        folder.write("activations.svg", &svg)?,
    ])
}

fn document(
    folder: &RunFolder,
    data: &Parts,
    net: &Net,
    probe: &Probe,
    summary: &Summary,
) -> Result<Document, StudyError> {
    let settings = folder.settings();
    let epochs = folder.epochs()?;
    let name = |layer: &Observation| net.activation_name(layer.call());
    let learned = pictures::parameters_by_depth(&probe.report, 1, Some(net.activation_kind()))?;
    let activations = [
        Block::Text(pictures::summary(&probe.report)),
        pictures::table(&probe.report, name),
        pictures::curves(&probe.report, name)?,
    ];
    let sections = vec![
        Section::new(
            "curves",
            "Training",
            vec![curves::block(settings, &epochs, &folder.steps()?)],
        ),
        Section::new(
            "activations",
            "Activations",
            activations.into_iter().chain(learned).collect(),
        ),
        Section::new(
            "mistakes",
            "Mistakes",
            mistakes::blocks(&data.test, &probe.judged)?,
        ),
        Section::new("time", "Time", vec![time(summary)]),
    ];
    Ok(Document {
        title: settings.title(),
        lead: lead(settings, summary),
        verdicts: vec![],
        sections,
        appendix: vec![Section::new(
            "settings",
            "Settings",
            vec![table_of(settings)],
        )],
    })
}

fn lead(settings: &Settings, summary: &Summary) -> Vec<String> {
    let chosen = match summary.validation_images {
        0 => "the last".to_string(),
        images => format!("the best on {images} validation images"),
    };
    vec![
        format!(
            "**{:.2} %** of {} test images classified correctly, with a mean cross-entropy of {:.3}, by the network as it \
             was after epoch {} of {}, {chosen}.",
            100.0 * summary.test_accuracy,
            summary.test_images,
            summary.test_loss,
            summary.epoch,
            settings.epochs,
        ),
        format!(
            "Network: {}; {} learned numbers. Activation: {}, after every convolution. {} training images, backend {}, seed {}.",
            settings.architecture().words(),
            summary.network_parameters,
            settings.activation_title(),
            summary.train_images,
            settings.backend.name(),
            settings.seed,
        ),
    ]
}

fn time(summary: &Summary) -> Block {
    let timings = &summary.timings;
    let validation = timings.seconds - timings.train_seconds;
    let row = |part: &str, seconds: f64| {
        let share = 100.0 * seconds / timings.seconds;
        vec![
            part.to_string(),
            format!("{} s", significant(seconds, 3)),
            format!("{} %", significant(share, 3)),
        ]
    };
    Block::Table(Table::new(
        format!(
            "Where the time went; {:.0} training images per second of training. The first epoch of a GPU includes the \
             compilation of its kernels.",
            timings.images_per_second
        ),
        &["part", "time", "share"],
        vec![
            row("training", timings.train_seconds),
            row("validation after each epoch", validation),
        ],
    ))
}

fn table_of(settings: &Settings) -> Block {
    let rows = settings.flags().into_iter();
    Block::Table(Table::new(
        "All settings, as flags of the command line",
        &["flag", "value"],
        rows.map(|(flag, value)| vec![format!("`--{flag}`"), value])
            .collect(),
    ))
}
