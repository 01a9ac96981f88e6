//! The thing in the picture, its place and its shadow.

use super::{
    colour::{ANY, Colour, blend, colour, coverage},
    shape,
    surface::Surface,
};
use crate::rng::Rng;

/// The thing in the picture, of which only the outline depends on the class.
pub(super) struct Silhouette {
    label: u8,
    centre: (f32, f32),
    /// Direction of the shape's own x axis.
    turn: (f32, f32),
    /// 1, or -1 for the mirror image: what is one-sided opens to either side equally often.
    mirror: f32,
    /// Units of the shape per pixel along its two axes.
    shrink: (f32, f32),
    /// Pixels per unit, along the shorter axis.
    pixels: f32,
    surface: Surface,
    /// Width of the transition at the edge, in pixels.
    softness: f32,
    /// Direction of the light and how much it matters.
    light: (f32, f32),
    outline: Option<Colour>,
}

impl Silhouette {
    /// A thing of class `label` that stands out from the ground.
    pub(super) fn random(label: u8, ground: &Surface, rng: &mut Rng) -> Self {
        let size = rng.range(8.5, 12.5);
        let stretch = rng.range(0.85, 1.15);
        let (lx, ly) = rng.direction();
        let light = rng.range(0.0, 0.035);
        Self {
            label,
            centre: (16.0 + rng.range(-4.0, 4.0), 16.0 + rng.range(-4.0, 4.0)),
            turn: tilt(rng),
            mirror: if rng.chance(0.5) { -1.0 } else { 1.0 },
            shrink: (1.0 / (size * stretch), stretch / size),
            pixels: size * stretch.min(1.0 / stretch),
            surface: Surface::against(ground, rng),
            softness: rng.range(0.8, 1.7),
            light: (lx * light, ly * light),
            outline: rng.chance(0.25).then(|| colour(ANY, rng)),
        }
    }

    /// Signed distance to the outline in pixels, nearly.
    pub(super) fn distance(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x - self.centre.0, y - self.centre.1);
        let along = (x * self.turn.0 + y * self.turn.1) * self.shrink.0;
        let across = (y * self.turn.0 - x * self.turn.1) * self.shrink.1;
        shape::distance(self.label, along * self.mirror, across) * self.pixels
    }

    /// Paints what covers this pixel over `colour`.
    pub(super) fn draw(&self, x: f32, y: f32, colour: &mut Colour) {
        let distance = self.distance(x, y);
        let cover = coverage(distance, self.softness);
        if cover == 0.0 {
            return;
        }
        let (cx, cy) = (x - self.centre.0, y - self.centre.1);
        let bright = 1.0 + cx * self.light.0 + cy * self.light.1;
        let mut paint = self.surface.at(x, y).map(|value| value * bright);
        if let Some(outline) = self.outline {
            paint = blend(paint, outline, coverage(-1.2 - distance, 1.0));
        }
        *colour = blend(*colour, paint, cover);
    }
}

/// A direction within 25° of the x axis: things stand more or less upright.
fn tilt(rng: &mut Rng) -> (f32, f32) {
    let slope = rng.range(-0.45, 0.45);
    let length = (1.0 + slope * slope).sqrt();
    (1.0 / length, slope / length)
}
