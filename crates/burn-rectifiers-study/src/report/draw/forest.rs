//! A forest plot: a mean, its interval and what each seed gave, row by row.

use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::{
    Marker,
    canvas::{self, Canvas, Plot},
    ruler::Ruler,
};
use crate::{
    base::style::{self, Area, Drawn, GREY, INK, px},
    report::{Interval, Intervals, Outcome, Panel},
};

/// Height of a row, in pixels as shown.
const ROW: u32 = 24;

/// Names are cut to so many characters.
const LONGEST: usize = 26;

/// How far below the interval the seeds are.
const BELOW: u32 = 7;

/// How the seeds look.
pub(super) const SEED: RGBColor = INK;

/// What is too small to matter is shaded.
pub(super) const MARGIN: RGBColor = style::BLUE;

/// How dark.
pub(super) const MARGIN_OPACITY: f64 = 0.12;

/// Seeds are pale, and darker where they coincide.
pub(super) const SEED_OPACITY: f64 = 0.4;

pub(super) fn svg(panel: &Panel, intervals: &Intervals) -> Drawn {
    let rows = &intervals.rows;
    let height = ROW * rows.len() as u32 + 8;
    let numbers = rows.iter().flat_map(|row| {
        let numbers = [row.mean, row.low, row.high].into_iter();
        let margin = row.margin.into_iter().flatten();
        numbers.chain(margin).chain(row.seeds.iter().copied())
    });
    let numbers: Vec<f64> = numbers.collect();
    let any = numbers.iter().any(|number| number.is_finite());
    let values = numbers.into_iter().chain(intervals.reference);
    let x = Ruler::new(&panel.x, values, 0.05, 5);
    let Some(x) = x.filter(|_| any) else {
        return canvas::no_data(height.max(80));
    };
    let canvas = Canvas {
        x: (&panel.x.label, x.clone()),
        y: (
            &panel.y.label,
            Ruler::rows(rows.iter().map(|row| shortened(&row.name))),
        ),
        height,
    };
    canvas.draw(|plot, area| {
        for (index, row) in (0..).map(f64::from).zip(rows) {
            if let Some([low, high]) = row.margin {
                let corners = [(low, index - 0.5), (high, index + 0.5)];
                plot.draw_series([Rectangle::new(corners, MARGIN.mix(MARGIN_OPACITY).filled())])?;
            }
        }
        if let Some(reference) = intervals.reference.filter(|value| x.has_place(*value)) {
            let bottom = rows.len() as f64 - 0.5;
            let line = [(reference, -0.5), (reference, bottom)];
            plot.draw_series([PathElement::new(line, style::dashed(&INK))])?;
        }
        for (index, row) in (0..).map(f64::from).zip(rows) {
            draw(plot, area, &x, index, row)?;
        }
        Ok(())
    })
}

/// How a row looks, by what came of it.
pub(super) fn look(outcome: Option<Outcome>) -> (RGBColor, Marker) {
    match outcome {
        Some(outcome) => (outcome.color(), outcome.marker()),
        None => (style::BLUE, Marker::Circle),
    }
}

fn draw(
    plot: &mut Plot,
    area: &Area,
    x: &Ruler,
    index: f64,
    row: &Interval,
) -> Result<(), Box<dyn std::error::Error>> {
    let (color, marker) = look(row.outcome);
    let seeds: Vec<f64> = row
        .seeds
        .iter()
        .copied()
        .filter(|seed| x.has_place(*seed))
        .collect();
    if seeds.is_empty() && !x.has_place(row.mean) {
        let (left, y) = plot.backend_coord(&(x.ends()[0], index));
        let text = style::text(13)
            .color(&GREY)
            .pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new("no data", (left + px(8) as i32, y), text))?;
        return Ok(());
    }
    if row.low <= row.high {
        // An infinite end is drawn at the edge.
        let ends = [(row.low, index), (row.high, index)];
        plot.draw_series([PathElement::new(ends, style::line(&color, 2))])?;
        for end in ends.into_iter().filter(|end| x.has_place(end.0)) {
            let (x, y) = plot.backend_coord(&end);
            let cap = px(4) as i32;
            area.draw(&PathElement::new(
                [(x, y - cap), (x, y + cap)],
                style::line(&color, 2),
            ))?;
        }
    }
    for seed in seeds {
        let (x, y) = plot.backend_coord(&(seed, index));
        let seed = Circle::new(
            (x, y + px(BELOW) as i32),
            px(9) / 4,
            SEED.mix(SEED_OPACITY).filled(),
        );
        area.draw(&seed)?;
    }
    if x.has_place(row.mean) {
        let at = plot.backend_coord(&(row.mean, index));
        marker.draw(area, at, 4.5, color)?;
    }
    Ok(())
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.into();
    }
    let kept: String = name.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
}

impl Outcome {
    /// The colour in drawings.
    fn color(self) -> RGBColor {
        match self {
            Self::Confirmed => style::TEAL,
            Self::Refuted => style::RED,
            Self::Equal => style::BLUE,
            Self::Mixed => style::PURPLE,
            Self::Undecided => style::OLIVE,
            Self::NotMeasured => GREY,
        }
    }

    /// The mark in drawings, for those who do not tell the colours apart.
    fn marker(self) -> Marker {
        match self {
            Self::Confirmed => Marker::Circle,
            Self::Refuted => Marker::Cross,
            Self::Equal => Marker::Square,
            Self::Mixed => Marker::Diamond,
            Self::Undecided => Marker::Ring,
            Self::NotMeasured => Marker::Ring,
        }
    }
}
