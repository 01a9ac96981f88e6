//! The feed-forward block of a transformer with any activation, plain and gated.

use crate::family::{Activation, ActivationConfig};
use crate::nn::ActivationError;
use burn::config::Config;
use burn::module::Module;
use burn::nn::{Dropout, DropoutConfig, Initializer, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

/// The feed-forward block of a transformer: W₂·f(W₁·x + b₁) + b₂, for each position (Vaswani et al. 2017,
/// arXiv:1706.03762).
///
/// Burn's [`PositionWiseFeedForward`](burn::nn::transformer::PositionWiseFeedForward) takes Burn's own activations only, and neither
/// trains nor saves what they learn. Here the activation is part of the module.
///
/// Created with [`FeedForwardConfig`].
#[derive(Module, Debug)]
pub struct FeedForward {
    /// W₁ and b₁, from `d_model` to `d_ff` features.
    pub linear_inner: Linear,
    /// f
    pub activation: Activation,
    /// Applied to f's values.
    pub dropout: Dropout,
    /// W₂ and b₂, from `d_ff` to `d_model` features.
    pub linear_outer: Linear,
}

/// The gated feed-forward block of a transformer: W₂·(f(W·x) ⊙ V·x), for each position (Shazeer 2020,
/// arXiv:2002.05202). With [`Swish`](crate::Swish) as f it is SwiGLU, with [`Relu`](crate::Relu) ReGLU.
///
/// Created with [`FeedForwardConfig`].
#[derive(Module, Debug)]
pub struct GatedFeedForward {
    /// W, from `d_model` to `d_ff` features.
    pub linear_gate: Linear,
    /// V, from `d_model` to `d_ff` features.
    pub linear_inner: Linear,
    /// f
    pub activation: Activation,
    /// Applied to the product.
    pub dropout: Dropout,
    /// W₂, from `d_ff` to `d_model` features.
    pub linear_outer: Linear,
}

/// Configuration of [`FeedForward`] and [`GatedFeedForward`].
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_rectifiers::{ActivationConfig, FeedForwardConfig, Sharing};
///
/// let device = Device::flex();
/// // SwiGLU with one learned sharpness per layer.
/// let swish = ActivationConfig::new("swish".into(), vec![128]).with_sharing(Sharing::Layer);
/// let block = FeedForwardConfig::new(32, 128, swish).init_gated(&device);
/// let y: Tensor<3> = block.forward(Tensor::ones([2, 5, 32], &device));
/// assert_eq!(y.dims(), [2, 5, 32]);
/// ```
#[derive(Config, Debug)]
pub struct FeedForwardConfig {
    /// Features of input and output.
    pub d_model: usize,
    /// Features between the linear layers.
    pub d_ff: usize,
    /// The activation. Its samples are vectors of `d_ff` features: its `features` are `[d_ff]`, and
    /// [`Sharing::default()`](crate::Sharing) is a parameter per feature.
    pub activation: ActivationConfig,
    /// Probability that a value is dropped while training.
    #[config(default = 0.1)]
    pub dropout: f64,
    /// Whether linear layers have biases.
    #[config(default = true)]
    pub bias: bool,
    /// How weights are initialized. As Burn's block does it by default.
    #[config(
        default = "Initializer::KaimingUniform { gain: 0.577_350_269_189_625_8, fan_out_only: false }"
    )]
    pub initializer: Initializer,
}

impl FeedForwardConfig {
    /// Creates the plain block on `device`.
    ///
    /// # Panics
    ///
    /// Where [`try_init`](Self::try_init) gives an error, or if `activation` is not for `[d_ff]` features.
    pub fn init(&self, device: &Device) -> FeedForward {
        self.try_init(device)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Creates the plain block on `device`.
    ///
    /// # Errors
    ///
    /// Where [`ActivationConfig::try_init`] gives one.
    ///
    /// # Panics
    ///
    /// If `activation` is not for `[d_ff]` features.
    pub fn try_init(&self, device: &Device) -> Result<FeedForward, ActivationError> {
        Ok(FeedForward {
            linear_inner: self.linear(self.d_model, self.d_ff, device),
            activation: self.activation(device)?,
            dropout: DropoutConfig::new(self.dropout).init(),
            linear_outer: self.linear(self.d_ff, self.d_model, device),
        })
    }

    /// Creates the gated block on `device`.
    ///
    /// # Panics
    ///
    /// Where [`try_init_gated`](Self::try_init_gated) gives an error, or if `activation` is not for `[d_ff]` features.
    pub fn init_gated(&self, device: &Device) -> GatedFeedForward {
        self.try_init_gated(device)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Creates the gated block on `device`.
    ///
    /// # Errors
    ///
    /// Where [`ActivationConfig::try_init`] gives one.
    ///
    /// # Panics
    ///
    /// If `activation` is not for `[d_ff]` features.
    pub fn try_init_gated(&self, device: &Device) -> Result<GatedFeedForward, ActivationError> {
        Ok(GatedFeedForward {
            linear_gate: self.linear(self.d_model, self.d_ff, device),
            linear_inner: self.linear(self.d_model, self.d_ff, device),
            activation: self.activation(device)?,
            dropout: DropoutConfig::new(self.dropout).init(),
            linear_outer: self.linear(self.d_ff, self.d_model, device),
        })
    }

    fn linear(&self, from: usize, to: usize, device: &Device) -> Linear {
        LinearConfig::new(from, to)
            .with_bias(self.bias)
            .with_initializer(self.initializer.clone())
            .init(device)
    }

    fn activation(&self, device: &Device) -> Result<Activation, ActivationError> {
        let features = &self.activation.features;
        assert!(
            *features == [self.d_ff],
            "the activation of a feed-forward block with d_ff = {} has samples of shape [{}], not {features:?}",
            self.d_ff,
            self.d_ff
        );
        self.activation.try_init(device)
    }
}

impl FeedForward {
    /// Applies the block to each position.
    ///
    /// # Shapes
    ///
    /// Input and output: `[…, d_model]`, of any rank from 1.
    ///
    /// # Panics
    ///
    /// If the last axis of `input` is not `d_model`.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        let inner = self.linear_inner.forward(input);
        let inner = per_position(inner, |rows| self.activation.forward(rows));
        self.linear_outer.forward(self.dropout.forward(inner))
    }
}

impl GatedFeedForward {
    /// Applies the block to each position.
    ///
    /// # Shapes
    ///
    /// Input and output: `[…, d_model]`, of any rank from 1.
    ///
    /// # Panics
    ///
    /// If the last axis of `input` is not `d_model`.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        let gate = self.linear_gate.forward(input.clone());
        let gate = per_position(gate, |rows| self.activation.forward(rows));
        let inner = gate * self.linear_inner.forward(input);
        self.linear_outer.forward(self.dropout.forward(inner))
    }
}

/// What `f` gives for the positions of `x` as rows of a matrix, which features of all ranks have along axis 1.
fn per_position<const D: usize>(x: Tensor<D>, f: impl FnOnce(Tensor<2>) -> Tensor<2>) -> Tensor<D> {
    let shape = x.dims();
    let features = shape[D - 1];
    let positions = shape[..D - 1].iter().product();
    f(x.reshape([positions, features])).reshape(shape)
}
