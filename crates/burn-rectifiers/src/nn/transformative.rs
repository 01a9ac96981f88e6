//! Any activation between two learned lines.

use super::{ActivationError, Learned, Rectifier, describe, start::Start};
use crate::op::Sharing;
use crate::op::{Kernel, activate, transformed};
use burn::config::Config;
use burn::module::{Content, DisplaySettings, Module, ModuleDisplay};
use burn::tensor::{Device, Tensor};

/// **Transformative adaptive activation**: α·f(β·x + γ) + δ around any activation f, with all four
/// learned (Kunc & Kléma 2021, PLoS ONE 16; see their survey arXiv:2402.09092).
///
/// With u = β·x + γ:
///
/// | ∂/∂x | ∂/∂α | ∂/∂β | ∂/∂γ | ∂/∂δ | ∂/∂p, for a parameter p of f |
/// |---|---|---|---|---|---|
/// | α·β·f′(u) | f(u) | α·f′(u)·x | α·f′(u) | 1 | α·∂f/∂p(u) |
///
/// It is fused like f itself: one kernel forward, at most two backward, and only the input and the
/// parameters are kept between them. f is any module of this crate or one that
/// [`activation!`](crate::activation) made elsewhere:
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_rectifiers::{PReluConfig, TransformativeConfig};
///
/// let device = Device::flex();
/// let prelu = PReluConfig::new(3).init(&device);
/// let act = TransformativeConfig::new(3).with_alpha(2.0).init(prelu, &device);
/// let y = act.forward(Tensor::<2>::from_floats([[-4.0, 0.0, 1.0]], &device));
/// y.into_data().assert_eq(&[[-2.0f32, 0.0, 2.0]].into(), false);
/// ```
///
/// Created with [`TransformativeConfig`].
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct Transformative<A: Rectifier + ModuleDisplay> {
    /// The activation f, with its own parameters.
    pub inner: A,
    /// Factor of the output. One value per unit that has its own, flat (see [`Sharing`]), or a single one for all.
    pub alpha: Learned,
    /// Factor of the input.
    pub beta: Learned,
    /// Added to the input.
    pub gamma: Learned,
    /// Added to the output.
    pub delta: Learned,
    /// Who shares a parameter, unless it has a single value.
    #[module(skip)]
    pub sharing: Sharing,
}

impl<A: Rectifier + ModuleDisplay> Transformative<A> {
    /// Applies the activation to each element.
    ///
    /// # Shapes
    ///
    /// Input and output: any shape of any rank in which the axes that `sharing` names have the size
    /// that the config was given.
    ///
    /// # Panics
    ///
    /// If the shape or the data type of `input` does not fit the parameters.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        let dtype = input.dtype();
        let params = self.parameters().into_iter();
        let params = params.map(|(_, param)| param.val_for(dtype));
        activate(input, params.collect(), self.curve(), self.sharing)
    }
}

impl<A: Rectifier + ModuleDisplay> Rectifier for Transformative<A> {
    fn curve(&self) -> &'static dyn Kernel {
        transformed(self.inner.curve())
    }

    fn parameters(&self) -> Vec<(&'static str, &Learned)> {
        let around = [&self.alpha, &self.beta, &self.gamma, &self.delta].into_iter();
        let inner = self.inner.parameters().into_iter().map(|(_, param)| param);
        let names = self.curve().params().iter().map(|info| info.name);
        names.zip(around.chain(inner)).collect()
    }

    fn sharing(&self) -> Sharing {
        self.sharing
    }
}

impl<A: Rectifier + ModuleDisplay> ModuleDisplay for Transformative<A> {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new()
            .with_new_line_after_attribute(false)
            .optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        describe(
            self,
            content.add("f", &self.inner.curve().name().to_string()),
        )
    }
}

/// Configuration of [`Transformative`]. The defaults start as f itself.
#[derive(Config, Debug)]
pub struct TransformativeConfig {
    /// How many units have parameters of their own, as for f.
    pub num_parameters: usize,
    /// Who shares a parameter, as for f. Parameters of f may have a single value.
    #[config(default = "Default::default()")]
    pub sharing: Sharing,
    /// Names among `alpha`, `beta`, `gamma`, `delta` that are not trained.
    #[config(default = "Default::default()")]
    pub frozen: Vec<String>,
    /// Names among them that have one value for the whole layer, whatever the others share.
    #[config(default = "Default::default()")]
    pub per_layer: Vec<String>,
    /// Factor of the output before training.
    #[config(default = 1.0)]
    pub alpha: f64,
    /// Factor of the input before training.
    #[config(default = 1.0)]
    pub beta: f64,
    /// Added to the input before training.
    #[config(default = 0.0)]
    pub gamma: f64,
    /// Added to the output before training.
    #[config(default = 0.0)]
    pub delta: f64,
}

impl TransformativeConfig {
    /// Creates the module around `inner` on `device`.
    ///
    /// # Panics
    ///
    /// Where [`try_init`](Self::try_init) gives an error or panics.
    pub fn init<A: Rectifier + ModuleDisplay>(
        &self,
        inner: A,
        device: &Device,
    ) -> Transformative<A> {
        self.try_init(inner, device)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Creates the module around `inner` on `device`.
    ///
    /// # Errors
    ///
    /// If `frozen` or `per_layer` names a parameter that does not exist, or a starting value is not a
    /// number.
    ///
    /// # Panics
    ///
    /// If `inner` has learned parameters of several values that are shared differently, or is itself a
    /// [`Transformative`].
    pub fn try_init<A: Rectifier + ModuleDisplay>(
        &self,
        inner: A,
        device: &Device,
    ) -> Result<Transformative<A>, ActivationError> {
        let count = self.num_parameters;
        for (name, param) in inner.parameters() {
            let [own] = param.lazy_shape().dims();
            assert!(
                own == 1 || (inner.sharing() == self.sharing && own == count),
                "`{name}` of the activation inside has {own} value(s) per {}, but the \
                 transformation around it {count} per {}; give both configs the same",
                inner.sharing(),
                self.sharing,
            );
        }
        let mut values = vec![self.alpha, self.beta, self.gamma, self.delta];
        let curve = transformed(inner.curve());
        values.extend(curve.params()[4..].iter().map(|info| info.default));
        let start = Start::new(curve, &values, &self.frozen, &self.per_layer)?;
        let mut start = start.parameters(count, device);
        let mut next = || start.next().expect("four and more");
        Ok(Transformative {
            alpha: next(),
            beta: next(),
            gamma: next(),
            delta: next(),
            inner,
            sharing: self.sharing,
        })
    }
}
