//! Serves the devices of this machine, so that a model elsewhere computes on them: `cnn_cifar -- --backend remote`.
//!
//! `cargo run --features remote --example serve` serves the CPU, and with `--features remote,cuda -- --backend cuda`, GPUs.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, TcpListener},
    process::ExitCode,
    thread::{sleep, spawn},
    time::Duration,
};

use burn::server::{
    WebSocketTransport,
    telemetry::{DrainStatus, OpClass, TelemetryEvent, TelemetryProbe, TelemetrySubscription},
};
use burn_rectifiers::remote;
use burn_rectifiers_study::{
    Backend, StudyError,
    cli::{self, whole},
    say,
};
use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Serve the devices of this machine to programs that use Burn's remote backend.
#[derive(Parser)]
#[command(name = "serve", version, after_help = EXAMPLES)]
struct Cli {
    /// What computes: flex, ndarray, wgpu, vulkan, metal, cuda or rocm; for all but flex, add `--features NAME` to the cargo
    /// command
    #[arg(long, value_name = "NAME", default_value = "flex")]
    backend: Backend,

    /// Devices of the backend; a CPU, or a lone device of wgpu, counts as often as it is asked for
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole::<usize>)]
    devices: usize,

    /// The address of this machine to listen at; 0.0.0.0 lets every machine of the network in
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    host: IpAddr,

    /// The port to listen at; 0 for any that is free
    #[arg(long, value_name = "N", default_value_t = 3000, value_parser = whole::<u16>)]
    port: u16,

    /// Print what each client has sent, at its end
    #[arg(long)]
    count: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --features remote --example serve
  cargo run --features remote,cuda --example serve -- --backend cuda --devices 4
  ssh -L 3000:localhost:3000 gpu     # on the other machine: the server as ws://127.0.0.1:3000

What is sent is not encrypted, and whoever reaches the port can compute here: leave --host as it is where you do not trust the
network. Ctrl-C stops the server.";

fn main() -> ExitCode {
    cli::finish(run(cli::parse()))
}

fn run(cli: Cli) -> Result<(), StudyError> {
    if cli.backend == Backend::Remote {
        return Err(StudyError::Setting {
            setting: "backend",
            value: "remote".into(),
            expected: "a backend of this machine".into(),
        });
    }
    let first = cli.backend.device()?;
    let devices = cli.backend.devices(&first, cli.devices)?;
    let listening = |error| StudyError::Serving {
        at: (cli.host, cli.port).into(),
        reason: error,
    };
    let listener = TcpListener::bind((cli.host, cli.port));
    let listener = listener.map_err(|error| listening(error.to_string()))?;
    let at = listener.local_addr();
    let at = at.map_err(|error| listening(error.to_string()))?;
    say!(
        "Serving {} device(s) of {} at ws://{at}; Ctrl-C stops",
        devices.len(),
        cli.backend.name()
    );
    let mut server = remote::server(devices, &[]);
    if cli.count {
        // More than arrive in the time between two looks.
        let (probe, events) = TelemetryProbe::channel(1 << 20);
        server = server.with_telemetry(probe);
        spawn(|| print_counts(events));
    }
    let served = server.serve(WebSocketTransport::from_listener(listener));
    served.map_err(|error| listening(error.to_string()))
}

/// What a client has sent so far.
#[derive(Default)]
struct Sent {
    messages: u64,
    /// Operations of each class, also those of graphs that were sent once and are run again by their number.
    operations: BTreeMap<&'static str, u64>,
}

impl Sent {
    fn operation(&mut self, class: OpClass) {
        *self.operations.entry(class.label()).or_default() += 1;
    }
}

/// Prints what each client has sent, when it has left.
fn print_counts(mut events: TelemetrySubscription) {
    let mut sessions = HashMap::new();
    let mut graphs = HashMap::new();
    let mut seen = vec![];
    while let DrainStatus::Open { lagged } = events.drain_into(&mut seen) {
        if lagged > 0 {
            say!("{lagged} messages were not counted");
        }
        for event in seen.drain(..) {
            match &*event {
                TelemetryEvent::SessionOpened { session, .. } => {
                    sessions.insert(*session, Sent::default());
                }
                TelemetryEvent::SessionClosed { session } => {
                    if let Some(sent) = sessions.remove(session) {
                        print_sent(&sent);
                    }
                }
                TelemetryEvent::Op { session, kind, .. } => {
                    let sent = sessions.entry(*session).or_default();
                    sent.messages += 1;
                    sent.operation(*kind);
                }
                TelemetryEvent::GraphRegistered {
                    session,
                    graph,
                    ops,
                    ..
                } => {
                    let kinds: Vec<_> = ops.iter().map(|op| op.kind).collect();
                    graphs.insert((*session, *graph), kinds);
                }
                TelemetryEvent::GraphExecuted { session, graph, .. } => {
                    let sent = sessions.entry(*session).or_default();
                    sent.messages += 1;
                    for kind in graphs.get(&(*session, *graph)).into_iter().flatten() {
                        sent.operation(*kind);
                    }
                }
                TelemetryEvent::TensorDropped { session, .. }
                | TelemetryEvent::Read { session, .. }
                | TelemetryEvent::Sync { session, .. } => {
                    sessions.entry(*session).or_default().messages += 1;
                }
                TelemetryEvent::Transfer { .. } => {}
            }
        }
        sleep(Duration::from_millis(20));
    }
}

fn print_sent(sent: &Sent) {
    let classes = sent.operations.iter();
    let classes: Vec<_> = classes
        .map(|(class, count)| format!("{class} {count}"))
        .collect();
    say!(
        "A client has left after {} messages; operations: {}",
        sent.messages,
        classes.join(", ")
    );
}
