//! A run and the family in pictures, as SVG files that need no fonts but those of the viewer.

mod activations;
mod curves;
mod effect;
mod graph;
mod parameters;
pub(crate) mod style;
mod trace;

pub(crate) use effect::{effects, variants};
pub(crate) use graph::{Graph, interval};

use std::path::PathBuf;

use burn_rectifiers::observe::{Observation, Report};

use crate::{RunFolder, StudyError, probe::Probe};

/// Draws the curves that a model has learned, each over the histogram of its inputs: an SVG
/// document with a panel per activation that the report saw, whatever the model.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_rectifiers::{PReluConfig, observe::Report};
/// use burn_rectifiers_study::pictures;
///
/// let prelu = PReluConfig::new(2).init(&Device::flex());
/// let mut report = Report::new();
/// report.watch(|| prelu.forward(Tensor::<2>::from_floats([[-1.0, 2.0]], &Device::flex())));
/// let svg = pictures::learned_curves("A single PReLU", &report)?;
/// assert!(svg.contains("0: prelu: 2 units, 0 dead"));
/// # Ok::<(), burn_rectifiers_study::StudyError>(())
/// ```
///
/// # Errors
///
/// If the report has seen no activations.
pub fn learned_curves(title: &str, report: &Report) -> Result<String, StudyError> {
    let reason = match report.layers() {
        [] => "the report has seen no activations".into(),
        _ => match activations::svg(title, report, ToString::to_string) {
            Ok(svg) => return Ok(svg),
            Err(error) => error.to_string(),
        },
    };
    Err(StudyError::Picture { reason })
}

/// Draws all pictures of a run into its folder and returns their paths.
///
/// # Errors
///
/// If a file cannot be written.
pub fn draw(folder: &RunFolder, probe: &Probe) -> Result<Vec<PathBuf>, StudyError> {
    let settings = folder.settings();
    let run = format!("{}, {}", settings.activation_title(), settings.data.name());
    let save = |name: &str, svg: Option<style::Drawn>| -> Result<Option<PathBuf>, StudyError> {
        let Some(svg) = svg else { return Ok(None) };
        let svg = svg.map_err(|error| StudyError::Io {
            action: "draw",
            path: folder.file(name),
            reason: error.to_string(),
        })?;
        Ok(Some(folder.draw(name, &svg)?))
    };
    let title = format!("Learned activations over their inputs on the test images: {run}");
    let block = |layer: &Observation| format!("Block {}", layer.call() + 1);
    let pictures = [
        (
            "curves.svg",
            Some(curves::svg(&run, &folder.epochs()?, &folder.steps()?)),
        ),
        (
            "activations.svg",
            Some(activations::svg(&title, &probe.report, block)),
        ),
        ("parameters.svg", parameters::svg(&run, &probe.report)),
    ];
    pictures
        .into_iter()
        .filter_map(|(name, svg)| save(name, svg).transpose())
        .collect()
}
