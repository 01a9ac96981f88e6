//! The learned parameters of activations, by depth.

use burn_rectifiers::{curve::ParamInfo, observe::Report};
use plotters::prelude::*;

use crate::base::style::{self, Area, BLUE, INK, ORANGE, px};

/// At most so many values of a layer become dots.
const DOTS: usize = 1024;

/// A parameter of all activations of a kind.
pub(crate) struct ByDepth<'a> {
    /// The kind of activation.
    pub(crate) activation: &'static str,
    pub(crate) info: &'a ParamInfo,
    /// The number of each call, and the values that it used.
    layers: Vec<(usize, &'a [f64])>,
}

/// All parameters that a report has seen. Calls are counted from `first`.
pub(crate) fn by_depth(report: &Report, first: usize) -> Vec<ByDepth<'_>> {
    let mut all: Vec<ByDepth> = Vec::new();
    for layer in report.layers() {
        for (info, parameter) in layer.curve().params().iter().zip(layer.parameters()) {
            let activation = layer.curve().name();
            let values = (layer.call() + first, &parameter.values[..]);
            let same = |known: &&mut ByDepth| {
                known.activation == activation && known.info.name == info.name
            };
            match all.iter_mut().find(same) {
                Some(known) => known.layers.push(values),
                None => all.push(ByDepth {
                    activation,
                    info,
                    layers: vec![values],
                }),
            }
        }
    }
    all
}

/// Draws one parameter.
pub(crate) fn panel(
    area: &Area,
    parameter: &ByDepth,
    layer: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    let (info, layers) = (parameter.info, &parameter.layers);
    let values = layers.iter().flat_map(|(_, values)| values.iter().copied());
    let calls = || layers.iter().map(|(call, _)| *call);
    let (first, last) = (calls().min().unwrap_or(1), calls().max().unwrap_or(1));
    let left = first as f64 - 0.6;
    let (low, high) = style::extent(values.chain([info.default]));
    let right = last as f64 + 0.6;
    // Room above the values for the legend.
    let range = style::airy(low, high + 0.3 * (high - low));
    let title = format!("{} of each {layer}", info.name);
    let mut chart = style::chart(area, &title)?.build_cartesian_2d(left..right, range)?;
    let labels = (last - first + 2).min(12);
    style::mesh(
        &mut chart,
        (&format!("{layer}, from the input inwards"), labels),
        (info.name, 8),
    )?;
    let before = style::line(&ORANGE, 2);
    let line = [(left, info.default), (right, info.default)];
    chart
        .draw_series(DashedLineSeries::new(line, px(7), px(5), before))?
        .label(format!(
            "before training ({})",
            style::number(&info.default)
        ))
        .legend(style::dashes(before));
    let dots = layers.iter().flat_map(|&(call, values)| {
        let step = values.len().div_ceil(DOTS);
        let count = values.len().div_ceil(step) as f64;
        // Side by side in the order of the channels, so that dots do not hide each other.
        let place = move |i: usize| call as f64 - 0.3 + 0.6 * (i as f64 + 0.5) / count;
        let shown = values.iter().step_by(step).enumerate();
        shown.map(move |(i, &value)| Circle::new((place(i), value), px(2), BLUE.mix(0.5).filled()))
    });
    chart
        .draw_series(dots)?
        .label("learned value")
        .legend(|(x, y)| Circle::new((x + px(9) as i32, y), px(3), BLUE.mix(0.6).filled()));
    let means = layers.iter().map(|&(call, values)| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let x = call as f64;
        PathElement::new([(x - 0.34, mean), (x + 0.34, mean)], style::line(&INK, 3))
    });
    chart
        .draw_series(means)?
        .label("mean")
        .legend(style::stroke(style::line(&INK, 3)));
    style::legend(&mut chart, SeriesLabelPosition::UpperRight)
}
