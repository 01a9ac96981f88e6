//! Any activation of the family as one module type, chosen by name.

use super::error::UnknownActivation;
use crate::curve::family::*;
use crate::op::Kernel;
use crate::{Curve, Sharing};
use burn::config::Config;
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};

macro_rules! choices {
    (learned: $($file:ident $Learned:ident $LearnedConfig:ident $LearnedCurve:ident),+;
     fixed: $($fixed_file:ident $Fixed:ident $FixedCurve:ident),+;) => {
        const FAMILY: &[&dyn Kernel] = &[$(&$LearnedCurve,)+ $(&$FixedCurve,)+];

        /// An activation of the family, chosen by name at run time.
        ///
        /// Created with [`ActivationConfig`]. In a record, the parameters keep their names under
        /// the name of the variant, such as `PRelu.alpha`.
        #[derive(Module, Debug)]
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

            /// The curve that this module evaluates.
            pub fn curve(&self) -> &'static dyn Curve {
                match self {
                    $(Self::$Learned(module) => module.curve(),)+
                    $(Self::$Fixed(module) => module.curve(),)+
                }
            }

            /// The learned parameters by name, in the curve's order.
            pub fn parameters(&self) -> Vec<(&'static str, Param<Tensor<1>>)> {
                match self {
                    $(Self::$Learned(module) => module.parameters(),)+
                    $(Self::$Fixed(module) => module.parameters(),)+
                }
            }

            /// Who shares a parameter. [`Sharing::Layer`] where there is none.
            pub fn sharing(&self) -> Sharing {
                match self {
                    $(Self::$Learned(module) => module.sharing,)+
                    $(Self::$Fixed(_) => Sharing::Layer,)+
                }
            }

            /// The module for `curve`, with `count` values per parameter.
            fn build(curve: &dyn Curve, count: usize, sharing: Sharing, device: &Device) -> Self {
                let name = curve.name();
                $(if name == $LearnedCurve.name() {
                    let config = $LearnedConfig::new(count).with_sharing(sharing);
                    return Self::$Learned(config.init(device));
                })+
                $(if name == $FixedCurve.name() {
                    return Self::$Fixed($Fixed::new());
                })+
                unreachable!("`{name}` is listed but has no variant")
            }
        }
    };
}

crate::curve::for_family!(choices);

impl Activation {
    /// The name of the activation, such as `"prelu"`.
    pub fn name(&self) -> &'static str {
        self.curve().name()
    }
}

/// The family: every activation of this crate, learned ones first.
pub fn curves() -> impl ExactSizeIterator<Item = &'static dyn Curve> {
    FAMILY.iter().map(|kernel| *kernel as &dyn Curve)
}

/// The family, ready for [`activate`](crate::activate).
#[cfg(test)]
pub(crate) fn kernels() -> &'static [&'static dyn Kernel] {
    FAMILY
}

/// The activation called `name`, ready for [`activate`](crate::activate).
///
/// # Errors
///
/// [`UnknownActivation`], which names the nearest match, if there is none.
pub fn find(name: &str) -> Result<&'static dyn Kernel, UnknownActivation> {
    FAMILY
        .iter()
        .copied()
        .find(|kernel| kernel.name() == name)
        .ok_or_else(|| UnknownActivation::new(name))
}

/// Configuration of an [`Activation`] chosen by name.
///
/// ```
/// # use burn::tensor::{Device, Tensor};
/// use burn_rectifiers::{ActivationConfig, Sharing};
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
    /// Name of the activation; [`curves`] lists them.
    pub name: String,
    /// Shape of one sample where the activation stands, without the batch axis: `[64]` after a
    /// linear layer with 64 outputs, `[64, 16, 16]` for 64 feature maps of 16×16.
    pub features: Vec<usize>,
    /// Who shares a parameter.
    #[config(default = "Sharing::default()")]
    pub sharing: Sharing,
}

impl ActivationConfig {
    /// Creates the module on `device`.
    ///
    /// # Panics
    ///
    /// If no activation has this name, or if `sharing` names an axis that `features` does not
    /// have (axis 0 is the batch).
    pub fn init(&self, device: &Device) -> Activation {
        self.try_init(device)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Creates the module on `device`.
    ///
    /// # Errors
    ///
    /// If no activation has this name.
    ///
    /// # Panics
    ///
    /// If `sharing` names an axis that `features` does not have.
    pub fn try_init(&self, device: &Device) -> Result<Activation, UnknownActivation> {
        let curve = find(&self.name)?;
        let count = self.sharing.count(&self.features);
        Ok(Activation::build(curve, count, self.sharing, device))
    }
}
