//! What a training computed, step by step.

use std::time::Instant;

use burn::data::dataloader::batcher::Batcher;
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use burn_rectifiers_data::{CifarBatch, CifarBatcher, Normalization, Split};
use serde::{Deserialize, Serialize};

use super::Arguments;
use crate::base::{backend::Backend, error::StudyError};
use crate::training::{net::Cnn, optimizer::adam, train::order};

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
        let mut model = Cnn::new(&settings, data.train.classes().len(), &device).train();
        let mut optimizer = adam(settings.weight_decay);
        let batches = Batches {
            data: &data,
            batcher: &batcher,
            arguments,
            device: &device,
        };
        let mut losses = Vec::with_capacity(arguments.steps);
        let mut first = Vec::new();
        let mut begin = Instant::now();
        for step in 0..arguments.steps {
            let CifarBatch { images, targets } = batches.of(step);
            let loss = model.loss.forward(model.forward(images), targets);
            losses.push(f64::from(loss.clone().into_scalar::<f32>()));
            let gradients = GradientsParams::from_grads((loss * scale).backward(), &model);
            if step == 0 {
                first = gradients_of(&model, &gradients);
            }
            model = optimizer.step(settings.lr, model, gradients);
            if step == 0 {
                begin = Instant::now();
            }
        }
        let weights = model.values().into_iter();
        let weights = weights
            .map(|(path, data)| (path, data.iter::<f32>().collect()))
            .collect();
        let seconds = begin.elapsed().as_secs_f64();
        let timed = (arguments.steps - 1) * arguments.batch_size;
        Ok(Self {
            backend,
            losses,
            gradients: first,
            weights,
            predictions: batches.predictions(&model),
            images_per_second: timed as f64 / seconds,
            peak_memory: peak_memory(),
        })
    }
}

/// The images of each step.
struct Batches<'a> {
    data: &'a Split,
    batcher: &'a CifarBatcher,
    arguments: &'a Arguments,
    device: &'a Device,
}

impl Batches<'_> {
    /// Those of a step, in an order that follows from the seed.
    fn of(&self, step: usize) -> CifarBatch {
        let (images, size) = (&self.data.train, self.arguments.batch_size);
        let count = images.len();
        let items = (step * size..(step + 1) * size).map(|at| {
            let order = order(count, self.arguments.seed, (at / count) as u64 + 1);
            images.item(order[at % count])
        });
        self.batcher.batch(items.collect(), self.device)
    }

    /// The class of each test image.
    fn predictions(&self, model: &Cnn) -> Vec<i64> {
        let model = model.valid();
        let device = self.device.clone().inner();
        let items: Vec<_> = (0..self.data.test.len())
            .map(|i| self.data.test.item(i))
            .collect();
        let batches = items.chunks(100).map(|items| {
            let batch: CifarBatch = self.batcher.batch(items.to_vec(), &device);
            model.forward(batch.images).argmax(1).into_data()
        });
        batches
            .flat_map(|data| data.iter::<i64>().collect::<Vec<_>>())
            .collect()
    }
}

/// The gradient of each parameter, by path.
fn gradients_of(model: &Cnn, gradients: &GradientsParams) -> Vec<(String, Vec<f32>)> {
    struct Collect<'a> {
        gradients: &'a GradientsParams,
        path: Vec<String>,
        found: Vec<(String, Vec<f32>)>,
    }

    impl ModuleVisitor for Collect<'_> {
        fn enter_module(&mut self, name: &str, _container_type: &str) {
            self.path.push(name.into());
        }
        fn exit_module(&mut self, _name: &str, _container_type: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let Some(gradient) = self.gradients.get::<D>(param.id) {
                let values = gradient.into_data().iter::<f32>().collect();
                self.found.push((self.path.join("."), values));
            }
        }
    }
    let mut collect = Collect {
        gradients,
        path: Vec::new(),
        found: Vec::new(),
    };
    model.visit(&mut collect);
    collect.found
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
