//! Per-channel mean and standard deviation.

use serde::{Deserialize, Serialize};

use crate::{CHANNELS, Images, PIXELS, SIDE};

/// What turns bytes into network inputs: `(byte / 255 - mean) / std`, channel by channel.
///
/// Take it from the training set and use it for every set; store it with the model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Normalization {
    /// Mean of each channel on the scale 0..=1.
    pub mean: [f32; 3],
    /// Standard deviation of each channel on the scale 0..=1.
    pub std: [f32; 3],
}

impl Normalization {
    /// The statistics of a set of images.
    ///
    /// Summed in integers, so the result does not depend on platform or order. A channel without
    /// any variation gets the deviation 1: its normalized value is then 0 instead of NaN.
    pub fn from_images(images: &Images) -> Self {
        let mut normalization = Self {
            mean: [0.0; 3],
            std: [1.0; 3],
        };
        let count = (images.len() * SIDE * SIDE) as u128;
        if count == 0 {
            return normalization;
        }
        for (channel, histogram) in histograms(images).iter().enumerate() {
            let moment = |power: u32| -> u128 {
                (0u128..)
                    .zip(histogram)
                    .map(|(value, &n)| value.pow(power) * u128::from(n))
                    .sum()
            };
            let (sum, squares) = (moment(1), moment(2));
            let variance = count * squares - sum * sum;
            let scale = count as f64 * 255.0;
            normalization.mean[channel] = (sum as f64 / scale) as f32;
            if variance > 0 {
                normalization.std[channel] = ((variance as f64).sqrt() / scale) as f32;
            }
        }
        normalization
    }

    /// The normalized value of every byte in every channel: pixels become look-ups.
    pub(crate) fn table(&self) -> [[f32; 256]; CHANNELS] {
        std::array::from_fn(|channel| {
            std::array::from_fn(|byte| {
                (byte as f32 / 255.0 - self.mean[channel]) / self.std[channel]
            })
        })
    }
}

/// How often each byte occurs in each channel.
fn histograms(images: &Images) -> [[u64; 256]; CHANNELS] {
    let mut histograms = [[0; 256]; CHANNELS];
    for image in images.bytes().chunks_exact(PIXELS) {
        for (histogram, plane) in histograms.iter_mut().zip(image.chunks_exact(SIDE * SIDE)) {
            for &byte in plane {
                histogram[usize::from(byte)] += 1;
            }
        }
    }
    histograms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_channels_have_known_statistics() {
        // Red alternates between 0 and 255, green is constant, blue is half 51, half 153.
        let mut image = vec![0; PIXELS];
        image[..1024]
            .iter_mut()
            .skip(1)
            .step_by(2)
            .for_each(|byte| *byte = 255);
        image[1024..2048].fill(51);
        image[2048..2560].fill(51);
        image[2560..].fill(153);
        let images = Images::new(image, vec![0], vec!["only".into()]);
        let found = Normalization::from_images(&images);
        assert_eq!(
            found,
            Normalization {
                mean: [0.5, 0.2, 0.4],
                std: [0.5, 1.0, 0.2]
            }
        );
        let table = found.table();
        assert_eq!((table[0][0], table[0][255], table[1][51]), (-1.0, 1.0, 0.0));
    }

    #[test]
    fn no_images_no_change() {
        let none = Images::new(Vec::new(), Vec::new(), Vec::new());
        assert_eq!(Normalization::from_images(&none).std, [1.0; 3]);
    }
}
