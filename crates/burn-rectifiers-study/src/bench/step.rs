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

use crate::training::{net::Cnn, optimizer::adam, settings::Settings, trainee::cross_entropy};

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
    /// With ReLU, beside which others are timed, ReLU among them: that shows what noise alone does.
    pub fn with_relu(settings: &Settings, device: &Device) -> Self {
        Self::new("relu", "relu", vec![], settings, device)
    }

    /// With the activations of these names, and with those of Burn's ReLU and PReLU whose names are among them.
    pub fn of(names: &[&str], settings: &Settings, device: &Device) -> Vec<Self> {
        let ours = names
            .iter()
            .map(|name| Self::new(name, name, vec![], settings, device));
        let widths = [1, 2, 4].map(|times| times * settings.width());
        let burns = ["relu", "prelu"].into_iter().filter(|n| names.contains(n));
        let burns = burns.map(|name| {
            let activations = widths.map(|width| {
                let config = match name {
                    "relu" => ActivationConfig::Relu,
                    _ => ActivationConfig::PRelu(PReluConfig::new().with_num_parameters(width)),
                };
                config.init(device)
            });
            let name = format!("Burn's {name}");
            Self::new("relu", &name, activations.into(), settings, device)
        });
        ours.chain(burns).collect()
    }

    fn new(
        activation: &str,
        name: &str,
        instead: Vec<Activation>,
        settings: &Settings,
        device: &Device,
    ) -> Self {
        let net = Net {
            cnn: Cnn::new(
                (activation, settings.sharing),
                settings.width(),
                10,
                settings.seed,
                device,
            ),
            instead,
        };
        let batch = settings.batch_size;
        Self {
            name: name.into(),
            state: Some((net.train(), adam(settings.weight_decay))),
            images: Tensor::random([batch, 3, 32, 32], Distribution::Normal(0.0, 1.0), device),
            targets: Tensor::arange(0..batch as i64, device) % 10,
            learning_rate: settings.learning_rate(),
        }
    }

    /// The activation.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Forward, backward, and what the optimizer makes of it.
    pub fn step(&mut self) {
        let (net, mut optimizer) = self.state.take().expect("put back by the last step");
        let logits = net.forward(self.images.clone());
        let loss = cross_entropy(logits, self.targets.clone(), 0.0);
        let gradients = GradientsParams::from_grads(loss.backward(), &net);
        let net = optimizer.step(self.learning_rate, net, gradients);
        self.state = Some((net, optimizer));
    }
}
