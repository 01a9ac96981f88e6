//! Panels as drawings, and the legend above them.

mod canvas;
mod forest;
mod legend;
mod lines;
mod looks;
mod marker;
mod ruler;
mod ticks;

pub(super) use legend::legend;
pub(super) use looks::Looks;
pub(super) use marker::Marker;

use super::{Marks, Panel};
use crate::base::style::{self, Drawn};

/// The panel as an SVG document.
pub(super) fn svg(panel: &Panel, looks: &Looks) -> Drawn {
    let drawn = match &panel.marks {
        Marks::Lines(lines) => lines::svg(panel, lines, looks),
        Marks::Intervals(intervals) => forest::svg(panel, intervals),
    };
    drawn.map(|svg| style::with_dashes(&svg))
}
