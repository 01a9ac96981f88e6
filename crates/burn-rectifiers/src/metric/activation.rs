//! What activations do, in a number each.

use super::ActivationInput;
use super::value::{Value, numeric};
use crate::observe::{Moments, Observation, Report};
use burn::tensor::TensorReadError;
use burn::train::metric::{
    Metric, MetricAttributes, MetricMetadata, MetricName, NumericAttributes, SerializedEntry,
};

macro_rules! activation_metric {
    (
        $(#[$doc:meta])*
        $Metric:ident, $name:literal, $unit:literal, $description:literal, $figure:expr
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $Metric {
            value: Value,
            layer: Option<usize>,
            epoch: Epoch,
        }

        impl $Metric {
            #[doc = concat!("Of the whole model; `", $name, "` in logs.")]
            pub fn new() -> Self {
                Self::of($name.into(), None)
            }

            /// Of one layer: the n-th call of an activation, from 0. There is no number where the
            /// model makes fewer.
            #[doc = concat!("`", $name, " Layer 0` in logs.")]
            pub fn for_layer(n: usize) -> Self {
                Self::of(format!(concat!($name, " Layer {}"), n), Some(n))
            }

            fn of(name: String, layer: Option<usize>) -> Self {
                Self {
                    value: Value::new(name, $unit),
                    layer,
                    epoch: Epoch::default(),
                }
            }
        }

        impl Metric for $Metric {
            type Input = ActivationInput;

            fn name(&self) -> MetricName {
                self.value.name.clone()
            }

            fn description(&self) -> Option<String> {
                Some($description.into())
            }

            fn attributes(&self) -> MetricAttributes {
                NumericAttributes {
                    unit: self.value.unit().map(String::from),
                    higher_is_better: false,
                }
                .into()
            }

            fn update(
                &mut self,
                item: &ActivationInput,
                _: &MetricMetadata,
            ) -> Result<SerializedEntry, TensorReadError> {
                let Some(seen) = item.seen() else {
                    return Ok(self.value.skip());
                };
                self.epoch.add(seen);
                let figure: fn(&[&Observation]) -> Option<f64> = $figure;
                let step = figure(&chosen(seen, self.layer));
                let epoch = figure(&chosen(self.epoch.layers(), self.layer));
                Ok(self.value.set(step, epoch))
            }

            fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
                Ok(self.value.finish())
            }

            fn clear(&mut self) {
                self.epoch = Epoch::default();
                self.value.clear();
            }
        }

        numeric!($Metric);
    };
}

activation_metric!(
    /// The share of units that are dead, in percent: of all units of all layers, each counting once.
    ///
    /// Dead is a unit whose activation has slope zero at every input; see
    /// [`observe`](mod@crate::observe). Of a step, every input of its batch. Of an epoch, every input
    /// of every observed batch: a unit that was alive in one of them is alive. So over an epoch the
    /// number falls from that of the first batch to the one that matters.
    DeadUnitsMetric,
    "Dead Units",
    "%",
    "share of units whose activation had slope zero at every input",
    |layers| {
        let sum = |count: fn(&Observation) -> usize| layers.iter().map(|l| count(l)).sum::<usize>();
        let units = sum(|layer| layer.units().len());
        let share = sum(Observation::dead_units) as f64 / units as f64;
        (units > 0).then_some(100.0 * share)
    }
);

activation_metric!(
    /// The mean of a layer's outputs, averaged over layers: (1/L)·Σₗ mean(yₗ), where yₗ are all
    /// outputs of layer l, of all units, in the batch or in all observed batches of the epoch.
    ActivationMeanMetric,
    "Activation Mean",
    "",
    "mean of a layer's outputs, averaged over layers",
    |layers| average(layers, Moments::mean)
);

activation_metric!(
    /// The variance of a layer's outputs, averaged over layers: (1/L)·Σₗ var(yₗ), where yₗ are all
    /// outputs of layer l, of all units, in the batch or in all observed batches of the epoch. The
    /// variance is the mean squared deviation from the mean of the layer.
    ActivationVarianceMetric,
    "Activation Variance",
    "",
    "variance of a layer's outputs, averaged over layers",
    |layers| average(layers, Moments::variance)
);

fn average(layers: &[&Observation], figure: fn(&Moments) -> f64) -> Option<f64> {
    let sum: f64 = layers.iter().map(|l| figure(&l.total().output)).sum();
    (!layers.is_empty()).then_some(sum / layers.len() as f64)
}

fn chosen<'a>(
    layers: impl IntoIterator<Item = &'a Observation>,
    call: Option<usize>,
) -> Vec<&'a Observation> {
    let layers = layers.into_iter();
    layers
        .filter(|layer| call.is_none_or(|call| layer.call() == call))
        .collect()
}

/// The observed batches of an epoch, a report for each way through the model.
#[derive(Debug, Clone, Default)]
struct Epoch(Vec<Report>);

impl Epoch {
    fn add(&mut self, seen: &[Observation]) {
        if self.0.iter_mut().any(|report| report.add(seen).is_ok()) {
            return;
        }
        let mut report = Report::new();
        report.add(seen).expect("the first batch fits");
        self.0.push(report);
    }

    fn layers(&self) -> impl Iterator<Item = &Observation> {
        self.0.iter().flat_map(Report::layers)
    }
}
