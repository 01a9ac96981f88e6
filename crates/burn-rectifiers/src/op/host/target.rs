//! Where a kernel's results go.

use core::marker::PhantomData;
use core::ops::Range;

/// Memory that kernels work on in place, block by block: either the data itself, which is
/// overwritten, or fresh memory, into which each block is copied just before its turn, while it is
/// in the first-level cache. Either way the data is read from memory once and written once.
pub(crate) struct Target<'a, E> {
    from: *const E,
    to: *mut E,
    len: usize,
    data: PhantomData<&'a mut [E]>,
}

// SAFETY: threads reach the memory through `block` alone, whose caller keeps them apart.
unsafe impl<E: Send + Sync> Sync for Target<'_, E> {}

impl<'a, E: Copy> Target<'a, E> {
    /// Results replace `data`.
    pub(crate) fn over(data: &'a mut [E]) -> Self {
        Self {
            from: data.as_ptr(),
            to: data.as_mut_ptr(),
            len: data.len(),
            data: PhantomData,
        }
    }

    /// Runs `f` on a target that reads `data`, and returns the fresh memory it wrote.
    ///
    /// # Safety
    ///
    /// `f` must visit every element with [`block`](Self::block).
    pub(crate) unsafe fn fresh<R>(data: &[E], f: impl FnOnce(&Target<E>) -> R) -> (Vec<E>, R) {
        let mut fresh = Vec::with_capacity(data.len());
        let result = f(&Target {
            from: data.as_ptr(),
            to: fresh.as_mut_ptr(),
            len: data.len(),
            data: PhantomData,
        });
        // SAFETY: every element was visited, and visiting writes it.
        unsafe { fresh.set_len(data.len()) };
        (fresh, result)
    }

    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The data at `range`, in the place where its results belong.
    ///
    /// # Safety
    ///
    /// No two calls, from any thread, may have overlapping ranges.
    #[allow(clippy::mut_from_ref)] // Kept apart by the caller.
    pub(crate) unsafe fn block(&self, range: Range<usize>) -> &mut [E] {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: in bounds. Source and destination are the same memory or separate allocations.
        unsafe {
            let (from, to) = (self.from.add(range.start), self.to.add(range.start));
            if !core::ptr::eq(from, to) {
                core::ptr::copy_nonoverlapping(from, to, range.len());
            }
            core::slice::from_raw_parts_mut(to, range.len())
        }
    }
}
