//! A renderer that prints a line per pass over the data.

use burn::train::{
    logger::TrainingProgressLogger,
    metric::{MetricDefinition, MetricId, NumericEntry},
    renderer::{MetricState, MetricsRenderer, MetricsRendererTraining},
};

use super::quiet::ignores_evaluation;
use crate::say;

/// After each pass over training or validation images, prints all metrics in a line: for where there is no
/// terminal for a dashboard.
#[derive(Default)]
pub struct EpochLines {
    epochs: usize,
    /// Whose passes come next, counted from 1.
    epoch: usize,
    /// `train` or `valid`.
    split: String,
    metrics: Vec<Metric>,
}

struct Metric {
    id: MetricId,
    name: String,
    /// Over the pass so far.
    value: Option<f64>,
}

impl EpochLines {
    fn update(&mut self, state: MetricState) {
        let MetricState::Numeric(entry, Some(value)) = state else {
            return;
        };
        let known = |metric: &&mut Metric| metric.id == entry.metric_id;
        if let Some(metric) = self.metrics.iter_mut().find(known) {
            metric.value = Some(NumericEntry::current(&value));
        }
    }
}

impl MetricsRenderer for EpochLines {
    fn manual_close(&mut self) {}

    fn register_metric(&mut self, definition: MetricDefinition) {
        self.metrics.push(Metric {
            id: definition.metric_id,
            name: definition.name.to_string(),
            value: None,
        });
    }
}

impl MetricsRendererTraining for EpochLines {
    fn update_train(&mut self, state: MetricState) {
        self.update(state);
    }
    fn update_valid(&mut self, state: MetricState) {
        self.update(state);
    }
}

impl TrainingProgressLogger for EpochLines {
    fn start(&mut self, epochs: usize, first: usize, _: Option<usize>, _: Option<&str>) {
        (self.epochs, self.epoch) = (epochs, first);
    }
    fn start_split(&mut self, split: &str, _: usize) {
        self.split = split.into();
        self.metrics
            .iter_mut()
            .for_each(|metric| metric.value = None);
    }
    fn end_split(&mut self) {
        let value = |metric: &Metric| Some(format!("{} {:.4}", metric.name, metric.value?));
        let values: Vec<_> = self.metrics.iter().filter_map(value).collect();
        let Self {
            epoch,
            epochs,
            split,
            ..
        } = self;
        say!("epoch {epoch} of {epochs}, {split}: {}", values.join(", "));
    }
    // After both passes.
    fn update_epoch(&mut self, epoch: usize) {
        self.epoch = epoch + 1;
    }
    fn update_split(&mut self, _: usize) {}
    fn end(&mut self) {}
    fn log_event_training(&mut self, _: String) {}
}

ignores_evaluation!(EpochLines);
