//! Looks at the steps of a training.

use super::{ActivationInput, GradientInput, Observed};
use crate::observe::{Observer, gradient_norms};
use burn::module::{Content, DisplaySettings, Module, ModuleDisplay};
use burn::train::TrainOutput;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Looks at the training and inference steps of the model that holds it; see
/// [`metric`](mod@crate::metric) for how.
///
/// A module without parameters: it leaves no trace in records, and records from before it was there
/// still load. Copies of the model, such as the one that burn-train validates, count steps together.
///
/// ```
/// use burn_rectifiers::{metric::Watch, observe::Observer};
///
/// // Each tenth step, with sequences of features: units along the last axis.
/// let watch = Watch::new().every(10).with_observer(Observer::new().channels_last());
/// assert_eq!(watch.to_string(), "Watch {every: 10}");
/// ```
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct Watch {
    #[module(skip)]
    observer: Observer,
    #[module(skip)]
    every: u64,
    #[module(skip)]
    steps: Arc<Steps>,
}

/// How many there have been.
#[derive(Debug, Default)]
struct Steps {
    training: AtomicU64,
    inference: AtomicU64,
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch {
    /// Looks at every step.
    pub fn new() -> Self {
        Self {
            observer: Observer::new(),
            every: 1,
            steps: Arc::default(),
        }
    }

    /// Looks at one step in `n`, beginning with the first; never with `n` = 0. Training and
    /// inference steps are counted apart, and on from epoch to epoch: with fewer than `n` batches
    /// there are epochs without any number.
    pub fn every(mut self, n: usize) -> Self {
        self.every = n as u64;
        self
    }

    /// Looks in this way.
    pub fn with_observer(mut self, observer: Observer) -> Self {
        self.observer = observer;
        self
    }

    /// Runs `step`, forward and backward pass of `model`, and tells what it saw if it looked.
    ///
    /// Gradient norms are those that `step` returns, before the optimizer clips anything. With
    /// gradient accumulation they are those of the single step.
    pub fn train_step<M: Module, O>(
        &self,
        model: &M,
        step: impl FnOnce() -> TrainOutput<O>,
    ) -> TrainOutput<Observed<O>> {
        if !self.looks(&self.steps.training) {
            let TrainOutput { grads, item } = step();
            let item = Observed::unseen(item);
            return TrainOutput { grads, item };
        }
        let (TrainOutput { grads, item }, seen) = self.observer.observe(step);
        let item = Observed {
            output: item,
            activations: ActivationInput::new(seen),
            gradients: GradientInput::new(gradient_norms(model, &grads)),
        };
        TrainOutput { grads, item }
    }

    /// Runs `step`, a forward pass, and tells what it saw if it looked. There are no gradients.
    pub fn inference_step<O>(&self, step: impl FnOnce() -> O) -> Observed<O> {
        if !self.looks(&self.steps.inference) {
            return Observed::unseen(step());
        }
        let (output, seen) = self.observer.observe(step);
        Observed {
            activations: ActivationInput::new(seen),
            ..Observed::unseen(output)
        }
    }

    fn looks(&self, steps: &AtomicU64) -> bool {
        let before = steps.fetch_add(1, Ordering::Relaxed);
        before.checked_rem(self.every) == Some(0)
    }
}

impl ModuleDisplay for Watch {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new()
            .with_new_line_after_attribute(false)
            .optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("every", &self.every).optional()
    }
}
