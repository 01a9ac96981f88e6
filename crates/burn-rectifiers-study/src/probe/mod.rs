//! What goes into each activation of a trained network, over a whole set of images.

mod histogram;

use burn::{
    data::dataloader::batcher::Batcher,
    module::Module,
    tensor::{Device, Tensor},
};
use burn_rectifiers::{Activation, Rectifier, Sharing};
use burn_rectifiers_data::{CifarBatcher, Images, Normalization, Split};

use crate::{Cnn, Settings};
pub use histogram::Histogram;

/// A slope of smaller magnitude passes no gradient worth the name.
pub const DEAD_SLOPE: f64 = 1e-6;

/// The judgement of a set of images.
#[derive(Debug, Clone)]
pub struct Probe {
    /// Fraction classified correctly.
    pub accuracy: f64,
    /// Mean cross-entropy.
    pub loss: f64,
    /// One per block, from the image inwards.
    pub layers: Vec<LayerProbe>,
}

/// What went into one activation.
#[derive(Debug, Clone)]
pub struct LayerProbe {
    /// All inputs, of all units.
    pub inputs: Histogram,
    /// Units, that is channels.
    pub units: usize,
    /// Units whose activation had a slope of less than [`DEAD_SLOPE`] at every input they saw: no
    /// gradient came through, so nothing before them can learn from these images. For ReLU, units
    /// that were never positive; a PReLU unit is only dead if its learned slope is zero as well.
    pub dead_units: usize,
}

/// Runs the test images through the network.
///
/// Counts and sums are made on the host in a fixed order, so that they repeat to the last bit.
pub fn probe(model: &Cnn, data: &Split, settings: &Settings) -> Probe {
    let model = model.valid();
    let device = model.classifier.weight.val().device();
    let batcher = CifarBatcher::new(Normalization::from_images(&data.train));
    let mut units: Vec<Units> = model
        .blocks
        .iter()
        .map(|block| Units::new(&block.activation))
        .collect();
    let (mut loss, mut correct) = (0.0, 0);
    for start in (0..data.test.len()).step_by(settings.batch_size) {
        let (logits, labels) = classify(
            &model,
            &batcher,
            &data.test,
            start,
            settings.batch_size,
            &device,
            &mut units,
        );
        for (logits, &label) in logits.chunks_exact(logits.len() / labels.len()).zip(labels) {
            let (cross_entropy, best) = judge(logits, usize::from(label));
            loss += cross_entropy;
            correct += usize::from(best == usize::from(label));
        }
    }
    let count = data.test.len() as f64;
    Probe {
        accuracy: correct as f64 / count,
        loss: loss / count,
        layers: units.into_iter().map(Units::finish).collect(),
    }
}

/// One batch: its logits and labels. What its activations see goes to `units`.
fn classify<'a>(
    model: &Cnn,
    batcher: &CifarBatcher,
    images: &'a Images,
    start: usize,
    count: usize,
    device: &Device,
    units: &mut [Units],
) -> (Vec<f32>, &'a [u8]) {
    let end = images.len().min(start + count);
    let items = (start..end).map(|index| images.item(index)).collect();
    let batch = batcher.batch(items, device);
    let logits = model.forward_observed(batch.images, |layer, x| units[layer].see(x));
    (values(logits), &images.labels()[start..end])
}

/// Cross-entropy of one image, and the class with the largest logit.
fn judge(logits: &[f32], label: usize) -> (f64, usize) {
    let best = (0..logits.len())
        .max_by(|&a, &b| logits[a].total_cmp(&logits[b]))
        .unwrap_or(0);
    let largest = f64::from(logits[best]);
    let sum: f64 = logits
        .iter()
        .map(|&logit| (f64::from(logit) - largest).exp())
        .sum();
    (sum.ln() + largest - f64::from(logits[label]), best)
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor
        .into_data()
        .convert::<f32>()
        .try_to_vec::<f32>()
        .expect("converted to f32")
}

/// The learned parameters of an activation, one list of values per curve.
///
/// With `Sharing::Layer` there is one curve, with `Channel` one per channel, with `Element` one for
/// each place of the feature map.
pub fn curves_of(activation: &Activation) -> Vec<Vec<f64>> {
    let named = activation.parameters();
    let columns: Vec<_> = named
        .iter()
        .map(|(_, parameter)| values(parameter.val()))
        .collect();
    let count = columns.first().map_or(1, Vec::len);
    (0..count)
        .map(|i| columns.iter().map(|column| f64::from(column[i])).collect())
        .collect()
}

/// Watches the units of one activation.
struct Units<'a> {
    activation: &'a Activation,
    curves: Vec<Vec<f64>>,
    inputs: Histogram,
    alive: Vec<bool>,
}

impl<'a> Units<'a> {
    fn new(activation: &'a Activation) -> Self {
        Self {
            activation,
            curves: curves_of(activation),
            inputs: Histogram::new(),
            alive: Vec::new(),
        }
    }

    /// Counts inputs `[batch, channel, height, width]`.
    fn see(&mut self, x: &Tensor<4>) {
        let [_, channels, height, width] = x.dims();
        self.alive.resize(channels, false);
        for (index, map) in values(x.clone()).chunks_exact(height * width).enumerate() {
            map.iter().for_each(|&x| self.inputs.add(x));
            let channel = index % channels;
            if !self.alive[channel] {
                self.alive[channel] = map.iter().enumerate().any(|(place, &x)| {
                    let parameters = &self.curves[self.curve_at(channel, place, height * width)];
                    let slope = self.activation.curve().slope_at(f64::from(x), parameters);
                    // NaN is no gradient either, but it is not a dead unit.
                    slope.is_nan() || slope.abs() >= DEAD_SLOPE
                });
            }
        }
    }

    /// Index of the curve at a place of a channel.
    fn curve_at(&self, channel: usize, place: usize, places: usize) -> usize {
        match self.activation.sharing() {
            _ if self.curves.len() == 1 => 0,
            Sharing::Layer => 0,
            Sharing::Channel { .. } => channel,
            Sharing::Element => channel * places + place,
        }
    }

    fn finish(self) -> LayerProbe {
        LayerProbe {
            inputs: self.inputs,
            units: self.alive.len(),
            dead_units: self.alive.iter().filter(|alive| !**alive).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::settings;
    use burn::{module::Param, tensor::TensorData};
    use burn_rectifiers_data::synthetic;

    #[test]
    fn cross_entropy_of_known_logits() {
        let (loss, best) = judge(&[0.0, 0.0, 0.0, 0.0], 2);
        assert!((loss - 4f64.ln()).abs() < 1e-12);
        assert!(best < 4);
        let (loss, best) = judge(&[1000.0, 0.0], 0);
        assert_eq!((loss, best), (0.0, 0));
    }

    /// The network with the first block's channels 0 and 2 shut: their inputs are always negative.
    fn shut(activation: &str) -> (Cnn, Split, Settings) {
        let settings = settings(&format!(
            "--width 4 --batch-size 3 --activation {activation}"
        ));
        let data = synthetic::split(0, 10, 7);
        let mut model = Cnn::new(&settings, 10, &Device::flex());
        let bias = TensorData::new(vec![-1e3f32, 0.0, -1e3, 0.0], [4]);
        model.blocks[0].conv.bias = Some(Param::from_data(bias, &Device::flex()));
        (model, data, settings)
    }

    #[test]
    fn relu_units_that_are_never_positive_are_dead() {
        let (model, data, settings) = shut("relu");
        let probe = probe(&model, &data, &settings);
        assert_eq!((probe.layers[0].units, probe.layers[0].dead_units), (4, 2));
        assert_eq!(probe.layers[0].inputs.count(), 7 * 4 * 32 * 32);
        assert_eq!(probe.layers.len(), 3);
    }

    #[test]
    fn prelu_units_are_alive_on_the_negative_side() {
        let (model, data, settings) = shut("prelu");
        assert_eq!(probe(&model, &data, &settings).layers[0].dead_units, 0);
    }

    #[test]
    fn every_sharing_finds_its_curve() {
        for (sharing, curves) in [("layer", 1), ("channel", 4), ("element", 4 * 32 * 32)] {
            let (model, data, settings) = shut(&format!("prelu --sharing {sharing}"));
            assert_eq!(curves_of(&model.blocks[0].activation).len(), curves);
            assert_eq!(probe(&model, &data, &settings).layers[0].dead_units, 0);
        }
    }
}
