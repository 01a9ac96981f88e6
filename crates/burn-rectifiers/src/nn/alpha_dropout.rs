//! Alpha dropout, the dropout that goes with SELU.

use super::ActivationError;
use burn::config::Config;
use burn::module::{Content, DisplaySettings, Flag, Module, ModuleDisplay, Param};
use burn::tensor::{Distribution, Tensor};

/// −λα, what SELU approaches for large negative inputs: the value of a dropped unit.
const DROPPED: f64 = -1.050_700_987_355_480_5 * 1.673_263_242_354_377_2;

/// **Alpha dropout** (Klambauer et al. 2017, arXiv:1706.02515): a dropout that keeps mean 0 and
/// variance 1, for networks of SELU units.
///
/// While training, each element is dropped with probability p = [`prob`](Self::prob): not to 0, which
/// would change the variance, but to α′ = −λα ≈ −1.7581, the value that SELU saturates at. Then
/// everything goes through a·x + b with
///
/// a = (q + α′²·q·p)^(−1/2), b = −a·p·α′, q = 1 − p.
///
/// The gradient is a where an element is kept and 0 where it is dropped. Otherwise the input is
/// passed through. It counts as training, as for Burn's [`Dropout`](burn::nn::Dropout), if the input
/// is on an autodiff device and the module is not frozen.
///
/// Created with [`AlphaDropoutConfig`].
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct AlphaDropout {
    /// The probability that an element is dropped.
    pub prob: f64,
    /// Whether to drop elements where training is possible. Cleared by
    /// [`freeze`](burn::module::Module::freeze).
    pub training: Param<Flag>,
}

/// Configuration of [`AlphaDropout`].
#[derive(Config, Debug)]
pub struct AlphaDropoutConfig {
    /// The probability that an element is dropped, in \[0, 1). The paper uses 0.05 and 0.1.
    pub prob: f64,
}

impl AlphaDropoutConfig {
    /// Creates the [`AlphaDropout`] module.
    ///
    /// # Panics
    ///
    /// Where [`try_init`](Self::try_init) gives an error.
    pub fn init(&self) -> AlphaDropout {
        self.try_init().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Creates the [`AlphaDropout`] module.
    ///
    /// # Errors
    ///
    /// If `prob` is not in \[0, 1).
    pub fn try_init(&self) -> Result<AlphaDropout, ActivationError> {
        let prob = self.prob;
        if !(0.0..1.0).contains(&prob) {
            return Err(ActivationError::DropProbability { prob });
        }
        Ok(AlphaDropout {
            prob,
            training: Param::from_bool(true),
        })
    }
}

impl AlphaDropout {
    /// Drops elements of a tensor of any shape while training; see [`AlphaDropout`].
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        // The device says that there can be a backward pass, the flag that this module is trained.
        let trains = self.training.is_enabled() && input.device().is_autodiff();
        if !trains || self.prob == 0.0 {
            return input;
        }
        let (a, b) = affine(self.prob);
        // Ones and zeros, exact in every data type, as no uniform number in half precision is.
        let dropped = input
            .random_like(Distribution::Bernoulli(self.prob))
            .greater_scalar(0.5);
        // Filled in, not multiplied: what is dropped has no influence, even if it is infinite.
        (input * a + b).mask_fill(dropped, a * DROPPED + b)
    }
}

/// a and b of the affine map that restores mean 0 and variance 1.
fn affine(prob: f64) -> (f64, f64) {
    let keep = 1.0 - prob;
    let a = 1.0 / (keep + DROPPED * DROPPED * keep * prob).sqrt();
    (a, -a * prob * DROPPED)
}

impl ModuleDisplay for AlphaDropout {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new()
            .with_new_line_after_attribute(false)
            .optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        let content = content.add("prob", &self.prob);
        match self.training.is_enabled() {
            true => content.optional(),
            false => content.add("training", &self.training).optional(),
        }
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use super::*;
    use burn::tensor::{DType, Device};

    const COUNT: usize = 1 << 20;

    fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
        tensor.into_data().iter::<f64>().collect()
    }

    fn normal(device: &Device, dtype: DType) -> Tensor<2> {
        Tensor::random(
            [4, COUNT / 4],
            Distribution::Normal(0.0, 1.0),
            (device, dtype),
        )
    }

    #[test]
    fn mean_and_variance_stay() {
        let device = Device::flex().autodiff();
        for prob in [0.05, 0.1, 0.5] {
            let dropout = AlphaDropoutConfig::new(prob).init();
            let ys = numbers(dropout.forward(normal(&device, DType::F32)));
            let n = ys.len() as f64;
            let mean = ys.iter().sum::<f64>() / n;
            let variance = ys.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / n;
            let fourth = ys.iter().map(|y| (y - mean).powi(4)).sum::<f64>() / n;
            // Five standard errors each.
            assert!(mean.abs() < 5.0 / n.sqrt(), "{prob}: mean {mean}");
            let error = ((fourth - 1.0) / n).sqrt();
            assert!((variance - 1.0).abs() < 5.0 * error, "{prob}: {variance}");
        }
    }

    #[test]
    fn the_gradient_is_a_where_kept_and_zero_where_dropped() {
        let device = Device::flex().autodiff();
        let prob = 0.2;
        let (a, b) = affine(prob);
        let dropout = AlphaDropoutConfig::new(prob).init();
        for (dtype, digits) in [
            (DType::F64, 1e-14),
            (DType::F32, 1e-6),
            (DType::F16, 2e-3),
            (DType::BF16, 2e-2),
        ] {
            let x = normal(&device, dtype).require_grad();
            let y = dropout.forward(x.clone());
            assert_eq!((y.dims(), y.dtype()), (x.dims(), dtype));
            let grads = y.clone().sum().backward();
            let grads = numbers(x.grad(&grads).unwrap());
            let mut dropped = 0;
            for ((x, y), grad) in numbers(x).into_iter().zip(numbers(y)).zip(grads) {
                let (value, slope) = match grad {
                    0.0 => (a * DROPPED + b, 0.0),
                    _ => (a * x + b, a),
                };
                dropped += usize::from(grad == 0.0);
                assert!(
                    (y - value).abs() <= digits * (1.0 + x.abs()),
                    "{dtype:?} {x} {y}"
                );
                assert!((grad - slope).abs() <= digits, "{dtype:?}: {grad}");
            }
            // Binomial, to five standard deviations.
            let n = COUNT as f64;
            let off = (dropped as f64 - prob * n).abs();
            assert!(
                off < 5.0 * (n * prob * (1.0 - prob)).sqrt(),
                "{dtype:?}: {dropped}"
            );
        }
    }

    #[test]
    fn what_is_dropped_has_no_influence() {
        let device = Device::flex().autodiff();
        let x = Tensor::<1>::full([1000], f64::INFINITY, &device);
        let ys = numbers(AlphaDropoutConfig::new(0.5).init().forward(x));
        assert!(ys.iter().all(|y| !y.is_nan()));
        assert!(ys.iter().any(|y| y.is_finite()));
    }

    #[test]
    fn without_training_the_input_passes() {
        let autodiff = Device::flex().autodiff();
        let dropout = AlphaDropoutConfig::new(0.5).init();
        for (dropout, device) in [
            (dropout.clone(), &Device::flex()),
            (dropout.clone().freeze(), &autodiff),
            (dropout.valid(), &autodiff),
            (AlphaDropoutConfig::new(0.0).init(), &autodiff),
        ] {
            let x = normal(device, DType::F32);
            assert_eq!(numbers(dropout.forward(x.clone())), numbers(x));
        }
        let x = normal(&autodiff, DType::F32);
        assert_ne!(
            numbers(dropout.valid().train().forward(x.clone())),
            numbers(x)
        );
    }

    #[test]
    fn empty_inputs_stay_empty() {
        let empty = Tensor::<2>::zeros([0, 3], &Device::flex().autodiff());
        let dropout = AlphaDropoutConfig::new(0.5).init();
        assert_eq!(dropout.forward(empty).dims(), [0, 3]);
    }

    #[test]
    fn probabilities_that_are_none_are_refused() {
        for prob in [-0.1, 1.0, 2.0, f64::NAN, f64::INFINITY] {
            let config = AlphaDropoutConfig::new(prob);
            assert!(
                std::panic::catch_unwind(|| config.init()).is_err(),
                "{prob}"
            );
        }
    }

    #[test]
    fn shows_its_probability() {
        let dropout = AlphaDropoutConfig::new(0.05).init();
        assert_eq!(dropout.to_string(), "AlphaDropout {prob: 0.05}");
        assert_eq!(
            dropout.freeze().to_string(),
            "AlphaDropout {prob: 0.05, training: disabled}"
        );
    }
}
