//! Activations in pictures, as SVG files that need no fonts but those of the viewer.

pub(crate) mod activations;
mod page;
pub(crate) mod parameters;

pub use page::page;
pub(crate) use page::{curves, drawing, parameters_by_depth, summary, table};

use burn_rectifiers::observe::Report;

use crate::base::error::StudyError;

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
