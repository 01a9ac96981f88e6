//! What all programs have in common: command lines and what is printed, files, backends, memory, and how pictures look.

pub(crate) mod backend;
pub mod cli;
pub(crate) mod columns;
pub(crate) mod digits;
pub(crate) mod error;
pub mod files;
pub(crate) mod html;
pub mod memory;
mod panics;
#[cfg(feature = "training")]
pub(crate) mod rng;
mod server;
pub(crate) mod style;
