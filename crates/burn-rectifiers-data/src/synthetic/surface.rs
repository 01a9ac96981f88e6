//! What areas are painted with.

use super::{
    colour::{Colour, GROUND, THING, blend, colour},
    field::Field,
};
use crate::rng::Rng;

/// Two colours and the pattern that mixes them.
pub(super) struct Surface {
    colours: [Colour; 2],
    field: Field,
}

impl Surface {
    /// A background.
    pub(super) fn ground(rng: &mut Rng) -> Self {
        Self {
            colours: [colour(GROUND, rng), colour(GROUND, rng)],
            field: Field::random(rng),
        }
    }

    /// A surface that stands out from `ground`: of a few colours the farthest, and a shade of it.
    pub(super) fn against(ground: &Surface, rng: &mut Rng) -> Self {
        let mut best = ([0.0; 3], -1.0);
        for _ in 0..8 {
            let candidate = colour(THING, rng);
            let gap = |other: &Colour| {
                candidate
                    .iter()
                    .zip(other)
                    .map(|(a, b)| (a - b) * (a - b))
                    .sum::<f32>()
            };
            let nearest = gap(&ground.colours[0]).min(gap(&ground.colours[1]));
            if nearest > best.1 {
                best = (candidate, nearest);
            }
        }
        let shade = rng.range(-45.0, 45.0);
        let other = best.0.map(|value| value + shade + rng.range(-20.0, 20.0));
        Self {
            colours: [best.0, other],
            field: Field::random(rng),
        }
    }

    /// The colour at a pixel.
    pub(super) fn at(&self, x: f32, y: f32) -> Colour {
        blend(self.colours[0], self.colours[1], self.field.at(x, y))
    }
}
