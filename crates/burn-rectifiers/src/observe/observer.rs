//! Who looks at activations, and while what runs.

use super::measure::{parameters, units};
use super::{Histogram, Observation};
use crate::op::{Seen, set_tap};
use core::cell::RefCell;

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
        set_tap(Some(tell));
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
        if self.depth == 0 {
            set_tap(None);
        }
    }
}

/// Tells the observers at work what was seen.
fn tell(seen: &Seen) {
    let inputs: Histogram = seen.inputs.iter().copied().collect();
    WATCHERS.with_borrow_mut(|watchers| {
        for (observer, observations) in watchers {
            observations.push(Observation::new(
                observations.len(),
                (seen.curve, seen.sharing),
                parameters(seen),
                inputs.clone(),
                units(seen, observer.channels_last),
            ));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::tap;

    /// A forgotten observer would cost time and memory with every call from then on.
    #[test]
    fn no_observer_survives_a_panic() {
        let caught = std::panic::catch_unwind(|| observe(|| observe(|| panic!("no model"))));
        assert!(caught.is_err() && tap().is_none());
        assert!(observe(|| tap().is_some()).0 && tap().is_none());
    }
}
