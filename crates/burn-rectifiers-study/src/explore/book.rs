//! The book of the family: a chapter of the documentation that is written by what it describes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use burn_rectifiers::{
    curve::{Curve, ParamInfo},
    curves,
    nn::gain,
};

use super::pages::{defaults, picture, small};
use super::{shape::Shape, source::linked};
use crate::base::{
    digits::significant,
    error::StudyError,
    files::{self, OwnFolder},
};

/// The command that writes the book of the repository.
pub const COMMAND: &str = "cargo run --example explore -- --book docs";

const PAGE: &str = "family.md";

/// Writes `family.md` into `folder` and a picture per curve into `family` beside it; returns the
/// text's path. The same curves give the same bytes.
///
/// # Errors
///
/// If such files are there that were not written so, or a file cannot be written.
pub fn write(folder: &Path) -> Result<PathBuf, StudyError> {
    let pictures = folder.join("family");
    let _own = OwnFolder::take(folder, "explore", &[PAGE, "family"])?;
    fs::create_dir_all(&pictures).map_err(StudyError::io("create the folder", &pictures))?;
    for curve in curves::all() {
        let path = pictures.join(picture(curve));
        files::replace(&path, &small(curve, &path)?)?;
    }
    let path = folder.join(PAGE);
    files::replace(&path, text())?;
    Ok(path)
}

fn text() -> String {
    let parts: String = Shape::ALL.into_iter().map(part).collect();
    let rows: String = ordered().map(row).collect();
    let learned = curves::all()
        .filter(|curve| !curve.params().is_empty())
        .count();
    let (all, fixed) = (curves::all().len(), curves::all().len() - learned);
    format!(
        "<!-- Written by `{COMMAND}` from the curves themselves. -->\n\n\
         # The family\n\n\
         {all} activations: {learned} with parameters that are learned, {fixed} without.\n\n\
         {INTRODUCTION}\n\
         | name | formula | learned | gain | source |\n|---|---|---|---|---|\n{rows}{parts}"
    )
}

const INTRODUCTION: &str = include_str!("introduction.md");

/// The family in the order of the book.
fn ordered() -> impl Iterator<Item = &'static dyn Curve> {
    Shape::ALL.into_iter().flat_map(of_shape)
}

fn of_shape(shape: Shape) -> impl Iterator<Item = &'static dyn Curve> {
    curves::all().filter(move |curve| Shape::of(*curve) == shape)
}

fn row(curve: &dyn Curve) -> String {
    let name = curve.name();
    let params: Vec<_> = curve.params().iter().map(|info| info.name).collect();
    format!(
        "| [`{name}`](#{name}) | {} | {} | {} | {} |\n",
        in_cell(&code(curve.formula())),
        params.join(", "),
        gain_of(curve),
        source(curve)
    )
}

fn part(shape: Shape) -> String {
    let chapters: String = of_shape(shape).map(chapter).collect();
    format!("\n## {}\n\n{}\n{chapters}", shape.title(), shape.text())
}

fn chapter(curve: &dyn Curve) -> String {
    let name = curve.name();
    // A curve is a unit value, named like its module: `PReluCurve`.
    let debug = format!("{curve:?}");
    let module = debug.trim_end_matches("Curve");
    let modules = match curve.params() {
        [] => code(module),
        _ => format!("`{module}`, `{module}Config`"),
    };
    format!(
        "\n### {name}\n\n![The graph of {name}](family/{name}.svg)\n\n{}\n\n{}{}\
         {modules}; gain {}; {}\n",
        code(curve.formula()),
        surrogate(curve),
        parameters(curve.params()),
        gain_of(curve),
        source(curve)
    )
}

fn surrogate(curve: &dyn Curve) -> String {
    match curve.surrogate() {
        Some(other) => format!("The backward pass takes the slope of {}.\n\n", code(other)),
        None => String::new(),
    }
}

fn gain_of(curve: &dyn Curve) -> String {
    significant(gain(curve, &defaults(curve)), 4)
}

fn source(curve: &dyn Curve) -> String {
    linked(curve.source(), str::to_string, |name, to| {
        format!("[{name}]({to})")
    })
}

fn parameters(infos: &[ParamInfo]) -> String {
    if infos.is_empty() {
        return String::new();
    }
    let row = |info: &ParamInfo| {
        format!(
            "| {} | {} | {} | {} |\n",
            code(info.name),
            significant(info.default, 4),
            code(&info.bound.to_string()),
            in_cell(info.doc)
        )
    };
    let rows: String = infos.iter().map(row).collect();
    format!("| parameter | default | bound | meaning |\n|---|---|---|---|\n{rows}\n")
}

/// Formulas have stars and underscores, which are no emphasis.
fn code(text: &str) -> String {
    format!("`{text}`")
}

/// A bar, as in |x|, would end the cell.
fn in_cell(text: &str) -> String {
    text.replace('|', "\\|")
}
