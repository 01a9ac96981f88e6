//! Small shapes that mark a point.

use std::f64::consts::TAU;

use plotters::prelude::*;

use crate::base::style::{Area, SCALE};

/// The shape of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Marker {
    Circle,
    Ring,
    Square,
    Diamond,
    Up,
    Down,
    Cross,
}

impl Marker {
    /// Its corners around the origin.
    fn corners(self, radius: f64) -> Vec<(f64, f64)> {
        let turned = |count: u32, start: f64, size: f64| {
            let angle = move |corner| TAU * (f64::from(corner) / f64::from(count) + start);
            let corner = move |corner| {
                let (sin, cos) = f64::sin_cos(angle(corner));
                (size * radius * cos, size * radius * sin)
            };
            (0..count).map(corner).collect()
        };
        match self {
            Self::Circle | Self::Ring => turned(24, 0.0, 1.0),
            Self::Square => turned(4, 0.125, 1.25),
            Self::Diamond => turned(4, 0.0, 1.35),
            Self::Up => turned(3, 0.75, 1.35),
            Self::Down => turned(3, 0.25, 1.35),
            Self::Cross => {
                let (arm, half) = (1.2 * radius, 0.4 * radius);
                let quarter = [(half, arm), (-half, arm), (-half, half)];
                let turn =
                    |(x, y): (f64, f64), times: usize| (0..times).fold((x, y), |(x, y), _| (-y, x));
                let upright =
                    (0..4).flat_map(|times| quarter.map(move |corner| turn(corner, times)));
                // Standing on two of its arms.
                let (sin, cos) = f64::sin_cos(TAU / 8.0);
                upright
                    .map(|(x, y)| (x * cos - y * sin, x * sin + y * cos))
                    .collect()
            }
        }
    }

    /// Draws it around a pixel, with a radius in pixels as shown.
    pub(super) fn draw(
        self,
        area: &Area,
        (x, y): (i32, i32),
        radius: f64,
        color: RGBColor,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let corners = self.corners(radius * f64::from(SCALE)).into_iter();
        let corners = corners.map(|(dx, dy)| (x + dx.round() as i32, y + dy.round() as i32));
        let corners: Vec<(i32, i32)> = corners.collect();
        if self != Self::Ring {
            area.draw(&Polygon::new(corners, color.filled()))?;
            return Ok(());
        }
        area.draw(&Polygon::new(corners.clone(), WHITE.filled()))?;
        let closed = corners.iter().chain(&corners[..1]).copied();
        let line = color.stroke_width(SCALE * 3 / 2);
        area.draw(&PathElement::new(closed.collect::<Vec<_>>(), line))?;
        Ok(())
    }

    /// The mark as an element of a legend's drawing.
    pub(super) fn element(self, (x, y): (f64, f64), radius: f64, color: &str) -> String {
        let corners = self.corners(radius).into_iter();
        let corners: Vec<String> = corners
            .map(|(dx, dy)| format!("{:.2},{:.2}", x + dx, y + dy))
            .collect();
        let style = match self {
            Self::Ring => format!("fill=\"#FFFFFF\" stroke=\"{color}\" stroke-width=\"1.5\""),
            _ => format!("fill=\"{color}\""),
        };
        format!("<polygon points=\"{}\" {style}/>", corners.join(" "))
    }
}
