//! The size of gradients.

use super::GradientInput;
use super::value::{Value, numeric};
use burn::tensor::TensorReadError;
use burn::train::metric::{
    Metric, MetricAttributes, MetricMetadata, MetricName, NumericAttributes, SerializedEntry,
};

/// The L2 norm of the gradient of all parameters together, √Σg²; over an epoch, the mean of the norms
/// of its observed steps.
///
/// Register it with `metric_train_numeric`: validation has no gradients, and `metrics` would plot
/// the lack of them.
#[derive(Debug, Clone)]
pub struct GradientNormMetric {
    value: Value,
    path: String,
    sum: f64,
    count: u64,
}

impl GradientNormMetric {
    /// Of the whole model; `Gradient Norm` in logs.
    pub fn new() -> Self {
        Self::of("Gradient Norm".into(), String::new())
    }

    /// Of one layer, or of any other part of the model, by its path, such as `blocks.0.conv`; see
    /// [`GradientNorms::of`](crate::observe::GradientNorms::of). There is no number where nothing at
    /// that path has a gradient. `Gradient Norm blocks.0.conv` in logs.
    pub fn for_layer(path: &str) -> Self {
        Self::of(format!("Gradient Norm {path}"), path.into())
    }

    fn of(name: String, path: String) -> Self {
        Self {
            value: Value::new(name, ""),
            path,
            sum: 0.0,
            count: 0,
        }
    }
}

impl Metric for GradientNormMetric {
    type Input = GradientInput;

    fn name(&self) -> MetricName {
        self.value.name.clone()
    }

    fn description(&self) -> Option<String> {
        Some("L2 norm of the gradient; of an epoch, the mean of its observed steps".into())
    }

    fn attributes(&self) -> MetricAttributes {
        let higher_is_better = false;
        NumericAttributes {
            unit: None,
            higher_is_better,
        }
        .into()
    }

    fn update(
        &mut self,
        item: &GradientInput,
        _: &MetricMetadata,
    ) -> Result<SerializedEntry, TensorReadError> {
        let norm = item.norms().and_then(|norms| norms.of(&self.path));
        let Some(norm) = norm else {
            return Ok(self.value.skip());
        };
        self.sum += norm;
        self.count += 1;
        let mean = self.sum / self.count as f64;
        Ok(self.value.set(Some(norm), Some(mean)))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.value.finish())
    }

    fn clear(&mut self) {
        (self.sum, self.count) = (0.0, 0);
        self.value.clear();
    }
}

numeric!(GradientNormMetric);
