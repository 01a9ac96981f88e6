//! Metrics for burn-train: dead units, means and variances of activations, gradient norms, in the
//! dashboard and the logs of any training. With feature `train`.
//!
//! Three changes to a model that burn-train trains: a field [`Watch`], and one closure around the
//! body of each of its two steps, whose outputs become [`Observed`]:
//!
//! ```
//! use burn::nn::{Linear, LinearConfig, loss::{MseLoss, Reduction::Mean}};
//! use burn::prelude::*;
//! use burn::train::{InferenceStep, RegressionOutput, TrainOutput, TrainStep};
//! use burn_rectifiers::{PRelu, metric::{Observed, Watch}};
//!
//! #[derive(Module, Debug)]
//! struct Net {
//!     hidden: Linear,
//!     prelu: PRelu,
//!     output: Linear,
//!     watch: Watch, // Watch::new().every(10)
//! }
//!
//! impl Net {
//!     fn regress(&self, (x, targets): (Tensor<2>, Tensor<2>)) -> RegressionOutput {
//!         let output = self.output.forward(self.prelu.forward(self.hidden.forward(x)));
//!         let loss = MseLoss::new().forward(output.clone(), targets.clone(), Mean);
//!         RegressionOutput::new(loss, output, targets)
//!     }
//! }
//!
//! impl TrainStep for Net {
//!     type Input = (Tensor<2>, Tensor<2>);
//!     type Output = Observed<RegressionOutput>;
//!
//!     fn step(&self, batch: Self::Input) -> TrainOutput<Self::Output> {
//!         self.watch.train_step(self, || {
//!             let item = self.regress(batch);
//!             TrainOutput::new(self, item.loss.backward(), item)
//!         })
//!     }
//! }
//!
//! impl InferenceStep for Net {
//!     type Input = (Tensor<2>, Tensor<2>);
//!     type Output = Observed<RegressionOutput>;
//!
//!     fn step(&self, batch: Self::Input) -> Self::Output {
//!         self.watch.inference_step(|| self.regress(batch))
//!     }
//! }
//! # let _ = burn_rectifiers::PReluConfig::new(1);
//! # let _ = LinearConfig::new(1, 1);
//! ```
//!
//! Then the metrics go where others go. Gradients exist in training alone:
//!
//! ```no_run
//! # use burn::{prelude::*, train::{InferenceStep, SupervisedTraining, TrainOutput, TrainStep}};
//! # use burn::train::{ClassificationOutput, metric::{AccuracyMetric, LossMetric}};
//! # use burn_rectifiers::metric::*;
//! # #[derive(Module, Debug)] struct Net { linear: burn::nn::Linear }
//! # impl TrainStep for Net {
//! #     type Input = ();
//! #     type Output = Observed<ClassificationOutput>;
//! #     fn step(&self, _: ()) -> TrainOutput<Self::Output> { unimplemented!() }
//! # }
//! # impl InferenceStep for Net {
//! #     type Input = ();
//! #     type Output = Observed<ClassificationOutput>;
//! #     fn step(&self, _: ()) -> Self::Output { unimplemented!() }
//! # }
//! # fn with(training: SupervisedTraining<Net>) -> SupervisedTraining<Net> {
//! training
//!     .metrics((LossMetric::new(), AccuracyMetric::new()))
//!     .metrics((DeadUnitsMetric::new(), ActivationVarianceMetric::for_layer(0)))
//!     .metric_train_numeric(GradientNormMetric::new())
//!     .metric_train_numeric(GradientNormMetric::for_layer("linear"))
//! # }
//! ```
//!
//! # What the numbers mean
//!
//! | metric | of a step | of the epoch so far, and of the whole epoch |
//! |---|---|---|
//! | [`DeadUnitsMetric`] | units that were dead in that batch, as a share of all units of all layers | units that were dead in every observed batch |
//! | [`ActivationMeanMetric`] | the mean of a layer's outputs in that batch, averaged over layers | the mean of a layer's outputs in all observed batches, averaged over layers |
//! | [`ActivationVarianceMetric`] | the same with the variance | the same with the variance |
//! | [`GradientNormMetric`] | the L2 norm of the gradient of all parameters together | the mean of the norms of the observed steps |
//!
//! A layer is a call of an activation; [`observe`](mod@crate::observe) says how they are numbered,
//! what a unit is and when it is dead. Layers count alike in an average, whatever their size; the
//! mean and the variance of a layer are those of all its units together. Few batches make units look
//! dead that are not: the number of a step is at least that of its epoch.
//!
//! A model that takes different ways through its activations, or whose units change in number, is
//! averaged over the layers of every way it has taken.
//!
//! # Cost
//!
//! An observed step copies what activations do, and gradients, to the host; see
//! [`observe`](mod@crate::observe). [`Watch::every`] observes each n-th step alone. The others cost
//! nothing: dashboards keep showing the last numbers, while plots and logs have none for them, and
//! those of an epoch are of its observed steps.

mod activation;
mod gradient;
mod input;
mod observed;
mod value;
mod watch;

pub use activation::{ActivationMeanMetric, ActivationVarianceMetric, DeadUnitsMetric};
pub use gradient::GradientNormMetric;
pub use input::{ActivationInput, GradientInput};
pub use observed::Observed;
pub use watch::Watch;
