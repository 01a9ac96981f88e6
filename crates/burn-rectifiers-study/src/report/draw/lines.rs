//! Lines with bands.

use plotters::prelude::*;

use super::{
    Looks,
    canvas::{self, Canvas, Plot},
    looks::Look,
    ruler::{Ruler, has_place},
};
use crate::{
    base::style::{Area, Drawn},
    report::{Line, Panel, Point},
};

/// Height between the axes, in pixels as shown.
const HEIGHT: u32 = 220;

/// Lines with no more points show each.
const FEW: usize = 12;

/// How much of what is below shows through a band.
const BAND: f64 = 0.13;

type Done = Result<(), Box<dyn std::error::Error>>;

pub(super) fn svg(panel: &Panel, lines: &[Line], looks: &Looks) -> Drawn {
    // A point without a place on one axis is not to stretch the other.
    let shown = lines
        .iter()
        .flat_map(|line| &line.points)
        .filter(|point| has_place(panel.x.scale, point.x) && has_place(panel.y.scale, point.y));
    let across = shown.clone().map(|point| point.x);
    let up = shown.flat_map(|point| [point.y, point.low, point.high]);
    let x = Ruler::new(&panel.x, across, 0.02, 6);
    let y = Ruler::new(&panel.y, up, 0.05, 6);
    let Some((x, y)) = x.zip(y) else {
        return canvas::no_data(HEIGHT);
    };
    let runs: Vec<(Look, Vec<Vec<Point>>)> = lines
        .iter()
        .map(|line| (looks.get(&line.name), unbroken(&line.points, &x, &y)))
        .collect();
    let canvas = Canvas {
        x: (&panel.x.label, x),
        y: (&panel.y.label, y),
        height: HEIGHT,
    };
    canvas.draw(|plot, area| {
        // Below everything else: a band must not hide a line.
        for (look, runs) in &runs {
            runs.iter().try_for_each(|run| band(plot, look, run))?;
        }
        for (look, runs) in &runs {
            stroke(plot, area, look, runs)?;
        }
        Ok(())
    })
}

/// The parts of a line between points that have no place.
fn unbroken(points: &[Point], x: &Ruler, y: &Ruler) -> Vec<Vec<Point>> {
    let runs = points.split(|point| !(x.has_place(point.x) && y.has_place(point.y)));
    runs.filter(|run| !run.is_empty())
        .map(<[Point]>::to_vec)
        .collect()
}

fn band(plot: &mut Plot, look: &Look, run: &[Point]) -> Done {
    // An end that is no number is no end.
    let end = |end: f64, y: f64| if end.is_nan() { y } else { end };
    let low = run.iter().map(|point| (point.x, end(point.low, point.y)));
    let high = run.iter().map(|point| (point.x, end(point.high, point.y)));
    let differs = low.clone().zip(high.clone()).any(|(low, high)| low != high);
    if differs && run.len() > 1 {
        let outline: Vec<_> = high.chain(low.rev()).collect();
        plot.draw_series([Polygon::new(outline, look.color.mix(BAND).filled())])?;
    } else if differs {
        // Of a single point, an error bar.
        let ends: Vec<_> = low.chain(high).collect();
        plot.draw_series([PathElement::new(ends, look.color.mix(0.5).stroke_width(6))])?;
    }
    Ok(())
}

fn stroke(plot: &mut Plot, area: &Area, look: &Look, runs: &[Vec<Point>]) -> Done {
    let few = runs.iter().map(Vec::len).sum::<usize>() <= FEW;
    for run in runs {
        let line = run.iter().map(|point| (point.x, point.y));
        if run.len() > 1 {
            plot.draw_series(LineSeries::new(line.clone(), look.stroke()))?;
        }
        // A point between two gaps shows in no other way.
        if few || run.len() == 1 {
            for point in line {
                let at = plot.backend_coord(&point);
                let radius = 2.4 + 0.5 * f64::from(look.width);
                look.marker.draw(area, at, radius, look.color)?;
            }
        }
    }
    Ok(())
}
