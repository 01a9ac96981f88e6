//! Puts several runs of `cnn_cifar` on one page and into a table: results with their spread over seeds, differences, curves
//! over each other, and the settings that differ.

use std::process::ExitCode;

use burn_rectifiers_study::{
    cli,
    compare::{self, Arguments, EXAMPLES},
};
use clap::Parser;

/// Compare runs of `cnn_cifar`: results, curves, settings that differ.
#[derive(Parser)]
#[command(name = "compare", version, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    arguments: Arguments,
}

fn main() -> ExitCode {
    let Cli { arguments } = cli::parse();
    cli::finish(compare::run(arguments))
}
