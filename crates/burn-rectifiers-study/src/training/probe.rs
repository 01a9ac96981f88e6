//! A trained network judged by a whole set of images, and what its activations did with them.

use burn::{
    data::dataloader::batcher::Batcher,
    module::Module,
    tensor::{Device, Tensor, TensorData},
};
use burn_rectifiers::observe::Report;
use burn_rectifiers_data::{CifarBatcher, Images, Normalization};

use crate::training::{
    data::Parts,
    net::{Net, values as parameters},
    settings::Settings,
};

/// The judgement of a set of images.
#[derive(Debug, Clone)]
pub struct Probe {
    /// Fraction classified correctly.
    pub accuracy: f64,
    /// Mean cross-entropy.
    pub loss: f64,
    /// What was made of each image.
    pub judged: Vec<Judged>,
    /// What each activation did, from the image inwards.
    pub report: Report,
}

/// What a network makes of an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The class that it is of.
    pub label: usize,
    /// The class with the highest score.
    pub class: usize,
    /// Cross-entropy.
    pub loss: f64,
}

/// Runs the test images through the network.
///
/// Counts and sums are made on the host in a fixed order, so that they repeat to the last bit.
pub fn probe(model: &Net, data: &Parts, settings: &Settings) -> Probe {
    let model = model.valid();
    let device = model.devices()[0].clone();
    let batcher = CifarBatcher::new(Normalization::from_images(&data.train));
    let mut report = Report::new();
    let mut judged = Vec::with_capacity(data.test.len());
    for start in (0..data.test.len()).step_by(settings.batch_size) {
        let (batch, labels) = batch(&batcher, &data.test, start, settings.batch_size, &device);
        let logits = values(report.watch(|| model.forward(batch)));
        for (logits, &label) in logits.chunks_exact(logits.len() / labels.len()).zip(labels) {
            judged.push(judge(logits, usize::from(label)));
        }
    }
    let count = data.test.len() as f64;
    let correct = judged.iter().filter(|judged| judged.class == judged.label);
    Probe {
        accuracy: correct.count() as f64 / count,
        loss: judged.iter().map(|judged| judged.loss).sum::<f64>() / count,
        judged,
        report,
    }
}

/// Where in the network numbers stop being finite: the first parameter, or else the first activation whose inputs on a
/// batch of training images are not.
pub fn first_not_finite(model: &Net, data: &Parts, settings: &Settings) -> Option<String> {
    let mut values = parameters(model).into_iter();
    let is_finite = |data: &TensorData| data.iter::<f64>().all(f64::is_finite);
    if let Some((name, _)) = values.find(|(_, data)| !is_finite(data)) {
        // The first part of the path is the kind of network.
        let name = name.split_once('.').map_or(&name[..], |(_, name)| name);
        return Some(format!("parameter {name}"));
    }
    let model = model.valid();
    let device = model.devices()[0].clone();
    let batcher = CifarBatcher::new(Normalization::from_images(&data.train));
    let (batch, _) = batch(&batcher, &data.train, 0, settings.batch_size, &device);
    let mut report = Report::new();
    report.watch(|| model.forward(batch));
    let mut inputs = report.layers().iter().map(|layer| layer.inputs());
    let index = inputs.position(|inputs| inputs.not_finite() > 0)?;
    Some(format!("input of {}", model.activation_name(index)))
}

/// One batch and its labels.
fn batch<'a>(
    batcher: &CifarBatcher,
    images: &'a Images,
    start: usize,
    count: usize,
    device: &Device,
) -> (Tensor<4>, &'a [u8]) {
    let end = images.len().min(start + count);
    let items = (start..end).map(|index| images.item(index)).collect();
    let batch = batcher.batch(items, device);
    (batch.images, &images.labels()[start..end])
}

/// What these scores say of one image.
fn judge(logits: &[f32], label: usize) -> Judged {
    let class = (0..logits.len())
        .max_by(|&a, &b| logits[a].total_cmp(&logits[b]))
        .unwrap_or(0);
    let largest = f64::from(logits[class]);
    let sum: f64 = logits
        .iter()
        .map(|&logit| (f64::from(logit) - largest).exp())
        .sum();
    Judged {
        label,
        class,
        loss: sum.ln() + largest - f64::from(logits[label]),
    }
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor
        .into_data()
        .convert::<f32>()
        .try_to_vec::<f32>()
        .expect("converted to f32")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::{net::Cnn, settings::tests::settings};
    use burn::module::Param;
    use burn_rectifiers_data::synthetic;

    #[test]
    fn cross_entropy_of_known_logits() {
        let judged = judge(&[0.0, 0.0, 0.0, 0.0], 2);
        assert!((judged.loss - 4f64.ln()).abs() < 1e-12);
        assert!(judged.class < 4 && judged.label == 2);
        let judged = judge(&[1000.0, 0.0], 0);
        assert_eq!((judged.loss, judged.class), (0.0, 0));
    }

    /// The network with the first block's channels 0 and 2 shut: their inputs are always negative.
    fn shut(activation: &str) -> (Net, Parts, Settings) {
        let settings = settings(&format!(
            "--width 4 --batch-size 3 --activation {activation}"
        ));
        let data = settings.parts(&synthetic::split(0, 10, 7)).unwrap();
        let kind = (settings.activation.as_str(), settings.sharing);
        let mut model = Cnn::new(kind, settings.width(), 10, settings.seed, &Device::flex());
        let bias = TensorData::new(vec![-1e3f32, 0.0, -1e3, 0.0], [4]);
        model.blocks[0].conv.bias = Some(Param::from_data(bias, &Device::flex()));
        (Net::Cnn(model), data, settings)
    }

    #[test]
    fn relu_units_that_are_never_positive_are_dead() {
        let (model, data, settings) = shut("relu");
        let probe = probe(&model, &data, &settings);
        let first = &probe.report.layers()[0];
        assert_eq!((first.units().len(), first.dead_units()), (4, 2));
        assert_eq!(first.inputs().count(), 7 * 4 * 32 * 32);
        assert_eq!(probe.report.layers().len(), 3);
    }

    #[test]
    fn prelu_units_are_alive_on_the_negative_side() {
        for (sharing, curves) in [("layer", 1), ("channel", 4), ("element", 4 * 32 * 32)] {
            let (model, data, settings) = shut(&format!("prelu --sharing {sharing}"));
            let probe = probe(&model, &data, &settings);
            let first = &probe.report.layers()[0];
            assert_eq!((first.dead_units(), first.curves().len()), (0, curves));
        }
    }
}
