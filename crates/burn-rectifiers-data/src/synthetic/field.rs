//! Patterns over the plane, with values in 0..=1: what backgrounds and surfaces are painted with.

use crate::rng::Rng;

/// Nodes per side of the noise lattice: enough for 32 pixels of the finest grain.
const LATTICE: usize = 10;

/// A pattern: one of several kinds with random direction, period and phase, plus soft noise.
pub(super) struct Field {
    kind: Kind,
    direction: (f32, f32),
    /// Periods per pixel.
    frequency: f32,
    phase: f32,
    noise: [u8; LATTICE * LATTICE],
    /// Noise cells per pixel.
    grain: f32,
    /// How much of the value is noise.
    roughness: f32,
}

enum Kind {
    Gradient,
    Noise,
    Stripes,
    Checker,
    Horizon,
}

impl Field {
    /// A random pattern.
    pub fn random(rng: &mut Rng) -> Self {
        let kind = match rng.below(6) {
            0 => Kind::Gradient,
            1 | 2 => Kind::Noise,
            3 => Kind::Stripes,
            4 => Kind::Checker,
            _ => Kind::Horizon,
        };
        let roughness = match kind {
            Kind::Noise => 1.0,
            _ => rng.range(0.05, 0.4),
        };
        let mut noise = [0; LATTICE * LATTICE];
        for cells in noise.chunks_mut(8) {
            let bits = rng.bits().to_le_bytes();
            cells.copy_from_slice(&bits[..cells.len()]);
        }
        Self {
            kind,
            direction: rng.direction(),
            frequency: 1.0 / rng.range(5.0, 14.0),
            phase: rng.unit(),
            noise,
            grain: rng.range(0.08, 0.27),
            roughness,
        }
    }

    /// The pattern's value at a pixel, in 0..=1.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (dx, dy) = self.direction;
        // Distances from the middle of the image along and across the direction.
        let (cx, cy) = (x - 16.0, y - 16.0);
        let (along, across) = (cx * dx + cy * dy, cy * dx - cx * dy);
        let smooth = match self.kind {
            Kind::Noise => 0.0,
            Kind::Gradient => (along / 40.0 + 0.5).clamp(0.0, 1.0),
            Kind::Stripes => wave(along * self.frequency + self.phase),
            Kind::Checker => {
                let a = 2.0 * wave(along * self.frequency + self.phase) - 1.0;
                let b = 2.0 * wave(across * self.frequency + self.phase) - 1.0;
                (a * b * 1.5 + 0.5).clamp(0.0, 1.0)
            }
            Kind::Horizon => ((along + (self.phase - 0.5) * 24.0) / 3.0 + 0.5).clamp(0.0, 1.0),
        };
        smooth * (1.0 - self.roughness) + self.noise(x, y) * self.roughness
    }

    /// Value noise: random values on a lattice, smoothly interpolated.
    fn noise(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x * self.grain, y * self.grain);
        let (column, row) = (x as usize, y as usize);
        let (fx, fy) = (ease(x - column as f32), ease(y - row as f32));
        let cell = |c: usize, r: usize| f32::from(self.noise[r * LATTICE + c]);
        let top = cell(column, row) * (1.0 - fx) + cell(column + 1, row) * fx;
        let bottom = cell(column, row + 1) * (1.0 - fx) + cell(column + 1, row + 1) * fx;
        (top * (1.0 - fy) + bottom * fy) / 255.0
    }
}

/// A smooth wave of period 1 between 0 and 1, made of parabolas instead of a sine.
fn wave(t: f32) -> f32 {
    let t = t - t.floor();
    let triangle = (2.0 * t - 1.0).abs();
    ease(triangle)
}

/// The cubic that goes from 0 to 1 with flat ends.
fn ease(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}
