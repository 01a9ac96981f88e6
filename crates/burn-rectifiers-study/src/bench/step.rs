//! A training step of the network of `cnn_cifar`, with an activation of ours or one of Burn's own.

use burn::{
    Tensor,
    module::Module,
    nn::{
        PReluConfig,
        activation::{Activation, ActivationConfig},
    },
    optim::{GradientsParams, ModuleOptimizer},
    tensor::{Device, Distribution, Int},
};
use burn_rectifiers::curves;

use crate::{Cnn, Settings, adam};

/// The network, and what is used instead of its activations, if anything.
#[derive(Module, Debug)]
struct Net {
    cnn: Cnn,
    instead: Vec<Activation>,
}

impl Net {
    fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let Some(_) = self.instead.first() else {
            return self.cnn.forward(images);
        };
        let mut x = images;
        for (block, activation) in self.cnn.blocks.iter().zip(&self.instead) {
            x = block
                .pool
                .forward(activation.forward(block.conv.forward(x)));
        }
        self.cnn.classifier.forward(x.flatten(1, 3))
    }
}

/// A network, its optimizer, and the batch that it is trained with over and over.
pub struct Training {
    name: String,
    /// Taken out during a step.
    state: Option<(Net, ModuleOptimizer)>,
    images: Tensor<4>,
    targets: Tensor<1, Int>,
    learning_rate: f64,
}

impl Training {
    /// With ReLU, with the others of the family, and with Burn's ReLU and PReLU.
    pub fn all(settings: &Settings, device: &Device) -> Vec<Self> {
        let ours = curves().map(|curve| curve.name());
        let others = ours.filter(|name| *name != "relu");
        let new = |activation: &str, name: &str, instead| {
            let settings = Settings {
                activation: activation.into(),
                ..settings.clone()
            };
            let net = Net {
                cnn: Cnn::new(&settings, 10, device),
                instead,
            };
            let batch = settings.batch_size;
            Self {
                name: name.into(),
                state: Some((net.train(), adam(settings.weight_decay))),
                images: Tensor::random([batch, 3, 32, 32], Distribution::Normal(0.0, 1.0), device),
                targets: Tensor::arange(0..batch as i64, device) % 10,
                learning_rate: settings.lr,
            }
        };
        let widths = [1, 2, 4].map(|times| times * settings.width);
        let burns = |config: &dyn Fn(usize) -> ActivationConfig| {
            widths
                .map(|width| config(width).init(device))
                .into_iter()
                .collect::<Vec<_>>()
        };
        let prelu = |width| PReluConfig::new().with_num_parameters(width);
        core::iter::once("relu")
            .chain(others)
            .map(|name| new(name, name, vec![]))
            .chain([
                new("relu", "Burn's relu", burns(&|_| ActivationConfig::Relu)),
                new(
                    "relu",
                    "Burn's prelu",
                    burns(&|width| ActivationConfig::PRelu(prelu(width))),
                ),
            ])
            .collect()
    }

    /// The activation.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Forward, backward, and what the optimizer makes of it.
    pub fn step(&mut self) {
        let (net, mut optimizer) = self.state.take().expect("put back by the last step");
        let logits = net.forward(self.images.clone());
        let loss = net.cnn.loss.forward(logits, self.targets.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &net);
        let net = optimizer.step(self.learning_rate, net, gradients);
        self.state = Some((net, optimizer));
    }
}
