//! Looks into the activations of any model, without a change to the model.
//!
//! All activations of this crate, and those that [`activation!`](crate::activation) makes elsewhere,
//! evaluate their curve through [`activate`](crate::activate). While [`observe`] runs, `activate`
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
mod report;

pub use gradients::{GradientNorms, gradient_norms};
pub use histogram::Histogram;
pub use moments::Moments;
pub use observation::{Observation, Parameter, Unit};
#[cfg(feature = "train")]
pub(crate) use report::number;
pub use report::{Mismatch, Report};

use crate::op::{Task, evaluate};
use burn::tensor::Tensor;
use core::cell::RefCell;
use measure::Measurement;

/// Runs `f`, and tells what its activations did, in the order of their calls.
///
/// Only calls on this thread are seen. Observers nest: what an inner one sees, the outer ones see
/// too. If `f` panics, the panic goes on and observation ends.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_rectifiers::{Relu, observe::observe};
///
/// let x = Tensor::<2>::from_floats([[-1.0, 2.0], [-3.0, -4.0]], &Device::flex());
/// let (y, seen) = observe(|| Relu::new().forward(x));
/// assert_eq!(y.dims(), [2, 2]);
/// assert_eq!(seen[0].units()[0].input.mean(), -2.0);
/// assert!(seen[0].units()[0].is_dead()); // −1 and −3
/// assert!(!seen[0].units()[1].is_dead()); // 2 and −4
/// ```
pub fn observe<R>(f: impl FnOnce() -> R) -> (R, Vec<Observation>) {
    Observer::new().observe(f)
}

/// How to look at activations; [`observe`] is short for the default.
///
/// The units of an activation with parameters per channel lie along the axis of those. Elsewhere
/// they lie along axis 1, or along the last with [`channels_last`](Self::channels_last). A tensor of
/// one axis has its units there.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_rectifiers::{Relu, observe::Observer};
///
/// let tokens = Tensor::<3>::ones([2, 5, 16], &Device::flex()); // batch, place, feature
/// let (_, seen) = Observer::new().channels_last().observe(|| Relu::new().forward(tokens));
/// assert_eq!(seen[0].units().len(), 16);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Observer {
    channels_last: bool,
}

impl Observer {
    /// Units along axis 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Units along the last axis, where no parameters say otherwise: for images with channels last,
    /// and for sequences of features.
    pub fn channels_last(mut self) -> Self {
        self.channels_last = true;
        self
    }

    /// Runs `f`, and tells what its activations did; see [`observe`].
    pub fn observe<R>(self, f: impl FnOnce() -> R) -> (R, Vec<Observation>) {
        let watch = Watch::start(self);
        let result = f();
        (result, watch.finish())
    }
}

thread_local! {
    /// The observers at work, outermost first, each with what it has seen.
    static WATCHERS: RefCell<Vec<(Observer, Vec<Observation>)>> = const { RefCell::new(vec![]) };
}

/// An observer at work, until this is dropped: at the end, or by a panic on its way.
struct Watch {
    depth: usize,
}

impl Watch {
    fn start(observer: Observer) -> Self {
        WATCHERS.with_borrow_mut(|watchers| {
            watchers.push((observer, vec![]));
            Self {
                depth: watchers.len() - 1,
            }
        })
    }

    fn finish(self) -> Vec<Observation> {
        WATCHERS.with_borrow_mut(|watchers| core::mem::take(&mut watchers[self.depth].1))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        WATCHERS.with_borrow_mut(|watchers| watchers.truncate(self.depth));
    }
}

/// Whether this thread is observed.
pub(crate) fn is_watched() -> bool {
    // A thread that is ending has no observers left.
    let watched = WATCHERS.try_with(|watchers| !watchers.borrow().is_empty());
    watched.unwrap_or(false)
}

/// Evaluates and tells the observers, for which the elements of `x` form a tensor of shape `shown`.
pub(crate) fn watched<const D: usize>(
    x: Tensor<D>,
    params: Vec<Tensor<1>>,
    task: Task,
    shown: &[usize],
) -> Tensor<D> {
    let before = Measurement::before(&x, &params, task);
    // Nothing holds `x` any more: whether it is overwritten is decided as ever.
    let y = evaluate(x, params, task);
    let measured = before.after(&y);
    let inputs = measured.histogram();
    WATCHERS.with_borrow_mut(|watchers| {
        for (observer, seen) in watchers {
            seen.push(Observation::new(
                seen.len(),
                (task.curve, task.sharing),
                measured.parameters(),
                inputs.clone(),
                measured.units(task.sharing, shown, observer.channels_last),
            ));
        }
    });
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A forgotten observer would cost time and memory with every call from then on.
    #[test]
    fn no_observer_survives_a_panic() {
        let caught = std::panic::catch_unwind(|| observe(|| observe(|| panic!("no model"))));
        assert!(caught.is_err() && !is_watched());
        assert!(observe(is_watched).0 && !is_watched());
    }
}
