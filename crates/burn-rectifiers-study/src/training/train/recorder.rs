//! Writes `steps.csv` and `metrics.csv` while training, and tells how it goes.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use burn::train::{
    Interrupter,
    logger::{MetricLogger, TrainingProgressLogger},
    metric::{
        MetricDefinition, MetricId, MetricName, NumericEntry,
        store::{EpochSummary, MetricsUpdate, Split},
    },
};

use crate::{
    base::error::StudyError,
    training::{
        logs::{EpochRow, StepRow},
        run_folder::RunFolder,
    },
};

/// How long the plain output may be silent.
const PAUSE: Duration = Duration::from_secs(5);

/// burn-train calls it with every metric, in order, on one thread of its own, and at every turn on
/// another. So metrics are counted and epochs ended by the calls of the former alone.
#[derive(Clone)]
pub(crate) struct Recorder(Arc<Mutex<State>>);

struct State {
    steps: csv::Writer<File>,
    metrics: csv::Writer<File>,
    names: HashMap<MetricId, MetricName>,
    step: usize,
    row: EpochRow,
    train: Sums,
    valid: Sums,
    epochs: usize,
    images: usize,
    steps_per_epoch: usize,
    batch_size: usize,
    /// What several devices have told of a step.
    part: Sums,
    /// What the images are that epochs are judged by.
    judging: &'static str,
    /// Whether lines are printed, as there is no dashboard.
    tells: bool,
    told: Instant,
    interrupter: Interrupter,
    error: Option<StudyError>,
}

/// Of the images of an epoch seen so far. burn-train's own mean of the loss gives every batch the
/// same weight, also the last one with fewer images.
struct Sums {
    started: Instant,
    images: f64,
    loss: f64,
    correct: f64,
}

impl Sums {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            images: 0.0,
            loss: 0.0,
            correct: 0.0,
        }
    }

    fn add(&mut self, loss: f64, accuracy: f64, images: f64) {
        self.images += images;
        self.loss += loss * images;
        self.correct += accuracy * images;
    }

    /// Mean loss, accuracy and seconds. The metrics of all images have been read back by now, so
    /// the device has done its work.
    fn end(&mut self) -> (f64, f64, f64) {
        let seconds = self.started.elapsed().as_secs_f64();
        let Self {
            images,
            loss,
            correct,
            ..
        } = std::mem::replace(self, Self::new());
        (loss / images, correct / images, seconds)
    }
}

impl Recorder {
    /// Continues the files in `folder`.
    pub fn new(
        folder: &RunFolder,
        images: usize,
        interrupter: Interrupter,
        tells: bool,
    ) -> Result<Self, StudyError> {
        let settings = folder.settings();
        let steps_per_epoch = images.div_ceil(settings.batch_size);
        let state = State {
            steps: append(folder, "steps.csv")?,
            metrics: append(folder, "metrics.csv")?,
            names: HashMap::new(),
            step: folder.trained() * steps_per_epoch,
            row: EpochRow {
                epoch: folder.trained() + 1,
                ..EpochRow::default()
            },
            epochs: settings.epochs,
            images,
            steps_per_epoch,
            batch_size: settings.batch_size,
            part: Sums::new(),
            judging: settings.judging(),
            train: Sums::new(),
            valid: Sums::new(),
            tells,
            told: Instant::now(),
            interrupter,
            error: None,
        };
        Ok(Self(Arc::new(Mutex::new(state))))
    }

    /// The first thing that went wrong, if any.
    pub fn finish(&self) -> Result<(), StudyError> {
        self.state().error.take().map_or(Ok(()), Err)
    }

    /// Whether something went wrong.
    pub fn has_failed(&self) -> bool {
        self.state().error.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn append(folder: &RunFolder, name: &str) -> Result<csv::Writer<File>, StudyError> {
    let path = folder.file(name);
    let file = OpenOptions::new().create(true).append(true).open(&path);
    let file = file.map_err(StudyError::io("write", &path))?;
    let empty = file
        .metadata()
        .map_err(StudyError::io("read", &path))?
        .len()
        == 0;
    Ok(csv::WriterBuilder::new()
        .has_headers(empty)
        .from_writer(file))
}

/// Training stops when `what`, a loss, is no number or infinite.
pub(super) fn not_finite(epoch: usize, what: &str, loss: f64) -> StudyError {
    StudyError::Training {
        epoch,
        reason: format!("the {what} is {loss}; a lower --lr may help"),
    }
}

impl State {
    /// Stops training because of this error.
    fn fail(&mut self, error: StudyError) {
        self.interrupter.stop(Some("recording failed"));
        self.error.get_or_insert(error);
    }

    fn written(&mut self, file: &'static str, result: csv::Result<()>) {
        if let Err(error) = result {
            self.fail(StudyError::io("write", file)(error));
        }
    }

    /// What one device says of a step, whose images are complete when all have.
    fn part(&mut self, loss: f64, images: f64, learning_rate: f64) {
        self.part.add(loss, 0.0, images);
        let before = self.train.images - self.part.images;
        let rest = self.images as f64 - before;
        if self.part.images >= rest.min(self.batch_size as f64) {
            // The loss itself, to the last digit, where one device has seen all.
            let loss = if self.part.images == images {
                loss
            } else {
                self.part.end().0
            };
            self.part = Sums::new();
            self.step(loss, learning_rate);
        }
    }

    fn step(&mut self, loss: f64, learning_rate: f64) {
        self.step += 1;
        let row = StepRow {
            step: self.step,
            epoch: self.row.epoch,
            loss,
            learning_rate,
        };
        let result = self.steps.serialize(row);
        self.written("steps.csv", result);
        if !loss.is_finite() {
            let what = format!("loss of step {}", self.step);
            self.fail(not_finite(self.row.epoch, &what, loss));
        }
        if self.tells && self.told.elapsed() > PAUSE {
            self.told = Instant::now();
            let (epoch, steps) = (self.row.epoch, self.epochs * self.steps_per_epoch);
            crate::say!(
                "epoch {epoch}/{}: step {} of {steps}, loss {loss:.3}",
                self.epochs,
                self.step
            );
        }
    }

    fn end_epoch(&mut self) {
        self.row.images_per_second = self.images as f64 / self.row.train_seconds;
        let row = self.row;
        let result = self
            .metrics
            .serialize(row)
            .and_then(|()| Ok(self.metrics.flush()?));
        self.written("metrics.csv", result);
        let result = self.steps.flush().map_err(csv::Error::from);
        self.written("steps.csv", result);
        let losses = [("training", row.train_loss), (self.judging, row.valid_loss)];
        if let Some((images, loss)) = losses.into_iter().find(|(_, loss)| !loss.is_finite()) {
            let what = format!("mean loss on the {images} images");
            self.fail(not_finite(row.epoch, &what, loss));
        }
        if self.tells && self.error.is_none() {
            crate::say!(
                "epoch {}/{}: train loss {:.3}, accuracy {:.3}; {} loss {:.3}, accuracy {:.3}; \
                 {:.0} images/s, {:.1} s",
                row.epoch,
                self.epochs,
                row.train_loss,
                row.train_accuracy,
                self.judging,
                row.valid_loss,
                row.valid_accuracy,
                row.images_per_second,
                row.train_seconds + row.valid_seconds,
            );
        }
        self.row.epoch += 1;
    }
}

impl MetricLogger for Recorder {
    fn log(&mut self, update: MetricsUpdate, _epoch: usize, split: &Split) {
        let mut state = self.state();
        let mut batch = (0.0, 0.0, 0);
        let mut rate = 0.0;
        for metric in update.entries_numeric {
            let name = state
                .names
                .get(&metric.entry.metric_id)
                .map(|name| name.as_str());
            match (name, metric.numeric_entry) {
                (
                    Some("Loss"),
                    Some(NumericEntry::Aggregated {
                        aggregated_value, ..
                    }),
                ) => {
                    batch.0 = aggregated_value;
                }
                (
                    Some("Accuracy"),
                    Some(NumericEntry::Aggregated {
                        aggregated_value,
                        count,
                    }),
                ) => {
                    (batch.1, batch.2) = (aggregated_value, count);
                }
                (
                    Some("Learning Rate"),
                    Some(NumericEntry::Aggregated {
                        aggregated_value, ..
                    }),
                ) => rate = aggregated_value,
                // The end of the epoch.
                _ => return,
            }
        }
        let (loss, percent, images) = batch;
        let training = *split == Split::Train;
        let sums = if training {
            &mut state.train
        } else {
            &mut state.valid
        };
        sums.add(loss, percent / 100.0, images as f64);
        if training {
            state.part(loss, images as f64, rate);
        }
    }

    fn read_numeric(&mut self, _: &str, _: usize, _: &Split) -> Result<Vec<NumericEntry>, String> {
        // Nothing is kept for strategies that choose by metrics: none is used.
        Ok(Vec::new())
    }

    fn log_metric_definition(&mut self, definition: MetricDefinition) {
        self.state()
            .names
            .insert(definition.metric_id, definition.name);
    }

    fn log_epoch_summary(&mut self, summary: EpochSummary) {
        let mut state = self.state();
        if summary.split == Split::Train {
            let (loss, accuracy, seconds) = state.train.end();
            let row = &mut state.row;
            (row.train_loss, row.train_accuracy, row.train_seconds) = (loss, accuracy, seconds);
        } else {
            let (loss, accuracy, seconds) = state.valid.end();
            let row = &mut state.row;
            (row.valid_loss, row.valid_accuracy, row.valid_seconds) = (loss, accuracy, seconds);
            state.end_epoch();
        }
    }
}

impl TrainingProgressLogger for Recorder {
    fn start(&mut self, _: usize, _: usize, _: Option<usize>, _: Option<&str>) {}

    fn update_epoch(&mut self, _epoch: usize) {}

    fn start_split(&mut self, split: &str, _total_items: usize) {
        let mut state = self.state();
        let sums = if split == "train" {
            &mut state.train
        } else {
            &mut state.valid
        };
        sums.started = Instant::now();
    }

    fn update_split(&mut self, _items_processed: usize) {}

    fn end_split(&mut self) {}

    fn end(&mut self) {}

    fn log_event_training(&mut self, _event: String) {}
}
