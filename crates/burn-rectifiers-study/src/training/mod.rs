//! Networks and training: a run from its settings to its summary.

pub(crate) mod checkpoints;
mod data;
pub(crate) mod data_set;
mod init;
pub(crate) mod logs;
pub mod net;
pub(crate) mod optimizer;
pub mod pictures;
pub mod probe;
pub(crate) mod run_folder;
pub(crate) mod settings;
pub(crate) mod summary;
pub mod table;
pub mod train;
