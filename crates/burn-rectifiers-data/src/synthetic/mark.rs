//! Clutter: small marks that have nothing to do with the class.

use super::colour::{ANY, Colour, blend, colour, coverage};
use crate::rng::Rng;

/// A stroke of one colour: short and round, or a twig across the image.
pub(super) struct Mark {
    centre: (f32, f32),
    turn: (f32, f32),
    half_length: f32,
    half_width: f32,
    colour: Colour,
}

impl Mark {
    /// Short and round.
    pub(super) fn blot(rng: &mut Rng) -> Self {
        Self {
            centre: (rng.range(0.0, 32.0), rng.range(0.0, 32.0)),
            turn: rng.direction(),
            half_length: rng.range(0.0, 4.0),
            half_width: rng.range(0.8, 2.2),
            colour: colour(ANY, rng),
        }
    }

    /// Long and thin.
    pub(super) fn twig(rng: &mut Rng) -> Self {
        Self {
            centre: (rng.range(6.0, 26.0), rng.range(6.0, 26.0)),
            turn: rng.direction(),
            half_length: rng.range(6.0, 20.0),
            half_width: rng.range(0.5, 1.4),
            colour: colour(ANY, rng),
        }
    }

    /// Paints what covers this pixel over `colour`.
    pub(super) fn draw(&self, x: f32, y: f32, colour: &mut Colour) {
        let (x, y) = (x - self.centre.0, y - self.centre.1);
        let along = x * self.turn.0 + y * self.turn.1;
        let across = y * self.turn.0 - x * self.turn.1;
        let beyond = along - along.clamp(-self.half_length, self.half_length);
        let reach = self.half_width + 0.5;
        // Cheap test first: most pixels are far from the mark.
        if across.abs() < reach && beyond.abs() < reach {
            let distance = (across * across + beyond * beyond).sqrt() - self.half_width;
            *colour = blend(*colour, self.colour, coverage(distance, 1.0));
        }
    }
}
