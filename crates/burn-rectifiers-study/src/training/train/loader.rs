//! Training batches whose order depends on the seed and the epoch, and on nothing else.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use burn::{
    data::{
        dataloader::{DataLoader, DataLoaderIterator, Progress, batcher::Batcher},
        dataset::DatasetError,
    },
    tensor::Device,
};
use burn_rectifiers_data::{CifarBatch, CifarBatcher, Images};
use rand::seq::SliceRandom;

use crate::{base::rng, training::settings::Settings};

/// Loads all images in a new random order each time it is iterated.
///
/// Burn's loader carries its generator from epoch to epoch, so that a resumed run would see the
/// order of the first epoch again. This one counts epochs, and can begin with any of them.
#[derive(Clone)]
pub(crate) struct Epochs {
    images: Images,
    batcher: CifarBatcher,
    batch_size: usize,
    seed: u64,
    epoch: Arc<AtomicU64>,
    device: Device,
}

impl Epochs {
    /// Begins with the epoch after `trained` ones.
    pub fn new(
        images: Images,
        batcher: CifarBatcher,
        settings: &Settings,
        trained: usize,
        device: &Device,
    ) -> Self {
        Self {
            images,
            batcher,
            batch_size: settings.batch_size,
            seed: settings.seed,
            epoch: Arc::new(AtomicU64::new(trained as u64)),
            device: device.clone(),
        }
    }

    /// As burn-train wants it.
    pub fn shared(self) -> Arc<dyn DataLoader<CifarBatch>> {
        Arc::new(self)
    }
}

/// The order in which so many images are seen in an epoch.
pub(crate) fn order(images: usize, seed: u64, epoch: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..images).collect();
    order.shuffle(&mut rng::stream("order", seed, epoch));
    order
}

impl DataLoader<CifarBatch> for Epochs {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<CifarBatch> + 'a> {
        let epoch = self.epoch.fetch_add(1, Ordering::Relaxed);
        Box::new(Epoch {
            order: order(self.images.len(), self.seed, epoch),
            loader: self,
            done: 0,
        })
    }

    fn num_items(&self) -> usize {
        self.images.len()
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<CifarBatch>> {
        Self {
            device: device.clone(),
            ..self.clone()
        }
        .shared()
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<CifarBatch>> {
        let images = self.images.take(end).split_at(start).1;
        Self {
            images,
            ..self.clone()
        }
        .shared()
    }
}

struct Epoch<'a> {
    loader: &'a Epochs,
    order: Vec<usize>,
    done: usize,
}

impl Iterator for Epoch<'_> {
    type Item = Result<CifarBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let loader = self.loader;
        let batch = self.order[self.done..].iter().take(loader.batch_size);
        let items: Vec<_> = batch.map(|&index| loader.images.item(index)).collect();
        self.done += items.len();
        (!items.is_empty()).then(|| Ok(loader.batcher.batch(items, &loader.device)))
    }
}

impl DataLoaderIterator<CifarBatch> for Epoch<'_> {
    fn progress(&self) -> Progress {
        Progress::new(self.done, self.order.len(), Some("images".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::settings::tests::settings;
    use burn_rectifiers_data::{Normalization, synthetic};

    fn loader(trained: usize) -> Epochs {
        let images = synthetic::split(0, 10, 0).train;
        let batcher = CifarBatcher::new(Normalization::from_images(&images));
        Epochs::new(
            images,
            batcher,
            &settings("--batch-size 4"),
            trained,
            &Device::flex(),
        )
    }

    fn labels(loader: &dyn DataLoader<CifarBatch>) -> Vec<Vec<i64>> {
        loader
            .iter()
            .map(|batch| batch.unwrap().targets.into_data().iter().collect())
            .collect()
    }

    #[test]
    fn an_epoch_has_every_image_once() {
        let batches = labels(&loader(0));
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 2]);
        let mut all = batches.concat();
        assert_ne!(all, (0..10).collect::<Vec<_>>());
        all.sort_unstable();
        assert_eq!(all, (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn a_resumed_run_sees_the_order_it_would_have_seen() {
        let whole = loader(0);
        let (first, second) = (labels(&whole), labels(&whole));
        assert_ne!(first, second);
        // Moved to another device, as burn-train does.
        assert_eq!(labels(&*loader(1).to_device(&Device::flex())), second);
    }
}
