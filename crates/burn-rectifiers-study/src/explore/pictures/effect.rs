//! What the parameters of an activation do, as a small picture: its value and its slope at the
//! defaults, and its value with one parameter lowered or raised.

use std::error::Error;

use burn_rectifiers::curve::{Curve, ParamInfo};
use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::{
    graph::{interval, slope_name},
    trace::{Line, clipped, trace},
};
use crate::base::{
    digits::significant,
    style::{self, Area, BLUE, Drawn, OLIVE, ORANGE, PURPLE, RED, TEAL, px},
};

/// Pixels as shown: width, the height of the graph, that of a row of the legend.
const WIDTH: u32 = 340;
const HEIGHT: u32 = 250;
const ROW: u32 = 18;

/// Colours of the first, second, … parameter.
const COLORS: [RGBColor; 4] = [TEAL, PURPLE, RED, OLIVE];

/// A line of the graph and its name in the legend.
struct Shown {
    name: String,
    style: ShapeStyle,
    lines: Vec<Line>,
}

/// Two other values to try, one below the default and one above where bounds allow it: half of it
/// away, at least 1/2, and rounded to what is easily read.
pub(in crate::explore) fn variants(info: &ParamInfo) -> Vec<f64> {
    let step = (info.default.abs() / 2.0).max(0.5);
    let parts = 2.0 * 10f64.powi(-step.log10().floor() as i32);
    let at = |steps: f64| ((info.default + steps * step) * parts).round() / parts;
    let allowed = |steps: &f64| info.bound.contains(at(*steps));
    [-1.0, 1.0, 2.0]
        .iter()
        .filter(|steps| allowed(steps))
        .take(2)
        .map(|steps| at(*steps))
        .collect()
}

/// Draws `curve` from the defaults of its parameters.
pub(in crate::explore) fn effects(curve: &dyn Curve) -> Drawn {
    let infos = curve.params();
    let params: Vec<f64> = infos.iter().map(|info| info.default).collect();
    let ends = interval(curve, &params);
    let mut rows = vec![at_defaults(curve, &params, ends)];
    // More would hide each other.
    if infos.len() <= COLORS.len() {
        rows.extend((0..infos.len()).map(|index| changed(curve, &params, index, ends)));
    }
    let height = HEIGHT + ROW * rows.len() as u32 + 8;
    let svg = style::document((WIDTH, height), |area| {
        let (upper, lower) = area.split_vertically(px(HEIGHT));
        graph(&upper, curve.name(), ends, &rows)?;
        legend(&lower, &rows)
    })?;
    Ok(style::with_dashes(&svg))
}

fn at_defaults(curve: &dyn Curve, params: &[f64], (low, high): (f64, f64)) -> Vec<Shown> {
    // The thinner line lies above, so that both show where they coincide.
    vec![
        Shown {
            name: "value f(x)".into(),
            style: style::line(&BLUE, 3),
            lines: trace(|x| curve.value_at(x, params), low, high),
        },
        Shown {
            name: slope_name(curve).into(),
            style: style::line(&ORANGE, 2),
            lines: trace(|x| curve.slope_at(x, params), low, high),
        },
    ]
}

/// The value with other values of parameter number `index`: dashes for the lower one.
fn changed(curve: &dyn Curve, params: &[f64], index: usize, (low, high): (f64, f64)) -> Vec<Shown> {
    let (info, color) = (&curve.params()[index], COLORS[index % COLORS.len()]);
    let styles = [style::dashed(&color), color.stroke_width(px(3) / 2)];
    let value = |params: &[f64]| trace(|x| curve.value_at(x, params), low, high);
    let shown = |(changed, style): (f64, ShapeStyle)| {
        let mut params = params.to_vec();
        params[index] = changed;
        Shown {
            name: format!("{} = {}", info.name, significant(changed, 4)),
            style,
            lines: value(&params),
        }
    };
    let mut row: Vec<Shown> = variants(info).into_iter().zip(styles).map(shown).collect();
    let usual = value(params);
    // A slope times 0, or a hinge between two lines of one slope.
    if row.iter().all(|shown| shown.lines == usual) {
        row.truncate(1);
        for shown in &mut row {
            shown.name = format!("{}: no effect at these defaults", info.name);
        }
    }
    row
}

fn graph(
    area: &Area,
    name: &str,
    (left, right): (f64, f64),
    rows: &[Vec<Shown>],
) -> Result<(), Box<dyn Error>> {
    let extent = |rows: &[Vec<Shown>]| {
        let lines = rows.iter().flatten().flat_map(|shown| &shown.lines);
        style::extent(lines.flatten().map(|point| point.1))
    };
    // What is steep with another parameter leaves the picture, so that the rest can be seen.
    let ((bottom, top), all) = (extent(&rows[..1]), extent(rows));
    let more = 0.4 * (top - bottom);
    let range = style::airy(all.0.max(bottom - more), all.1.min(top + more));
    let (low, high) = (range.start, range.end);
    let mut chart = style::chart(area, name)?.build_cartesian_2d(left..right, range)?;
    style::mesh(&mut chart, ("x", 7), ("", 7))?;
    let (strong, thin) = rows.split_first().expect("value and slope");
    for shown in thin.iter().flatten().chain(strong) {
        for line in shown.lines.iter().flat_map(|line| clipped(line, low, high)) {
            chart.draw_series(LineSeries::new(line, shown.style))?;
        }
    }
    Ok(())
}

/// A row for value and slope, and one per parameter.
fn legend(area: &Area, rows: &[Vec<Shown>]) -> Result<(), Box<dyn Error>> {
    let middle = style::text(13).pos(Pos::new(HPos::Left, VPos::Center));
    for (row, shown) in rows.iter().enumerate() {
        let y = px(ROW * row as u32 + ROW / 2) as i32;
        for (column, shown) in shown.iter().enumerate() {
            let x = px(40 + 150 * column as u32) as i32;
            area.draw(&style::stroke(shown.style)((x, y)))?;
            area.draw(&Text::new(
                shown.name.as_str(),
                (x + px(25) as i32, y),
                middle.clone(),
            ))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn_rectifiers::{curve::Bound, curves};

    fn tried(default: f64, bound: Bound) -> Vec<f64> {
        let (name, doc) = ("p", "a parameter");
        variants(&ParamInfo {
            name,
            default,
            bound,
            doc,
        })
    }

    #[test]
    fn variants_lie_on_both_sides_within_bounds() {
        assert_eq!(tried(0.25, Bound::NONE), [-0.25, 0.75]);
        assert_eq!(tried(1.0, Bound::at_least(0.1)), [0.5, 1.5]);
        assert_eq!(tried(6.0, Bound::above(0.0)), [3.0, 9.0]);
        assert_eq!(tried(0.0, Bound::at_least(0.0)), [0.5, 1.0]);
        assert_eq!(tried(1.673_263, Bound::above(0.0)), [0.85, 2.5]);
        assert_eq!(tried(0.0, Bound::between(-0.1, 0.1)), [] as [f64; 0]);
        for curve in curves::all() {
            assert!(curve.params().iter().all(|info| variants(info).len() == 2));
        }
    }
}
