//! RReLU: a ReLU whose negative slopes are drawn anew for each element while training.

use super::curves::PReluCurve;
use crate::nn::ActivationError;
use crate::op::{Sharing, activate, activate_as};
use burn::config::Config;
use burn::module::{Content, DisplaySettings, Flag, Module, ModuleDisplay, Param};
use burn::tensor::{Distribution, Tensor};

/// **RReLU**, the randomized leaky rectified linear unit (Xu et al. 2015, arXiv:1505.00853): x for
/// x > 0, a·x elsewhere.
///
/// While training, a is drawn for each element from the uniform distribution on
/// \[[`lower`](Self::lower), [`upper`](Self::upper)\]; otherwise it is the mean of the two. Nothing is
/// learned. It counts as training, as for Burn's [`Dropout`](burn::nn::Dropout), if the input is on
/// an autodiff device and the module is not frozen.
///
/// It goes through the kernels of PReLU, so the backward pass keeps the input and the slopes,
/// nothing else. Slopes have the data type of the input; in half precision, rounding may put them
/// half a unit of the last place outside the range.
///
/// Created with [`RReluConfig`].
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct RRelu {
    /// The least slope for x ≤ 0.
    pub lower: f64,
    /// The largest slope for x ≤ 0.
    pub upper: f64,
    /// Whether to draw slopes where training is possible. Cleared by
    /// [`freeze`](burn::module::Module::freeze).
    pub training: Param<Flag>,
}

/// Configuration of [`RRelu`].
#[derive(Config, Debug)]
pub struct RReluConfig {
    /// The least slope for x ≤ 0.
    #[config(default = "1.0 / 8.0")]
    pub lower: f64,
    /// The largest slope for x ≤ 0.
    #[config(default = "1.0 / 3.0")]
    pub upper: f64,
}

impl RReluConfig {
    /// Creates the [`RRelu`] module. It holds no tensors, so it needs no device.
    ///
    /// # Panics
    ///
    /// Where [`try_init`](Self::try_init) gives an error.
    pub fn init(&self) -> RRelu {
        self.try_init().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Creates the [`RRelu`] module; see [`init`](Self::init).
    ///
    /// # Errors
    ///
    /// If `lower` is larger than `upper`, or one of them is not finite.
    pub fn try_init(&self) -> Result<RRelu, ActivationError> {
        let Self { lower, upper } = *self;
        if !(lower <= upper && lower.is_finite() && upper.is_finite()) {
            return Err(ActivationError::SlopeRange {
                activation: "rrelu",
                lower,
                upper,
            });
        }
        Ok(RRelu {
            lower,
            upper,
            training: Param::from_bool(true),
        })
    }
}

impl RRelu {
    /// Applies the activation to each element of a tensor of any shape.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        let shape = input.shape();
        let count = shape.num_elements();
        // The device says that there can be a backward pass, the flag that this module is trained.
        let draws = self.training.is_enabled() && input.device().is_autodiff();
        if !draws || self.lower == self.upper || count == 0 {
            let mean = self.lower / 2.0 + self.upper / 2.0;
            let slope = Tensor::full([1], mean, (&input.device(), input.dtype()));
            return activate(input, vec![slope], &PReluCurve, Sharing::Layer);
        }
        let slopes = input.random_like(Distribution::Uniform(self.lower, self.upper));
        // Seen as one sample, each element has a slope of its own.
        activate_as(
            input.reshape([1, count]),
            vec![slopes.reshape([count])],
            &PReluCurve,
            Sharing::Element,
            &shape,
        )
        .reshape(shape)
    }
}

impl ModuleDisplay for RRelu {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new()
            .with_new_line_after_attribute(false)
            .optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        let content = content.add("lower", &self.lower).add("upper", &self.upper);
        match self.training.is_enabled() {
            true => content.optional(),
            false => content.add("training", &self.training).optional(),
        }
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use super::*;
    use burn::tensor::{DType, Device, TensorData};

    const COUNT: usize = 1 << 16;

    fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
        tensor.into_data().iter::<f64>().collect()
    }

    /// `COUNT` numbers from −4 to 4.
    fn xs() -> Vec<f64> {
        (0..COUNT)
            .map(|i| (i as f64 + 0.5) / COUNT as f64 * 8.0 - 4.0)
            .collect()
    }

    fn tensor<const D: usize>(
        xs: &[f64],
        shape: [usize; D],
        options: (&Device, DType),
    ) -> Tensor<D> {
        Tensor::from_data(TensorData::new(xs.to_vec(), shape), options)
    }

    #[test]
    fn slopes_are_uniform_and_the_gradient_is_the_slope_used() {
        let device = Device::flex().autodiff();
        let rrelu = RReluConfig::new().init();
        // Half a unit of the last place of 1/3.
        for (dtype, rounding) in [
            (DType::F64, 1e-15),
            (DType::F32, 3e-8),
            (DType::F16, 1.3e-4),
            (DType::BF16, 1e-3),
        ] {
            let shape = [16, 8, COUNT / 128];
            let x = tensor(&xs(), shape, (&device, dtype)).require_grad();
            let y = rrelu.forward(x.clone());
            assert_eq!((y.dims(), y.dtype()), (shape, dtype));
            let grads = y.clone().sum().backward();
            let slopes = numbers(x.grad(&grads).unwrap());

            let mut drawn = vec![];
            for ((x, y), slope) in numbers(x).into_iter().zip(numbers(y)).zip(slopes) {
                // One rounding of the product; the least number of half precision is 6e-8.
                let allowed = 6.0 * rounding * y.abs() + 3e-8;
                assert!((y - slope * x).abs() <= allowed, "{dtype:?}: {x} {y}");
                if x > 0.0 {
                    assert_eq!(slope, 1.0);
                } else {
                    let range = (0.125 - rounding)..=(1.0 / 3.0 + rounding);
                    assert!(range.contains(&slope), "{dtype:?}: {slope}");
                    drawn.push(slope);
                }
            }
            // Mean and variance of a uniform distribution, to five standard errors; the mean of the
            // roundings is within half a unit.
            let n = drawn.len() as f64;
            let width: f64 = 1.0 / 3.0 - 0.125;
            let mean = drawn.iter().sum::<f64>() / n;
            let variance = drawn.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / n;
            let expected = width * width / 12.0;
            let off = (mean - (0.125 + width / 2.0)).abs();
            assert!(
                off < 5.0 * (expected / n).sqrt() + rounding,
                "{dtype:?}: {mean}"
            );
            let off = (variance / expected - 1.0).abs();
            assert!(
                off < 5.0 / n.sqrt() + 20.0 * rounding,
                "{dtype:?}: {variance}"
            );
        }
    }

    /// Computed a second time for the backward pass, with the same slopes.
    #[test]
    fn checkpointing_draws_no_second_time() {
        let device = Device::flex().autodiff().gradient_checkpointing();
        let rrelu = RReluConfig::new().init();
        let x = tensor(&xs(), [COUNT], (&device, DType::F32)).require_grad();
        let y = rrelu.forward(x.clone() * 1.0);
        // The derivative of y² needs y.
        let grads = (y.clone() * y.clone()).sum().backward();
        let grads = numbers(x.grad(&grads).unwrap());
        for ((x, y), grad) in numbers(x).into_iter().zip(numbers(y)).zip(grads) {
            let expected = 2.0 * y * y / x;
            assert!((grad - expected).abs() <= 1e-6 * expected.abs(), "{x} {y}");
        }
    }

    #[test]
    fn slopes_are_drawn_anew() {
        let device = Device::flex().autodiff();
        let rrelu = RReluConfig::new().init();
        let x = tensor(&xs(), [COUNT], (&device, DType::F32));
        assert_ne!(numbers(rrelu.forward(x.clone())), numbers(rrelu.forward(x)));
    }

    #[test]
    fn without_training_the_slope_is_the_mean() {
        let plain = Device::flex();
        let autodiff = Device::flex().autodiff();
        let rrelu = RReluConfig::new().with_lower(0.25).with_upper(0.75).init();
        let expected: Vec<f64> = xs()
            .into_iter()
            .map(|x| if x > 0.0 { x } else { x / 2.0 })
            .collect();
        for (rrelu, device) in [
            (rrelu.clone(), &plain),
            (rrelu.clone().freeze(), &autodiff),
            (rrelu.valid(), &plain),
            (rrelu.valid(), &autodiff),
        ] {
            let x = tensor(&xs(), [2, COUNT / 2], (device, DType::F64));
            assert_eq!(numbers(rrelu.forward(x)), expected);
        }
        // And trains again where it may.
        let x = tensor(&xs(), [COUNT], (&autodiff, DType::F64));
        assert_ne!(numbers(rrelu.valid().train().forward(x)), expected);
    }

    #[test]
    fn one_slope_needs_no_drawing() {
        let device = Device::flex().autodiff();
        let rrelu = RReluConfig::new().with_lower(0.5).with_upper(0.5).init();
        let x = tensor(&[-2.0, 2.0], [2], (&device, DType::F32));
        assert_eq!(numbers(rrelu.forward(x)), [-1.0, 2.0]);
    }

    #[test]
    fn permuted_and_empty_inputs_keep_their_shape() {
        let device = Device::flex().autodiff();
        let rrelu = RReluConfig::new().init();
        let x = tensor(
            &[-1.0, 2.0, -3.0, 4.0, -5.0, 6.0],
            [2, 3],
            (&device, DType::F32),
        );
        let x = x.transpose();
        let y = rrelu.forward(x.clone());
        assert_eq!(y.dims(), [3, 2]);
        for (x, y) in numbers(x).into_iter().zip(numbers(y)) {
            let slope = y / x;
            assert!(
                slope == 1.0 && x > 0.0 || (0.124..0.334).contains(&slope),
                "{x} {y}"
            );
        }
        for device in [Device::flex(), device] {
            let empty = Tensor::<3>::zeros([2, 0, 3], &device);
            assert_eq!(rrelu.forward(empty).dims(), [2, 0, 3]);
        }
    }

    #[test]
    fn a_range_that_is_none_is_refused() {
        for (lower, upper) in [
            (0.5, 0.2),
            (f64::NAN, 0.2),
            (0.1, f64::NAN),
            (0.1, f64::INFINITY),
        ] {
            let config = RReluConfig::new().with_lower(lower).with_upper(upper);
            let message = config.try_init().unwrap_err().to_string();
            let range = format!("`rrelu`: slopes cannot be drawn from [{lower}, {upper}]");
            assert!(message.contains(&range), "{message}");
        }
    }

    #[test]
    fn shows_its_range() {
        let config = RReluConfig::new().with_lower(0.1).with_upper(0.3);
        let rrelu = config.init();
        assert_eq!(rrelu.to_string(), "RRelu {lower: 0.1, upper: 0.3}");
        assert_eq!(
            rrelu.freeze().to_string(),
            "RRelu {lower: 0.1, upper: 0.3, training: disabled}"
        );
    }
}
