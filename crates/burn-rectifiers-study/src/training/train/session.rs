//! A training of any model: shown in a dashboard or in lines, ended by Ctrl-C, by keys, and by a loss that is no number.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use burn::train::{
    Interrupter, LearnerSummary, LearningResult,
    logger::TrainingProgressLogger,
    metric::{MetricDefinition, MetricId, NumericEntry},
    renderer::{MetricState, MetricsRenderer, MetricsRendererTraining},
};

use super::{
    EpochLines,
    dashboard::Dashboard,
    interrupt::{self, Guard},
    quiet::ignores_evaluation,
    recorder::not_finite,
};
use crate::base::error::StudyError;

/// What ends a training before its last epoch. It needs burn-train's `LossMetric`.
pub struct Session {
    interrupter: Interrupter,
    seen: Arc<Mutex<Seen>>,
    _guard: Guard,
}

#[derive(Default)]
struct Seen {
    epoch: usize,
    step: usize,
    error: Option<StudyError>,
}

impl Session {
    /// From now on, Ctrl-C stops the training.
    pub fn begin() -> Self {
        let interrupter = Interrupter::new();
        Self {
            _guard: interrupt::on_ctrl_c(interrupter.clone()),
            seen: Arc::default(),
            interrupter,
        }
    }

    /// For [`with_interrupter`](burn::train::SupervisedTraining::with_interrupter).
    pub fn interrupter(&self) -> Interrupter {
        self.interrupter.clone()
    }

    /// For [`renderer`](burn::train::SupervisedTraining::renderer): burn-train's dashboard, or a line per pass.
    pub fn renderer(&self, dashboard: bool) -> Box<dyn MetricsRenderer> {
        Box::new(Checked {
            shown: match dashboard {
                true => Box::new(Dashboard::open(0, self.interrupter())),
                false => Box::new(EpochLines::default()),
            },
            loss: None,
            interrupter: self.interrupter(),
            seen: self.seen.clone(),
        })
    }

    /// The trained model, of a training whose logs are in `logs`.
    ///
    /// # Errors
    ///
    /// If a loss was no number or infinite, if something failed, or if the training was stopped.
    pub fn end<M>(self, result: LearningResult<M>, logs: &Path) -> Result<M, StudyError> {
        // Closes the dashboard.
        drop(result.renderer);
        let mut seen = lock(&self.seen);
        if let Some(error) = seen.error.take() {
            return Err(error);
        }
        let epoch = seen.epoch;
        if let Some(error) = result.error {
            return Err(StudyError::Training {
                epoch,
                reason: error.to_string(),
            });
        }
        match result.interrupted {
            Some(_) => Err(StudyError::Stopped {
                epoch,
                folder: logs.into(),
            }),
            None => Ok(result.model),
        }
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes everything on, and looks at the loss.
struct Checked {
    shown: Box<dyn MetricsRenderer>,
    loss: Option<MetricId>,
    interrupter: Interrupter,
    seen: Arc<Mutex<Seen>>,
}

impl Checked {
    fn check(&mut self, state: &MetricState, is_training: bool) {
        let MetricState::Numeric(entry, Some(value)) = state else {
            return;
        };
        if self.loss.as_ref() != Some(&entry.metric_id) {
            return;
        }
        let mut seen = lock(&self.seen);
        seen.step += usize::from(is_training);
        let loss = NumericEntry::current(value);
        if !loss.is_finite() && seen.error.is_none() {
            let what = match is_training {
                true => format!("loss of step {}", seen.step),
                false => "loss on the validation images".into(),
            };
            seen.error = Some(not_finite(seen.epoch, &what, loss));
            self.interrupter.stop(Some("the loss is not finite"));
        }
    }
}

impl MetricsRenderer for Checked {
    fn manual_close(&mut self) {
        self.shown.manual_close();
    }

    fn register_metric(&mut self, definition: MetricDefinition) {
        if definition.name.as_str() == "Loss" {
            self.loss = Some(definition.metric_id.clone());
        }
        self.shown.register_metric(definition);
    }
}

impl MetricsRendererTraining for Checked {
    fn update_train(&mut self, state: MetricState) {
        self.check(&state, true);
        self.shown.update_train(state);
    }

    fn update_valid(&mut self, state: MetricState) {
        self.check(&state, false);
        self.shown.update_valid(state);
    }

    fn on_train_end(
        &mut self,
        summary: Option<LearnerSummary>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        self.shown.on_train_end(summary)
    }
}

impl TrainingProgressLogger for Checked {
    fn start(&mut self, epochs: usize, first: usize, items: Option<usize>, label: Option<&str>) {
        lock(&self.seen).epoch = first;
        self.shown.start(epochs, first, items, label);
    }

    // After both passes.
    fn update_epoch(&mut self, epoch: usize) {
        lock(&self.seen).epoch = epoch + 1;
        self.shown.update_epoch(epoch);
    }

    fn start_split(&mut self, split: &str, items: usize) {
        self.shown.start_split(split, items);
    }

    fn update_split(&mut self, items: usize) {
        self.shown.update_split(items);
    }

    fn end_split(&mut self) {
        // Means over a part of the images are no result.
        if !self.interrupter.should_stop() {
            self.shown.end_split();
        }
    }

    fn end(&mut self) {
        self.shown.end();
    }

    fn log_event_training(&mut self, event: String) {
        self.shown.log_event_training(event);
    }
}

ignores_evaluation!(Checked);
