//! How many kernels a GPU has run.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

#[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
use cubecl::logging::{LaunchObservation, LaunchObserver};

/// Counts the kernels that this process launches on GPUs of its own, from now on. Without a GPU backend, there are none.
pub(super) struct Kernels {
    launched: Arc<Launched>,
    #[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
    _watching: LaunchObservation,
}

#[derive(Default)]
struct Launched(AtomicUsize);

#[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
impl LaunchObserver for Launched {
    fn launched(&self, _kernel: &'static str) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Kernels {
    pub(super) fn watch() -> Self {
        let launched = Arc::new(Launched::default());
        Self {
            #[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
            _watching: LaunchObservation::new(launched.clone()),
            launched,
        }
    }

    /// Launched so far.
    pub(super) fn count(&self) -> usize {
        self.launched.0.load(Ordering::Relaxed)
    }
}
