//! Several runs of `cnn_cifar` side by side.
//!
//! Runs that differ in nothing but their seeds are one [`Group`], whose mean and spread are told. Groups are compared with the
//! first, paired by seed.

mod group;
mod page;
mod run;

use std::path::PathBuf;

use clap::Args;

use crate::base::{
    columns::aligned,
    error::StudyError,
    files::{self, OwnFolder},
};
use crate::report::Table;
use crate::say;
pub use group::Group;
pub use run::Run;

const PAGE: &str = "report.html";

/// Which runs are compared.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// Folders of finished runs; the first is what others are compared with
    #[arg(value_name = "DIR", required = true, num_args = 2..)]
    pub runs: Vec<PathBuf>,

    /// Folder for the page, which replaces that of an earlier comparison
    #[arg(long, value_name = "DIR", default_value = "runs/compare")]
    pub out: PathBuf,
}

/// For the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  cargo run --example compare -- runs/prelu-synthetic-0 runs/elu-synthetic-0
  cargo run --example compare -- runs/*-cifar10-*

Runs that differ in their seeds alone are told as mean and standard deviation. Differences are to the runs of the first folder,
seed by seed, with a 95 % interval where there are at least two seeds.";

/// Reads the runs, prints a table and writes a page.
///
/// # Errors
///
/// If a folder holds no finished run, or is named twice, or the page cannot be written.
pub fn run(arguments: Arguments) -> Result<(), StudyError> {
    let runs = Run::read_all(&arguments.runs)?;
    let groups = Group::of(runs);
    let document = page::document(&groups);
    let _own = OwnFolder::take(&arguments.out, "compare", &[PAGE])?;
    for table in page::tables(&groups) {
        say!("{}", printed(&table));
    }
    let page = arguments.out.join(PAGE);
    files::replace(&page, document.html()?)?;
    say!("Page in {}", page.display());
    Ok(())
}

fn printed(table: &Table) -> String {
    let rows: Vec<_> = std::iter::once(&table.header)
        .chain(&table.rows)
        .cloned()
        .collect();
    // Marks are for pages.
    let plain = |cell: &String| cell.replace(['*', '`'], "");
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(plain).collect())
        .collect();
    aligned(&rows, |column| column == 0 || !table.is_numeric(column))
}
