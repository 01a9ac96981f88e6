//! One image: a scene is drawn at random around a silhouette, then painted pixel by pixel.
//!
//! Only the silhouette knows the class. Colours, patterns, light, place, size, turn, clutter and
//! noise are drawn independently of it, so the label cannot be read off single pixels.

use super::{
    camera::Camera,
    colour::{Colour, coverage},
    mark::Mark,
    silhouette::Silhouette,
    surface::Surface,
};
use crate::{PIXELS, SIDE, rng::Rng};

/// Paints the image of class `label` that belongs to the state of `rng`.
pub(super) fn paint(label: u8, rng: &mut Rng, pixels: &mut [u8; PIXELS]) {
    let scene = Scene::random(label, rng);
    for row in 0..SIDE {
        for column in 0..SIDE {
            let colour = scene.colour(column as f32 + 0.5, row as f32 + 0.5);
            let colour = scene.camera.expose(colour, rng);
            for (channel, value) in colour.into_iter().enumerate() {
                // A float-to-integer cast saturates: this is also the clipping at 0 and 255.
                pixels[channel * SIDE * SIDE + row * SIDE + column] = value as u8;
            }
        }
    }
}

struct Scene {
    ground: Surface,
    /// Small things behind the silhouette, then perhaps a twig in front of it.
    clutter: Vec<Mark>,
    shadow: Option<Shadow>,
    silhouette: Silhouette,
    twig: Option<Mark>,
    camera: Camera,
}

impl Scene {
    fn random(label: u8, rng: &mut Rng) -> Self {
        let ground = Surface::ground(rng);
        let silhouette = Silhouette::random(label, &ground, rng);
        let clutter = (0..rng.below(4)).map(|_| Mark::blot(rng)).collect();
        let shadow = rng.chance(0.4).then(|| Shadow::random(rng));
        let twig = rng.chance(0.25).then(|| Mark::twig(rng));
        Self {
            ground,
            clutter,
            shadow,
            silhouette,
            twig,
            camera: Camera::random(rng),
        }
    }

    fn colour(&self, x: f32, y: f32) -> Colour {
        let mut colour = self.ground.at(x, y);
        for mark in &self.clutter {
            mark.draw(x, y, &mut colour);
        }
        if let Some(shadow) = &self.shadow {
            let distance = self
                .silhouette
                .distance(x - shadow.offset.0, y - shadow.offset.1);
            let darkness = shadow.strength * coverage(distance, 3.0);
            colour = colour.map(|value| value * (1.0 - darkness));
        }
        self.silhouette.draw(x, y, &mut colour);
        if let Some(twig) = &self.twig {
            twig.draw(x, y, &mut colour);
        }
        colour
    }
}

struct Shadow {
    offset: (f32, f32),
    strength: f32,
}

impl Shadow {
    fn random(rng: &mut Rng) -> Self {
        let (x, y) = rng.direction();
        let far = rng.range(1.0, 3.0);
        Self {
            offset: (x * far, y * far),
            strength: rng.range(0.15, 0.45),
        }
    }
}
