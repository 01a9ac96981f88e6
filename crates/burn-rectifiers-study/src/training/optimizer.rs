//! Optimizers with weight decay where it belongs.

use burn::{
    module::ParamGroup,
    optim::{
        AdamWConfig, AdjustLrFn, ModuleOptimizer, Muon, MuonConfig, MuonState, SgdConfig,
        decay::WeightDecayConfig, momentum::MomentumConfig,
    },
    tensor::{Device, Tensor},
};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// What makes steps of gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimizer {
    /// Adam (Kingma & Ba 2015, arXiv:1412.6980) with decoupled weight decay (Loshchilov & Hutter 2019,
    /// arXiv:1711.05101).
    Adam,
    /// Stochastic gradient descent with a Nesterov momentum of 0.9. Its decay is a part of the gradient.
    Sgd,
    /// Muon (Jordan et al. 2024) with a Nesterov momentum of 0.95 for convolutions, whose weights it takes for matrices of
    /// a row per output channel, scaled so that rates of Adam suit it (Liu et al. 2025, arXiv:2502.16982); Adam for the
    /// rest.
    Muon,
}

impl Optimizer {
    /// The learning rate, unless a user says otherwise.
    pub(crate) fn usual_rate(self) -> f64 {
        match self {
            Self::Adam => 1e-3,
            Self::Sgd => 0.05,
            Self::Muon => 5e-3,
        }
    }

    /// The optimizer of a network of [`net`](crate::training::net), with weight decay for the weights of convolutions and
    /// linear layers, which are the parameters called `weight`.
    ///
    /// Never for the parameters of activations: decay would pull a slope towards 0 and so bias PReLU
    /// towards ReLU (He et al. 2015, section 2.1). Nor for biases and normalizations, as is usual.
    ///
    /// Decay is asked for by path. Groups by parameter id would be lost when a run is resumed, because
    /// the ids then come from the checkpoint.
    pub fn with_decay(self, weight_decay: f64) -> ModuleOptimizer {
        let decay = Some(WeightDecayConfig::new(weight_decay as f32));
        let weights = ParamGroup::from_predicate("weight");
        match self {
            Self::Adam => adam(weight_decay),
            Self::Sgd => {
                let momentum = MomentumConfig::new()
                    .with_dampening(0.0)
                    .with_nesterov(true);
                let sgd = SgdConfig::new().with_momentum(Some(momentum));
                let decayed = sgd.clone().with_weight_decay(decay).build();
                ModuleOptimizer::from(sgd.build()).with_group(weights, decayed, None)
            }
            Self::Muon => {
                let muon = MuonConfig::new().with_adjust_lr_fn(AdjustLrFn::MatchRmsAdamW);
                let muon = muon.with_weight_decay(decay).build();
                let convolutions = ParamGroup::from_predicates(vec!["conv", "weight"]);
                adam(weight_decay).with_group(convolutions, OfRows(muon), None)
            }
        }
    }
}

/// Adam with decoupled weight decay for the weights; see [`Optimizer::with_decay`].
pub fn adam(weight_decay: f64) -> ModuleOptimizer {
    let adam = AdamWConfig::new().with_epsilon(1e-8);
    let weights = ParamGroup::from_predicate("weight");
    ModuleOptimizer::from(adam.clone().with_weight_decay(0.0).build()).with_group(
        weights,
        adam.with_weight_decay(weight_decay as f32).build(),
        None,
    )
}

/// Muon for tensors of any rank, which it takes for matrices that have their first dimension. Burn's own refuses all but
/// matrices.
#[derive(Clone)]
struct OfRows(Muon);

impl burn::optim::Optimizer for OfRows {
    type State<const D: usize> = MuonState<2>;

    fn step<const D: usize>(
        &self,
        rate: f64,
        tensor: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<MuonState<2>>,
    ) -> (Tensor<D>, Option<MuonState<2>>) {
        let shape = tensor.dims();
        let [tensor, gradient] = [tensor, gradient].map(|tensor| tensor.flatten::<2>(1, D - 1));
        let (tensor, state) = burn::optim::Optimizer::step(&self.0, rate, tensor, gradient, state);
        (tensor.reshape(shape), state)
    }

    fn to_device<const D: usize>(state: MuonState<2>, device: &Device) -> MuonState<2> {
        <Muon as burn::optim::Optimizer>::to_device(state, device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::net::{Cnn, values};
    use burn::{module::Module, optim::GradientsParams};
    use burn_rectifiers::Sharing;

    fn cnn(width: usize, device: &Device) -> Cnn {
        Cnn::new(("prelu", Sharing::default()), width, 10, 0, device).train()
    }

    #[test]
    fn without_a_gradient_weights_shrink_and_nothing_else_moves() {
        for optimizer in Optimizer::value_variants() {
            let device = Device::flex().autodiff();
            let cnn = cnn(2, &device);
            let before = values(&cnn);
            let images = Tensor::ones([1, 3, 32, 32], &device);
            let zero = (cnn.forward(images).sum() * 0.0).backward();
            let grads = GradientsParams::from_grads(zero, &cnn);
            let after = values(&optimizer.with_decay(0.5).step(0.1, cnn, grads));

            // With Nesterov momentum, the first step is 1.9 gradients.
            let kept = match optimizer {
                Optimizer::Sgd => 1.0 - 1.9 * 0.05,
                _ => 0.95,
            };
            let (mut weights, mut slopes) = (0, 0);
            for ((path, before), (_, after)) in before.iter().zip(&after) {
                if path.ends_with("weight") && !path.contains("activation") {
                    weights += 1;
                    for (before, after) in before.iter::<f32>().zip(after.iter::<f32>()) {
                        assert!(
                            (after - kept * before).abs() <= 1e-6,
                            "{optimizer:?}, {path}: {before} -> {after}"
                        );
                    }
                } else {
                    slopes += usize::from(path.contains("activation"));
                    assert_eq!(before, after, "{optimizer:?}, {path}");
                }
            }
            assert_eq!(
                (weights, slopes),
                (4, 3),
                "{:?}",
                after.iter().map(|v| &v.0).collect::<Vec<_>>()
            );
        }
    }

    /// Its steps turn a matrix of rows into one whose singular values are near 1.
    #[test]
    fn muon_makes_steps_of_convolutions_orthogonal() {
        let device = Device::flex().autodiff();
        let cnn = cnn(4, &device);
        let before = cnn.blocks[1].conv.weight.val().inner();
        let images = Tensor::random(
            [4, 3, 32, 32],
            burn::tensor::Distribution::Normal(0.0, 1.0),
            &device,
        );
        let loss = cnn.forward(images).powi_scalar(2).mean();
        let grads = GradientsParams::from_grads(loss.backward(), &cnn);
        let cnn = Optimizer::Muon.with_decay(0.0).step(1.0, cnn, grads);
        // [8, 4, 3, 3], so 0.2·√36 times an orthogonal matrix.
        let step = (cnn.blocks[1].conv.weight.val().inner() - before).flatten::<2>(1, 3);
        let products = step.clone().matmul(step.transpose()) / (0.04 * 36.0);
        let products: Vec<f32> = products.into_data().iter().collect();
        for (index, product) in products.iter().enumerate() {
            let expected = if index % 9 == 0 { 1.0 } else { 0.0 };
            assert!((product - expected).abs() < 0.6, "{products:?}");
        }
    }
}
