//! Memory that a kernel reads and writes.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

/// How many elements a loop takes at a time: all is read before anything is written, and there are
/// enough for several vectors to be in flight.
pub(crate) const CHUNK: usize = 32;

/// A stretch of memory that a kernel reads, and one of the same length that it writes: the same
/// place, or two places apart.
///
/// Copying a block first and then working on it in place would take turns between waiting for
/// memory and computing. Reading here and writing there, the processor does both at once, which is
/// up to twice as fast.
#[derive(Debug)]
pub struct Block<'a, T> {
    from: *const T,
    to: *mut T,
    len: usize,
    memory: PhantomData<&'a mut [T]>,
}

impl<'a, T: Copy + Default> Block<'a, T> {
    /// Results replace `data`.
    pub fn over(data: &'a mut [T]) -> Self {
        Self {
            from: data.as_ptr(),
            to: data.as_mut_ptr(),
            len: data.len(),
            memory: PhantomData,
        }
    }

    /// Results for the elements of `from` go to `to`.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn between(from: &'a [T], to: &'a mut [T]) -> Self {
        assert_eq!(from.len(), to.len());
        // SAFETY: as long as each other, apart, and borrowed for as long as the block lives.
        unsafe { Self::from_raw(from.as_ptr(), to.as_mut_ptr(), from.len()) }
    }

    /// The same for memory that need not be initialized where it is written.
    ///
    /// # Safety
    ///
    /// For `'a`, `from` can be read, `to` written, and nobody else touches what is written. They are
    /// equal, or do not overlap.
    pub(crate) unsafe fn from_raw(from: *const T, to: *mut T, len: usize) -> Self {
        Self {
            from,
            to,
            len,
            memory: PhantomData,
        }
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The elements from `start` up to `end`, as a block.
    pub fn part(&mut self, start: usize, end: usize) -> Block<'_, T> {
        assert!(start <= end && end <= self.len);
        // SAFETY: in bounds, and nobody has another part as long as this one is borrowed.
        unsafe { Block::from_raw(self.from.add(start), self.to.add(start), end - start) }
    }

    /// Copies what is to be read to `data`.
    pub fn read(&self, data: &mut [T]) {
        assert_eq!(data.len(), self.len);
        // SAFETY: `from` has `len` elements.
        unsafe { core::ptr::copy_nonoverlapping(self.from, data.as_mut_ptr(), self.len) }
    }

    /// Copies `data` to where results go.
    pub fn write(&mut self, data: &[T]) {
        assert_eq!(data.len(), self.len);
        // SAFETY: `to` has place for `len` elements.
        unsafe { core::ptr::copy_nonoverlapping(data.as_ptr(), self.to, self.len) }
    }

    /// The elements from `start` up to `start + len`, filled up to a chunk.
    #[inline(always)]
    pub(crate) fn load(&self, start: usize, len: usize) -> [T; CHUNK] {
        assert!(len <= CHUNK && start + len <= self.len);
        // SAFETY: in bounds.
        unsafe { load(self.from.add(start), len) }
    }

    /// Writes the first `len` results of a chunk that starts at `start`.
    #[inline(always)]
    pub(crate) fn store(&mut self, start: usize, len: usize, chunk: [T; CHUNK]) {
        assert!(len <= CHUNK && start + len <= self.len);
        // SAFETY: in bounds.
        unsafe {
            let to = self.to.add(start);
            if len == CHUNK {
                to.cast::<[T; CHUNK]>().write_unaligned(chunk);
            } else {
                core::ptr::copy_nonoverlapping(chunk.as_ptr(), to, len);
            }
        }
    }
}

/// The elements of `data` from `start` up to `start + len`, filled up to a chunk.
#[inline(always)]
pub(crate) fn chunk<T: Copy + Default>(data: &[T], start: usize, len: usize) -> [T; CHUNK] {
    assert!(len <= CHUNK && start + len <= data.len());
    // SAFETY: in bounds.
    unsafe { load(data.as_ptr().add(start), len) }
}

/// # Safety
///
/// `len` elements can be read.
#[inline(always)]
unsafe fn load<T: Copy + Default>(from: *const T, len: usize) -> [T; CHUNK] {
    if len == CHUNK {
        // SAFETY: that many can be read.
        return unsafe { from.cast::<[T; CHUNK]>().read_unaligned() };
    }
    let mut chunk = MaybeUninit::<[T; CHUNK]>::uninit();
    let to = chunk.as_mut_ptr().cast::<T>();
    // SAFETY: `len` elements can be read, and each of the chunk is written.
    unsafe {
        core::ptr::copy_nonoverlapping(from, to, len);
        for i in len..CHUNK {
            to.add(i).write(T::default());
        }
        chunk.assume_init()
    }
}
