//! A learnable activation of one's own, defined in the file that uses it: fused forward and
//! backward on every backend, trained by Burn's Adam on a small regression.
//!
//! `cargo run --example custom_curve` needs no GPU; `-- --help` says how to use one.

use std::process::ExitCode;

use burn::nn::{Linear, LinearConfig, loss::MseLoss, loss::Reduction::Mean};
use burn::optim::{AdamConfig, GradientsParams};
use burn::prelude::*;
use burn_rectifiers_study::{Backend, StudyError, cli, say};
use clap::Parser;

burn_rectifiers::activation! {
    /// Softsign that learns where it flattens: about x near zero, ±a far away.
    module Softsign, config SoftsignConfig, curve SoftsignCurve;
    name "learnable_softsign";
    formula "a*x / (a + |x|)";
    source "this example";
    params {
        /// height that is approached as x goes to infinity
        a: 1.0 in Bound::above(0.0),
    }
    value(x) { a * (x / (a + abs(x))) }
    slope(x) {
        let root = a / (a + abs(x));
        root * root
    }
    grads(x) { a: { x / (a + abs(x)) * (abs(x) / (a + abs(x))) } }
}

#[derive(Module, Debug)]
struct Net {
    hidden: Linear,
    activation: Softsign,
    output: Linear,
}

/// Train an activation of one's own on a small regression.
#[derive(Parser)]
#[command(name = "custom_curve", version, after_help = EXAMPLES)]
struct Cli {
    /// What computes the tensors; others than flex need a Cargo feature of the same name
    #[arg(long, value_enum, value_name = "NAME", default_value = "flex")]
    backend: Backend,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --example custom_curve
  cargo run --features wgpu --example custom_curve -- --backend wgpu";

fn main() -> ExitCode {
    cli::finish(run(cli::parse()))
}

fn run(cli: Cli) -> Result<(), StudyError> {
    let device = cli.backend.device()?.autodiff();
    device.seed(1);
    let mut net = Net {
        hidden: LinearConfig::new(1, 16).init(&device),
        activation: SoftsignConfig::new(16).init(&device), // one a per unit
        output: LinearConfig::new(16, 1).init(&device),
    };
    let x = Tensor::<1, Int>::arange(-100..100, &device).float() / 50.0;
    let x = x.reshape([200, 1]);
    let sine = (x.clone() * 3.0).sin();

    let mut adam = AdamConfig::new().init();
    for step in 0..=400 {
        let h = net.activation.forward(net.hidden.forward(x.clone()));
        let loss = MseLoss::new().forward(net.output.forward(h), sine.clone(), Mean);
        if step % 100 == 0 {
            say!(
                "step {step:3}: loss {:.4}",
                loss.clone().into_scalar::<f32>()
            );
        }
        let grads = GradientsParams::from_grads(loss.backward(), &net);
        net = adam.step(0.02, net, grads);
    }
    let a: Vec<f32> = net.activation.a.val().into_data().iter().collect();
    say!("learned a: {a:.2?}");
    Ok(())
}
