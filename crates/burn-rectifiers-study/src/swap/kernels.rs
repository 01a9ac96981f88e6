//! How many kernels a GPU has run.

/// Counts the kernels that this process launches on GPUs of its own, from now on.
#[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
pub(super) struct Kernels {
    launched: std::sync::Arc<Launched>,
    _watching: cubecl::logging::LaunchObservation,
}

#[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
#[derive(Default)]
struct Launched(std::sync::atomic::AtomicUsize);

#[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
impl cubecl::logging::LaunchObserver for Launched {
    fn launched(&self, _kernel: &'static str) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

#[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
impl Kernels {
    pub(super) fn watch() -> Self {
        let launched = std::sync::Arc::new(Launched::default());
        Self {
            _watching: cubecl::logging::LaunchObservation::new(launched.clone()),
            launched,
        }
    }

    /// Launched so far.
    pub(super) fn count(&self) -> usize {
        self.launched.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// No GPU backend is compiled in: there is nothing to count.
#[cfg(not(any(feature = "wgpu", feature = "cuda", feature = "rocm")))]
pub(super) struct Kernels;

#[cfg(not(any(feature = "wgpu", feature = "cuda", feature = "rocm")))]
impl Kernels {
    pub(super) fn watch() -> Self {
        Self
    }

    pub(super) fn count(&self) -> usize {
        0
    }
}
