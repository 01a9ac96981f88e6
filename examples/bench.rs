//! What an activation costs: above the floor, which is the time that moving its bytes takes; beside
//! Burn's own and beside nothing; or in a whole training step of `cnn_cifar` beside the step with
//! ReLU.
//!
//! Every round times each contender once, one after the other, so that a busy machine disturbs all
//! alike. What a contender costs is the median over the rounds of its time minus (or over) that of
//! the one it is compared with in the same round.

use std::{cell::RefCell, process::ExitCode};

use burn::{
    module::Module,
    tensor::{DType, Device, Distribution, Int, Tensor, activation},
    train::TrainStep,
};
use burn_rectifiers::{ActivationConfig, Sharing, curves, find};
use burn_rectifiers_data::CifarBatch;
use burn_rectifiers_study::bench::{Layout, floor, median, time};
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

    /// What computes: flex, ndarray, wgpu, vulkan, metal, cuda, rocm or tch [default: flex; for floor,
    /// all that are compiled in]
    #[arg(long, value_name = "NAME", hide_possible_values = true)]
    backend: Option<Backend>,

    /// Images per training step
    #[arg(long, value_name = "N", default_value_t = 64)]
    batch_size: usize,

    /// Channels of the first block of the network
    #[arg(long, value_name = "N", default_value_t = 32)]
    width: usize,

    /// Shape of the input, with the axis of channels after a colon if that is not 1 [default:
    /// 64,128,32,32; for floor, eight of them]; can be given several times for floor
    #[arg(
        long = "shape",
        value_name = "N,N,…[:AXIS]",
        allow_negative_numbers = true
    )]
    shapes: Vec<Layout>,

    /// For floor: the activations [default: all]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = curve)]
    activations: Vec<String>,

    /// For floor: who shares parameters
    #[arg(
        long,
        value_name = "WHAT,…",
        value_delimiter = ',',
        default_value = "channel"
    )]
    sharing: Vec<Sharers>,

    /// For floor: types of the elements
    #[arg(
        long,
        value_name = "TYPE,…",
        value_delimiter = ',',
        default_value = "f32"
    )]
    dtype: Vec<Type>,

    /// How often everything is timed
    #[arg(long, value_name = "N", default_value = "21", value_parser = rounds, allow_negative_numbers = true)]
    rounds: usize,

    /// JSON, and nothing else
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// Forward and backward alone, above a copy and an addition of the same bytes
    Floor,
    /// Forward and backward of an activation alone, per channel
    Activation,
    /// A training step of the network of cnn_cifar
    Step,
}

#[derive(Clone, Copy, ValueEnum)]
enum Sharers {
    Layer,
    Channel,
    Element,
}

#[derive(Clone, Copy, ValueEnum)]
enum Type {
    F64,
    F32,
    F16,
    Bf16,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --example bench -- floor
  cargo run --example bench -- floor --activations prelu,elu --shape 64,128,32,32 --dtype f32,bf16
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
    if let What::Floor = cli.what {
        return above_floor(&cli);
    }
    let settings = Settings {
        backend: cli.backend.unwrap_or(Backend::Flex),
        batch_size: cli.batch_size,
        width: cli.width,
        ..Settings::default()
    };
    let settings = settings.checked()?;
    let layout = cli.shapes.first().copied().unwrap_or(Layout::all()[0]);
    let device = settings.backend.device()?.autodiff();
    let contenders = match cli.what {
        What::Floor => unreachable!("done above"),
        What::Activation => lone_activations(layout.shape, &device),
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
        What::Floor => unreachable!("done above"),
        What::Activation => say!(
            "forward + backward, {layout} f32, per channel, {backend}, medians of {rounds} rounds\n"
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
            let taken = time(device, step);
            if round > 0 {
                times.push(taken);
            }
        }
    }
    times
}

/// Prints, for each backend, shape and type, how far each activation is above the floor.
fn above_floor(cli: &Cli) -> Result<(), StudyError> {
    let backends = match cli.backend {
        Some(backend) => vec![(backend, backend.device()?)],
        None => {
            let all = Backend::value_variants().iter();
            all.filter_map(|backend| Some((*backend, backend.device().ok()?)))
                .collect()
        }
    };
    let layouts = match cli.shapes.is_empty() {
        true => Layout::all(),
        false => cli.shapes.clone(),
    };
    let names: Vec<String> = match cli.activations.is_empty() {
        true => curves().map(|curve| curve.name().to_string()).collect(),
        false => cli.activations.clone(),
    };
    let mut rows = vec![];
    for (backend, device) in backends {
        for &layout in &layouts {
            for &dtype in &cli.dtype {
                let dtype = match dtype {
                    Type::F64 => DType::F64,
                    Type::F32 => DType::F32,
                    Type::F16 => DType::F16,
                    Type::Bf16 => DType::BF16,
                };
                if !device.supports_dtype(dtype) {
                    eprintln!("skipped: {} has no {dtype:?}", backend.name());
                    continue;
                }
                let plan = floor::Plan {
                    backend,
                    layout,
                    dtype,
                    curves: names.iter().filter_map(|name| find(name).ok()).collect(),
                    sharings: cli.sharing.iter().map(|s| s.along(layout.axis)).collect(),
                    rounds: cli.rounds,
                };
                if !cli.json {
                    heading(&plan);
                }
                floor::measure(&plan, &device, |row| {
                    if !cli.json {
                        line(&row);
                    }
                    rows.push(row);
                });
            }
        }
    }
    if cli.json {
        say!("{}", serde_json::json!(rows));
    }
    Ok(())
}

impl Sharers {
    fn along(self, axis: usize) -> Sharing {
        match self {
            Self::Layer => Sharing::Layer,
            Self::Channel => Sharing::Channel { axis },
            Self::Element => Sharing::Element,
        }
    }
}

fn heading(plan: &floor::Plan) {
    let (layout, dtype, rounds) = (plan.layout, plan.dtype, plan.rounds);
    say!(
        "\n{layout}, {dtype:?}, {}, medians of {rounds} rounds, ms; * is above 1.15 (piecewise \
         linear) or 1.5 (other) times the floor\n",
        plan.backend.name(),
    );
    say!(
        "{:<15}{:<10}{:>8}{:>9}{:>9}{:>8}{:>9}{:>9}{:>10}{:>10}",
        "",
        "shared",
        "copy",
        "forward",
        "ratio ",
        "add",
        "backward",
        "ratio ",
        "in graph",
        "Burn's",
    );
}

fn line(row: &floor::Row) {
    let ratio = |ratio: f64| {
        let mark = if ratio > row.bound() { '*' } else { ' ' };
        format!("{ratio:.2}{mark}")
    };
    say!(
        "{:<15}{:<10}{:>8.3}{:>9.3}{:>9}{:>8.3}{:>9.3}{:>9}{:>10.3}{:>10}",
        row.curve,
        row.sharing,
        row.copy,
        row.forward,
        ratio(row.forward_over_copy),
        row.add,
        row.backward,
        ratio(row.backward_over_add),
        row.graph,
        row.burn_graph
            .map_or(String::new(), |ms| format!("{ms:.3}")),
    );
}

fn curve(name: &str) -> Result<String, String> {
    find(name)
        .map(|curve| curve.name().to_string())
        .map_err(|error| error.to_string())
}

fn rounds(text: &str) -> Result<usize, String> {
    let rounds = text.parse().ok().filter(|rounds| *rounds > 0);
    rounds.ok_or_else(|| "give a number of rounds, at least 1".into())
}
