//! Generated images in the manner of CIFAR: ten classes of silhouettes in varied scenes.
//!
//! The class is the *shape* of one thing in the picture. Everything else (colours, background,
//! surface, light, place, size, tilt, clutter, noise) is drawn independently of it. So a linear
//! classifier on the pixels stays near 30 % (it can use that things are lighter than their
//! background more often than not), while a convolutional network of three layers passes 80 % with
//! 5,000 images. Classes survive horizontal flips and shifts by a few pixels.
//!
//! Images are the same on every platform: all random numbers come from a written-out integer
//! generator and all arithmetic is IEEE 754 `+ - * /` and `sqrt`. Image `i` depends on the seed,
//! the stream and `i` alone: asking for more images keeps the first ones, and any number of threads
//! gives the same bytes.

mod camera;
mod colour;
mod field;
mod mark;
mod scene;
mod shape;
mod silhouette;
mod surface;

use rayon::prelude::*;

use crate::{Images, PIXELS, Split, rng::Rng};

/// Keeps the generator's keys for images apart from all other uses of the same seed.
const IMAGES: u64 = u64::from_be_bytes(*b"images\0\0");

/// Which images of a seed: the two streams never share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Images to learn from.
    Train,
    /// Images to be judged by.
    Test,
}

/// The first `count` images of a stream. Labels go round: 0, 1, …, 9, 0, 1, …
pub fn generate(seed: u64, count: usize, stream: Stream) -> Images {
    let mut pixels = vec![0; count * PIXELS];
    let (images, _) = pixels.as_chunks_mut::<PIXELS>();
    images
        .par_iter_mut()
        .enumerate()
        .for_each(|(index, image)| {
            let mut rng = Rng::keyed(&[IMAGES, seed, stream as u64, index as u64]);
            scene::paint(label(index), &mut rng, image);
        });
    let classes = shape::NAMES.map(String::from).to_vec();
    Images::new(pixels, (0..count).map(label).collect(), classes)
}

/// A training and a test set.
pub fn split(seed: u64, train: usize, test: usize) -> Split {
    Split {
        train: generate(seed, train, Stream::Train),
        test: generate(seed, test, Stream::Test),
    }
}

fn label(index: usize) -> u8 {
    (index % shape::NAMES.len()) as u8
}

#[cfg(test)]
mod tests;
