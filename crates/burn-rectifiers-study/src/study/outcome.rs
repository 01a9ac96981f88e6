//! What came of a trial.

use burn_rectifiers::observe::{Observation, Report};
use serde::{Deserialize, Serialize};

/// What came of a trial. Numbers that are not finite are `None`, as JSON has none of them. All are in
/// single precision: those are read back as they were written, whatever reads them, and have more
/// digits than mean anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The step whose loss was not finite, at which training ended.
    pub diverged_at: Option<usize>,
    /// Before training, if the trial was observed.
    #[serde(default)]
    pub before: Option<Epoch>,
    /// One per whole epoch.
    pub epochs: Vec<Epoch>,
    /// Training loss of every step, before it.
    pub losses: Vec<f32>,
    /// Norm of the gradient of each convolution's weights, from the image inwards, before training.
    pub gradients_before: Vec<Option<f32>>,
    /// Those norms after training.
    pub gradients_after: Vec<Option<f32>>,
    /// Of each activation, from the image inwards: its learned parameters in the end.
    pub parameters: Vec<Vec<Parameter>>,
}

/// After an epoch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Fraction of the judging images classified correctly.
    pub accuracy: f32,
    /// Mean cross-entropy of the judging images.
    pub loss: Option<f32>,
    /// What the activations did on the judging images, if the trial was observed.
    pub layers: Vec<Layer>,
}

/// One activation on all judging images.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Channels.
    pub units: usize,
    /// Those with slope zero at every input, by number.
    pub dead: Vec<usize>,
    /// Mean of all outputs.
    pub mean: Option<f32>,
    /// Variance of all outputs.
    pub variance: Option<f32>,
    /// Fraction of outputs that are exactly zero.
    pub zeros: Option<f32>,
}

/// One parameter of one activation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Mean over all values, one per channel for example.
    pub mean: Option<f32>,
    /// The smallest.
    pub min: Option<f32>,
    /// The largest.
    pub max: Option<f32>,
}

impl Outcome {
    /// Fraction classified correctly in the end; NaN if training diverged.
    pub fn accuracy(&self) -> f64 {
        self.end()
            .map_or(f64::NAN, |epoch| f64::from(epoch.accuracy))
    }

    /// Cross-entropy of the judging images in the end; NaN if training diverged.
    pub fn loss(&self) -> f64 {
        number(self.end().and_then(|epoch| epoch.loss))
    }

    /// Mean training loss over the last tenth of the steps; NaN if training diverged.
    pub fn training_loss(&self) -> f64 {
        if self.diverged_at.is_some() || self.losses.is_empty() {
            return f64::NAN;
        }
        let last = self.losses.len().div_ceil(10);
        mean(&self.losses[self.losses.len() - last..])
    }

    /// The first step at which the mean loss of the last `window` steps is at most `target`; NaN if
    /// it never is.
    pub fn steps_to(&self, target: f64, window: usize) -> f64 {
        let reached = self
            .losses
            .windows(window)
            .position(|some| mean(some) <= target);
        reached.map_or(f64::NAN, |start| (start + window) as f64)
    }

    /// After so many epochs, 0 being before training, if that was seen.
    pub fn after(&self, epochs: usize) -> Option<&Epoch> {
        match epochs {
            0 => self.before.as_ref(),
            _ => self.epochs.get(epochs - 1),
        }
    }

    /// The last epoch of a training that did not diverge.
    pub fn end(&self) -> Option<&Epoch> {
        self.epochs.last().filter(|_| self.diverged_at.is_none())
    }

    /// Share of the units that are dead in the end; NaN if training diverged.
    pub fn dead_share(&self) -> f64 {
        self.end().map_or(f64::NAN, Epoch::dead_share)
    }

    /// Of the units that were dead after the first epoch, the share that is dead in the end; NaN if
    /// none was, or if training diverged.
    pub fn still_dead(&self) -> f64 {
        let (Some(first), Some(end)) = (self.epochs.first(), self.end()) else {
            return f64::NAN;
        };
        let (mut dead, mut still) = (0, 0);
        for (first, end) in first.layers.iter().zip(&end.layers) {
            dead += first.dead.len();
            still += first
                .dead
                .iter()
                .filter(|unit| end.dead.contains(unit))
                .count();
        }
        f64::from(still as u32) / f64::from(dead as u32)
    }

    /// Mean of a parameter by layer, from the image inwards.
    pub fn parameter(&self, name: &str) -> Vec<f64> {
        let of = |layer: &Vec<Parameter>| {
            let parameter = layer.iter().find(|parameter| parameter.name == name);
            number(parameter.and_then(|parameter| parameter.mean))
        };
        self.parameters.iter().map(of).collect()
    }
}

impl Epoch {
    /// Share of units that are dead, over all layers.
    pub fn dead_share(&self) -> f64 {
        let count = |of: fn(&Layer) -> usize| self.layers.iter().map(of).sum::<usize>() as f64;
        count(|layer| layer.dead.len()) / count(|layer| layer.units)
    }

    /// Mean over the layers of |mean| / deviation of the outputs: how far the next layer's inputs are
    /// off centre, in their own unit. A layer without deviation has none to speak of and is NaN.
    pub fn shift(&self) -> f64 {
        let shifts = self.layers.iter().map(Layer::shift);
        shifts.sum::<f64>() / self.layers.len() as f64
    }
}

impl Layer {
    /// |mean| / deviation of the outputs.
    pub fn shift(&self) -> f64 {
        match (self.mean, self.variance) {
            (Some(mean), Some(variance)) if variance > 0.0 => {
                f64::from(mean).abs() / f64::from(variance).sqrt()
            }
            _ => f64::NAN,
        }
    }

    /// Those that a report saw.
    pub(super) fn all(report: &Report) -> Vec<Self> {
        let layers = report.layers().iter();
        layers
            .map(|layer| {
                let total = layer.total();
                Self {
                    units: layer.units().len(),
                    dead: dead_units(layer),
                    mean: finite(total.output.mean()),
                    variance: finite(total.output.variance()),
                    zeros: finite(total.zero_share()),
                }
            })
            .collect()
    }
}

fn dead_units(layer: &Observation) -> Vec<usize> {
    let units = layer.units().iter().enumerate();
    let dead = units.filter(|(_, unit)| unit.is_dead());
    dead.map(|(number, _)| number).collect()
}

/// The number, if it is one in single precision.
pub(super) fn finite(value: f64) -> Option<f32> {
    let value = value as f32;
    value.is_finite().then_some(value)
}

/// The number, or NaN.
pub(super) fn number(value: Option<f32>) -> f64 {
    value.map_or(f64::NAN, f64::from)
}

fn mean(losses: &[f32]) -> f64 {
    losses.iter().map(|loss| f64::from(*loss)).sum::<f64>() / losses.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_to_the_end_of_the_window() {
        let outcome = Outcome {
            losses: vec![3.0, 2.0, 1.0, 1.0, 0.5],
            ..Outcome::default()
        };
        assert_eq!(outcome.steps_to(1.5, 2), 3.0);
        assert_eq!(outcome.steps_to(3.0, 1), 1.0);
        assert!(outcome.steps_to(0.1, 2).is_nan());
        assert!(outcome.steps_to(9.0, 6).is_nan());
        assert_eq!(outcome.training_loss(), 0.5);
    }

    #[test]
    fn a_diverged_training_has_no_result() {
        let outcome = Outcome {
            diverged_at: Some(7),
            epochs: vec![Epoch {
                accuracy: 0.9,
                ..Epoch::default()
            }],
            losses: vec![1.0],
            ..Outcome::default()
        };
        assert!(outcome.accuracy().is_nan() && outcome.training_loss().is_nan());
    }

    #[test]
    fn shares_are_of_all_units() {
        let layer = |units, dead: usize, mean| Layer {
            units,
            dead: (0..dead).collect(),
            mean: Some(mean),
            variance: Some(4.0),
            zeros: None,
        };
        let epoch = Epoch {
            layers: vec![layer(1, 1, -1.0), layer(9, 1, 3.0)],
            ..Epoch::default()
        };
        assert_eq!(epoch.dead_share(), 0.2);
        assert_eq!(epoch.shift(), 1.0);
        let later = Epoch {
            layers: vec![layer(1, 0, -1.0), layer(9, 2, 3.0)],
            ..Epoch::default()
        };
        let outcome = Outcome {
            epochs: vec![epoch, later],
            ..Outcome::default()
        };
        assert_eq!(outcome.still_dead(), 0.5);
    }
}
