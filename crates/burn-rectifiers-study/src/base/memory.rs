//! How much memory something takes.

use std::{
    alloc::{GlobalAlloc, Layout},
    sync::atomic::{AtomicBool, AtomicIsize, Ordering::Relaxed},
};

use crate::base::error::{StudyError, wrong};

/// How many bytes a process can take without others having to go, where the system tells.
pub fn available() -> Option<u64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Refuses the value of a flag with which the program would take so many bytes, more than memory has free.
///
/// # Errors
///
/// If they are.
pub fn fits_into_memory(
    setting: &'static str,
    value: impl ToString,
    bytes: u64,
) -> Result<(), StudyError> {
    match available() {
        Some(available) if bytes > available => Err(too_much(setting, value, bytes, available)),
        _ => Ok(()),
    }
}

/// That a flag has a value with which the program would take more than is free.
pub(crate) fn too_much(
    setting: &'static str,
    value: impl ToString,
    bytes: u64,
    available: u64,
) -> StudyError {
    let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / 1e9);
    let (takes, free) = (gigabytes(bytes), gigabytes(available));
    let expected = format!("what fits into memory: this takes {takes}, and {free} are free");
    wrong(setting, value, &expected)
}

static COUNTS: AtomicBool = AtomicBool::new(false);
static LIVE: AtomicIsize = AtomicIsize::new(0);
static PEAK: AtomicIsize = AtomicIsize::new(0);

/// An allocator that counts what another one gives out. A program that wants to know makes it the
/// global one:
///
/// ```no_run
/// # use burn_rectifiers_study::memory::Counting;
/// #[global_allocator]
/// static ALLOCATOR: Counting<std::alloc::System> = Counting(std::alloc::System);
/// # fn main() {}
/// ```
pub struct Counting<A>(
    /// What allocates.
    pub A,
);

// SAFETY: all memory comes from the other allocator and goes back to it, with what the caller passes, so that it
// keeps what a `GlobalAlloc` promises. Counting is atomic and wraps: it neither allocates nor unwinds.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counting<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller keeps for `layout` what `GlobalAlloc::alloc` asks for.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller keeps for `layout` what `GlobalAlloc::alloc_zeroed` asks for.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both are there while the contents move.
        add(size);
        LIVE.fetch_sub(layout.size() as isize, Relaxed);
        // SAFETY: the caller keeps what `GlobalAlloc::realloc` asks for, and all memory is the other allocator's.
        unsafe { self.0.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size() as isize, Relaxed);
        // SAFETY: the caller keeps what `GlobalAlloc::dealloc` asks for, and all memory is the other allocator's.
        unsafe { self.0.dealloc(memory, layout) }
    }
}

fn add(size: usize) {
    COUNTS.store(true, Relaxed);
    let size = size as isize;
    // Somebody may ask for more than there can be, and an allocator must not panic.
    let live = LIVE.fetch_add(size, Relaxed).wrapping_add(size);
    PEAK.fetch_max(live, Relaxed);
}

/// By how many bytes memory grew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Growth {
    /// What is still in use, with the result alive.
    pub left: isize,
    /// The most that was in use at any time.
    pub most: isize,
}

/// Runs `work`: its result, and by how much memory grew, in the whole program, so nothing else should
/// run. `None` unless [`Counting`] is the program's allocator.
pub fn measured<R>(work: impl FnOnce() -> R) -> (R, Option<Growth>) {
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    let result = work();
    let growth = Growth {
        left: LIVE.load(Relaxed) - before,
        most: PEAK.load(Relaxed) - before,
    };
    (result, COUNTS.load(Relaxed).then_some(growth))
}
