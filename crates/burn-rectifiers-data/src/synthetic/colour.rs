//! Colours, and edges between them.

use std::ops::Range;

use crate::rng::Rng;

/// Red, green and blue on the scale of bytes, not yet clipped.
pub(super) type Colour = [f32; 3];

/// Backgrounds are darker than things on the whole, as in photographs, but the ranges overlap so
/// much that dark things on bright ground are common.
pub(super) const GROUND: Range<f32> = 25.0..185.0;
pub(super) const THING: Range<f32> = 70.0..235.0;
pub(super) const ANY: Range<f32> = 30.0..225.0;

/// A colour: a brightness from the given range, and a cast.
pub(super) fn colour(brightness: Range<f32>, rng: &mut Rng) -> Colour {
    let brightness = rng.range(brightness.start, brightness.end);
    std::array::from_fn(|_| (brightness + rng.range(-70.0, 70.0)).clamp(0.0, 255.0))
}

/// From one colour towards another.
pub(super) fn blend(from: Colour, to: Colour, share: f32) -> Colour {
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * share)
}

/// How much of a pixel lies inside an edge at this distance that is `softness` pixels wide.
pub(super) fn coverage(distance: f32, softness: f32) -> f32 {
    (0.5 - distance / softness).clamp(0.0, 1.0)
}
