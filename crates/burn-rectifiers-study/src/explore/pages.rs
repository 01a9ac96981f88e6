//! What pages about the family have in common.

use std::path::Path;

use burn_rectifiers::{curve::Curve, curves};

use super::pictures;
use crate::base::{error::StudyError, files::OwnFolder};

/// The small picture of a curve, for pages.
pub(super) fn small(curve: &dyn Curve, path: &Path) -> Result<String, StudyError> {
    drawn(path, pictures::effects(curve))
}

/// The parameters before training.
pub(super) fn defaults(curve: &dyn Curve) -> Vec<f64> {
    curve.params().iter().map(|info| info.default).collect()
}

pub(super) fn drawn<E: ToString>(
    path: &Path,
    svg: Result<String, E>,
) -> Result<String, StudyError> {
    svg.map_err(|error| StudyError::Io {
        action: "draw",
        path: path.into(),
        reason: error.to_string(),
    })
}

/// Takes the folder for pages: `page` and a picture per curve.
pub(super) fn take(folder: &Path, page: &str) -> Result<OwnFolder, StudyError> {
    let pictures: Vec<String> = curves::all().map(picture).collect();
    let pictures = pictures.iter().map(String::as_str);
    let names: Vec<&str> = std::iter::once(page).chain(pictures).collect();
    OwnFolder::take(folder, "explore", &names)
}

/// The file of the small picture of a curve.
pub(super) fn picture(curve: &dyn Curve) -> String {
    format!("{}.svg", curve.name())
}
