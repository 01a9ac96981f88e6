//! Any activation of the family as one module type, chosen by name.

use super::curves::*;
use super::*;
use crate::curve::Curve;
use crate::nn::{ActivationError, Learned, Rectifier, Start, starting_values};
use crate::op::{Kernel, Sharing};
use burn::config::Config;
use burn::module::Module;
use burn::nn::Initializer;
use burn::tensor::{Device, Tensor};
use std::collections::BTreeMap;

macro_rules! choices {
    (learned: $($file:ident $Learned:ident $LearnedConfig:ident $LearnedCurve:ident),+;
     fixed: $($fixed_file:ident $Fixed:ident $FixedCurve:ident),+;) => {
        const FAMILY: &[&dyn Kernel] = &[$(&$LearnedCurve,)+ $(&$FixedCurve,)+];

        /// An activation of the family, chosen by name at run time.
        ///
        /// Burn's [`Activation`](burn::nn::activation::Activation) is any of Burn's own. Burn's transformers and recurrent networks take
        /// that and no other; [`FeedForward`](crate::FeedForward) is a block that takes this.
        ///
        /// Created with [`ActivationConfig`]. In a record, the parameters keep their names under
        /// the name of the variant, such as `PRelu.alpha`.
        #[derive(Module, Debug)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant)] // A network has few, and Burn derives nothing for boxes.
        pub enum Activation {
            $(
                #[doc = concat!("See [`", stringify!($Learned), "`].")]
                $Learned($Learned),
            )+
            $(
                #[doc = concat!("See [`", stringify!($Fixed), "`].")]
                $Fixed($Fixed),
            )+
        }

        impl Activation {
            /// Applies the activation to each element; see [`PRelu::forward`] for shapes and
            /// panics.
            pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
                match self {
                    $(Self::$Learned(module) => module.forward(input),)+
                    $(Self::$Fixed(module) => module.forward(input),)+
                }
            }

            /// The module for `curve` as `config` describes it, with `count` values per parameter.
            fn build(
                curve: &dyn Curve,
                config: &ActivationConfig,
                count: usize,
                device: &Device,
            ) -> Result<Self, ActivationError> {
                let name = curve.name();
                $(if name == $LearnedCurve.name() {
                    let mut learned = $LearnedConfig::new(count).with_sharing(config.sharing);
                    learned = learned.with_values(&starting_values(curve, &config.start)?);
                    learned.frozen = config.frozen.clone();
                    learned.per_layer = config.per_layer.clone();
                    return Ok(Self::$Learned(learned.try_init(device)?));
                })+
                // Nothing to set, to freeze or to share: asking for it is an error.
                let start = starting_values(curve, &config.start)?;
                Start::new(curve, &start, &config.frozen, &config.per_layer)?;
                $(if name == $FixedCurve.name() {
                    return Ok(Self::$Fixed($Fixed::new()));
                })+
                unreachable!("`{name}` is listed but has no variant")
            }
        }

        impl Rectifier for Activation {
            fn curve(&self) -> &'static dyn Kernel {
                match self {
                    $(Self::$Learned(module) => module.curve(),)+
                    $(Self::$Fixed(module) => module.curve(),)+
                }
            }

            fn parameters(&self) -> Vec<(&'static str, &Learned)> {
                match self {
                    $(Self::$Learned(module) => module.parameters(),)+
                    $(Self::$Fixed(module) => module.parameters(),)+
                }
            }

            fn sharing(&self) -> Sharing {
                match self {
                    $(Self::$Learned(module) => module.sharing,)+
                    $(Self::$Fixed(module) => module.sharing(),)+
                }
            }
        }
    };
}

super::for_family!(choices);

impl Activation {
    /// The name of the activation, such as `"prelu"`.
    pub fn name(&self) -> &'static str {
        self.curve().name()
    }
}

/// The family: every activation of this crate, learned ones first.
pub fn all() -> impl ExactSizeIterator<Item = &'static dyn Curve> {
    FAMILY.iter().map(|kernel| *kernel as &dyn Curve)
}

/// The family, ready for [`activate`](crate::op::activate).
#[cfg(feature = "remote")]
pub(crate) fn kernels() -> impl Iterator<Item = &'static dyn Kernel> {
    FAMILY.iter().copied()
}

/// The activation called `name`, ready for [`activate`](crate::op::activate).
///
/// # Errors
///
/// If there is none; the message names the nearest match.
pub fn find(name: &str) -> Result<&'static dyn Kernel, ActivationError> {
    let names = || FAMILY.iter().map(|kernel| kernel.name()).collect();
    FAMILY
        .iter()
        .copied()
        .find(|kernel| kernel.name() == name)
        .ok_or_else(|| ActivationError::unknown_activation(name, names()))
}

/// Configuration of an [`Activation`] chosen by name.
///
/// ```
/// # use burn::tensor::{Device, Tensor};
/// use burn_rectifiers::{ActivationConfig, Rectifier, Sharing};
///
/// // After a convolution with 64 feature maps of 16×16, one parameter for the whole layer.
/// let config = ActivationConfig::new("learnable_elu".into(), vec![64, 16, 16])
///     .with_sharing(Sharing::Layer);
/// let act = config.init(&Device::flex());
/// let y = act.forward(Tensor::<4>::zeros([8, 64, 16, 16], &Device::flex()));
/// # assert_eq!(act.parameters()[0].1.dims(), [1]);
/// ```
#[derive(Config, Debug)]
pub struct ActivationConfig {
    /// Name of the activation; [`curves::all`](crate::curves::all) lists them.
    pub name: String,
    /// Shape of one sample where the activation stands, without the batch axis: `[64]` after a
    /// linear layer with 64 outputs, `[64, 16, 16]` for 64 feature maps of 16×16.
    pub features: Vec<usize>,
    /// Who shares a parameter.
    #[config(default = "Sharing::default()")]
    pub sharing: Sharing,
    /// Values of parameters before training, by name, where they differ from the defaults.
    #[config(default = "Default::default()")]
    pub start: BTreeMap<String, f64>,
    /// Names of parameters that are not trained: they take no gradient, and optimizers keep no
    /// state for them.
    #[config(default = "Default::default()")]
    pub frozen: Vec<String>,
    /// Names of parameters that have one value for the whole layer, whatever the others share.
    #[config(default = "Default::default()")]
    pub per_layer: Vec<String>,
}

impl ActivationConfig {
    /// Creates the module on `device`.
    ///
    /// # Panics
    ///
    /// Where [`try_init`](Self::try_init) gives an error or panics.
    pub fn init(&self, device: &Device) -> Activation {
        self.try_init(device)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Creates the module on `device`.
    ///
    /// # Errors
    ///
    /// If no activation has this name, if `start`, `frozen` or `per_layer` names a parameter that it
    /// does not have, or if a starting value is out of bounds.
    ///
    /// # Panics
    ///
    /// If `sharing` names an axis that `features` does not have (axis 0 is the batch).
    pub fn try_init(&self, device: &Device) -> Result<Activation, ActivationError> {
        let curve = find(&self.name)?;
        let count = self.sharing.count(&self.features);
        Activation::build(curve, self, count, device)
    }

    /// How to initialize the linear layer or convolution that feeds this activation, so that the
    /// signal keeps its variance; see [`initializer`](crate::nn::initializer).
    ///
    /// ```
    /// use burn::{nn::LinearConfig, tensor::Device};
    /// use burn_rectifiers::ActivationConfig;
    ///
    /// let activation = ActivationConfig::new("prelu".into(), vec![64]);
    /// let linear = LinearConfig::new(32, 64)
    ///     .with_initializer(activation.initializer()?)
    ///     .init(&Device::flex());
    /// # Ok::<(), burn_rectifiers::ActivationError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If no activation has this name, if `start` names a parameter that it does not have, or where
    /// [`try_gain`](crate::nn::try_gain) gives an error.
    pub fn initializer(&self) -> Result<Initializer, ActivationError> {
        let curve = find(&self.name)?;
        let gain = crate::nn::try_gain(curve, &starting_values(curve, &self.start)?)?;
        Ok(crate::nn::kaiming(gain))
    }
}
