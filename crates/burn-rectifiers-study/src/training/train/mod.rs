//! Training on burn-train: metrics, checkpoints, interruption, dashboard.

mod checkpoint;
mod dashboard;
mod interrupt;
mod lines;
mod loader;
mod quiet;
mod recorder;
mod session;

use std::sync::Arc;

use burn::{
    data::dataloader::DataLoaderBuilder,
    module::Module,
    store::ModuleRecord,
    tensor::{
        Device,
        distributed::{DistributedConfig, ReduceOperation},
    },
    train::{
        ExecutionStrategy, Interrupter, Learner, MultiDeviceOptim, SupervisedTraining,
        metric::{AccuracyMetric, LearningRateMetric, LossMetric},
    },
};
use burn_rectifiers_data::{CifarBatcher, Normalization};

use crate::{
    base::error::StudyError,
    training::{
        data::Parts, net::Net, probe::first_not_finite, run_folder::RunFolder, settings::Settings,
        strategy::Strategy, trainee::Trainee,
    },
};
use checkpoint::{AfterMetrics, WholeCheckpoints};
use dashboard::Dashboard;
pub(crate) use interrupt::on_ctrl_c;
pub use lines::EpochLines;
use loader::Epochs;
pub(crate) use loader::order;
pub use quiet::QuietRenderer;
use recorder::Recorder;
pub use session::Session;

/// Whether to show burn-train's dashboard: if there is a terminal that can show it.
pub fn has_terminal() -> bool {
    use std::io::{IsTerminal, stdin, stdout};
    stdin().is_terminal() && stdout().is_terminal() && !is_dumb()
}

/// Whether the terminal knows lines and nothing else, as those in editors do.
pub(crate) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|kind| kind == "dumb")
}

/// Trains the epochs that the run in `folder` still lacks, and returns the network and the epoch after which it was as it
/// is.
///
/// Loss and accuracy on the validation images are measured after every epoch, and the network is that of the epoch with
/// the highest accuracy there. Without validation images, these are the test images, for the curves alone: nothing is
/// decided by them, and the network is that of the last epoch. Checkpoints of the last two epochs and of the best are
/// kept.
///
/// `devices` are as many as the settings ask for; the network is on the first.
///
/// # Errors
///
/// If training is interrupted, if the loss is no longer a number, or if a file cannot be read or written.
pub fn train(
    folder: &Arc<RunFolder>,
    data: &Parts,
    devices: &[Device],
    dashboard: bool,
) -> Result<(Net, usize), StudyError> {
    let settings = folder.settings();
    let trained = folder.trained();
    let new = || Trainee::new(settings, data.train.classes().len(), &devices[0]);
    // Restored here, too: burn-train panics where a checkpoint cannot be read.
    let start = match trained {
        0 => new(),
        _ => restore(folder, new(), trained)?,
    };
    let last = match trained == settings.epochs {
        true => start,
        false => train_rest(folder, data, start, devices, dashboard)?,
    };
    let best = folder.best_epoch().unwrap_or(settings.epochs);
    let trainee = match best == settings.epochs {
        true => last,
        false => restore(folder, new(), best)?,
    };
    Ok((trainee.into_judged(), best))
}

/// Trains what is left, to the last epoch.
fn train_rest(
    folder: &Arc<RunFolder>,
    data: &Parts,
    model: Trainee,
    devices: &[Device],
    dashboard: bool,
) -> Result<Trainee, StudyError> {
    let settings = folder.settings();
    let trained = folder.trained();
    let steps_per_epoch = data.train.len().div_ceil(settings.batch_size);
    let warm_up = (settings.warm_up() * steps_per_epoch as f64).round() as usize;
    let steps = settings.epochs * steps_per_epoch;
    let schedule = settings
        .schedule
        .scheduler(settings.learning_rate(), steps, warm_up);
    let interrupter = Interrupter::new();
    let batcher = CifarBatcher::new(Normalization::from_images(&data.train));
    let judging = DataLoaderBuilder::new(batcher.clone())
        .batch_size(settings.batch_size)
        .build(data.judging().clone());
    let train = Epochs::new(data.train.clone(), batcher, settings, trained, &devices[0]);
    let recorder = Recorder::new(folder, data.train.len(), interrupter.clone(), !dashboard)?;

    let checkpoints = WholeCheckpoints::new(folder.clone());

    let mut training = SupervisedTraining::new(folder.path(), train.shared(), judging)
        .metrics((LossMetric::new(), AccuracyMetric::new()))
        .metric_train_numeric(LearningRateMetric::new())
        .with_metric_logger(recorder.clone())
        .with_progress_logger(recorder.clone())
        .with_custom_checkpointers(
            checkpoints.part("model"),
            checkpoints.part("optim"),
            checkpoints.part("scheduler"),
        )
        .with_checkpointing_strategy(AfterMetrics::new(folder.clone(), recorder.clone()))
        .with_application_logger(None)
        .with_interrupter(interrupter.clone())
        .with_training_strategy(execution(settings, devices).into())
        .num_epochs(settings.epochs)
        .renderer(match dashboard {
            true => Box::new(Dashboard::open(trained, interrupter.clone())),
            // The recorder prints lines instead.
            false => Box::new(QuietRenderer),
        });
    if trained > 0 {
        training = training.checkpoint(trained);
    }

    let guard = interrupt::on_ctrl_c(interrupter);
    let result = training.launch(Learner::new(
        model.train(),
        settings.optimizer.with_decay(settings.weight_decay),
        schedule,
    ));
    drop(result.renderer);
    drop(guard);

    let kept = folder.last_checkpoint().unwrap_or(0);
    recorder.finish().map_err(|error| match error {
        StudyError::Training { epoch, reason } => {
            let first = first_not_finite(result.model.judged(), data, settings);
            let first = first.map_or(String::new(), |first| {
                format!("; not finite first: {first}")
            });
            StudyError::Training {
                epoch,
                reason: reason + &first,
            }
        }
        other => other,
    })?;
    if let Some(error) = result.error {
        return Err(StudyError::Training {
            epoch: kept + 1,
            reason: error.to_string(),
        });
    }
    if result.interrupted.is_some() && kept < settings.epochs {
        folder.keep_epochs(kept)?;
        return Err(StudyError::Interrupted {
            epoch: kept,
            epochs: settings.epochs,
            folder: folder.path().into(),
        });
    }
    Ok(result.model)
}

/// The devices of a run as burn-train wants them.
fn execution(settings: &Settings, devices: &[Device]) -> ExecutionStrategy {
    let devices = devices.to_vec();
    match settings.strategy() {
        Strategy::Single => ExecutionStrategy::single(devices[0].clone()),
        Strategy::Multi => ExecutionStrategy::multi(devices, MultiDeviceOptim::OptimMainDevice),
        Strategy::Ddp => {
            // Each device's gradients are its share of those of the whole step.
            let all_reduce_op = ReduceOperation::Sum;
            ExecutionStrategy::ddp(devices, DistributedConfig { all_reduce_op })
        }
    }
}

/// What the checkpoint of an epoch keeps.
fn restore(folder: &RunFolder, model: Trainee, epoch: usize) -> Result<Trainee, StudyError> {
    checkpoint::check(folder, epoch)?;
    let file = folder.checkpoints().file(epoch, "model.bpk");
    let record = ModuleRecord::load(&file).and_then(|record| model.try_load_record(record));
    record.map_err(|error| StudyError::Broken {
        file,
        reason: error.to_string(),
    })
}
