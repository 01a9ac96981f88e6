//! What can go wrong in a run: one line each, and the exit code that belongs to it.

use std::{io, path::PathBuf};

use burn_rectifiers::ActivationError;
#[cfg(feature = "training")]
use burn_rectifiers_data::DataError;

/// The reason a run cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// A setting has a value that makes no sense.
    #[error("--{setting} {value}: expected {expected}")]
    Setting {
        /// Name of the flag, without dashes.
        setting: &'static str,
        /// What was given.
        value: String,
        /// What would be right.
        expected: String,
    },

    /// The activation or a parameter of it is not what it must be.
    #[error(transparent)]
    Activation(#[from] ActivationError),

    /// The backend is not part of this program.
    #[error("--backend {name}: not compiled in; add `--features {name}` to the cargo command")]
    NotCompiled {
        /// Name of the backend and of the feature that brings it.
        name: &'static str,
    },

    /// The backend is there, but its device is not.
    #[error(
        "--backend {name}: no usable device ({reason}); check the driver or take --backend flex"
    )]
    NoDevice {
        /// Name of the backend.
        name: &'static str,
        /// What the backend said.
        reason: String,
    },

    /// No server with devices answers.
    #[error(
        "--backend remote: no usable device at {url} ({reason}); start a server with `cargo run --features remote --example serve`, or set BURN_REMOTE_ADDRESS to the URL of one"
    )]
    NoServer {
        /// Where it was looked for.
        url: String,
        /// What Burn said.
        reason: String,
    },

    /// A server with devices went away.
    #[error(
        "the server at {url} does not answer any more; start it again, and continue with --resume"
    )]
    ServerGone {
        /// Where it was.
        url: String,
    },

    /// Devices cannot be served.
    #[error("--port {}: cannot serve at {at} ({reason}); take another with --port", at.port())]
    Serving {
        /// Where clients would connect.
        at: std::net::SocketAddr,
        /// What the system or Burn said.
        reason: String,
    },

    /// The data cannot be read or fetched.
    #[cfg(feature = "training")]
    #[error(transparent)]
    Data(#[from] DataError),

    /// The folder belongs to a run with other settings.
    #[error("{}: holds a run with --{setting} {there}, not {here}; {advice}", .folder.display())]
    OtherRun {
        /// The run's folder.
        folder: PathBuf,
        /// The first setting that differs.
        setting: String,
        /// Its value in the folder.
        there: String,
        /// Its value now.
        here: String,
        /// What to do.
        advice: &'static str,
    },

    /// The folder holds this run already.
    #[error("{}: holds a run with {epochs} trained epoch{}; --resume goes on with it, --overwrite begins again", .folder.display(), if *epochs == 1 { "" } else { "s" })]
    RunThere {
        /// The run's folder.
        folder: PathBuf,
        /// How many epochs have been trained.
        epochs: usize,
    },

    /// A folder has what another program, or a person, put there.
    #[error("{}: holds {what}; name another folder", .folder.display())]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// What it holds.
        what: String,
    },

    /// Something has the name of a folder, or of one above it.
    #[error("{}: {why}; name another folder, or move that away", .path.display())]
    NoFolder {
        /// What was named.
        path: PathBuf,
        /// Why it can be no folder.
        why: String,
    },

    /// Something has the name of a file, or there is no folder for it.
    #[error("{}: {why}; name another file, or move that away", .path.display())]
    NoFile {
        /// What was named.
        path: PathBuf,
        /// Why it can be no file.
        why: String,
    },

    /// A run was trained with other images.
    #[error("{}: the {what} are not those that this run was trained with; bring those back, or name another folder with --out", .folder.display())]
    OtherImages {
        /// The run's folder.
        folder: PathBuf,
        /// What has changed.
        what: String,
    },

    /// All checkpoints are damaged.
    #[error("{}: damaged, as any checkpoint before it; start the run without --resume", .file.display())]
    NoneWhole {
        /// The file of the oldest one.
        file: PathBuf,
    },

    /// A folder holds no run that has ended.
    #[error("{}: no finished run of cnn_cifar; finish it with --resume, or name another folder", .folder.display())]
    NotFinished {
        /// What was named.
        folder: PathBuf,
    },

    /// A summary is not what this program writes.
    #[error("{}: no summary of a run: {reason}; repeat the run, or leave it out", .file.display())]
    NoSummary {
        /// What was read.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// A folder was named twice.
    #[error("{}: named twice; name each run once", .folder.display())]
    NamedTwice {
        /// What was named.
        folder: PathBuf,
    },

    /// There is nothing to resume.
    #[error("{}: no checkpoint to resume from; start the run without --resume", .folder.display())]
    NoCheckpoint {
        /// The run's folder.
        folder: PathBuf,
    },

    /// A file of the run is not what this program wrote.
    #[error("{}: unusable: {reason}; start the run with --overwrite", .file.display())]
    Broken {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// A backend that was to be compared did not train.
    #[error("{name}: {reason}")]
    Swap {
        /// Name of the backend.
        name: &'static str,
        /// What it said last.
        reason: String,
    },

    /// Two backends do not compute the same.
    #[error("{reason}")]
    Disagree {
        /// Which two, and in what.
        reason: String,
    },

    /// The folder belongs to a study of something else.
    #[error("{}: holds a study with {what} {there}, not {here}; name another folder with --out", .folder.display())]
    OtherStudy {
        /// The study's folder.
        folder: PathBuf,
        /// What differs.
        what: String,
        /// Its value in the folder.
        there: String,
        /// Its value now.
        here: String,
    },

    /// The folder holds this study already.
    #[error("{}: holds {trials} finished trainings; continue with --resume or name another folder with --out", .folder.display())]
    StudyThere {
        /// The study's folder.
        folder: PathBuf,
        /// How many are there.
        trials: usize,
    },

    /// Somebody else writes into the folder.
    #[error("{}: another process is at work in this folder", .folder.display())]
    Busy {
        /// The study's folder.
        folder: PathBuf,
    },

    /// A file of a study is not what this program wrote.
    #[error("{}: unusable: {reason}; delete it and use --resume", .file.display())]
    BrokenStudy {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// A training of a study could not be run.
    #[error("training of {trial}: {reason}")]
    Trial {
        /// Which one.
        trial: String,
        /// What happened.
        reason: String,
    },

    /// A study was stopped on request.
    #[error("interrupted; finished trainings are in {}: the same command with --resume goes on from there", .folder.display())]
    StudyInterrupted {
        /// The study's folder.
        folder: PathBuf,
    },

    /// The operating system refused something.
    #[error("{}: cannot {action}: {reason}", .path.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why not.
        reason: String,
    },

    /// A picture cannot be drawn.
    #[error("cannot draw: {reason}")]
    Picture {
        /// Why not.
        reason: String,
    },

    /// Training stopped on an error.
    #[error("training stopped in epoch {epoch}: {reason}")]
    Training {
        /// The epoch that was not finished.
        epoch: usize,
        /// What happened.
        reason: String,
    },

    /// A training that keeps no checkpoints was stopped on request.
    #[error("interrupted in epoch {epoch}; the logs so far are in {}", .folder.display())]
    Stopped {
        /// The epoch that was not finished.
        epoch: usize,
        /// Where the logs are.
        folder: PathBuf,
    },

    /// Training was stopped on request.
    #[error("{}", interrupted(.epoch, .epochs, .folder))]
    Interrupted {
        /// Whole epochs that are kept.
        epoch: usize,
        /// Epochs that were wanted.
        epochs: usize,
        /// The run's folder.
        folder: PathBuf,
    },
}

impl StudyError {
    /// 2 for what the user can mend on the command line, 130 for an interruption as in shells, 1
    /// for the rest.
    pub fn exit_code(&self) -> u8 {
        match self {
            #[cfg(feature = "training")]
            Self::Data(_) => 2,
            Self::Setting { .. }
            | Self::Activation(_)
            | Self::NotCompiled { .. }
            | Self::OtherRun { .. }
            | Self::RunThere { .. }
            | Self::OtherStudy { .. }
            | Self::StudyThere { .. }
            | Self::Busy { .. }
            | Self::Foreign { .. }
            | Self::NoFolder { .. }
            | Self::NoFile { .. }
            | Self::OtherImages { .. }
            | Self::NotFinished { .. }
            | Self::NamedTwice { .. }
            | Self::NoCheckpoint { .. } => 2,
            Self::NoDevice { .. }
            | Self::NoServer { .. }
            | Self::ServerGone { .. }
            | Self::Serving { .. }
            | Self::Broken { .. }
            | Self::NoSummary { .. }
            | Self::NoneWhole { .. }
            | Self::BrokenStudy { .. }
            | Self::Trial { .. }
            | Self::Io { .. }
            | Self::Picture { .. }
            | Self::Swap { .. }
            | Self::Disagree { .. }
            | Self::Training { .. } => 1,
            Self::Interrupted { .. } | Self::StudyInterrupted { .. } | Self::Stopped { .. } => 130,
        }
    }

    /// For `map_err` on file operations.
    pub(crate) fn io<E: Into<io::Error>>(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(E) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            reason: source.into().to_string(),
        }
    }
}

fn interrupted(epoch: &usize, epochs: &usize, folder: &std::path::Path) -> String {
    let folder = folder.display();
    match epoch {
        0 => format!(
            "interrupted before the first of {epochs} epochs ended: nothing to resume in {folder}"
        ),
        _ => format!(
            "interrupted; the checkpoint of epoch {epoch} of {epochs} is in {folder}: \
             the same command with --resume continues from there"
        ),
    }
}

/// That a flag has this value.
pub(crate) fn wrong(setting: &'static str, value: impl ToString, expected: &str) -> StudyError {
    StudyError::Setting {
        setting,
        value: value.to_string(),
        expected: expected.into(),
    }
}
