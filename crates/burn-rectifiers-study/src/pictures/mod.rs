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

use crate::{Cnn, RunFolder, StudyError, probe::Probe};

/// Draws all pictures of a run into its folder and returns their paths.
///
/// # Errors
///
/// If a file cannot be written.
pub fn draw(folder: &RunFolder, model: &Cnn, probe: &Probe) -> Result<Vec<PathBuf>, StudyError> {
    let settings = folder.settings();
    let run = format!("{}, {}", settings.activation_title(), settings.data.name());
    let save = |name: &str, svg: Option<style::Drawn>| -> Result<Option<PathBuf>, StudyError> {
        let Some(svg) = svg else { return Ok(None) };
        let path = folder.file(name);
        let failed = |reason: String| StudyError::Io {
            action: "draw",
            path: path.clone(),
            reason,
        };
        let svg = svg.map_err(|error| failed(error.to_string()))?;
        std::fs::write(&path, svg).map_err(|error| failed(error.to_string()))?;
        Ok(Some(path))
    };
    let pictures = [
        (
            "curves.svg",
            Some(curves::svg(&run, &folder.epochs()?, &folder.steps()?)),
        ),
        (
            "activations.svg",
            Some(activations::svg(&run, model, probe)),
        ),
        ("parameters.svg", parameters::svg(&run, model)),
    ];
    pictures
        .into_iter()
        .filter_map(|(name, svg)| save(name, svg).transpose())
        .collect()
}
