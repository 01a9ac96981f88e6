//! Trains the same network from the same seed on each backend that is compiled in, and says how far they are apart.
//!
//! Each backend runs in a process of its own. The exit code is 1 if two differ by more than the tolerance, so that it serves as
//! a check of a new driver.

use std::process::ExitCode;

use burn_rectifiers_study::{
    cli,
    swap::{self, Arguments, EXAMPLES},
};
use clap::Parser;

/// Burn allocates a new buffer for every result; with mimalloc, they are reused pages.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Train the same on each backend, and compare what they computed.
#[derive(Parser)]
#[command(name = "backend_swap", version, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    arguments: Arguments,
}

fn main() -> ExitCode {
    let Cli { arguments } = cli::parse();
    cli::finish(swap::run(arguments))
}
