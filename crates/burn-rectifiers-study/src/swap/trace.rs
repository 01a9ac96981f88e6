//! What a training computed, step by step.

use std::time::Instant;

use burn::data::dataloader::batcher::Batcher;
use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, TensorData};
use burn_rectifiers_data::{CifarBatch, CifarBatcher, Images, Normalization};
use serde::{Deserialize, Serialize};

use super::{Arguments, kernels::Kernels};
use crate::base::{backend::Backend, error::StudyError};
use crate::training::net::{Cnn, gradients as gradients_of, values};
use crate::training::{optimizer::adam, train::order, trainee::cross_entropy};

/// A training on one backend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// What computed.
    pub backend: Backend,
    /// The loss of each step, before it.
    pub losses: Vec<f64>,
    /// The gradients of the first step, by path.
    pub gradients: Vec<(String, Vec<f32>)>,
    /// The parameters in the end, by path.
    pub weights: Vec<(String, Vec<f32>)>,
    /// The class of each test image in the end.
    pub predictions: Vec<i64>,
    /// Training images per second, without the first step, which compiles kernels.
    pub images_per_second: f64,
    /// Kernels that a step launches on a GPU, once all are tuned; `None` where none are counted: on CPUs, and in
    /// another process.
    pub kernels_per_step: Option<usize>,
    /// The most memory of the process, in bytes, where the system tells.
    pub peak_memory: Option<u64>,
}

impl Trace {
    /// Trains. All gradients are multiplied by `scale`, which is 1 but for a test that plants a fault.
    pub(super) fn of(
        arguments: &Arguments,
        backend: Backend,
        scale: f64,
    ) -> Result<Self, StudyError> {
        let settings = arguments.settings(backend);
        let device = backend.device()?.autodiff();
        let data = settings.images(false)?;
        let batcher = CifarBatcher::new(Normalization::from_images(&data.train));
        let kind = (settings.activation.as_str(), settings.sharing);
        let classes = data.train.classes().len();
        let model = Cnn::new(kind, settings.width(), classes, settings.seed, &device);
        let mut model = model.train();
        let mut optimizer = adam(settings.weight_decay);
        // The images in the order in which they are seen, epoch after epoch.
        let images = data.train.len();
        let mut seen = (1..).flat_map(|epoch| order(images, settings.seed, epoch));
        let mut losses = Vec::with_capacity(arguments.steps);
        let mut first = Vec::new();
        let kernels = Kernels::watch();
        // Before and after a step. What is queued runs before a loss is read, so these are whole steps.
        let mut counts = [0; 2];
        let mut begin = Instant::now();
        for step in 0..arguments.steps {
            let items = seen.by_ref().take(settings.batch_size);
            let items = items.map(|index| data.train.item(index)).collect();
            let CifarBatch { images, targets } = batcher.batch(items, &device);
            let loss = cross_entropy(model.forward(images), targets, 0.0);
            losses.push(f64::from(loss.clone().into_scalar::<f32>()));
            counts = [counts[1], kernels.count()];
            let gradients = GradientsParams::from_grads((loss * scale).backward(), &model);
            if step == 0 {
                first = numbers(gradients_of(&model, &gradients));
            }
            model = optimizer.step(settings.learning_rate(), model, gradients);
            if step == 0 {
                begin = Instant::now();
            }
        }
        let weights = numbers(values(&model));
        let seconds = begin.elapsed().as_secs_f64();
        let timed = (arguments.steps - 1) * arguments.batch_size;
        Ok(Self {
            backend,
            losses,
            gradients: first,
            weights,
            predictions: predictions(&model, &data.test, &batcher, &device.inner()),
            images_per_second: timed as f64 / seconds,
            kernels_per_step: Some(counts[1] - counts[0]).filter(|&count| count > 0),
            peak_memory: peak_memory(),
        })
    }
}

/// The class of each image.
fn predictions(model: &Cnn, images: &Images, batcher: &CifarBatcher, device: &Device) -> Vec<i64> {
    let model = model.valid();
    let items: Vec<_> = (0..images.len()).map(|i| images.item(i)).collect();
    let batches = items.chunks(100).map(|items| {
        let batch: CifarBatch = batcher.batch(items.to_vec(), device);
        model.forward(batch.images).argmax(1).into_data()
    });
    batches
        .flat_map(|data| data.iter::<i64>().collect::<Vec<_>>())
        .collect()
}

/// Values by path, as numbers.
fn numbers(found: Vec<(String, TensorData)>) -> Vec<(String, Vec<f32>)> {
    let numbers = |(path, data): (String, TensorData)| (path, data.iter::<f32>().collect());
    found.into_iter().map(numbers).collect()
}

/// The most resident memory of this process so far.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
