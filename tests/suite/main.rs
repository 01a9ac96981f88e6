//! What spans the crates, in one program: tests that need a process of their own, because they count
//! what the whole process does, are in `tests/memory` and `tests/launches`.
//!
//! `cargo test --test suite gradients::` runs one file.

#[path = "../common/mod.rs"]
mod common;
/// The example, whose curve the library does not know.
#[allow(dead_code)]
#[path = "../../examples/custom_curve.rs"]
mod example;

// The activations, on every backend that is compiled in.
mod api;
mod architecture;
mod autodiff;
mod bounds;
mod composed;
mod custom_curve;
mod extremes;
mod frozen;
mod gradients;
#[cfg(unix)]
mod guarded;
mod initial;
mod instruction_sets;
mod mappers;
mod modules;
mod moving;
mod package;
mod per_layer;
mod pytorch;
mod random;
mod rational;
mod reference;
#[cfg(all(feature = "remote", feature = "flex"))]
mod remote;
mod surrogate;
mod threads;
mod transformative;

// Looking at models.
mod metrics;
mod observe;
mod probes;

// What users compile, data, documents, files, and the examples as processes.
mod book;
mod data_network;
mod data_synthetic;
mod downstream;
mod links;
mod programs;
mod saved;

// Damaged files and nonsense on command lines.
mod fuzz;
