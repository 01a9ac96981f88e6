//! From items to tensors.

use burn::{
    data::dataloader::batcher::Batcher,
    tensor::{Device, Int, Tensor, TensorData},
};

use crate::{CHANNELS, CifarItem, Normalization, PIXELS, SIDE};

/// Images and their labels, ready for a network.
#[derive(Debug, Clone)]
pub struct CifarBatch {
    /// Normalized images, `[batch, 3, 32, 32]`.
    pub images: Tensor<4>,
    /// Labels, `[batch]`.
    pub targets: Tensor<1, Int>,
}

/// Normalizes items and stacks them, each seen through its own [`View`](crate::View).
#[derive(Debug, Clone)]
pub struct CifarBatcher {
    table: Box<[[f32; 256]; CHANNELS]>,
}

impl CifarBatcher {
    /// A batcher that normalizes with these statistics: those of the training set, for every set.
    pub fn new(normalization: Normalization) -> Self {
        Self {
            table: Box::new(normalization.table()),
        }
    }

    /// The input values of a batch, image after image.
    fn inputs(&self, items: &[CifarItem]) -> Vec<f32> {
        let mut inputs = vec![0.0; items.len() * PIXELS];
        for (item, out) in items.iter().zip(inputs.chunks_exact_mut(PIXELS)) {
            let planes = item.pixels.chunks_exact(SIDE * SIDE);
            let outs = out.chunks_exact_mut(SIDE * SIDE);
            for ((plane, out), table) in planes.zip(outs).zip(self.table.iter()) {
                item.view.copy(plane, table, out);
            }
        }
        inputs
    }
}

impl Batcher<CifarItem, CifarBatch> for CifarBatcher {
    fn batch(&self, items: Vec<CifarItem>, device: &Device) -> CifarBatch {
        let images = TensorData::new(self.inputs(&items), [items.len(), CHANNELS, SIDE, SIDE]);
        let labels: Vec<i32> = items.iter().map(|item| i32::from(item.label)).collect();
        CifarBatch {
            images: Tensor::from_data(images, device),
            targets: Tensor::from_data(TensorData::new(labels, [items.len()]), device),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Images, synthetic};

    fn items(images: &Images) -> Vec<CifarItem> {
        (0..images.len()).map(|index| images.item(index)).collect()
    }

    #[test]
    fn the_training_set_becomes_zero_mean_and_unit_deviation() {
        let images = synthetic::split(3, 500, 0).train;
        let batcher = CifarBatcher::new(Normalization::from_images(&images));
        let inputs = batcher.inputs(&items(&images));
        for channel in 0..CHANNELS {
            let values: Vec<f64> = inputs
                .chunks_exact(SIDE * SIDE)
                .skip(channel)
                .step_by(CHANNELS)
                .flatten()
                .map(|&value| f64::from(value))
                .collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let square = values.iter().map(|value| value * value).sum::<f64>();
            let deviation = (square / values.len() as f64 - mean * mean).sqrt();
            assert!(mean.abs() < 1e-4, "mean {mean} of channel {channel}");
            assert!(
                (deviation - 1.0).abs() < 1e-4,
                "deviation {deviation} of channel {channel}"
            );
        }
    }

    #[test]
    fn a_batch_has_one_row_per_item_in_order() {
        let images = synthetic::split(3, 12, 0).train;
        let identity = Normalization {
            mean: [0.0; 3],
            std: [1.0 / 255.0; 3],
        };
        let inputs = CifarBatcher::new(identity).inputs(&items(&images));
        assert!(
            inputs
                .iter()
                .zip(images.bytes())
                .all(|(a, &b)| (a - f32::from(b)).abs() < 1e-3)
        );
    }
}
