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
    tensor::Device,
    train::{
        Interrupter, Learner, SupervisedTraining,
        metric::{AccuracyMetric, LossMetric},
    },
};
use burn_rectifiers_data::{CifarBatcher, Normalization, Split};

use crate::{
    base::error::StudyError,
    training::{net::Cnn, optimizer::adam, probe::first_not_finite, run_folder::RunFolder},
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

/// Trains the epochs that the run in `folder` still lacks and returns the network.
///
/// Test loss and accuracy are measured after every epoch, for the curves; nothing is decided by
/// them, the network is always that of the last epoch. Checkpoints of the last two epochs are kept.
///
/// # Errors
///
/// If training is interrupted, if the loss is no longer a number, or if a file cannot be written.
pub fn train(
    folder: &Arc<RunFolder>,
    data: &Split,
    model: Cnn,
    device: &Device,
    dashboard: bool,
) -> Result<Cnn, StudyError> {
    let settings = folder.settings();
    let trained = folder.trained();
    if trained > 0 {
        checkpoint::check(folder, trained)?;
    }
    if trained == settings.epochs {
        return restore(folder, model, trained);
    }

    let interrupter = Interrupter::new();
    let batcher = CifarBatcher::new(Normalization::from_images(&data.train));
    let test = DataLoaderBuilder::new(batcher.clone())
        .batch_size(settings.batch_size)
        .build(data.test.clone());
    let train = Epochs::new(data.train.clone(), batcher, settings, trained, device);
    let recorder = Recorder::new(folder, data.train.len(), interrupter.clone(), !dashboard)?;

    let checkpoints = WholeCheckpoints::new(folder.clone());

    let mut training = SupervisedTraining::new(folder.path(), train.shared(), test)
        .metrics((LossMetric::new(), AccuracyMetric::new()))
        .with_metric_logger(recorder.clone())
        .with_progress_logger(recorder.clone())
        .with_custom_checkpointers(
            checkpoints.part("model"),
            checkpoints.part("optim"),
            checkpoints.part("scheduler"),
        )
        .with_checkpointing_strategy(AfterMetrics::new(recorder.clone()))
        .with_application_logger(None)
        .with_interrupter(interrupter.clone())
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
        adam(settings.weight_decay),
        settings.lr,
    ));
    drop(result.renderer);
    drop(guard);

    let kept = folder.last_checkpoint().unwrap_or(0);
    recorder.finish().map_err(|error| match error {
        StudyError::Training { epoch, reason } => {
            let first = first_not_finite(&result.model, data, settings);
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

/// The network of a run that had nothing left to train.
fn restore(folder: &RunFolder, model: Cnn, epoch: usize) -> Result<Cnn, StudyError> {
    let file = folder.checkpoints().file(epoch, "model.bpk");
    let record = ModuleRecord::load(&file).and_then(|record| model.try_load_record(record));
    record.map_err(|error| StudyError::Broken {
        file,
        reason: error.to_string(),
    })
}
