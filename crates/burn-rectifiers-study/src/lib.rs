//! What puts burn-rectifiers to the test: a small network, a training run that can be interrupted
//! and resumed, probes of what was learned, and reports.
//!
//! An experiment reads from top to bottom in a page, because the pieces are here:
//!
//! - [`Settings`] is everything a run depends on, and its command line.
//! - [`Backend`] finds the device, [`Settings::images`] the data, [`Cnn`] is the network.
//! - [`RunFolder`] is where a run leaves its traces, [`train::train`] trains in it on burn-train.
//! - [`probe`] judges the network and looks at what its activations do; [`Summary`], [`table`] and
//!   [`pictures`] tell what came of it.
//! - [`statistics`] says which differences between runs are more than chance.
//! - [`report`] renders what a study found as one page for a browser, or as Markdown.
//! - [`bench`](mod@bench) times activations, side by side.
//! - [`explore`] shows any activation of the family as figures, pictures and pages.

mod backend;
pub mod bench;
mod checkpoints;
pub mod cli;
mod data;
mod data_set;
mod digits;
mod error;
pub mod explore;
pub mod files;
mod html;
mod init;
mod logs;
pub mod memory;
pub mod net;
mod optimizer;
pub mod pictures;
pub mod probe;
pub mod report;
mod rng;
mod run_folder;
mod settings;
pub mod statistics;
pub mod study;
mod summary;
pub mod table;
pub mod train;

pub use backend::Backend;
pub use data_set::DataSet;
pub use error::StudyError;
pub use logs::{EpochRow, StepRow};
pub use net::{Block, Cnn};
pub use optimizer::adam;
pub use run_folder::{Begin, RunFolder};
pub use settings::{Settings, activation};
pub use summary::{LayerSummary, ParameterSummary, Summary, Timings};
