//! What came of a run, as it is written to `summary.json`.

use std::collections::BTreeMap;

use burn_rectifiers::observe::Observation;
use serde::{Deserialize, Serialize};

use crate::training::{
    data::Parts,
    logs::EpochRow,
    net::{Net, learned},
    probe::Probe,
    settings::Settings,
};

/// A run in numbers. All but the timings repeat when the run is repeated on the same CPU backend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// What was asked for.
    pub settings: Settings,
    /// Training images used.
    pub train_images: usize,
    /// Images that the best epoch was chosen by; 0 if the last is the result.
    pub validation_images: usize,
    /// Test images used.
    pub test_images: usize,
    /// The epoch after which the network was as it is judged here.
    pub epoch: usize,
    /// Fraction of the test images classified correctly in the end.
    pub test_accuracy: f64,
    /// Mean cross-entropy of the test images in the end.
    pub test_loss: f64,
    /// Mean training loss of the last epoch.
    pub train_loss: f64,
    /// Training accuracy of the last epoch.
    pub train_accuracy: f64,
    /// Learned numbers in the whole network.
    pub network_parameters: usize,
    /// One entry per activation, from the image inwards.
    pub layers: Vec<LayerSummary>,
    /// What depends on the machine and the day.
    pub timings: Timings,
}

/// One activation after training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerSummary {
    /// Name of the layer.
    pub layer: String,
    /// Units, that is channels.
    pub units: usize,
    /// Units whose activation had slope 0 for every test image; see
    /// [`observe`](burn_rectifiers::observe).
    pub dead_units: usize,
    /// Dead units as a share of all units.
    pub dead_share: f64,
    /// The learned parameters of the activation, by name.
    pub parameters: BTreeMap<String, ParameterSummary>,
}

/// One learned parameter of one activation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterSummary {
    /// Values: one per layer, channel or element.
    pub count: usize,
    /// The value all had before training.
    pub initial: f64,
    /// Their mean.
    pub mean: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

/// What depends on the machine and the day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// Training images per second of training.
    pub images_per_second: f64,
    /// Training and validation, of all epochs.
    pub seconds: f64,
    /// Training alone.
    pub train_seconds: f64,
}

impl Summary {
    /// From the network, its epochs and what the probe found.
    pub fn new(
        settings: &Settings,
        data: &Parts,
        (model, epoch): (&Net, usize),
        epochs: &[EpochRow],
        probe: &Probe,
    ) -> Self {
        let last = epochs.last().copied().unwrap_or_default();
        let train_seconds: f64 = epochs.iter().map(|row| row.train_seconds).sum();
        let valid_seconds: f64 = epochs.iter().map(|row| row.valid_seconds).sum();
        let layers = probe.report.layers().iter();
        Self {
            settings: settings.clone(),
            train_images: data.train.len(),
            validation_images: data.validation.as_ref().map_or(0, |images| images.len()),
            test_images: data.test.len(),
            epoch,
            test_accuracy: probe.accuracy,
            test_loss: probe.loss,
            train_loss: last.train_loss,
            train_accuracy: last.train_accuracy,
            network_parameters: learned(model),
            layers: layers
                .map(|layer| LayerSummary::new(layer, model))
                .collect(),
            timings: Timings {
                images_per_second: (epochs.len() * data.train.len()) as f64 / train_seconds,
                seconds: train_seconds + valid_seconds,
                train_seconds,
            },
        }
    }

    /// What to say if the network ended far worse than one that gives each of so many classes the same probability,
    /// whose loss is their logarithm.
    pub fn divergence(&self, classes: usize) -> Option<String> {
        let guessing = (classes as f64).ln();
        (self.test_loss > 2.0 * guessing).then(|| {
            format!(
                "warning: the test loss is {:.3e}, far above {guessing:.3}, that of guessing: training has diverged; a \
                 lower --lr may help",
                self.test_loss
            )
        })
    }
}

impl LayerSummary {
    fn new(seen: &Observation, model: &Net) -> Self {
        let parameters = seen.curve().params().iter().zip(seen.parameters());
        Self {
            layer: model.activation_name(seen.call()),
            units: seen.units().len(),
            dead_units: seen.dead_units(),
            dead_share: seen.dead_share(),
            parameters: parameters
                .map(|(info, parameter)| {
                    let summary = ParameterSummary::new(info.default, &parameter.values);
                    (parameter.name.to_string(), summary)
                })
                .collect(),
        }
    }
}

impl ParameterSummary {
    fn new(initial: f64, values: &[f64]) -> Self {
        Self {
            count: values.len(),
            initial,
            mean: values.iter().sum::<f64>() / values.len() as f64,
            min: values.iter().copied().fold(f64::INFINITY, f64::min),
            max: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_in_numbers() {
        let summary = ParameterSummary::new(0.25, &[0.5, -1.0, 2.0]);
        assert_eq!((summary.count, summary.initial), (3, 0.25));
        assert_eq!((summary.mean, summary.min, summary.max), (0.5, -1.0, 2.0));
    }
}
