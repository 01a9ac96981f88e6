//! The gain that keeps the variance of a signal through an activation.

use super::{ActivationError, quadrature};
use crate::curve::Curve;
use burn::nn::Initializer;

/// The gain for the weights of a layer that feeds `curve`: 1/√E\[f(z)²\], z standard normal.
///
/// If the weights of every layer are drawn with variance gain²/fan_in, the inputs of the activation
/// keep the variance 1 from layer to layer, instead of vanishing or exploding with depth (He et al.
/// 2015, arXiv:1502.01852; there √2 for ReLU). For SELU it is 1 (Klambauer et al. 2017,
/// arXiv:1706.02515). `params` has one value per parameter of the curve, in its order.
///
/// How long it keeps depends on the curve. With slopes that do not change with scale (ReLU, PReLU), or
/// that saturate (tanh, SELU), chance deviations stay or fade. With one that steepens away from zero,
/// such as Swish, they grow a little in each layer: 20 layers of width 256 may be off by a factor of
/// ten, far less than without the gain.
///
/// The mean square is the closed form of the curve ([`Curve::second_moment`]) where it has one, and
/// integrated numerically otherwise ([`integrated_second_moment`]), in well under a millisecond.
///
/// ```
/// use burn_rectifiers::{curves::{PReluCurve, ReluCurve}, nn::gain};
///
/// assert_eq!(gain(&ReluCurve, &[]), 2f64.sqrt());
/// assert_eq!(gain(&PReluCurve, &[1.0]), 1.0);
/// ```
///
/// # Panics
///
/// Where [`try_gain`] gives an error or panics.
pub fn gain(curve: &dyn Curve, params: &[f64]) -> f64 {
    try_gain(curve, params).unwrap_or_else(|error| panic!("{error}"))
}

/// The gain for the weights of a layer that feeds `curve`; see [`gain`].
///
/// # Errors
///
/// If the mean square is zero (a curve that is zero everywhere), infinite, or NaN (parameters that
/// are NaN).
///
/// # Panics
///
/// If `params` has not one value per parameter.
pub fn try_gain(curve: &dyn Curve, params: &[f64]) -> Result<f64, ActivationError> {
    let moment = curve
        .second_moment(params)
        .unwrap_or_else(|| integrated_second_moment(curve, params));
    if moment > 0.0 && moment.is_finite() {
        Ok(moment.recip().sqrt())
    } else {
        Err(ActivationError::no_gain(curve, params, moment))
    }
}

/// E\[f(z)²\] for standard normal z, integrated numerically whether or not the curve has a closed
/// form.
///
/// To ten digits, with kinks wherever they are. Only a spike narrower than 1/100 away from zero,
/// which no activation has, can be overlooked.
///
/// # Panics
///
/// If `params` has not one value per parameter.
pub fn integrated_second_moment(curve: &dyn Curve, params: &[f64]) -> f64 {
    quadrature::mean_square(|x| curve.value_at(x, params))
}

/// How to initialize the weights of the layer that feeds `curve`: normally distributed with
/// standard deviation [`gain`]/√fan_in.
///
/// ```
/// use burn::{nn::LinearConfig, tensor::Device};
/// use burn_rectifiers::{curves::PReluCurve, nn::initializer};
///
/// let linear = LinearConfig::new(32, 64)
///     .with_initializer(initializer(&PReluCurve, &[0.25]))
///     .init(&Device::flex());
/// ```
///
/// Burn draws biases with the same initializer, which adds gain²/fan_in to the variance once per
/// layer; leave them out, or set them to zero, where depth matters.
///
/// # Panics
///
/// Where [`try_gain`] gives an error or panics.
pub fn initializer(curve: &dyn Curve, params: &[f64]) -> Initializer {
    kaiming(gain(curve, params))
}

/// Burn's initializer with standard deviation gain/√fan_in.
pub(crate) fn kaiming(gain: f64) -> Initializer {
    Initializer::KaimingNormal {
        gain,
        fan_out_only: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::{PReluCurve, ReluCurve};

    mod nothing {
        #![allow(dead_code)] // The module that comes with the curve.

        crate::activation! {
            /// Zero everywhere.
            module Nothing, curve NothingCurve;
            name "nothing";
            formula "0";
            source "a test";
            value(x) { select(gt(x, lit(0.0)), lit(0.0), lit(0.0)) }
            slope(x) { select(gt(x, lit(0.0)), lit(0.0), lit(0.0)) }
        }
    }
    use nothing::NothingCurve;

    #[test]
    fn known_gains() {
        assert_eq!(gain(&ReluCurve, &[]), 2f64.sqrt());
        let leaky = gain(&PReluCurve, &[0.5]);
        assert!((leaky - (2.0 / 1.25f64).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn no_gain_is_said_in_one_line() {
        let message = try_gain(&NothingCurve, &[]).unwrap_err().to_string();
        assert!(
            message.contains("`nothing`") && message.contains("is 0"),
            "{message}"
        );
        for alpha in [f64::NAN, f64::INFINITY, 1e200] {
            let message = try_gain(&PReluCurve, &[alpha]).unwrap_err().to_string();
            let value = format!("alpha = {alpha}");
            assert!(message.contains(&value), "{message}");
            assert!(!message.contains('\n'), "{message}");
        }
    }
}
