//! What is known of an activation, and of each of its units.

use super::{Histogram, Moments};
use crate::op::Kernel;
use crate::op::Sharing;
use core::fmt;
use serde::{Serialize, Serializer};

/// What went through one unit, that is one channel, of an activation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Unit {
    /// The inputs.
    pub input: Moments,
    /// The outputs.
    pub output: Moments,
    /// How many inputs were larger than zero.
    pub positive: u64,
    /// How many outputs were exactly zero.
    pub zeros: u64,
    /// At how many inputs the slope was not zero, so that a gradient gets through. NaN counts: it is
    /// no good gradient, but none of a dead unit either.
    pub passing: u64,
}

impl Unit {
    /// How many elements were seen.
    pub fn count(&self) -> u64 {
        self.input.count()
    }

    /// Whether the slope was zero at every input. Of a unit that has seen nothing, nothing is known:
    /// it is not called dead.
    pub fn is_dead(&self) -> bool {
        self.count() > 0 && self.passing == 0
    }

    /// The share of inputs that were larger than zero; NaN before the first.
    pub fn positive_share(&self) -> f64 {
        self.share(self.positive)
    }

    /// The share of outputs that were exactly zero, the sparsity; NaN before the first.
    pub fn zero_share(&self) -> f64 {
        self.share(self.zeros)
    }

    /// The share of inputs at which a gradient gets through; NaN before the first.
    pub fn passing_share(&self) -> f64 {
        self.share(self.passing)
    }

    fn share(&self, part: u64) -> f64 {
        part as f64 / self.count() as f64
    }

    /// Adds elements, of which each slice has one number.
    pub(super) fn see(&mut self, inputs: &[f64], outputs: &[f64], slopes: &[f64]) {
        let count = |values: &[f64], is: fn(f64) -> bool| {
            values
                .iter()
                .map(|value| u64::from(is(*value)))
                .sum::<u64>()
        };
        self.input.extend(inputs);
        self.output.extend(outputs);
        self.positive += count(inputs, |x| x > 0.0);
        self.zeros += count(outputs, |y| y == 0.0);
        self.passing += count(slopes, |slope| slope != 0.0);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.input.merge(&other.input);
        self.output.merge(&other.output);
        self.positive += other.positive;
        self.zeros += other.zeros;
        self.passing += other.passing;
    }
}

/// What one activation of a model did: in one call, or in a [`Report`](super::Report) over many
/// batches. Shows as `0: relu`.
#[derive(Debug, Clone, Serialize)]
pub struct Observation {
    call: usize,
    #[serde(rename = "activation", serialize_with = "by_name")]
    curve: &'static dyn Kernel,
    #[serde(serialize_with = "as_text")]
    sharing: Sharing,
    parameters: Vec<Parameter>,
    inputs: Histogram,
    units: Vec<Unit>,
}

/// The values of a parameter that an activation was called with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// Its name in the curve.
    pub name: &'static str,
    /// One value for each unit that [`Observation::sharing`] tells apart.
    pub values: Vec<f64>,
}

impl Observation {
    pub(super) fn new(
        call: usize,
        (curve, sharing): (&'static dyn Kernel, Sharing),
        parameters: Vec<Parameter>,
        inputs: Histogram,
        units: Vec<Unit>,
    ) -> Self {
        Self {
            call,
            curve,
            sharing,
            parameters,
            inputs,
            units,
        }
    }

    /// How many calls of activations came before.
    pub fn call(&self) -> usize {
        self.call
    }

    /// The curve that was evaluated.
    pub fn curve(&self) -> &'static dyn Kernel {
        self.curve
    }

    /// Who shared a parameter. [`Sharing::Layer`] where there is none.
    pub fn sharing(&self) -> Sharing {
        self.sharing
    }

    /// The parameters in the curve's order, with the values of that call; of the latest batch, if
    /// there were several. For [`RRelu`](crate::RRelu) while it trains, the slopes that were drawn,
    /// one for each element of the batch.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The parameters by curve: for each unit that the sharing tells apart, its parameters in the curve's
    /// order, as [`Curve::value_at`](crate::curve::Curve::value_at) takes them. One curve without
    /// parameters for an activation that has none.
    pub fn curves(&self) -> Vec<Vec<f64>> {
        let count = self.parameters.first().map_or(1, |p| p.values.len());
        let curve = |unit| self.parameters.iter().map(|p| p.values[unit]).collect();
        (0..count).map(curve).collect()
    }

    /// The inputs of all units together.
    pub fn inputs(&self) -> &Histogram {
        &self.inputs
    }

    /// The units, in the order of the channels.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// All units as if they were one.
    pub fn total(&self) -> Unit {
        let mut total = Unit::default();
        self.units.iter().for_each(|unit| total.merge(unit));
        total
    }

    /// How many units are dead.
    pub fn dead_units(&self) -> usize {
        self.units.iter().filter(|unit| unit.is_dead()).count()
    }

    /// The share of units that are dead; 0 if there are none.
    pub fn dead_share(&self) -> f64 {
        self.dead_units() as f64 / self.units.len().max(1) as f64
    }

    /// What must not change from batch to batch, in words.
    pub(super) fn site(&self) -> String {
        format!("{self} with {} units", self.units.len())
    }

    /// Adds another, later batch of the same activation.
    pub(super) fn merge(&mut self, other: &Self) {
        self.sharing = other.sharing;
        self.parameters.clone_from(&other.parameters);
        self.inputs.merge(&other.inputs);
        for (unit, other) in self.units.iter_mut().zip(&other.units) {
            unit.merge(other);
        }
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.call, self.curve.name())
    }
}

fn by_name<S: Serializer>(curve: &&'static dyn Kernel, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(curve.name())
}

fn as_text<S: Serializer>(sharing: &Sharing, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(sharing)
}
