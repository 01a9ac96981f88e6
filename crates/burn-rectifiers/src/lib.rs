//! Learnable activation functions for [Burn](burn), each evaluated by one fused kernel forward and
//! at most two backward.
//!
//! ```
//! use burn::tensor::{Device, Tensor};
//! use burn_rectifiers::{PRelu, PReluConfig};
//!
//! let device = Device::flex();
//! // One learned negative slope for each of 64 channels.
//! let prelu: PRelu = PReluConfig::new(64).init(&device);
//! let y: Tensor<4> = prelu.forward(Tensor::ones([8, 64, 16, 16], &device));
//! # assert_eq!(y.dims(), [8, 64, 16, 16]);
//! ```
//!
//! # The family
//!
//! 23 activations with learned parameters and six without; `docs/family.md` in the repository shows
//! each with its picture, formula, parameters, gain and paper.
//!
//! - Learned, of straight pieces: [`PRelu`], [`DPRelu`], [`SRelu`], [`SparseRelu`], [`FlexibleRelu`],
//!   [`Apl`], [`Pact`], [`ShiLu`].
//! - Learned, curved for positive inputs or everywhere: [`Blu`], [`StarRelu`], [`Softplus`],
//!   [`Swish`], [`AconC`], [`Delu`].
//! - Learned, straight for positive inputs and curved for negative ones: [`LearnableElu`], [`Pelu`],
//!   [`MPelu`], [`PSelu`], [`PCelu`], [`PDelu`], [`PTelu`], [`PReu`], [`Isrlu`].
//! - Fixed: [`Relu`], [`LeakyRelu`], [`Elu`], [`Selu`], [`Sigmoid`], [`Tanh`].
//!
//! At a kink the derivatives are those of the piece that holds there: for ReLU and its relatives, 0
//! belongs to the negative side, as in PyTorch.
//!
//! Around them: [`Activation`], any of them by name; [`Transformative`], any of them between two
//! learned lines; [`RRelu`] and [`AlphaDropout`], which are random while training; [`gain`] and
//! [`initializer`] for the weights before them; [`fit`], to start as a known function; [`activation!`]
//! for one of your own; [`observe`](mod@observe), to see what the activations of a model do, and
//! `metric` (feature `train`), to see it in burn-train's dashboard.
//!
//! # Layers
//!
//! [`curve`] is mathematics: one file per activation. [`op`] evaluates any curve on tensors, fused
//! on Flex, NdArray and every CubeCL runtime, composed from Burn's primitives elsewhere. [`nn`]
//! holds the modules. An activation chosen by name is an [`Activation`].
//!
//! # Numerics
//!
//! No finite input gives NaN, in value or gradient, and none gives infinity unless the exact result
//! is too large; ±∞ gives the limit; NaN in is NaN out. In single precision, the relative error is
//! at most (4 + 2·|x|·s)·2⁻²³, where s is the largest of 1, |p| and 1/|p| over the parameters p (and
//! of |β·(p₁ − p₂)| for ACON-C); where a formula adds terms that cancel, however they are arranged,
//! it is relative to the largest term. All this holds for parameters up to 10¹⁵ and down to 10⁻¹⁵ in size. Larger
//! ones may overflow in f32 where they are multiplied with each other or with x, and infinities that cancel are NaN.
//! Results below 10⁻³⁸ have fewer digits, and GPUs may make them 0. f16 and bf16 are computed in f32
//! and rounded once.

// Burn wants users to leave NdArray, and warns wherever it is named; people still compare with it.
#![cfg_attr(feature = "ndarray", allow(deprecated))]

#[macro_use]
mod macros;

pub mod curve;
#[cfg(feature = "train")]
pub mod metric;
pub mod nn;
pub mod observe;
pub mod op;

pub use curve::family::*;
pub use curve::{Bound, Curve, ParamInfo};
pub use nn::{Activation, ActivationConfig, ActivationError, Rectifier, curves, find};
pub use nn::{AlphaDropout, AlphaDropoutConfig, RRelu, RReluConfig};
pub use nn::{Fit, fit, gain, initializer, try_gain};
pub use nn::{Transformative, TransformativeConfig};
pub use op::{Sharing, activate};

/// The Rust of the README and of the pages in `docs` is tested like other examples, where they have what it shows.
#[cfg(all(doctest, feature = "train"))]
mod pages {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[doc = include_str!("../../../docs/accuracy.md")]
    struct Accuracy;
    #[doc = include_str!("../../../docs/backends.md")]
    struct Backends;
    #[doc = include_str!("../../../docs/custom-curve.md")]
    struct CustomCurve;
    #[doc = include_str!("../../../docs/explore.md")]
    struct Explore;
    #[doc = include_str!("../../../docs/own-model.md")]
    struct OwnModel;
    #[doc = include_str!("../../../docs/runs.md")]
    struct Runs;
    #[doc = include_str!("../../../docs/starting.md")]
    struct Starting;
    #[doc = include_str!("../../../docs/study.md")]
    struct Study;
    #[doc = include_str!("../../../docs/watching.md")]
    struct Watching;
}

/// What the macros of this crate refer to.
#[doc(hidden)]
pub mod __private {
    use crate::ParamInfo;

    /// The last of `bounds`: that of the parameter if it has one.
    pub const fn last(bounds: &[crate::Bound]) -> crate::Bound {
        bounds[bounds.len() - 1]
    }

    /// At compile time: `grads` names the parameters in the order of `params`.
    pub const fn assert_same_names(params: &[ParamInfo], grads: &[&str]) {
        assert!(
            params.len() == grads.len(),
            "`grads` must have one entry per parameter"
        );
        assert!(
            params.len() <= crate::curve::MAX_PARAMS,
            "an activation has at most MAX_PARAMS parameters"
        );
        let mut i = 0;
        while i < params.len() {
            let (a, b) = (params[i].name.as_bytes(), grads[i].as_bytes());
            let message = "`grads` must name the parameters in the order of `params`";
            assert!(a.len() == b.len(), "{}", message);
            let mut j = 0;
            while j < a.len() {
                assert!(a[j] == b[j], "{}", message);
                j += 1;
            }
            i += 1;
        }
    }
}
