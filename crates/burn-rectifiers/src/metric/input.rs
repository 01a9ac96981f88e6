//! What the metrics take.

use crate::observe::{GradientNorms, Observation};
use std::sync::Arc;

/// What the activations of a step did, if somebody looked: the input of the activation metrics.
///
/// An output type of one's own gets those metrics by implementing
/// [`Adaptor<ActivationInput>`](burn::train::metric::Adaptor); [`Observed`](super::Observed) is
/// ready. It is on the host, and its copies share it.
#[derive(Debug, Clone, Default)]
pub struct ActivationInput(Option<Arc<[Observation]>>);

impl ActivationInput {
    /// What [`observe`](crate::observe::observe) saw in a step.
    pub fn new(seen: Vec<Observation>) -> Self {
        Self(Some(seen.into()))
    }

    /// Of a step at which nobody looked.
    pub fn none() -> Self {
        Self::default()
    }

    /// The activations in the order of their calls, if somebody looked.
    pub fn seen(&self) -> Option<&[Observation]> {
        self.0.as_deref()
    }
}

/// The gradient norms of a step, if somebody looked: the input of
/// [`GradientNormMetric`](super::GradientNormMetric).
#[derive(Debug, Clone, Default)]
pub struct GradientInput(Option<Arc<GradientNorms>>);

impl GradientInput {
    /// What [`gradient_norms`](crate::observe::gradient_norms) measured in a step.
    pub fn new(norms: GradientNorms) -> Self {
        Self(Some(norms.into()))
    }

    /// Of a step at which nobody looked, or without gradients.
    pub fn none() -> Self {
        Self::default()
    }

    /// The norms, if somebody looked.
    pub fn norms(&self) -> Option<&GradientNorms> {
        self.0.as_deref()
    }
}
