//! Adam with weight decay where it belongs.

use burn::{
    module::ParamGroup,
    optim::{AdamWConfig, ModuleOptimizer},
};

/// Adam for the networks of [`net`](crate::training::net), with decoupled weight decay for the weights of
/// convolutions and linear layers, which are the parameters called `weight`.
///
/// Never for the parameters of activations: decay would pull a slope towards 0 and so bias PReLU
/// towards ReLU (He et al. 2015, section 2.1). Nor for biases, as is usual.
///
/// Decay is asked for by path. Groups by parameter id would be lost when a run is resumed, because
/// the ids then come from the checkpoint.
pub fn adam(weight_decay: f64) -> ModuleOptimizer {
    let adam = AdamWConfig::new().with_epsilon(1e-8);
    let weights = ParamGroup::from_any_predicates(vec!["weight"]);
    ModuleOptimizer::from(adam.clone().with_weight_decay(0.0).build()).with_group(
        weights,
        adam.with_weight_decay(weight_decay as f32).build(),
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::{net::Cnn, settings::tests::settings};
    use burn::{
        module::Module,
        optim::GradientsParams,
        tensor::{Device, Tensor},
    };

    #[test]
    fn without_a_gradient_weights_shrink_and_nothing_else_moves() {
        let device = Device::flex().autodiff();
        let cnn = Cnn::new(&settings("--width 2 --activation prelu"), 10, &device).train();
        let before = cnn.values();
        let images = Tensor::ones([1, 3, 32, 32], &device);
        let zero = (cnn.forward(images).sum() * 0.0).backward();
        let grads = GradientsParams::from_grads(zero, &cnn);
        let after = adam(0.5).step(0.1, cnn, grads).values();

        let (mut weights, mut slopes) = (0, 0);
        for ((path, before), (_, after)) in before.iter().zip(&after) {
            if path.ends_with("weight") && !path.contains("activation") {
                weights += 1;
                for (before, after) in before.iter::<f32>().zip(after.iter::<f32>()) {
                    assert!(
                        (after - 0.95 * before).abs() <= 1e-6,
                        "{path}: {before} -> {after}"
                    );
                }
            } else {
                slopes += usize::from(path.contains("activation"));
                assert_eq!(before, after, "{path}");
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
