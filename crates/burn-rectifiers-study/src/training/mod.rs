//! Networks and training: a run from its settings to its summary.

pub(crate) mod checkpoints;
pub(crate) mod data;
pub(crate) mod data_set;
mod init;
pub(crate) mod logs;
pub mod net;
pub(crate) mod optimizer;
pub mod page;
pub mod probe;
pub(crate) mod recipes;
pub(crate) mod run_folder;
pub(crate) mod schedule;
pub(crate) mod settings;
pub(crate) mod strategy;
pub(crate) mod summary;
pub mod table;
pub mod train;
pub(crate) mod trainee;
