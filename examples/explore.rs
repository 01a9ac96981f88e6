//! Shows the activations of the family: figures from any backend, pictures, pages.
//!
//! `cargo run --example explore` lists them; `-- --help` shows what else can be asked for. The work
//! is done in the crate `burn-rectifiers-study`.

use std::process::ExitCode;

use burn_rectifiers_study::{cli, explore};
use clap::Parser;

/// Show the activations of the family: figures, pictures, pages.
#[derive(Parser)]
#[command(name = "explore", version, after_help = explore::EXAMPLES)]
struct Cli {
    #[command(flatten)]
    arguments: explore::Arguments,
}

fn main() -> ExitCode {
    let Cli { arguments } = cli::parse();
    cli::finish(explore::run(arguments))
}
