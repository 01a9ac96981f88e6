//! The numbers of a metric, as burn-train wants them.

use crate::observe::number;
use burn::train::metric::{MetricName, NumericEntry, SerializedEntry};

/// The latest numbers of a metric. What a metric has not seen is None, not NaN: that is what
/// activations may really be.
#[derive(Debug, Clone)]
pub struct Value {
    pub name: MetricName,
    unit: &'static str,
    /// Of the latest step, if that was observed.
    step: Option<f64>,
    /// Of the observed steps of the epoch.
    epoch: Option<f64>,
    /// What is shown until the next observed step.
    shown: Option<String>,
}

impl Value {
    pub fn new(name: String, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            unit,
            step: None,
            epoch: None,
            shown: None,
        }
    }

    /// After an observed step.
    pub fn set(&mut self, step: Option<f64>, epoch: Option<f64>) -> SerializedEntry {
        (self.step, self.epoch) = (step, epoch);
        let (Some(step), Some(epoch)) = (step, epoch) else {
            return self.skip();
        };
        let shown = format!("epoch {} - batch {}", self.text(epoch), self.text(step));
        self.shown = Some(shown.clone());
        SerializedEntry::new(shown, NumericEntry::Value(step).serialize())
    }

    /// After a step without a number: what is shown stays, nothing is logged or plotted.
    pub fn skip(&mut self) -> SerializedEntry {
        self.step = None;
        let entry = SerializedEntry::not_available(self.unit());
        match &self.shown {
            Some(shown) => SerializedEntry::new(shown.clone(), entry.serialized),
            None => entry,
        }
    }

    /// At the end of the epoch.
    pub fn finish(&self) -> SerializedEntry {
        match self.epoch {
            Some(epoch) => SerializedEntry::new(
                format!("epoch {}", self.text(epoch)),
                self.last().serialize(),
            ),
            None => SerializedEntry::not_available(self.unit()),
        }
    }

    /// Before the next epoch. What is shown stays until it has a number.
    pub fn clear(&mut self) {
        (self.step, self.epoch) = (None, None);
    }

    pub fn current(&self) -> Option<NumericEntry> {
        self.step.map(NumericEntry::Value)
    }

    pub fn running(&self) -> Option<NumericEntry> {
        self.epoch.map(NumericEntry::Value)
    }

    pub fn last(&self) -> NumericEntry {
        NumericEntry::Final(self.epoch.unwrap_or(f64::NAN))
    }

    pub fn unit(&self) -> Option<&'static str> {
        (!self.unit.is_empty()).then_some(self.unit)
    }

    fn text(&self, value: f64) -> String {
        match self.unit {
            "" => number(value),
            unit => format!("{value:.2} {unit}"),
        }
    }
}

/// Passes burn-train's questions about numbers on to the field `value`.
macro_rules! numeric {
    ($Metric:ty) => {
        impl burn::train::metric::Numeric for $Metric {
            fn value(&self) -> Option<burn::train::metric::NumericEntry> {
                self.value.current()
            }

            fn running_value(&self) -> Option<burn::train::metric::NumericEntry> {
                self.value.running()
            }

            fn final_value(&self) -> burn::train::metric::NumericEntry {
                self.value.last()
            }
        }

        impl Default for $Metric {
            fn default() -> Self {
                Self::new()
            }
        }
    };
}

pub(super) use numeric;
