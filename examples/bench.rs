//! What an activation costs: above the floor, which is the time that moving its bytes takes, and in a
//! whole training step of `cnn_cifar`.
//!
//! What is compared is timed in turns, round by round, so that a busy machine disturbs all alike. Figures
//! are medians over the rounds: of times, or of ratios of times of the same round.

use std::process::ExitCode;

use burn::tensor::{DType, Device};
use burn_rectifiers::{Sharing, curves, curves::find};
use burn_rectifiers_study::bench::{Layout, floor, median, median_interval, step::Training, time};
use burn_rectifiers_study::memory::{self, Counting};
use burn_rectifiers_study::{Backend, Settings, StudyError, cli, memory::fits_into_memory, say};
use clap::{Args, Parser, Subcommand, ValueEnum};

#[global_allocator]
static ALLOCATOR: Counting<mimalloc::MiMalloc> = Counting(mimalloc::MiMalloc);

/// Time activations, one after the other in every round.
#[derive(Parser)]
#[command(name = "bench", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Forward and backward above a copy and an addition of the same bytes, and beside Burn's own
    Floor(Floor),
    /// A training step of the network of cnn_cifar, its time and its memory
    Step(Step),
}

#[derive(Args)]
struct Floor {
    /// What computes: flex, ndarray, wgpu, vulkan, metal, cuda or rocm [default: all that are
    /// compiled in]
    #[arg(long, value_name = "NAME")]
    backend: Option<Backend>,

    /// Shape of the input, with the axis of channels after a colon if that is not 1, for example
    /// 64,32,32,128:3; can be given several times [default: eight of them]
    #[arg(
        long = "shape",
        value_name = "N,N,…[:AXIS]",
        allow_hyphen_values = true
    )]
    shapes: Vec<Layout>,

    /// The activations [default: all]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = curve)]
    activations: Vec<String>,

    /// Who shares parameters: layer, channel or element
    #[arg(
        long,
        value_name = "WHAT,…",
        value_delimiter = ',',
        default_value = "channel"
    )]
    sharing: Vec<Sharers>,

    /// Types of the elements: f64, f32, f16 or bf16
    #[arg(
        long,
        value_name = "TYPE,…",
        value_delimiter = ',',
        default_value = "f32"
    )]
    dtype: Vec<Type>,

    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct Step {
    /// What computes: flex, ndarray, wgpu, vulkan, metal, cuda or rocm
    #[arg(long, value_name = "NAME", default_value = "flex")]
    backend: Backend,

    /// Images per step
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = cli::whole::<usize>)]
    batch_size: usize,

    /// Channels of the first block of the network
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = cli::whole::<usize>)]
    width: usize,

    /// The activations, and with relu and prelu also Burn's [default: all]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = curve)]
    activations: Vec<String>,

    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct Common {
    /// How often everything is timed
    #[arg(long, value_name = "N", default_value = "21", value_parser = rounds)]
    rounds: usize,

    /// JSON, and nothing else
    #[arg(long)]
    json: bool,
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
  cargo run --example bench -- step --batch-size 64 --width 32
  cargo run --features wgpu --example bench -- floor --backend wgpu --json";

fn main() -> ExitCode {
    cli::finish(run(cli::parse()))
}

fn run(cli: Cli) -> Result<(), StudyError> {
    match cli.what {
        What::Floor(floor) => above_floor(&floor),
        What::Step(step) => training_steps(&step),
    }
}

/// Prints what training steps take beside the step with ReLU.
fn training_steps(cli: &Step) -> Result<(), StudyError> {
    let settings = Settings {
        backend: cli.backend,
        batch_size: cli.batch_size,
        width: Some(cli.width),
        ..Settings::default()
    };
    let settings = settings.checked()?;
    let device = settings.backend.device()?.autodiff();
    let relu = &mut Training::with_relu(&settings, &device);
    let mut names = or_all(&cli.activations);
    names.sort_by_key(|name| *name != "relu");
    let mut trainings = Training::of(&names, &settings, &device);
    if !cli.common.json {
        say!(
            "training step, batch {}, width {}, {}, medians of {} rounds; over relu: of ratios to a step \
             with relu beside it, and where the true median lies (95 %); peak: most memory on the host \
             above what is kept between steps\n",
            settings.batch_size,
            settings.width(),
            settings.backend.name(),
            cli.common.rounds,
        );
        say!(
            "{:<16}{:>10}{:>12}{:>18}{:>12}",
            "",
            "ms",
            "over relu",
            "",
            "peak, MiB"
        );
    }
    let mut rows = vec![];
    for training in &mut trainings {
        let [relu_ms, ms] = beside(relu, training, cli.common.rounds, &device);
        let pairs = ms.iter().zip(&relu_ms);
        let ratios: Vec<f64> = pairs.map(|(ms, relu)| ms / relu).collect();
        let (name, peak) = (training.name().to_string(), peak(training));
        if cli.common.json {
            rows.push(serde_json::json!({
                "name": name, "ms": ms, "relu_ms": relu_ms, "peak_mib": peak,
            }));
            continue;
        }
        let [low, high] = median_interval(ratios.clone());
        say!(
            "{name:<16}{:>10.2}{:>12.3}{:>18}{peak:>12.1}",
            median(ms),
            median(ratios),
            format!("{low:.3} to {high:.3}"),
        );
    }
    if cli.common.json {
        say!("{}", serde_json::Value::from(rows));
    }
    Ok(())
}

/// Milliseconds per round of steps of two trainings, one right after the other, either first in turn.
fn beside(
    one: &mut Training,
    other: &mut Training,
    rounds: usize,
    device: &Device,
) -> [Vec<f64>; 2] {
    let mut times = [vec![], vec![]];
    // The first round warms up: kernels are compiled, memory is paged in.
    for round in 0..=rounds {
        let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let training: &mut Training = if which == 0 { one } else { other };
            let (taken, ()) = time(device, || training.step());
            if round > 0 {
                times[which].push(taken);
            }
        }
    }
    times
}

/// Most MiB on the host above what is kept between steps.
fn peak(training: &mut Training) -> f64 {
    let ((), growth) = memory::measured(|| training.step());
    growth.map_or(f64::NAN, |growth| growth.most as f64 / f64::from(1 << 20))
}

/// Prints, for each backend, shape and type, how far each activation is above the floor.
fn above_floor(cli: &Floor) -> Result<(), StudyError> {
    let backends = match cli.backend {
        Some(backend) => vec![(backend, backend.device()?)],
        None => {
            let all = Backend::value_variants().iter();
            let all = all.filter(|backend| backend.is_at_hand());
            all.filter_map(|backend| Some((*backend, backend.device().ok()?)))
                .collect()
        }
    };
    let layouts = match cli.shapes.is_empty() {
        true => Layout::all(),
        false => cli.shapes.clone(),
    };
    let names = or_all(&cli.activations);
    let on_host = |backend: &Backend| matches!(backend, Backend::Flex | Backend::Ndarray);
    if backends.iter().any(|(backend, _)| on_host(backend)) {
        for layout in &layouts {
            // Input, output, a gradient of each, and what copies are made of and into.
            let widest = cli.dtype.iter().map(|dtype| dtype.dtype().size()).max();
            let bytes = 6 * layout.elements() * widest.unwrap_or(0);
            fits_into_memory("shape", layout, bytes as u64)?;
        }
    }
    let mut rows = vec![];
    for (backend, device) in backends {
        for &layout in &layouts {
            for &dtype in &cli.dtype {
                let dtype = dtype.dtype();
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
                    rounds: cli.common.rounds,
                };
                if !cli.common.json {
                    heading(&plan);
                }
                floor::measure(&plan, &device, |row| {
                    if !cli.common.json {
                        line(&row);
                    }
                    rows.push(row);
                });
            }
        }
    }
    if cli.common.json {
        say!("{}", serde_json::json!(rows));
    }
    Ok(())
}

impl Type {
    fn dtype(self) -> DType {
        match self {
            Self::F64 => DType::F64,
            Self::F32 => DType::F32,
            Self::F16 => DType::F16,
            Self::Bf16 => DType::BF16,
        }
    }
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
        "\n{layout}, {dtype:?}, {}, medians of {rounds} rounds, ms; * is above {} (products and comparisons) or \
         {} (other) times the floor\n",
        plan.backend.name(),
        floor::POLYNOMIAL_BOUND,
        floor::OTHER_BOUND,
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
    // Small tensors take less than a thousandth of a millisecond.
    let digits = if row.copy < 0.1 { 5 } else { 3 };
    say!(
        "{:<15}{:<10}{:>8.digits$}{:>9.digits$}{:>9}{:>8.digits$}{:>9.digits$}{:>9}{:>10.digits$}{:>10}",
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

/// The activations that were asked for, or all.
fn or_all(activations: &[String]) -> Vec<&str> {
    match activations.is_empty() {
        true => curves::all().map(|curve| curve.name()).collect(),
        false => activations.iter().map(String::as_str).collect(),
    }
}

fn curve(name: &str) -> Result<String, String> {
    find(name)
        .map(|curve| curve.name().to_string())
        .map_err(|error| error.to_string())
}

fn rounds(text: &str) -> Result<usize, String> {
    let rounds = text
        .parse()
        .ok()
        .filter(|rounds| (1..=1_000_000).contains(rounds));
    rounds.ok_or_else(|| "give a number of rounds, at least 1 and at most 1000000".into())
}
