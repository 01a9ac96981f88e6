//! The learned parameters of each layer.

use burn_rectifiers::{curve::ParamInfo, observe::Report};
use plotters::prelude::*;

use crate::base::pictures::style::{self, Area, BLUE, Drawn, INK, ORANGE, px};

/// At most so many values of a layer become dots.
const DOTS: usize = 1024;

/// One panel per parameter; nothing for activations without any.
pub(super) fn svg(run: &str, report: &Report) -> Option<Drawn> {
    let infos = report.layers().first()?.curve().params();
    if infos.is_empty() {
        return None;
    }
    let title = format!("Learned parameters: {run}");
    Some(style::panels(&title, infos.len(), |index, area| {
        let layers = report.layers().iter();
        let values: Vec<_> = layers
            .map(|layer| &layer.parameters()[index].values[..])
            .collect();
        panel(area, &infos[index], &values)
    }))
}

fn panel(
    area: &Area,
    info: &ParamInfo,
    layers: &[&[f64]],
) -> Result<(), Box<dyn std::error::Error>> {
    let (low, high) = style::extent(layers.concat().into_iter().chain([info.default]));
    let right = layers.len() as f64 + 0.6;
    // Room above the values for the legend.
    let range = style::airy(low, high + 0.3 * (high - low));
    let title = format!("{} of each block", info.name);
    let mut chart = style::chart(area, &title)?.build_cartesian_2d(0.4..right, range)?;
    let labels = layers.len() + 1;
    style::mesh(
        &mut chart,
        ("block, from the image inwards", labels),
        (info.name, 8),
    )?;
    let before = style::line(&ORANGE, 2);
    let line = [(0.4, info.default), (right, info.default)];
    chart
        .draw_series(DashedLineSeries::new(line, px(7), px(5), before))?
        .label(format!(
            "before training ({})",
            style::number(&info.default)
        ))
        .legend(style::dashes(before));
    let dots = layers.iter().enumerate().flat_map(|(index, values)| {
        let step = values.len().div_ceil(DOTS);
        let count = values.len().div_ceil(step) as f64;
        // Side by side in the order of the channels, so that dots do not hide each other.
        let place = move |i: usize| index as f64 + 0.7 + 0.6 * (i as f64 + 0.5) / count;
        let shown = values.iter().step_by(step).enumerate();
        shown.map(move |(i, &value)| Circle::new((place(i), value), px(2), BLUE.mix(0.5).filled()))
    });
    chart
        .draw_series(dots)?
        .label("learned value")
        .legend(|(x, y)| Circle::new((x + px(9) as i32, y), px(3), BLUE.mix(0.6).filled()));
    let means = layers.iter().enumerate().map(|(index, values)| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let x = index as f64 + 1.0;
        PathElement::new([(x - 0.34, mean), (x + 0.34, mean)], style::line(&INK, 3))
    });
    chart
        .draw_series(means)?
        .label("mean")
        .legend(style::stroke(style::line(&INK, 3)));
    style::legend(&mut chart, SeriesLabelPosition::UpperRight)
}
