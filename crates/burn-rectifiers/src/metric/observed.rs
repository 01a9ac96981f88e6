//! The output of a step, with what was seen while it was computed.

use super::{ActivationInput, GradientInput};
use burn::tensor::ExecutionError;
use burn::train::ItemLazy;
use burn::train::metric::{
    AccuracyInput, Adaptor, BleuInput, CerInput, ConfusionStatsInput, HammingScoreInput, LossInput,
    PerplexityInput, RougeLInput, TopKAccuracyInput, WerInput,
};

/// The output of a step, with what was seen while it was computed. [`Watch`](super::Watch) makes it.
///
/// It is good for the metrics of this crate, and for all of burn-train's that `O` is good for. For a
/// metric with an input type of your own, say so in your crate:
///
/// ```
/// use burn::train::{RegressionOutput, metric::Adaptor};
/// use burn_rectifiers::metric::Observed;
///
/// struct MyInput(f64);
/// # impl MyInput { fn new(_: &RegressionOutput) -> Self { Self(0.0) } }
///
/// impl Adaptor<MyInput> for Observed<RegressionOutput> {
///     fn adapt(&self) -> MyInput {
///         MyInput::new(&self.output)
///     }
/// }
/// # let _ = |x: MyInput| x.0;
/// ```
#[derive(Debug, Clone)]
pub struct Observed<O> {
    /// What the step computed.
    pub output: O,
    /// What its activations did.
    pub activations: ActivationInput,
    /// How large its gradients were.
    pub gradients: GradientInput,
}

impl<O> Observed<O> {
    /// Of a step at which nobody looked.
    pub fn unseen(output: O) -> Self {
        Self {
            output,
            activations: ActivationInput::none(),
            gradients: GradientInput::none(),
        }
    }
}

impl<O: ItemLazy> ItemLazy for Observed<O> {
    fn sync(self) -> Result<Self, ExecutionError> {
        Ok(Self {
            output: self.output.sync()?,
            ..self
        })
    }
}

impl<O> Adaptor<ActivationInput> for Observed<O> {
    fn adapt(&self) -> ActivationInput {
        self.activations.clone()
    }
}

impl<O> Adaptor<GradientInput> for Observed<O> {
    fn adapt(&self) -> GradientInput {
        self.gradients.clone()
    }
}

/// One for all inputs would collide with burn-train's own `Adaptor<()>` for everything.
macro_rules! pass_on {
    ($($Input:ty),+ $(,)?) => {$(
        impl<O: Adaptor<$Input>> Adaptor<$Input> for Observed<O> {
            fn adapt(&self) -> $Input {
                self.output.adapt()
            }
        }
    )+};
}

pass_on!(
    AccuracyInput,
    BleuInput,
    CerInput,
    ConfusionStatsInput,
    HammingScoreInput,
    LossInput,
    PerplexityInput,
    RougeLInput,
    TopKAccuracyInput,
    WerInput,
);
