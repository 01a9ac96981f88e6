//! What is done to images before a network sees them.

use std::fmt;

use burn::tensor::{Device, Tensor, TensorData};
use burn_rectifiers_data::SIDE;
use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::base::rng;

/// How much of an image is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Condition {
    /// So many percent of the pixels are zero, the mean colour, at random places of each image.
    pub sparsity: u8,
    /// The contrast is divided by this.
    pub fainter: u8,
}

impl Condition {
    /// Images as they are.
    pub const FULL: Self = Self {
        sparsity: 0,
        fainter: 1,
    };

    /// With so many percent of the pixels zero.
    pub const fn sparse(percent: u8) -> Self {
        Self {
            sparsity: percent,
            ..Self::FULL
        }
    }

    /// With the contrast divided by this.
    pub const fn faint(divisor: u8) -> Self {
        Self {
            fainter: divisor,
            ..Self::FULL
        }
    }

    /// Applies it to normalized images `[batch, 3, 32, 32]`, where zero is the mean. Which pixels an
    /// image loses follows from its number, the seed and `purpose`, and stays the same in every epoch
    /// and for every activation.
    pub(super) fn apply(
        self,
        images: Tensor<4>,
        numbers: &[usize],
        (purpose, seed): (&str, u64),
        device: &Device,
    ) -> Tensor<4> {
        let images = match self.fainter {
            1 => images,
            divisor => images / f32::from(divisor),
        };
        if self.sparsity == 0 {
            return images;
        }
        let kept: Vec<f32> = numbers
            .iter()
            .flat_map(|&number| self.kept(purpose, seed, number))
            .collect();
        let kept = TensorData::new(kept, [numbers.len(), 1, SIDE, SIDE]);
        images * Tensor::from_data(kept, device)
    }

    /// 1 for each pixel that is kept, 0 for the others.
    fn kept(self, purpose: &str, seed: u64, number: usize) -> impl Iterator<Item = f32> + use<> {
        let mut rng = rng::stream(purpose, seed, number as u64);
        (0..SIDE * SIDE).map(move |_| {
            let lost = rng.random_range(0..100u8) < self.sparsity;
            f32::from(u8::from(!lost))
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.sparsity, self.fainter) {
            (0, 1) => f.write_str("as they are"),
            (percent, 1) => write!(f, "{percent} % zero"),
            (0, divisor) => write!(f, "contrast / {divisor}"),
            (percent, divisor) => write!(f, "{percent} % zero, contrast / {divisor}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(condition: Condition, numbers: &[usize]) -> Vec<f32> {
        let device = Device::flex();
        let images = Tensor::full([numbers.len(), 3, SIDE, SIDE], 8.0, &device);
        let images = condition.apply(images, numbers, ("mask", 1), &device);
        images.into_data().iter().collect()
    }

    #[test]
    fn pixels_go_whole_and_as_often_as_asked() {
        let numbers: Vec<usize> = (0..20).collect();
        let images = shown(Condition::sparse(90), &numbers);
        let kept = images.iter().filter(|x| **x == 8.0).count() as f64;
        assert_eq!(
            kept as usize + images.iter().filter(|x| **x == 0.0).count(),
            images.len()
        );
        let share = kept / images.len() as f64;
        assert!((share - 0.1).abs() < 0.01, "{share}");
        // All three colours of a pixel.
        let plane = SIDE * SIDE;
        assert_eq!(images[..plane], images[plane..2 * plane]);
        // Another image loses other pixels, the same image the same ones.
        assert_ne!(images[..plane], images[3 * plane..4 * plane]);
        assert_eq!(
            shown(Condition::sparse(90), &[1])[..plane],
            images[3 * plane..4 * plane]
        );
    }

    #[test]
    fn contrast_is_divided() {
        assert!(shown(Condition::faint(32), &[0]).iter().all(|x| *x == 0.25));
        assert!(shown(Condition::FULL, &[0]).iter().all(|x| *x == 8.0));
    }
}
