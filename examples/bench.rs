//! What an activation costs: forward plus backward beside Burn's own and beside nothing, or a whole
//! training step of `cnn_cifar` beside the step with ReLU.
//!
//! Every round times each contender once, one after the other, so that a busy machine disturbs all
//! alike. What a contender costs is the median over the rounds of its time minus (or over) that of
//! the first contender in the same round.

use std::{cell::RefCell, process::ExitCode, time::Instant};

use burn::{
    module::Module,
    tensor::{Device, Distribution, Int, Tensor, activation},
    train::TrainStep,
};
use burn_rectifiers::{ActivationConfig, curves};
use burn_rectifiers_data::CifarBatch;
use burn_rectifiers_study::{Backend, Cnn, Settings, StudyError, adam, cli, say};
use clap::{Parser, ValueEnum};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Time activations, one after the other in every round.
#[derive(Parser)]
#[command(name = "bench", after_help = EXAMPLES)]
struct Cli {
    /// What is timed
    #[arg(default_value = "activation")]
    what: What,

    /// What computes: flex, ndarray, wgpu, vulkan, metal, cuda, rocm or tch
    #[arg(
        long,
        value_name = "NAME",
        default_value = "flex",
        hide_possible_values = true
    )]
    backend: Backend,

    /// Images per training step
    #[arg(long, value_name = "N", default_value_t = 64)]
    batch_size: usize,

    /// Channels of the first block of the network
    #[arg(long, value_name = "N", default_value_t = 32)]
    width: usize,

    /// Shape of the input of a lone activation: batch,channels,height,width
    #[arg(long, value_name = "N,N,N,N", default_value = "64,128,32,32", value_parser = shape, allow_negative_numbers = true)]
    shape: [usize; 4],

    /// How often everything is timed
    #[arg(long, value_name = "N", default_value = "21", value_parser = rounds, allow_negative_numbers = true)]
    rounds: usize,

    /// JSON, and nothing else
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// Forward and backward of an activation alone, per channel
    Activation,
    /// A training step of the network of cnn_cifar
    Step,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --example bench
  cargo run --example bench -- --shape 64,32,32,32 --rounds 51
  cargo run --example bench -- step --batch-size 64 --width 32
  cargo run --features wgpu --example bench -- --backend wgpu --json";

/// A name, and what is timed under it.
type Contender = (String, Box<dyn Fn()>);

fn main() -> ExitCode {
    cli::finish(run(cli::parse()))
}

fn run(cli: Cli) -> Result<(), StudyError> {
    let settings = Settings {
        backend: cli.backend,
        batch_size: cli.batch_size,
        width: cli.width,
        ..Settings::default()
    };
    let settings = settings.checked()?;
    let device = settings.backend.device()?.autodiff();
    let contenders = match cli.what {
        What::Activation => lone_activations(cli.shape, &device),
        What::Step => training_steps(&settings, &device),
    };
    let times = measure(&contenders, cli.rounds, &device);
    let rows: Vec<_> = contenders
        .iter()
        .map(|(name, _)| name)
        .zip(&times)
        .collect();

    if cli.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, times)| serde_json::json!({"name": name, "ms": times}))
            .collect();
        say!("{}", serde_json::Value::from(rows));
        return Ok(());
    }
    let first = &contenders[0].0;
    let (backend, rounds) = (settings.backend.name(), cli.rounds);
    match cli.what {
        What::Activation => say!(
            "forward + backward, {:?} f32, per channel, {backend}, medians of {rounds} rounds\n",
            cli.shape
        ),
        What::Step => say!(
            "training step, batch {}, width {}, {backend}, medians of {rounds} rounds\n",
            settings.batch_size,
            settings.width
        ),
    }
    say!(
        "{:<16}{:>10}{:>20}{:>20}",
        "",
        "ms",
        format!("above {first}, ms"),
        format!("over {first}"),
    );
    for (name, own) in rows {
        let pairs = || own.iter().zip(&times[0]);
        say!(
            "{name:<16}{:>10.2}{:>20.2}{:>20.3}",
            median(own.clone()),
            median(pairs().map(|(own, first)| own - first).collect()),
            median(pairs().map(|(own, first)| own / first).collect()),
        );
    }
    Ok(())
}

/// Nothing, the family, and Burn's own: x is scaled by one, activated, summed and differentiated.
fn lone_activations(shape: [usize; 4], device: &Device) -> Vec<Contender> {
    let data = Tensor::<4>::random(shape, Distribution::Normal(0.0, 1.0), device);
    let graph = |name: &str, activate: Box<dyn Fn(Tensor<4>) -> Tensor<4>>| -> Contender {
        let data = data.clone();
        let step = move || {
            let x = data.clone().require_grad();
            let gradients = activate(x.clone() * 1.0).sum().backward();
            x.grad(&gradients).expect("x requires its gradient");
        };
        (name.into(), Box::new(step))
    };
    let ours = curves().map(|curve| {
        let config = ActivationConfig::new(curve.name().into(), shape[1..].to_vec());
        let module = config.init(device);
        graph(curve.name(), Box::new(move |x| module.forward(x)))
    });
    let alpha = Tensor::<1>::full([shape[1]], 0.25, device).require_grad();
    let mut all = vec![graph("nothing", Box::new(|x| x))];
    all.extend(ours);
    all.extend([
        graph(
            "Burn's prelu",
            Box::new(move |x| activation::prelu(x, alpha.clone())),
        ),
        graph("Burn's relu", Box::new(activation::relu)),
        graph("Burn's elu", Box::new(|x| activation::elu(x, 1.0))),
    ]);
    all
}

/// The network of `cnn_cifar` with ReLU, then with the others: forward, backward, Adam.
fn training_steps(settings: &Settings, device: &Device) -> Vec<Contender> {
    let images = [settings.batch_size, 3, 32, 32];
    let images = Tensor::random(images, Distribution::Normal(0.0, 1.0), device);
    let targets = Tensor::<1, Int>::arange(0..settings.batch_size as i64, device) % 10;
    let names = curves().map(|curve| curve.name());
    let others = names.filter(|name| *name != "relu");
    let step = |name: &str| -> Contender {
        let settings = Settings {
            activation: name.into(),
            ..settings.clone()
        };
        let batch = CifarBatch {
            images: images.clone(),
            targets: targets.clone(),
        };
        let cnn = Cnn::new(&settings, 10, device).train();
        let state = RefCell::new(Some((cnn, adam(settings.weight_decay))));
        let step = move || {
            let (cnn, mut optimizer) = state.take().expect("put back by the last step");
            let output = TrainStep::step(&cnn, batch.clone());
            let cnn = optimizer.step(settings.lr, cnn, output.grads);
            state.replace(Some((cnn, optimizer)));
        };
        (name.into(), Box::new(step))
    };
    core::iter::once("relu").chain(others).map(step).collect()
}

/// Milliseconds per contender and round.
fn measure(contenders: &[Contender], rounds: usize, device: &Device) -> Vec<Vec<f64>> {
    let mut times = vec![Vec::new(); contenders.len()];
    // The first round warms up: kernels are compiled, memory is paged in.
    for round in 0..=rounds {
        for (times, (_, step)) in times.iter_mut().zip(contenders) {
            let start = Instant::now();
            step();
            device.sync().expect("the device works");
            if round > 0 {
                times.push(start.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    times
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn shape(text: &str) -> Result<[usize; 4], String> {
    let sizes: Option<Vec<usize>> = text
        .split(',')
        .map(|size| size.parse().ok().filter(|size| *size > 0))
        .collect();
    let shape: Option<[usize; 4]> = sizes.and_then(|sizes| sizes.try_into().ok());
    let fits = |shape: &[usize; 4]| {
        let elements = shape
            .iter()
            .try_fold(1usize, |n, size| n.checked_mul(*size));
        elements.is_some_and(|elements| elements <= 1 << 30)
    };
    shape.filter(fits).ok_or_else(|| {
        "give four sizes above 0 and 2^30 elements at most, for example 64,128,32,32".into()
    })
}

fn rounds(text: &str) -> Result<usize, String> {
    let rounds = text.parse().ok().filter(|rounds| *rounds > 0);
    rounds.ok_or_else(|| "give a number of rounds, at least 1".into())
}
