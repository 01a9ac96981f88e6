//! The book of the family: a chapter of the documentation that is written by what it describes.

use std::path::{Path, PathBuf};

use burn_rectifiers::{Curve, ParamInfo, curves};

use super::{create, save, small, source::linked};
use crate::StudyError;

/// The command that writes the book of the repository.
pub const COMMAND: &str = "cargo run --example explore -- --book docs";

/// Writes `family.md` into `folder` and a picture per curve into `family` beside it; returns the
/// text's path. The same curves give the same bytes.
///
/// # Errors
///
/// If a file cannot be written.
pub fn write(folder: &Path) -> Result<PathBuf, StudyError> {
    let pictures = folder.join("family");
    create(&pictures)?;
    for curve in curves() {
        let path = pictures.join(format!("{}.svg", curve.name()));
        save(&path, &small(curve, &path)?)?;
    }
    let path = folder.join("family.md");
    save(&path, &text())?;
    Ok(path)
}

fn text() -> String {
    let rows: String = curves().map(row).collect();
    let chapters: String = curves().map(chapter).collect();
    format!(
        "<!-- Written by `{COMMAND}` from the curves themselves. -->\n\n\
         # The family\n\n\
         {} activations. Pictures show value (blue) and slope (orange) with every parameter at its \
         default.\n\n\
         | name | formula | parameters |\n|---|---|---|\n{rows}{chapters}",
        curves().len()
    )
}

fn row(curve: &dyn Curve) -> String {
    let name = curve.name();
    let params: Vec<_> = curve.params().iter().map(|info| info.name).collect();
    format!(
        "| [`{name}`](#{name}) | {} | {} |\n",
        in_cell(&code(curve.formula())),
        params.join(", ")
    )
}

fn chapter(curve: &dyn Curve) -> String {
    let name = curve.name();
    let source = linked(curve.source(), str::to_string, |name, to| {
        format!("[{name}]({to})")
    });
    format!(
        "\n## {name}\n\n![The graph of {name}](family/{name}.svg)\n\n{}\n\n{}{source}\n",
        code(curve.formula()),
        parameters(curve.params())
    )
}

fn parameters(infos: &[ParamInfo]) -> String {
    if infos.is_empty() {
        return String::new();
    }
    let row = |info: &ParamInfo| {
        format!(
            "| {} | {} | {} | {} |\n",
            code(info.name),
            info.default,
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
