//! The family as a page for browsers.

use std::path::{Path, PathBuf};

use burn_rectifiers::{
    curve::{Curve, ParamInfo},
    curves,
};

use super::pages::{picture, small, take};
use super::source::linked;
use crate::base::{
    digits::significant,
    error::StudyError,
    files,
    html::{self, escaped, labelled},
};

const PAGE: &str = "index.html";

/// Writes a picture per curve and the page that shows them all; returns the page.
pub(super) fn write(folder: &Path) -> Result<PathBuf, StudyError> {
    let _own = take(folder, PAGE)?;
    let mut cards = String::new();
    for curve in curves::all() {
        let path = folder.join(picture(curve));
        let svg = small(curve, &path)?;
        files::replace(&path, &svg)?;
        cards += &card(curve, &svg);
    }
    let page = folder.join(PAGE);
    files::replace(&page, document(curves::all().len(), &cards))?;
    Ok(page)
}

/// The page needs no other file: styles and pictures are in it.
fn document(count: usize, cards: &str) -> String {
    let body = format!(
        "<header>\n<h1>burn-rectifiers: {count} activations</h1>\n\
         <p>Bold lines: <b class=\"value\">value</b> and <b class=\"slope\">slope</b> with every \
         parameter at its default. Thin lines: the value with one parameter lower (dashed) or \
         higher.</p>\n</header>\n\
         <main>\n{cards}</main>\n"
    );
    html::page("burn-rectifiers: the family", STYLE, &body)
}

/// Drawings are light; in the dark they are inverted, and turned so that colours stay themselves.
const STYLE: &str = include_str!("gallery.css");

fn card(curve: &dyn Curve, svg: &str) -> String {
    let name = curve.name();
    let svg = labelled(svg, &format!("graph of {name}"));
    let source = linked(curve.source(), escaped, |name, to| {
        format!("<a href=\"{to}\">{name}</a>")
    });
    format!(
        "<article id=\"{name}\">\n<h2><a href=\"#{name}\">{name}</a></h2>\n{svg}\
         <p><code>{}</code></p>\n{}{}<p class=\"source\">{source}</p>\n</article>\n",
        escaped(curve.formula()),
        surrogate(curve),
        parameters(curve.params()),
    )
}

fn surrogate(curve: &dyn Curve) -> String {
    let Some(other) = curve.surrogate() else {
        return String::new();
    };
    let other = escaped(other);
    format!("<p>The backward pass takes the slope of <code>{other}</code>.</p>\n")
}

fn parameters(infos: &[ParamInfo]) -> String {
    if infos.is_empty() {
        return "<p>No parameters.</p>\n".into();
    }
    let row = |info: &ParamInfo| {
        format!(
            "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            info.name,
            significant(info.default, 4),
            escaped(&info.bound.to_string()),
            escaped(info.doc)
        )
    };
    let rows: String = infos.iter().map(row).collect();
    format!(
        "<table>\n<tr><th>parameter</th><th>default</th><th>bound</th><th>meaning</th></tr>\n\
         {rows}</table>\n"
    )
}
