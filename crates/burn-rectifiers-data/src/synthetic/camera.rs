//! From the scene to the picture.

use super::colour::Colour;
use crate::rng::Rng;

/// Exposure, contrast and sensor noise of the whole image.
pub(super) struct Camera {
    contrast: f32,
    brightness: f32,
    /// Noise shared by the three channels, and of each channel alone.
    grain: f32,
    speckle: f32,
}

impl Camera {
    pub(super) fn random(rng: &mut Rng) -> Self {
        Self {
            contrast: rng.range(0.7, 1.1),
            brightness: rng.range(-25.0, 25.0),
            grain: rng.range(3.0, 16.0),
            speckle: rng.range(2.0, 10.0),
        }
    }

    /// The values of a pixel, before clipping to bytes.
    pub(super) fn expose(&self, colour: Colour, rng: &mut Rng) -> Colour {
        let bits = rng.bits();
        let byte = |i: u64| ((bits >> (8 * i)) & 255) as f32;
        // The difference of two bytes: a triangular distribution between -1 and 1.
        let shared = (byte(0) - byte(1)) / 255.0 * self.grain;
        let mut channel = 2;
        colour.map(|value| {
            let own = (byte(channel) - byte(channel + 1)) / 255.0 * self.speckle;
            channel += 2;
            (value - 128.0) * self.contrast + 128.5 + self.brightness + shared + own
        })
    }
}
