//! Asking the cache for memory that will be needed.

/// Bytes of a cache line.
pub(crate) const LINE_BYTES: usize = 64;

/// Prefetches the cache line that `at` lies in.
#[inline(always)]
pub(crate) fn prefetch_line(at: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch accesses nothing, so that any address will do, and all of x86-64 has it, with SSE.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}
