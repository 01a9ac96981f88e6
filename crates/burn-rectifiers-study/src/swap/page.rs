//! What came of it, for browsers.

use plotters::prelude::*;

use super::{Arguments, Difference, Tolerance, Trace, tables};
use crate::base::error::StudyError;
use crate::base::html::{self, escaped};
use crate::base::pictures::{
    STYLE, drawing,
    style::{self, Area, BLUE, ORANGE, PURPLE, RED, TEAL},
};

/// A page that needs no other file.
pub(super) fn html(
    arguments: &Arguments,
    traces: &[Trace],
    pairs: &[Difference],
    tolerance: &Tolerance,
) -> Result<String, StudyError> {
    let names: Vec<_> = traces.iter().map(|trace| trace.backend.name()).collect();
    let title = format!("One training on {}", names.join(", "));
    let svg = drawing((760, 420), "losses by step", |area| losses(area, traces))?;
    let mut body = format!(
        "<h1>{}</h1>\n<p>{} steps of {} generated images with Adam at {}, {} after every convolution, seed {}. The same \
         weights, images and order on each.</p>\n<div class=\"scroll\">\n{}</div>\n<h2>Losses</h2>\n\
         <div class=\"panels\">\n{svg}</div>\n",
        escaped(&title),
        arguments.steps,
        arguments.batch_size,
        arguments.lr,
        escaped(&arguments.activation),
        arguments.seed,
        table(&tables::backend_rows(traces)),
    );
    if !pairs.is_empty() {
        body += &format!(
            "<h2>Differences</h2>\n<p>Of losses, relative to the loss; of gradients and weights, relative to the largest of \
             the same parameter.</p>\n<div class=\"scroll\">\n{}</div>\n",
            table(&tables::pair_rows(pairs, tolerance))
        );
        for reason in pairs
            .iter()
            .filter_map(|pair| pair.verdict(tolerance).err())
        {
            body += &format!("<p class=\"bad\">{}</p>\n", escaped(&reason));
        }
    }
    Ok(html::page(&title, STYLE, &body))
}

/// All losses over each other.
fn losses(area: &Area, traces: &[Trace]) -> Result<(), Box<dyn std::error::Error>> {
    const COLORS: [RGBColor; 5] = [BLUE, ORANGE, TEAL, PURPLE, RED];
    let (low, high) = style::extent(traces.iter().flat_map(|trace| trace.losses.iter().copied()));
    let steps = traces
        .iter()
        .map(|trace| trace.losses.len())
        .max()
        .unwrap_or(1);
    let range = style::airy(low, high);
    let mut chart = style::chart(area, "Cross-entropy loss of each step")?
        .build_cartesian_2d(0.0..steps.max(1) as f64, range.clone())?;
    style::mesh(&mut chart, ("step", 10), ("loss", 8))?;
    for (i, trace) in traces.iter().enumerate() {
        // What lies below stays in sight.
        let width = 2 + 2 * (traces.len() - 1 - i) as u32;
        let style = style::line(&COLORS[i % COLORS.len()], width);
        let points = trace.losses.iter().enumerate();
        let points = points.filter(|(_, loss)| loss.is_finite());
        chart
            .draw_series(LineSeries::new(
                points.map(|(step, loss)| (step as f64, *loss)),
                style,
            ))?
            .label(trace.backend.name())
            .legend(style::stroke(style));
    }
    style::legend(&mut chart, SeriesLabelPosition::UpperRight)
}

/// The first row is the head.
fn table(rows: &[Vec<String>]) -> String {
    let line = |row: &[String], tag: &str| {
        let cells = row.iter().map(|cell| match cell.as_str() {
            "DIFFER" => "<td class=\"bad\">differ</td>".to_string(),
            cell => format!("<{tag}>{}</{tag}>", escaped(cell)),
        });
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let (head, rows) = rows.split_first().expect("a head");
    let rows: String = rows.iter().map(|row| line(row, "td")).collect();
    format!(
        "<table>\n<thead>{}</thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        line(head, "th")
    )
}
