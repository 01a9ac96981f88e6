//! An activation as a picture: its value and its slope, and how they depend on the parameters.

use std::error::Error;

use burn_rectifiers::curve::Curve;
use plotters::prelude::*;

use super::trace::{Line, trace};
use crate::base::{
    digits::significant,
    style::{self, Area, BLUE, Drawn, GREY, INK, ORANGE, PURPLE, TEAL},
};

/// How far pictures reach to both sides, at least.
const REACH: f64 = 5.0;

/// Where bends are looked for beyond it.
const HORIZON: f64 = 12.0;

/// The ends of a picture that shows what there is to see: at least from -5 to 5, and what is beyond
/// the outermost jump of the slope.
pub(in crate::explore) fn interval(curve: &dyn Curve, params: &[f64]) -> (f64, f64) {
    let slope = trace(|x| curve.slope_at(x, params), -HORIZON, HORIZON);
    let jumps = slope.iter().skip(1).map(|line| line[0].0.abs());
    let reach = jumps.fold(REACH, |reach, jump| reach.max((jump * 4.0 / 3.0).round()));
    (-reach, reach)
}

/// What to draw: a curve with the values of its parameters, over an interval.
pub(in crate::explore) struct Graph<'a> {
    /// The curve.
    pub(in crate::explore) curve: &'a dyn Curve,
    /// One value per parameter.
    pub(in crate::explore) params: &'a [f64],
    /// The ends of the interval.
    pub(in crate::explore) interval: (f64, f64),
}

/// What the slope is called in legends.
pub(super) fn slope_name(curve: &dyn Curve) -> &'static str {
    match curve.surrogate() {
        Some(_) => "slope, backward",
        None => "slope f'(x)",
    }
}

/// The lines of one colour.
struct Series {
    name: String,
    style: ShapeStyle,
    lines: Vec<Line>,
}

impl Graph<'_> {
    /// A large picture: a panel with value and slope, and one with the parameter derivatives if
    /// there are any.
    pub(in crate::explore) fn large(&self) -> Drawn {
        let count = if self.params.is_empty() { 1 } else { 2 };
        style::panels(&self.title(), count, |index, area| match index {
            0 => self.panel(area, "value and slope", self.value_and_slope()),
            _ => self.panel(area, "parameter derivatives", self.derivatives()),
        })
    }

    /// The name, with the values of the parameters.
    fn title(&self) -> String {
        let infos = self.curve.params().iter();
        let values = infos
            .zip(self.params)
            .map(|(info, value)| format!("{} = {}", info.name, significant(*value, 4)));
        match values.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => self.curve.name().into(),
            values => format!("{}: {values}", self.curve.name()),
        }
    }

    fn value_and_slope(&self) -> Vec<Series> {
        // The thinner line lies above, so that both show where they coincide.
        vec![
            self.series("value f(x)".into(), style::line(&BLUE, 3), |x| {
                self.curve.value_at(x, self.params)
            }),
            self.series(
                slope_name(self.curve).into(),
                style::line(&ORANGE, 2),
                |x| self.curve.slope_at(x, self.params),
            ),
        ]
    }

    fn derivatives(&self) -> Vec<Series> {
        let infos = self.curve.params().iter().enumerate();
        let series = infos.map(|(index, info)| {
            let color = [TEAL, PURPLE, INK, GREY][index % 4];
            let name = format!("∂f/∂{}", info.name);
            // Earlier lines are wider, so that they show where they are covered.
            let width = [4, 3, 2, 1][index % 4];
            self.series(name, style::line(&color, width), |x| {
                self.curve.grads_at(x, self.params)[index]
            })
        });
        series.collect()
    }

    fn series(&self, name: String, style: ShapeStyle, f: impl Fn(f64) -> f64) -> Series {
        let (low, high) = self.interval;
        Series {
            name,
            style,
            lines: trace(f, low, high),
        }
    }

    fn panel(&self, area: &Area, title: &str, all: Vec<Series>) -> Result<(), Box<dyn Error>> {
        let (low, high) = self.interval;
        let points = all.iter().flat_map(|series| series.lines.iter().flatten());
        let (bottom, top) = style::extent(points.map(|point| point.1));
        let range = style::airy(bottom, top);
        let mut chart = style::chart(area, title)?.build_cartesian_2d(low..high, range)?;
        let (across, up) = (chart.x_range(), chart.y_range());
        let corner = free_corner(&all, across, up);
        style::mesh(&mut chart, ("x", 7), ("", 7))?;
        for Series { name, style, lines } in all {
            let mut lines = lines.into_iter();
            // The legend names the first; one that is nowhere finite has a name all the same.
            let first = lines.next().unwrap_or_default();
            chart
                .draw_series(LineSeries::new(first, style))?
                .label(name)
                .legend(style::stroke(style));
            for line in lines {
                chart.draw_series(LineSeries::new(line, style))?;
            }
        }
        style::legend(&mut chart, corner)
    }
}

/// The corner through which the lines go least.
fn free_corner(
    all: &[Series],
    across: std::ops::Range<f64>,
    up: std::ops::Range<f64>,
) -> SeriesLabelPosition {
    use SeriesLabelPosition::{LowerLeft, LowerRight, UpperLeft, UpperRight};
    let share = |value: f64, range: &std::ops::Range<f64>| {
        (value - range.start) / (range.end - range.start)
    };
    // All places on the lines, as shares of width and height.
    let pairs = all.iter().flat_map(|series| &series.lines);
    let pairs = pairs.flat_map(|line| line.windows(2));
    let places: Vec<(f64, f64)> = pairs
        .flat_map(|pair| {
            let [(x, y), (to_x, to_y)] = [pair[0], pair[1]];
            let steps = (0..=32).map(|i| f64::from(i) / 32.0);
            steps.map(move |t| (x + t * (to_x - x), y + t * (to_y - y)))
        })
        .map(|(x, y)| (share(x, &across), share(y, &up)))
        .collect();
    let taken = |right: bool, upper: bool| {
        let near = |share: f64, far: bool, size: f64| {
            if far {
                share > 1.0 - size
            } else {
                share < size
            }
        };
        let inside = places.iter();
        let inside = inside.filter(|(x, y)| near(*x, right, 0.4) && near(*y, upper, 0.26));
        inside.count()
    };
    // Of equally free ones, the first.
    let corners = [
        (UpperLeft, taken(false, true)),
        (LowerRight, taken(true, false)),
        (UpperRight, taken(true, true)),
        (LowerLeft, taken(false, false)),
    ];
    let [first, rest @ ..] = corners;
    let least = rest.into_iter().fold(
        first,
        |best, corner| {
            if corner.1 < best.1 { corner } else { best }
        },
    );
    least.0
}
