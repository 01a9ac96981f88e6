//! What the lines and marks of a figure mean, above its panels.

use plotters::style::RGBColor;

use super::{
    Looks, Marker,
    forest::{self, MARGIN_OPACITY, SEED_OPACITY},
    looks::figure_names,
};
use crate::{
    base::{html::escaped, style::INK},
    report::{Figure, Intervals, Marks, Outcome},
};

const WIDTH: f64 = 34.0;
const HEIGHT: f64 = 14.0;

/// The legend as a list of HTML, empty where there is nothing to explain.
pub(in crate::report) fn legend(figure: &Figure, looks: &Looks) -> String {
    let mut entries: Vec<(String, String)> = Vec::new();
    for name in figure_names(figure)
        .into_iter()
        .filter(|name| !name.is_empty())
    {
        let look = looks.get(name);
        let dash: Vec<String> = look.dash.iter().map(u32::to_string).collect();
        let color = hex(look.color);
        let stroke = format!(
            "<line x1=\"1\" y1=\"7\" x2=\"33\" y2=\"7\" stroke=\"{color}\" \
             stroke-width=\"{}\" stroke-dasharray=\"{}\"/>",
            look.width,
            if dash.is_empty() {
                "none".into()
            } else {
                dash.join(" ")
            }
        );
        let marker = look
            .marker
            .element((WIDTH / 2.0, HEIGHT / 2.0), 3.6, &color);
        entries.push((stroke + &marker, name.to_string()));
    }
    entries.extend(intervals(figure));
    let entry = |(swatch, name): (String, String)| {
        format!(
            "<li><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-hidden=\"true\">{swatch}</svg>{}</li>\n",
            escaped(&name)
        )
    };
    let entries: String = entries.into_iter().map(entry).collect();
    if entries.is_empty() {
        return entries;
    }
    format!("<ul class=\"legend\" aria-label=\"Legend\">\n{entries}</ul>\n")
}

/// What the marks of forest plots mean.
fn intervals(figure: &Figure) -> Vec<(String, String)> {
    let all = figure.panels.iter().filter_map(|panel| match &panel.marks {
        Marks::Intervals(intervals) => Some(intervals),
        Marks::Lines(_) => None,
    });
    let all: Vec<&Intervals> = all.collect();
    let rows = || all.iter().flat_map(|intervals| &intervals.rows);
    let mut outcomes: Vec<Option<Outcome>> = rows().map(|row| row.outcome).collect();
    outcomes.sort();
    outcomes.dedup();
    let mut entries: Vec<(String, String)> = Vec::new();
    for outcome in outcomes {
        let (color, marker) = forest::look(outcome);
        let name = outcome.map_or("mean and interval", Outcome::word);
        entries.push((bar(color, marker), name.to_string()));
    }
    if rows().any(|row| !row.seeds.is_empty()) {
        let dots = [9, 16, 25].map(|x| {
            let color = hex(forest::SEED);
            format!("<circle cx=\"{x}\" cy=\"7\" r=\"2.2\" fill=\"{color}\" opacity=\"{SEED_OPACITY}\"/>")
        });
        entries.push((dots.concat(), "single seeds".into()));
    }
    if rows().any(|row| row.margin.is_some()) {
        let color = hex(forest::MARGIN);
        let box_ = format!(
            "<rect x=\"4\" y=\"0\" width=\"26\" height=\"14\" fill=\"{color}\" opacity=\"{MARGIN_OPACITY}\"/>"
        );
        entries.push((box_, "too small to matter".into()));
    }
    let mut references: Vec<String> = Vec::new();
    for reference in all.iter().filter_map(|intervals| intervals.reference) {
        let text = format!(
            "reference: {}",
            crate::base::digits::significant(reference, 4)
        );
        if !references.contains(&text) {
            references.push(text);
        }
    }
    if !references.is_empty() {
        let name = match references.len() {
            1 => references.remove(0),
            _ => "reference".into(),
        };
        let line = format!(
            "<line x1=\"17\" y1=\"0\" x2=\"17\" y2=\"14\" stroke=\"{}\" stroke-width=\"1.5\" \
             stroke-dasharray=\"4 2\"/>",
            hex(INK)
        );
        entries.push((line, name));
    }
    entries
}

fn bar(color: RGBColor, marker: Marker) -> String {
    let color = hex(color);
    let line = format!(
        "<line x1=\"4\" y1=\"7\" x2=\"30\" y2=\"7\" stroke=\"{color}\" stroke-width=\"2\"/>"
    );
    line + &marker.element((WIDTH / 2.0, HEIGHT / 2.0), 4.5, &color)
}

fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}
