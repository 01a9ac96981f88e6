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
//! 28 activations with learned parameters and twelve without; `docs/family.md` in the repository shows
//! each with its picture, formula, parameters, gain and paper.
//!
//! - Learned, of straight pieces: [`PRelu`], [`DPRelu`], [`SRelu`], [`SparseRelu`], [`FlexibleRelu`],
//!   [`Apl`], [`Pact`], [`ShiLu`].
//! - Learned, curved for positive inputs or everywhere: [`Blu`], [`StarRelu`], [`Softplus`],
//!   [`Swish`], [`AconC`], [`Delu`], [`PolyRelu`], [`XIelu`], [`DyT`], [`Derf`], [`Rational`].
//! - Learned, straight for positive inputs and curved for negative ones: [`LearnableElu`], [`Pelu`],
//!   [`MPelu`], [`PSelu`], [`PCelu`], [`PDelu`], [`PTelu`], [`PReu`], [`Isrlu`].
//! - Fixed: [`Relu`], [`LeakyRelu`], [`Elu`], [`Selu`], [`Sigmoid`], [`Tanh`], [`ReluSquared`], [`Gelu`], [`Mish`], [`Golu`],
//!   [`Telu`].
//!
//! At a kink the derivatives are those of the piece that holds there: for ReLU and its relatives, 0
//! belongs to the negative side, as in PyTorch.
//!
//! Around them: [`Activation`], any of them by name; [`Transformative`], any of them between two
//! learned lines; [`FeedForward`] and [`GatedFeedForward`], the blocks of transformers with any of them; [`RRelu`] and
//! [`AlphaDropout`], which are random while training; [`nn::gain`] and [`nn::initializer`] for the weights before them;
//! [`nn::activation_parameters`] for optimizers; [`nn::fit`], to start as a known function;
//! [`activation!`] for one of your own; [`observe`](mod@observe), to see what the activations of a model do, and
//! `metric` (feature `train`), to see it in burn-train's dashboard; `store` (feature `store`), for weights from PyTorch and
//! back; `remote` (feature `remote`), for devices of another machine.
//!
//! # Layers
//!
//! Modules are here, at the root. [`curve`] says what the curve of an activation is, [`curves`] has those of the family,
//! and [`math`] the notation in which they are written. [`op`] evaluates any curve on tensors, fused
//! on Flex, NdArray and every CubeCL runtime, composed from Burn's primitives elsewhere. [`nn`]
//! has what modules are made of.
//!
//! # Numerics
//!
//! No finite input gives NaN, in value or gradient, and none gives infinity unless the exact result
//! is too large; ±∞ gives the limit; NaN in is NaN out. In single precision, the relative error is
//! at most (4 + 2·|x|·s)·2⁻²³, where s is the largest of 1, |p| and 1/|p| over the parameters p (and of |β·(p₁ − p₂)| for
//! ACON-C, |x| for GELU, e⁻ˣ for GoLU and |α·x + s| for Derf; for xIELU, |x|·s is at least −αₚ and −αₙ); where a formula
//! adds terms that cancel, however they are arranged, it is relative to the largest term. All this holds for parameters up
//! to 10¹⁵ and down to 10⁻¹⁵ in size. Larger ones may overflow in f32 where they are multiplied with each other or with x,
//! and infinities that cancel are NaN.
//! Results below 10⁻³⁸ have fewer digits, and GPUs may make them 0. f16 and bf16 are computed in f32
//! and rounded once.

// docs.rs says which feature an item belongs to.
#![cfg_attr(docsrs, feature(doc_cfg))]
// Burn wants users to leave NdArray, and warns wherever it is named; people still compare with it.
#![cfg_attr(feature = "ndarray", allow(deprecated))]

mod blocks;
pub mod curve;
mod family;
// Without CPU kernels, nobody computes with packed numbers.
#[cfg_attr(not(feature = "cpu"), allow(dead_code))]
pub mod math;
#[cfg(feature = "train")]
pub mod metric;
pub mod nn;
pub mod observe;
pub mod op;
#[cfg(feature = "remote")]
pub mod remote;
#[cfg_attr(not(feature = "cpu"), allow(dead_code))]
mod simd;
#[cfg(feature = "store")]
pub mod store;

pub use blocks::{FeedForward, FeedForwardConfig, GatedFeedForward};
pub use family::*;
pub use nn::alpha_dropout::{AlphaDropout, AlphaDropoutConfig};
pub use nn::error::ActivationError;
pub use nn::rectifier::Rectifier;
pub use nn::transformative::{Transformative, TransformativeConfig};
pub use op::sharing::Sharing;

/// The Rust of the README is tested like other examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
