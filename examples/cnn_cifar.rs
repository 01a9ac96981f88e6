//! Trains a convolutional network with a learnable activation and shows what it learned.
//!
//! `cargo run --example cnn_cifar` needs no data and no GPU; `-- --help` lists what can be changed.
//! The parts (networks, training, probes, pages) are in the crate `burn-rectifiers-study`.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use burn_rectifiers_study::{
    Begin, Recipe, RunFolder, Settings, StudyError, Summary, cli, complain, probe, say, table,
    train, training::page,
};
use clap::Parser;

/// Burn allocates a new buffer for every result; with mimalloc, they are reused pages.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Train a convolutional network with a learnable activation.
#[derive(Parser)]
#[command(name = "cnn_cifar", version, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    settings: Settings,

    /// The server of --backend remote [default: BURN_REMOTE_ADDRESS, or ws://127.0.0.1:3000]
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Fetch the CIFAR files into --data-dir if they are not there
    #[arg(long)]
    download: bool,

    /// Folder for results
    /// [default: runs/<activation>-<data>-<seed>, or with _2, _3, … if that holds another run]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Continue the run in --out after its last whole epoch; --epochs may be raised
    #[arg(long)]
    resume: bool,

    /// Begin again where a run with the same settings has left its results
    #[arg(long, conflicts_with = "resume")]
    overwrite: bool,

    /// Plain lines instead of the dashboard, also on a terminal
    #[arg(long)]
    no_tui: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --example cnn_cifar
  cargo run --example cnn_cifar -- --activation learnable_elu --sharing layer
  cargo run --example cnn_cifar -- --data cifar10 --download --epochs 6
  cargo run --example cnn_cifar -- --data cifar10 --recipe fast --activation pelu
  cargo run --example cnn_cifar -- --data cifar10 --network resnet20 --optimizer sgd --schedule cosine --val-split 0.1
  cargo run --example cnn_cifar -- --data cifar10 --data-dir path/to/cifar-10-batches-bin
  cargo run --example cnn_cifar -- --epochs 10 --resume
  cargo run --features wgpu --example cnn_cifar -- --backend wgpu
  cargo run --features remote --example cnn_cifar -- --backend remote --url ws://gpu:3000

Ctrl-C stops after the current step and keeps the checkpoint of the last whole epoch.";

fn main() -> ExitCode {
    cli::finish(run(cli::parse()))
}

fn run(cli: Cli) -> Result<(), StudyError> {
    let settings = cli.settings.checked()?;
    // SAFETY: there are no other threads yet.
    let device = unsafe { settings.backend.default_device(cli.url.as_deref())? };
    // Too many are refused before anything is written.
    let devices = settings.backend.devices(&device, settings.devices)?;
    let split = settings.images(cli.download)?;
    let data = settings.parts(&split)?;
    let begin = match (cli.resume, cli.overwrite) {
        (true, _) => Begin::Resume,
        (_, true) => Begin::Overwrite,
        _ => Begin::New,
    };
    let folder = match cli.out {
        Some(out) => RunFolder::open(out, &settings, &split, begin)?,
        None => RunFolder::open_default(&settings, &split, begin)?,
    };
    let folder = Arc::new(folder);
    if settings.recipe != Recipe::First {
        say!("{}", settings.recipe_in_words());
    }

    let dashboard = !cli.no_tui && train::has_terminal();
    let (summary, pages) = settings.backend.watch(&device, || {
        let (model, epoch) = train::train(&folder, &data, &devices, dashboard)?;
        let probe = probe::probe(&model, &data, &settings);
        let summary = Summary::new(&settings, &data, (&model, epoch), &folder.epochs()?, &probe);
        folder.save(&model, &summary)?;
        let pages = page::write(&folder, &data, &model, &probe, &summary)?;
        Ok((summary, pages))
    })?;

    say!(
        "\n{}\nResults in {}",
        table::render(&summary),
        folder.path().display()
    );
    if let Some(note) = summary.divergence(data.train.classes().len()) {
        complain!("{note}");
    }
    for page in pages {
        say!("  {}", page.display());
    }
    Ok(())
}
