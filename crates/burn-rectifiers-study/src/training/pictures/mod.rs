//! A run in pictures.

mod curves;

use std::path::PathBuf;

use burn_rectifiers::observe::Observation;

use crate::base::error::StudyError;
use crate::base::pictures::{activations, parameters, style};
use crate::training::{probe::Probe, run_folder::RunFolder};

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
        (
            "parameters.svg",
            parameters::svg(
                &format!("Learned parameters: {run}"),
                &probe.report,
                "block",
            ),
        ),
    ];
    pictures
        .into_iter()
        .filter_map(|(name, svg)| save(name, svg).transpose())
        .collect()
}
