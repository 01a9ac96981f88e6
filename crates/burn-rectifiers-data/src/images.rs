//! Images in memory, and how Burn sees them.

use std::{fmt, ops::Deref, sync::Arc};

use burn::data::dataset::{Dataset, DatasetError};

use crate::{PIXELS, View};

/// The bytes of one image: channel-major (R plane, G plane, B plane), row-major inside a plane, as
/// in CIFAR's files. A cheap handle into the set it came from.
#[derive(Clone)]
pub struct Pixels {
    all: Arc<Vec<u8>>,
    start: usize,
}

impl Deref for Pixels {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.all[self.start..self.start + PIXELS]
    }
}

impl From<[u8; PIXELS]> for Pixels {
    fn from(pixels: [u8; PIXELS]) -> Self {
        Self {
            all: Arc::new(pixels.to_vec()),
            start: 0,
        }
    }
}

impl fmt::Debug for Pixels {
    /// The first bytes only: a loader's debug output must not print whole images.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pixels({:?}…)", &self[..4])
    }
}

/// One image with its label, and how it is to be looked at.
#[derive(Debug, Clone)]
pub struct CifarItem {
    /// The image.
    pub pixels: Pixels,
    /// Index of its class.
    pub label: u8,
    /// Flip and crop; the whole image unless it came from [`Training`](crate::Training).
    pub view: View,
}

/// A set of labelled images held in memory. Clones and parts share the bytes.
#[derive(Clone)]
pub struct Images {
    pixels: Arc<Vec<u8>>,
    labels: Arc<Vec<u8>>,
    classes: Arc<Vec<String>>,
    start: usize,
    len: usize,
}

impl Images {
    /// Images from their bytes, one after the other, their labels and the names of the classes.
    ///
    /// # Panics
    ///
    /// If there is not one label per image, or a label has no class.
    pub fn new(pixels: Vec<u8>, labels: Vec<u8>, classes: Vec<String>) -> Self {
        let len = labels.len();
        assert_eq!(
            pixels.len(),
            len * PIXELS,
            "{len} labels need {PIXELS} bytes each"
        );
        if let Some(label) = labels
            .iter()
            .find(|&&label| usize::from(label) >= classes.len())
        {
            panic!("label {label} has no class: there are {}", classes.len());
        }
        Self {
            pixels: Arc::new(pixels),
            labels: Arc::new(labels),
            classes: Arc::new(classes),
            start: 0,
            len,
        }
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Names of the classes, in label order.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The labels, in image order.
    pub fn labels(&self) -> &[u8] {
        &self.labels[self.start..self.start + self.len]
    }

    /// The bytes of all images, one after the other.
    pub fn bytes(&self) -> &[u8] {
        &self.pixels[self.start * PIXELS..(self.start + self.len) * PIXELS]
    }

    /// The bytes of image `i`.
    ///
    /// # Panics
    ///
    /// If there is no image `i`.
    pub fn image(&self, i: usize) -> &[u8] {
        &self.bytes()[i * PIXELS..(i + 1) * PIXELS]
    }

    /// The first `n` images, or all if there are fewer.
    pub fn take(&self, n: usize) -> Self {
        Self {
            len: n.min(self.len),
            ..self.clone()
        }
    }

    /// The first `n` images and the rest, for example to hold out a validation set.
    pub fn split_at(&self, n: usize) -> (Self, Self) {
        let first = self.take(n);
        let rest = Self {
            start: self.start + first.len,
            len: self.len - first.len,
            ..self.clone()
        };
        (first, rest)
    }

    /// Image `i` as an item of the dataset, seen in full.
    ///
    /// # Panics
    ///
    /// If there is no image `i`.
    pub fn item(&self, i: usize) -> CifarItem {
        assert!(i < self.len, "image {i} of {}", self.len);
        CifarItem {
            pixels: Pixels {
                all: self.pixels.clone(),
                start: (self.start + i) * PIXELS,
            },
            label: self.labels()[i],
            view: View::FULL,
        }
    }
}

impl fmt::Debug for Images {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Images({} in {} classes)", self.len, self.classes.len())
    }
}

impl Dataset<CifarItem> for Images {
    fn get(&self, index: usize) -> Result<CifarItem, DatasetError> {
        Ok(self.item(index))
    }

    fn len(&self) -> usize {
        self.len
    }
}

/// A training and a test set of the same classes.
#[derive(Debug, Clone)]
pub struct Split {
    /// What a model learns from.
    pub train: Images,
    /// What it is judged by.
    pub test: Images,
}

impl Split {
    /// At most `train` training images and `test` test images, the first of each.
    pub fn take(&self, train: usize, test: usize) -> Self {
        Self {
            train: self.train.take(train),
            test: self.test.take(test),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Images {
        let pixels = [1, 2, 3]
            .into_iter()
            .flat_map(|value| vec![value; PIXELS])
            .collect();
        Images::new(pixels, vec![0, 1, 1], vec!["a".into(), "b".into()])
    }

    #[test]
    fn parts_keep_images_and_labels_together() {
        let (first, rest) = three().split_at(1);
        assert_eq!((first.labels(), first.image(0)[0]), (&[0][..], 1));
        assert_eq!((rest.labels(), rest.image(1)[0]), (&[1, 1][..], 3));
        assert_eq!(
            (rest.item(1).label, rest.item(1).pixels[PIXELS - 1]),
            (1, 3)
        );
        assert_eq!(rest.take(1).labels(), [1]);
        assert_eq!(three().take(100).len(), 3);
        assert!(three().split_at(3).1.is_empty());
    }

    #[test]
    #[should_panic(expected = "label 2 has no class")]
    fn a_label_without_a_class_is_refused() {
        Images::new(vec![0; PIXELS], vec![2], vec!["a".into(), "b".into()]);
    }

    #[test]
    #[should_panic(expected = "image 1 of 1")]
    fn a_part_does_not_reach_into_its_neighbour() {
        three().take(1).item(1);
    }
}
