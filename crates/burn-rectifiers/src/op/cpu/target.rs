//! Where a kernel's results go.

use super::Block;
use core::marker::PhantomData;
use core::ops::Range;

/// Memory that kernels read and write, block by block: either the data itself, which is
/// overwritten, or the data and fresh memory. Either way the data is read from memory once and
/// written once.
pub(crate) struct Target<'a, E> {
    from: *const E,
    to: *mut E,
    len: usize,
    data: PhantomData<&'a mut [E]>,
}

// SAFETY: threads reach the memory through `block` alone, whose callers keep those of one element apart. `E` is
// `Send` and `Sync`, so that any thread may write it or read it.
unsafe impl<E: Send + Sync> Sync for Target<'_, E> {}

impl<'a, E: Copy + Default> Target<'a, E> {
    /// Results replace `data`.
    pub(crate) fn over(data: &'a mut [E]) -> Self {
        let len = data.len();
        // Both are one pointer: borrowing the data mutably again would end what was lent for reading.
        let to = data.as_mut_ptr();
        Self {
            from: to,
            to,
            len,
            data: PhantomData,
        }
    }

    /// Runs `f` on a target that reads `data`, and returns the fresh memory it wrote.
    ///
    /// # Safety
    ///
    /// The caller ensures that `f`, unless it panics, writes every element, through [`block`](Self::block).
    pub(crate) unsafe fn fresh<R>(data: &[E], f: impl FnOnce(&Target<E>) -> R) -> (Vec<E>, R) {
        let mut fresh = Vec::with_capacity(data.len());
        let result = f(&Target {
            from: data.as_ptr(),
            to: fresh.as_mut_ptr(),
            len: data.len(),
            data: PhantomData,
        });
        // SAFETY: there is room for as many elements as `data` has, and the caller ensures that `f` wrote all of them.
        unsafe { fresh.set_len(data.len()) };
        (fresh, result)
    }

    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The data at `range`, and the place where its results belong.
    ///
    /// # Safety
    ///
    /// The caller ensures that no two blocks that live at the same time, in any thread, are used for the same element.
    pub(crate) unsafe fn block(&self, range: Range<usize>) -> Block<'_, E> {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: the range is within the target, as asserted, and the target outlives the block. `over` has one
        // pointer for both blocks and `fresh` one to memory apart, and both keep the data borrowed, so that nobody
        // else touches what is written. The caller keeps other blocks off.
        unsafe {
            let (from, to) = (self.from.add(range.start), self.to.add(range.start));
            Block::from_raw(from, to, range.len())
        }
    }
}
