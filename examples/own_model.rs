//! Watches a model that knows nothing of this project: a small residual network in plain Burn, trained
//! by burn-train, with dead units, activations and gradient norms in its dashboard.
//!
//! `cargo run --example own_model` needs no data and no GPU; `-- --help` lists what can be changed.

use std::path::{Path, PathBuf};
use std::{fs, process::ExitCode};

use burn::data::dataloader::DataLoaderBuilder;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d::Same};
use burn::optim::AdamConfig;
use burn::prelude::*;
use burn::train::metric::{AccuracyMetric, LossMetric};
use burn::train::*;
use burn_rectifiers::{Activation, ActivationConfig, metric::*, observe::Report};
use burn_rectifiers_data::{CifarBatch, CifarBatcher, Normalization, synthetic};
use burn_rectifiers_study::files::{self, OwnFolder};
use burn_rectifiers_study::{
    Backend, Settings, StudyError, activation, cli, pictures, say, train::*,
};
use clap::Parser;

#[derive(Module, Debug)]
struct Block {
    conv: Conv2d,
    norm: BatchNorm,
    act: Activation, // was: Relu
}

impl Block {
    fn new(act: &str, device: &Device) -> Self {
        let conv = Conv2dConfig::new([16, 16], [3, 3]).with_padding(Same);
        Self {
            conv: conv.init(device),
            norm: BatchNormConfig::new(16).init(device),
            act: ActivationConfig::new(act.into(), vec![16]).init(device), // was: Relu::new()
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let y = self.norm.forward(self.conv.forward(x.clone()));
        self.act.forward(x + y)
    }
}

#[derive(Module, Debug)]
struct ResNet {
    stem: Conv2d,
    blocks: Vec<Block>,
    pool: MaxPool2d,
    linear: Linear,
    watch: Watch, // new: looks at the steps below
}

impl ResNet {
    fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let halved = |x, block: &Block| self.pool.forward(block.forward(x));
        let x = self.blocks.iter().fold(self.stem.forward(images), halved);
        self.linear.forward(x.flatten(1, 3))
    }

    fn classify(&self, batch: CifarBatch) -> ClassificationOutput {
        let output = self.forward(batch.images);
        let loss = CrossEntropyLossConfig::new().init(&output.device());
        let loss = loss.forward(output.clone(), batch.targets.clone());
        ClassificationOutput::new(loss, output, batch.targets)
    }
}

impl TrainStep for ResNet {
    type Input = CifarBatch;
    type Output = Observed<ClassificationOutput>; // was: ClassificationOutput

    fn step(&self, batch: CifarBatch) -> TrainOutput<Self::Output> {
        // New is the closure around what was there, here and below.
        self.watch.train_step(self, || {
            let item = self.classify(batch);
            TrainOutput::new(self, item.loss.backward(), item)
        })
    }
}

impl InferenceStep for ResNet {
    type Input = CifarBatch;
    type Output = Observed<ClassificationOutput>;

    fn step(&self, batch: CifarBatch) -> Self::Output {
        self.watch.inference_step(|| self.classify(batch))
    }
}

/// Watch the activations of a model of one's own while burn-train trains it.
#[derive(Parser)]
#[command(name = "own_model", version, after_help = EXAMPLES)]
struct Cli {
    /// Activation in place of each ReLU
    #[arg(long, value_name = "NAME", default_value = "prelu", value_parser = activation)]
    activation: String,
    /// Passes over 2000 procedural images
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = cli::whole::<usize>)]
    epochs: usize,
    /// Look at one step in N; 0 for none
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = cli::whole::<usize>)]
    every: usize,
    /// Learning rate of Adam
    #[arg(long, value_name = "RATE", default_value_t = 3e-3, value_parser = cli::number)]
    lr: f64,
    /// Folder for burn-train's logs, the picture and the page, which replace those of an earlier run
    #[arg(long, value_name = "DIR", default_value = "runs/own_model")]
    out: PathBuf,
    /// No dashboard but a line per pass, also on a terminal
    #[arg(long)]
    no_tui: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --example own_model
  cargo run --example own_model -- --activation relu --every 10
  cargo run --example own_model -- --activation pelu --epochs 10 --no-tui";

fn main() -> ExitCode {
    cli::finish(run(cli::parse()))
}

fn run(cli: Cli) -> Result<(), StudyError> {
    let settings = Settings {
        epochs: cli.epochs,
        lr: Some(cli.lr),
        ..Settings::default()
    };
    settings.checked()?;
    let names = ["train", "valid", "experiment.log", PICTURE, PAGE];
    let _own = OwnFolder::take(&cli.out, "own_model", &names)?;
    // Logs of fewer epochs would be mixed with what an earlier run left of more.
    for split in ["train", "valid"] {
        forget_logs(&cli.out.join(split))?;
    }
    let device = Backend::Flex.device()?;
    device.seed(0);
    let data = synthetic::split(0, 2000, 500);
    let batcher = CifarBatcher::new(Normalization::from_images(&data.train));
    let loader = || {
        let loader = DataLoaderBuilder::new(batcher.clone()).batch_size(50);
        loader.set_device(device.clone())
    };
    let valid = loader().build(data.test);

    let model = ResNet {
        stem: Conv2dConfig::new([3, 16], [3, 3])
            .with_padding(Same)
            .init(&device),
        blocks: (0..4)
            .map(|_| Block::new(&cli.activation, &device))
            .collect(),
        pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
        linear: LinearConfig::new(16 * 2 * 2, 10).init(&device),
        watch: Watch::new().every(cli.every),
    };
    let session = Session::begin();
    let training = SupervisedTraining::new(
        &cli.out,
        loader().shuffle(0).build(data.train),
        valid.clone(),
    )
    .metrics((LossMetric::new(), AccuracyMetric::new()))
    .metrics((DeadUnitsMetric::new(), ActivationMeanMetric::new()))
    .metrics((
        ActivationVarianceMetric::for_layer(0),
        ActivationVarianceMetric::for_layer(3),
    ))
    .metric_train_numeric(GradientNormMetric::new())
    .metric_train_numeric(GradientNormMetric::for_layer("stem"))
    .num_epochs(cli.epochs)
    .with_interrupter(session.interrupter())
    .renderer(session.renderer(!cli.no_tui && has_terminal()));
    let learner = Learner::new(model.train(), AdamConfig::new().init(), cli.lr);
    let model = session.end(training.launch(learner), &cli.out)?;

    let (mut report, mut correct) = (Report::new(), 0.0);
    for batch in valid.iter() {
        let CifarBatch { images, targets } = batch.expect("images in memory");
        let classes = report
            .watch(|| model.forward(images))
            .argmax(1)
            .flatten::<1>(0, 1);
        correct += classes.equal(targets).int().sum().into_scalar::<f64>();
    }
    let path = cli.out.join(PICTURE);
    let title = format!("Learned curves of a residual network: {}", cli.activation);
    let svg = pictures::learned_curves(&title, &report)?;
    files::replace(&path, svg)?;
    let page = cli.out.join(PAGE);
    files::replace(&page, pictures::page(&title, &report)?)?;
    say!(
        "{correct} of 500 validation images classified correctly\n\n{report}\nLogs in {}, picture in {}, page in {}",
        cli.out.display(),
        path.display(),
        page.display()
    );
    Ok(())
}

const PICTURE: &str = "learned_curves.svg";
const PAGE: &str = "activations.html";

/// Deletes the logs that burn-train wrote of a split: a folder per epoch, a file per metric. Other files stay.
fn forget_logs(split: &Path) -> Result<(), StudyError> {
    for epoch in entries(split, |name| name.starts_with("epoch-")) {
        for log in entries(&epoch, |name| name.ends_with(".log")) {
            files::remove(&log)?;
        }
        // Unless something is left in it.
        let _ = fs::remove_dir(epoch);
    }
    Ok(())
}

fn entries(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(&is_wanted))
        .map(|entry| entry.path())
        .collect()
}
