//! Training batches whose order depends on the seed and the epoch, and on nothing else.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use burn::{
    data::{
        dataloader::{DataLoader, DataLoaderIterator, Progress, batcher::Batcher},
        dataset::DatasetError,
    },
    tensor::Device,
};
use burn_rectifiers_data::{Augment, CifarBatcher, CifarItem, Images};
use rand::{Rng, seq::SliceRandom};

use crate::{
    base::rng,
    training::{settings::Settings, trainee::TrainBatch},
};

/// Loads all images in a new random order each time it is iterated, or the part of each batch that a device sees.
///
/// Burn's loader carries its generator from epoch to epoch, so that a resumed run would see the
/// order of the first epoch again. This one counts epochs, and can begin with any of them.
pub(crate) struct Epochs {
    images: Images,
    batcher: CifarBatcher,
    batch_size: usize,
    augment: Augment,
    seed: u64,
    /// Of as many equal pieces of each batch as there are images, those that are loaded.
    part: Range<usize>,
    epoch: AtomicU64,
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
            part: 0..images.len(),
            images,
            batcher,
            batch_size: settings.batch_size,
            augment: settings.augment.augment(),
            seed: settings.seed,
            epoch: AtomicU64::new(trained as u64),
            device: device.clone(),
        }
    }

    /// As burn-train wants it.
    pub fn shared(self) -> Arc<dyn DataLoader<TrainBatch>> {
        Arc::new(self)
    }

    /// The part of so many images that is loaded.
    fn part_of(&self, images: usize) -> Range<usize> {
        let cut = |at: usize| (images * at + self.images.len() / 2) / self.images.len();
        cut(self.part.start)..cut(self.part.end)
    }

    /// Images of an epoch that are loaded.
    fn loaded(&self) -> usize {
        let (all, batch) = (self.images.len(), self.batch_size);
        all / batch * self.part_of(batch).len() + self.part_of(all % batch).len()
    }
}

/// With a count of epochs of its own: loaders of several devices do not take each other's epochs.
impl Clone for Epochs {
    fn clone(&self) -> Self {
        let Self {
            images,
            batcher,
            part,
            device,
            ..
        } = self;
        Self {
            images: images.clone(),
            batcher: batcher.clone(),
            part: part.clone(),
            epoch: AtomicU64::new(self.epoch.load(Ordering::Relaxed)),
            device: device.clone(),
            ..*self
        }
    }
}

/// The order in which so many images are seen in an epoch.
pub(crate) fn order(images: usize, seed: u64, epoch: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..images).collect();
    order.shuffle(&mut rng::stream("order", seed, epoch));
    order
}

impl DataLoader<TrainBatch> for Epochs {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<TrainBatch> + 'a> {
        let epoch = self.epoch.fetch_add(1, Ordering::Relaxed);
        // Dropout goes on as it would have, wherever a run was resumed.
        self.device
            .seed(rng::stream("dropout", self.seed, epoch).next_u64());
        Box::new(Epoch {
            order: order(self.images.len(), self.seed, epoch),
            loader: self,
            number: epoch,
            seen: 0,
            done: 0,
        })
    }

    fn num_items(&self) -> usize {
        self.part.len()
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<TrainBatch>> {
        Self {
            device: device.clone(),
            ..self.clone()
        }
        .shared()
    }

    /// The loader of one of several devices. It loads the same part of each batch, so that all of them together see in a
    /// step what one device would see.
    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<TrainBatch>> {
        let from = self.part.start;
        Self {
            part: from + start..from + end,
            ..self.clone()
        }
        .shared()
    }
}

struct Epoch<'a> {
    loader: &'a Epochs,
    order: Vec<usize>,
    number: u64,
    /// Images of the batches so far, whoever loads them.
    seen: usize,
    /// Images that were loaded here.
    done: usize,
}

impl Epoch<'_> {
    /// An image as it is seen in this epoch, which follows from the seed alone.
    fn item(&self, index: usize) -> CifarItem {
        let Epochs {
            images,
            augment,
            seed,
            ..
        } = self.loader;
        CifarItem {
            view: augment.view(*seed, index, self.number as u32),
            ..images.item(index)
        }
    }
}

impl Iterator for Epoch<'_> {
    type Item = Result<TrainBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let loader = self.loader;
        let rest = &self.order[self.seen..];
        let batch = &rest[..rest.len().min(loader.batch_size)];
        let part = &batch[loader.part_of(batch.len())];
        // Of the last batch, a device may have nothing.
        if part.is_empty() {
            return None;
        }
        let items = part.iter().map(|&index| self.item(index)).collect();
        let share = part.len() as f64 / batch.len() as f64;
        self.seen += batch.len();
        self.done += part.len();
        Some(Ok(TrainBatch {
            batch: loader.batcher.batch(items, &loader.device),
            share,
        }))
    }
}

impl DataLoaderIterator<TrainBatch> for Epoch<'_> {
    fn progress(&self) -> Progress {
        Progress::new(self.done, self.loader.loaded(), Some("images".into()))
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

    fn labels(loader: &dyn DataLoader<TrainBatch>) -> Vec<Vec<i64>> {
        loader
            .iter()
            .map(|batch| batch.unwrap().batch.targets.into_data().iter().collect())
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

    /// In each step and in each epoch, and after a resume.
    #[test]
    fn several_devices_see_together_what_one_sees() {
        for devices in 2..=4 {
            for trained in [0, 1] {
                let one = loader(trained);
                let ends: Vec<usize> = (0..=devices)
                    .map(|i| if i == devices { 10 } else { i * (10 / devices) })
                    .collect();
                let parts: Vec<_> = ends
                    .windows(2)
                    .map(|ends| one.slice(ends[0], ends[1]))
                    .collect();
                let parts: Vec<_> = parts
                    .iter()
                    .map(|part| part.to_device(&Device::flex()))
                    .collect();
                for _ in 0..2 {
                    let whole = labels(&one);
                    let seen: Vec<_> = parts.iter().map(|part| labels(&**part)).collect();
                    for (step, batch) in whole.iter().enumerate() {
                        let together = seen.iter().filter_map(|part| part.get(step));
                        assert_eq!(&together.flatten().copied().collect::<Vec<_>>(), batch);
                    }
                    assert!(seen.iter().all(|part| part.len() <= whole.len()));
                }
            }
        }
    }

    #[test]
    fn shares_of_a_step_add_up_to_it() {
        let one = loader(0);
        let [first, second] = [one.slice(0, 5), one.slice(5, 10)];
        for (a, b) in first.iter().zip(second.iter()) {
            assert_eq!(a.unwrap().share + b.unwrap().share, 1.0);
        }
        let mut epoch = first.iter();
        while epoch.next().is_some() {}
        assert!(epoch.progress().is_completed());
    }
}
