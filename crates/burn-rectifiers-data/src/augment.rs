//! Random flips and crops while training.
//!
//! Burn's loaders shuffle, split the work over threads and fetch ahead, so augmentation must not
//! draw from a generator that somebody else might draw from in between. Here the *dataset* decides
//! how an image is seen: [`Training`] counts the visits to each image, and the [`View`] follows
//! from (seed, image, visit) alone. As a loader visits every image once per epoch, the visit is
//! the epoch. The batcher then only executes views and has no state.
//!
//! What the images look like in an epoch is therefore the same for any number of workers and any
//! batch size. (The order of the batches is Burn's matter: it depends on the number of workers,
//! and with two or more also on timing. Use none or one for runs that repeat to the last bit.)

use std::sync::atomic::{AtomicU32, Ordering};

use burn::data::dataset::{Dataset, DatasetError};
use serde::{Deserialize, Serialize};

use crate::{CifarItem, Images, SIDE, View, rng::Rng};

/// Keeps the generator's keys for augmentation apart from all other uses of the same seed.
const STREAM: u64 = u64::from_be_bytes(*b"augment\0");

/// How training images are varied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Augment {
    /// Mirror every other image, at random.
    pub flip: bool,
    /// Move the image by up to this many pixels in each direction (at most 31); what moves in from
    /// outside has the average colour, which is zero after normalization.
    pub crop_padding: usize,
}

impl Default for Augment {
    /// What is usual for CIFAR: flips, and crops of the image padded by 4.
    fn default() -> Self {
        Self {
            flip: true,
            crop_padding: 4,
        }
    }
}

impl Augment {
    /// No variation at all.
    pub const NONE: Self = Self {
        flip: false,
        crop_padding: 0,
    };

    /// The view of image `index` at its visit number `visit`.
    pub fn view(&self, seed: u64, index: usize, visit: u32) -> View {
        let mut rng = Rng::keyed(&[STREAM, seed, index as u64, u64::from(visit)]);
        let padding = self.crop_padding.min(SIDE - 1) as i8;
        let flip = rng.below(2) == 1;
        let mut shift = || rng.below(2 * padding as u32 + 1) as i8 - padding;
        View {
            flip: flip && self.flip,
            right: shift(),
            down: shift(),
        }
    }
}

/// A training set whose items come with a new random [`View`] at every visit.
pub struct Training {
    images: Images,
    augment: Augment,
    seed: u64,
    visits: Vec<AtomicU32>,
}

impl Training {
    /// The images, varied by `augment`; everything random follows from the seed.
    pub fn new(images: Images, augment: Augment, seed: u64) -> Self {
        let visits = (0..images.len()).map(|_| AtomicU32::new(0)).collect();
        Self {
            images,
            augment,
            seed,
            visits,
        }
    }

    /// Continues as if `epochs` full passes had already been made, to resume a training run.
    pub fn after_epochs(self, epochs: u32) -> Self {
        for visits in &self.visits {
            visits.store(epochs, Ordering::Relaxed);
        }
        self
    }

    /// The images as they are.
    pub fn images(&self) -> &Images {
        &self.images
    }
}

impl Dataset<CifarItem> for Training {
    fn get(&self, index: usize) -> Result<CifarItem, DatasetError> {
        let item = self.images.item(index);
        // Relaxed: only the count of this one image matters, never an order between images.
        let visit = self.visits[index].fetch_add(1, Ordering::Relaxed);
        Ok(CifarItem {
            view: self.augment.view(self.seed, index, visit),
            ..item
        })
    }

    fn len(&self) -> usize {
        self.images.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_shifts_occur_and_half_the_images_are_flipped() {
        let augment = Augment::default();
        let views: Vec<_> = (0..10_000).map(|index| augment.view(7, index, 3)).collect();
        let flipped = views.iter().filter(|view| view.flip).count();
        assert!((4_800..5_200).contains(&flipped), "{flipped} flipped");
        for shift in -4..=4 {
            let right = views.iter().filter(|view| view.right == shift).count();
            let down = views.iter().filter(|view| view.down == shift).count();
            assert!(
                (950..1_270).contains(&right) && (950..1_270).contains(&down),
                "{right} {down}"
            );
        }
        assert!(
            views
                .iter()
                .all(|view| view.right.abs() <= 4 && view.down.abs() <= 4)
        );
        assert!((0..100).all(|index| Augment::NONE.view(7, index, 0) == View::FULL));
    }

    #[test]
    fn a_visit_decides_the_view() {
        let images = crate::synthetic::split(1, 20, 0).train;
        let training = || Training::new(images.clone(), Augment::default(), 5);
        let epoch = |data: &Training| -> Vec<View> {
            (0..20).map(|index| data.get(index).unwrap().view).collect()
        };
        let first = training();
        let (one, two) = (epoch(&first), epoch(&first));
        assert_ne!(one, two);

        // Any order of visits gives the same views, and so does a resumed run.
        let backwards = training();
        let mut reversed: Vec<_> = (0..20)
            .rev()
            .map(|index| backwards.get(index).unwrap().view)
            .collect();
        reversed.reverse();
        assert_eq!(reversed, one);
        assert_eq!(epoch(&training().after_epochs(1)), two);
    }
}
