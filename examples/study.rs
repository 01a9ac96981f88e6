//! Puts what is said about ReLU to the test, and writes a report.
//!
//! `cargo run --example study` answers roughly within 20 minutes on two cores; `-- --help` lists
//! what can be changed. The experiments are in the crate `burn-rectifiers-study`.

use std::process::ExitCode;

use burn_rectifiers_study::{cli, memory, study};

/// Burn allocates a new buffer for every result; with mimalloc, they are reused pages. What a step
/// takes is counted.
#[global_allocator]
static ALLOCATOR: memory::Counting<mimalloc::MiMalloc> = memory::Counting(mimalloc::MiMalloc);

fn main() -> ExitCode {
    cli::finish(study::run(cli::parse()))
}
