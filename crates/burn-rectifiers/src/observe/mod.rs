//! Looks into the activations of any model, without a change to the model.
//!
//! All activations of this crate, and those that [`activation!`](crate::activation) makes elsewhere,
//! evaluate their curve through [`activate`](crate::op::activate). While [`observe`] runs, `activate`
//! tells on its thread what goes in and what comes out, and whether gradients get through. A
//! [`Report`] adds that up over the batches of a data set:
//!
//! ```
//! use burn::nn::LinearConfig;
//! use burn::tensor::{Device, Tensor};
//! use burn_rectifiers::{PReluConfig, Relu, observe::Report};
//!
//! let device = Device::flex();
//! let first = LinearConfig::new(2, 8).init(&device);
//! let second = LinearConfig::new(8, 8).init(&device);
//! let prelu = PReluConfig::new(8).init(&device);
//! let forward = |x: Tensor<2>| {
//!     let x = Relu::new().forward(first.forward(x));
//!     prelu.forward(second.forward(x))
//! };
//!
//! let mut report = Report::new();
//! for batch in [[[1.0, -2.0], [0.5, 3.0]], [[-1.0, 1.0], [0.0, 2.0]]] {
//!     report.watch(|| forward(Tensor::from_floats(batch, &device)));
//! }
//! assert_eq!(report.layers()[0].to_string(), "0: relu");
//! assert_eq!(report.layers()[1].to_string(), "1: prelu");
//! assert_eq!(report.layers()[1].dead_units(), 0); // Its slope is nowhere zero.
//! println!("{report}");
//! ```
//!
//! # Dead units
//!
//! A unit is a channel. It is *dead* on some data if the activation's slope is zero at every one of
//! its inputs, so that none of the data sends a gradient through it to what lies before. A ReLU is
//! dead where it is never positive. The slope is the one that the backward pass uses: computed by
//! the same kernel in the same data type, so that a sigmoid that single precision has saturated
//! counts as dead.
//!
//! # Pictures
//!
//! An [`Observation`] has what it takes to draw learned curves over what they are applied to:
//! [`curves`](Observation::curves), the parameters of each, and [`inputs`](Observation::inputs), a
//! [`Histogram`]. `burn-rectifiers-study` draws them (`pictures::learned_curves`).
//!
//! # Gradients
//!
//! [`gradient_norms`] measures the gradients of a model, parameter by parameter, before an optimizer
//! takes them.
//!
//! # Which call is which
//!
//! Activations are numbered in the order of their calls. A module that is called twice is seen
//! twice. What gradient checkpointing computes once more is not a call. A curve in
//! [`Transformative`](crate::Transformative) is seen as one, and [`RRelu`](crate::RRelu) as the
//! `prelu` that it is.
//!
//! # Cost
//!
//! Without an observer, a look at a thread-local variable per call. With one, each activation is
//! also differentiated, and input, output and slope are copied to the host and added up in f64. What
//! the model computes, gradients included, stays the same.

mod gradients;
mod histogram;
mod measure;
mod moments;
mod observation;
mod observer;
mod report;

pub use gradients::{GradientNorms, gradient_norms};
pub use histogram::Histogram;
pub use moments::Moments;
pub use observation::{Observation, Parameter, Unit};
pub use observer::{Observer, observe};
#[cfg(feature = "train")]
pub(crate) use report::number;
pub use report::{Mismatch, Report};
