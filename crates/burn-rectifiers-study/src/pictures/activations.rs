//! The learned curve of each layer over the histogram of its inputs.

use burn_rectifiers::{
    curve::Curve,
    observe::{Histogram, Observation, Report},
};
use plotters::prelude::*;

use crate::base::style::{self, Area, BLUE, Chart, Drawn, ORANGE, PALE, px};

/// At most so many of the curves of a layer are drawn.
const CURVES: usize = 128;

/// Points of a line: curves are smooth but for a kink at 0, which gets a point of its own.
const POINTS: usize = 60;

/// Numbers beyond are drawn as this: axes must be longer than they are, and have steps.
const HUGE: f64 = 1e300;

/// One panel per layer, each called what `name` says.
pub(crate) fn svg(title: &str, report: &Report, name: impl Fn(&Observation) -> String) -> Drawn {
    let layers = report.layers();
    style::panels(title, layers.len(), |index, area| {
        let (layer, name) = (&layers[index], name(&layers[index]));
        panel(area, &panel_title(&name, layer), layer)
    })
}

/// The title of a layer's panel.
pub(crate) fn panel_title(name: &str, layer: &Observation) -> String {
    let (units, dead) = (layer.units().len(), layer.dead_units());
    format!("{name}: {units} units, {dead} dead")
}

/// One layer.
pub(crate) fn panel(
    area: &Area,
    title: &str,
    layer: &Observation,
) -> Result<(), Box<dyn std::error::Error>> {
    let (curve, learned): (&dyn Curve, _) = (layer.curve(), &layer.curves());
    // The range of nearly all inputs, and always some of both sides of the kink.
    let (low, high) = layer.inputs().range_without(0.001);
    let (low, high) = (low.clamp(-HUGE, HUGE), high.clamp(-HUGE, HUGE));
    let (low, high) = (low.min(-0.25 * high), high.max(-0.25 * low).max(low + 1e-3));
    let step = learned.len().div_ceil(CURVES);
    let shown: Vec<_> = learned
        .iter()
        .step_by(step)
        .map(|p| graph(curve, p, low, high))
        .collect();
    let mean = graph(curve, &mean(learned), low, high);
    let initial: Vec<f64> = curve.params().iter().map(|info| info.default).collect();
    let initial = graph(curve, &initial, low, high);
    let values = shown.iter().flatten().chain(&initial).map(|point| point.1);
    let (bottom, top) = style::extent(values);

    let range = style::airy(bottom, top);
    let mut chart = style::chart(area, title)?.build_cartesian_2d(low..high, range.clone())?;
    histogram(&mut chart, layer.inputs(), (low, high), range)?;
    style::mesh(&mut chart, ("input x", 7), ("output f(x)", 7))?;
    if learned.len() > 1 {
        let thin = style::line(&BLUE.mix(0.2), 1);
        for line in &shown {
            chart.draw_series(LineSeries::new(line.iter().copied(), thin))?;
        }
        let name = match step {
            1 => format!("{} learned curves", learned.len()),
            _ => format!("{} of {} learned curves", shown.len(), learned.len()),
        };
        labelled(&mut chart, Vec::new(), name, style::line(&BLUE.mix(0.4), 1))?;
    }
    let name = match (curve.params().is_empty(), learned.len()) {
        (true, _) => "the function",
        (false, 1) => "learned curve",
        (false, _) => "mean of the parameters",
    };
    labelled(&mut chart, mean, name.into(), style::line(&BLUE, 3))?;
    if !curve.params().is_empty() {
        let style = style::line(&ORANGE, 2);
        chart
            .draw_series(DashedLineSeries::new(initial, px(7), px(5), style))?
            .label("before training")
            .legend(style::dashes(style));
    }
    style::legend(&mut chart, SeriesLabelPosition::UpperLeft)
}

fn labelled(
    chart: &mut Chart,
    line: Vec<(f64, f64)>,
    name: String,
    style: ShapeStyle,
) -> Result<(), Box<dyn std::error::Error>> {
    chart
        .draw_series(LineSeries::new(line, style))?
        .label(name)
        .legend(style::stroke(style));
    Ok(())
}

/// Bars that fill at most the lower two thirds of the panel.
fn histogram(
    chart: &mut Chart,
    inputs: &Histogram,
    (low, high): (f64, f64),
    range: std::ops::Range<f64>,
) -> Result<(), Box<dyn std::error::Error>> {
    // About sixty bars, whatever the range of the histogram is.
    let width = inputs.bins().next().map_or(1.0, |bin| bin.1 - bin.0);
    let bars = inputs.coarser(((high - low) / width / 60.0).round().max(1.0) as usize);
    let bars: Vec<_> = bars
        .into_iter()
        .filter(|bar| bar.1 > low && bar.0 < high)
        .collect();
    let most = bars.iter().map(|bar| bar.2).max().unwrap_or(0).max(1) as f64;
    let height = 0.66 * (range.end - range.start);
    chart.draw_series(bars.iter().map(|&(from, to, count)| {
        let top = range.start + height * count as f64 / most;
        Rectangle::new(
            [(from.max(low), range.start), (to.min(high), top)],
            PALE.mix(0.8).filled(),
        )
    }))?;
    // Only for the legend, which wants a series of its own.
    let none = std::iter::empty::<Rectangle<(f64, f64)>>();
    let half = px(5) as i32;
    chart
        .draw_series(none)?
        .label("inputs (histogram)")
        .legend(move |(x, y)| {
            Rectangle::new(
                [(x, y - half), (x + px(18) as i32, y + half)],
                PALE.mix(0.8).filled(),
            )
        });
    Ok(())
}

fn graph(curve: &dyn Curve, parameters: &[f64], low: f64, high: f64) -> Vec<(f64, f64)> {
    let grid = (0..=POINTS).map(|i| low + (high - low) * i as f64 / POINTS as f64);
    let mut xs: Vec<f64> = grid.chain([0.0]).collect();
    xs.sort_by(f64::total_cmp);
    xs.into_iter()
        .map(|x| (x, curve.value_at(x, parameters).clamp(-HUGE, HUGE)))
        .collect()
}

fn mean(curves: &[Vec<f64>]) -> Vec<f64> {
    let parameters = 0..curves[0].len();
    let sum = |i: usize| curves.iter().map(|curve| curve[i]).sum::<f64>();
    parameters.map(|i| sum(i) / curves.len() as f64).collect()
}
