//! What a training step costs, measured by itself.

use std::{cell::RefCell, time::Instant};

use burn::{
    Tensor,
    module::Module,
    optim::GradientsParams,
    tensor::{Device, Distribution, Int},
};
use burn_rectifiers::Sharing;
use serde::{Deserialize, Serialize};

use super::Plan;
use crate::training::trainee::cross_entropy;
use crate::{
    base::memory,
    statistics::Sample,
    training::{net::Net, optimizer::adam},
};

/// Repetitions, each of which gives one ratio.
const REPETITIONS: usize = 10;

/// Steps of each activation in a repetition, in turns with the others. Their median counts.
const ROUNDS: usize = 7;

/// What training steps cost on this machine, today.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// One per activation, ReLU first.
    pub steps: Vec<StepCost>,
    /// Images per step.
    pub batch_size: usize,
}

/// What a training step with one activation costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepCost {
    /// The activation.
    pub activation: String,
    /// Median seconds of each repetition.
    pub seconds: Vec<f64>,
    /// The most bytes that a step takes, beyond what is there before it. `None` where the program
    /// does not count, or where memory is not the host's.
    pub bytes: Option<usize>,
}

impl Costs {
    /// Measures a step of the main network (forward, backward, Adam) with every activation.
    ///
    /// In turns, so that whatever else the machine does meets all of them.
    pub fn measure(plan: &Plan, device: &Device) -> Self {
        let batch_size = plan.budget.batch_size;
        let steps: Vec<_> = plan
            .activations
            .iter()
            .map(|name| step(plan, name, device))
            .collect();
        let mut costs: Vec<StepCost> = plan
            .activations
            .iter()
            .zip(&steps)
            .map(|(name, step)| {
                // The first step makes the optimizer's state, which stays.
                step();
                StepCost {
                    activation: name.clone(),
                    seconds: Vec::new(),
                    bytes: memory::measured(step).1.map(|growth| growth.most as usize),
                }
            })
            .collect();
        for _ in 0..REPETITIONS {
            let mut seconds = vec![Vec::new(); steps.len()];
            for _ in 0..ROUNDS {
                for (seconds, step) in seconds.iter_mut().zip(&steps) {
                    let start = Instant::now();
                    step();
                    device.sync().expect("the device works");
                    seconds.push(start.elapsed().as_secs_f64());
                }
            }
            for (cost, seconds) in costs.iter_mut().zip(seconds) {
                cost.seconds.push(median(seconds));
            }
        }
        Self {
            steps: costs,
            batch_size,
        }
    }

    /// Whether these are the costs that a plan asks for, with as many times as are measured.
    pub fn fit(&self, plan: &Plan) -> bool {
        let names = self.steps.iter().map(|step| &step.activation);
        let is_whole = |step: &StepCost| {
            let is_time = |seconds: &f64| seconds.is_finite() && *seconds > 0.0;
            step.seconds.len() == REPETITIONS && step.seconds.iter().all(is_time)
        };
        names.eq(&plan.activations)
            && self.batch_size == plan.budget.batch_size
            && self.steps.iter().all(is_whole)
    }

    /// Time over that with ReLU, by repetition.
    pub fn ratio(&self, name: &str) -> Option<Sample> {
        let relu = self.steps.first()?;
        let step = self.steps.iter().find(|step| step.activation == name)?;
        let ratios = step
            .seconds
            .iter()
            .zip(&relu.seconds)
            .map(|(own, relu)| own / relu);
        Some(Sample::new(name, (1..).zip(ratios)))
    }
}

fn step(plan: &Plan, name: &str, device: &Device) -> impl Fn() + use<> {
    let batch = plan.budget.batch_size;
    let images = [batch, 3, 32, 32];
    let images = Tensor::<4>::random(images, Distribution::Normal(0.0, 1.0), device);
    let targets = Tensor::<1, Int>::arange(0..batch as i64, device) % plan.classes as i64;
    let device = device.clone().autodiff();
    let kind = (name, Sharing::default());
    let net = Net::new(plan.budget.net, kind, plan.classes, 1, &device).train();
    let state = RefCell::new(Some((net, adam(plan.budget.weight_decay))));
    move || {
        let (net, mut optimizer) = state.take().expect("put back by the last step");
        let images = Tensor::from_inner(images.clone());
        let targets = Tensor::from_inner(targets.clone());
        let loss = cross_entropy(net.forward(images), targets, 0.0);
        let gradients = GradientsParams::from_grads(loss.backward(), &net);
        let net = optimizer.step(1e-4, net, gradients);
        state.replace(Some((net, optimizer)));
    }
}

pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
