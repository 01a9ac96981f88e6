//! Memory that a kernel reads and writes.

use crate::simd::{LINE_BYTES, MAX_CHUNK, Packed, TERMS_PER_SUM, prefetch_line};
use core::hint::black_box;
use core::marker::PhantomData;
use core::mem::{MaybeUninit, transmute_copy};
use core::ops::Range;

/// How many elements of type `T` a chunk of `M` numbers of type `R` has.
pub(crate) const fn elements<T, R, const M: usize>() -> usize {
    let count = size_of::<[R; M]>() / size_of::<T>();
    assert!(count <= MAX_CHUNK && count * size_of::<T>() == size_of::<[R; M]>());
    count
}

/// How many bytes ahead a loop prefetches, where it works through memory in order: a page, beyond which hardware
/// prefetchers do not look.
pub(crate) const PREFETCH_BYTES: usize = 4096;

/// Rows of a tile from which a loop takes a register each at a time. [`PartialSums::add_rows`](crate::simd::PartialSums)
/// adds one term of each, so that there are as many as terms.
pub(crate) const ROWS_PER_GROUP: usize = TERMS_PER_SUM;

/// Memory that a kernel reads, and as much that it writes: the same elements, or others that do not overlap them.
///
/// A kernel reads here and writes there in one loop. If it copied first and then worked in place, it would wait for memory
/// and compute in row_groups, which takes up to twice as long. Loads and stores of a block prefetch: without that, arithmetic
/// keeps the processor from seeing far enough ahead, which takes up to twice as long again.
///
/// What lies between the rows of [`Arrangement::Columns`](super::Arrangement::Columns) is within the block, but belongs to
/// others: kernels keep off it, as [`CpuKernel`](super::CpuKernel) says.
#[derive(Debug)]
pub struct Block<'a, T> {
    from: *const T,
    to: *mut T,
    len: usize,
    /// How many bytes ahead loads and stores prefetch.
    prefetch_bytes: usize,
    memory: PhantomData<&'a mut [T]>,
}

impl<'a, T: Copy + Default> Block<'a, T> {
    /// Results replace `data`.
    pub fn over(data: &'a mut [T]) -> Self {
        let len = data.len();
        // Both are one pointer: borrowing the data mutably again would end what was lent for reading.
        let to = data.as_mut_ptr();
        Self {
            from: to,
            to,
            len,
            prefetch_bytes: PREFETCH_BYTES,
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
        // SAFETY: both slices have `len` elements, as asserted. They are borrowed for `'a`, one of them mutably, so
        // they do not overlap, and nobody else writes the one or touches the other.
        unsafe { Self::from_raw(from.as_ptr(), to.as_mut_ptr(), from.len()) }
    }

    /// Results for the `len` elements at `from` go to `to`, which need not be initialized.
    ///
    /// # Safety
    ///
    /// The caller ensures for `'a` that the `len` elements at `from` are initialized and can be read, that those at
    /// `to` can be written, and that both are the same or do not overlap. Of the elements that the block is
    /// used for, nobody else writes those at `from` or touches those at `to`.
    pub(crate) unsafe fn from_raw(from: *const T, to: *mut T, len: usize) -> Self {
        Self {
            from,
            to,
            len,
            prefetch_bytes: PREFETCH_BYTES,
            memory: PhantomData,
        }
    }

    /// The block, of which loads and stores prefetch so many elements ahead.
    pub(crate) fn with_prefetch_distance(mut self, elements: usize) -> Self {
        self.prefetch_bytes = elements * size_of::<T>();
        self
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
        // SAFETY: the part is within the block, as asserted, so that what the caller of `from_raw` ensures for the
        // block holds for it. `self` stays borrowed: nobody uses another part meanwhile.
        let part =
            unsafe { Block::from_raw(self.from.add(start), self.to.add(start), end - start) };
        Block {
            prefetch_bytes: self.prefetch_bytes,
            ..part
        }
    }

    /// Copies what is to be read to `data`.
    pub fn read(&self, data: &mut [T]) {
        assert_eq!(data.len(), self.len);
        // SAFETY: the caller of `from_raw` ensures `len` elements at `from` initialized. `data` has as many, as asserted,
        // and is borrowed mutably, so that it does not overlap them.
        unsafe { core::ptr::copy_nonoverlapping(self.from, data.as_mut_ptr(), self.len) }
    }

    /// Copies `data` to where results go.
    pub fn write(&mut self, data: &[T]) {
        assert_eq!(data.len(), self.len);
        // SAFETY: the caller of `from_raw` ensures place for `len` elements at `to`, which nobody else touches, and so
        // `data` does not overlap it. It has as many, as asserted.
        unsafe { core::ptr::copy_nonoverlapping(data.as_ptr(), self.to, self.len) }
    }

    /// The elements of `range` that are to be read.
    pub(crate) fn input(&self, range: Range<usize>) -> &[T] {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: the range is within the block, as asserted, and what is at `from` is initialized, as the caller of
        // `from_raw` keeps. Nobody writes there meanwhile: writing through the block takes a `&mut`, and others keep
        // off the elements that it is used for. `widen` asks for rows of a tile, without what lies between them.
        unsafe { core::slice::from_raw_parts(self.from.add(range.start), range.len()) }
    }

    /// Where the results for the elements of `range` go.
    ///
    /// # Safety
    ///
    /// The caller writes numbers there and nothing uninitialized, as it may be the data itself, and leaves out what
    /// lies between rows.
    pub(crate) unsafe fn output(&mut self, range: Range<usize>) -> &mut [MaybeUninit<T>] {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: the range is within the block, as asserted, and can be written, as the caller of `from_raw` ensures.
        // Nobody else touches it: the block stays borrowed mutably, and others keep off what it is used for.
        unsafe { core::slice::from_raw_parts_mut(self.to.add(range.start).cast(), range.len()) }
    }

    /// The elements from `start` up to `start + len`, filled up to a chunk.
    #[inline(always)]
    pub(crate) fn load<R: Packed<T>, const M: usize>(&self, start: usize, len: usize) -> [R; M] {
        assert!(len <= const { elements::<T, R, M>() } && start + len <= self.len);
        prefetch_chunk::<_, R, M>(self.from.wrapping_add(start), self.prefetch_bytes);
        // SAFETY: `len` elements from `start` on are within the block and no more than a chunk, as asserted. The sum
        // does not wrap: `walk_runs` and `TilePart::row_by_row` start at elements of the block.
        unsafe { load(self.from.add(start), len) }
    }

    /// The elements of `other` from `start` up to `start + len`, filled up to a chunk. It is read along with this block,
    /// and prefetched like it.
    #[inline(always)]
    pub(crate) fn load_beside<R: Packed<T>, const M: usize>(
        &self,
        other: &[T],
        start: usize,
        len: usize,
    ) -> [R; M] {
        prefetch_chunk::<_, R, M>(other.as_ptr().wrapping_add(start), self.prefetch_bytes);
        chunk(other, start, len)
    }

    /// A register of each of [`ROWS_PER_GROUP`] rows.
    ///
    /// # Safety
    ///
    /// The caller ensures the rows within the block: they end at its `len` at most. `TilePart::rows_at_once` asserts that.
    #[inline(always)]
    pub(crate) unsafe fn load_rows<R: Packed<T>, const M: usize>(&self, rows: TileRows) -> [R; M] {
        debug_assert!(rows.end::<T, R, M>() <= self.len);
        // SAFETY: the caller ensures the rows within the block, of which `from` can be read, as the caller of
        // `from_raw` keeps. (A slice would not do: what lies between the rows belongs to others.)
        unsafe { load_rows(self.from, rows) }
    }

    /// Writes the results of a chunk that [`load_rows`](Self::load_rows) gave.
    ///
    /// # Safety
    ///
    /// The caller ensures the rows within the block: they end at its `len` at most. `TilePart::rows_at_once` asserts that.
    // By number: iterating over vectors moves them about.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    pub(crate) unsafe fn store_rows<R: Packed<T>, const M: usize>(
        &mut self,
        rows: TileRows,
        chunk: [R; M],
    ) {
        debug_assert!(rows.end::<T, R, M>() <= self.len);
        // Over the data, `load_rows` prefetched it.
        if self.from != self.to.cast_const() {
            prefetch_next(self.to, rows);
        }
        // SAFETY: the caller ensures the rows within the block, of which `to` can be written, as the caller of
        // `from_raw` keeps. A chunk of `ROWS_PER_GROUP` registers consists of them, as `Packed` promises; `transmute_copy`
        // panics if it is smaller.
        unsafe {
            let vectors: [R::Register; ROWS_PER_GROUP] = transmute_copy(&chunk);
            let to = self.to.add(rows.start);
            for i in 0..ROWS_PER_GROUP {
                let to = to.add(i * rows.pitch);
                to.cast::<R::Register>().write_unaligned(vectors[i]);
            }
        }
    }

    /// Writes the first `len` results of a chunk that starts at `start`.
    #[inline(always)]
    pub(crate) fn store<R: Packed<T>, const M: usize>(
        &mut self,
        start: usize,
        len: usize,
        chunk: [R; M],
    ) {
        let full = const { elements::<T, R, M>() };
        assert!(len <= full && start + len <= self.len);
        prefetch_chunk::<_, R, M>(self.to.wrapping_add(start), self.prefetch_bytes);
        // SAFETY: `len` elements from `start` on are within the block and no more than a chunk, as asserted. The sum
        // does not wrap: `walk_runs` and `TilePart::row_by_row` start at elements of the block. A chunk consists of
        // values of `T`, as `Packed` promises.
        unsafe {
            let to = self.to.add(start);
            if len == full {
                to.cast::<[R; M]>().write_unaligned(chunk);
            } else {
                // From a copy, so that the chunk itself need not have a place in memory.
                let apart = chunk;
                copy(black_box(&raw const apart).cast(), to, len);
            }
        }
    }
}

/// Prefetches a chunk `ahead` bytes after `at`. Whether there is memory does not matter.
#[inline(always)]
fn prefetch_chunk<T, R, const M: usize>(at: *const T, ahead: usize) {
    let at = at.cast::<u8>().wrapping_add(ahead);
    for line in 0..size_of::<[R; M]>().div_ceil(LINE_BYTES) {
        prefetch_line(at.wrapping_add(line * LINE_BYTES));
    }
}

/// Prefetches the lines that `rows` says are next.
#[inline(always)]
fn prefetch_next<T>(data: *const T, rows: TileRows) {
    if let Some(Prefetch { start, stride }) = rows.prefetch {
        for i in 0..ROWS_PER_GROUP {
            prefetch_line(data.wrapping_add(start + i * stride).cast());
        }
    }
}

/// The elements of `data` from `start` up to `start + len`, filled up to a chunk.
#[inline(always)]
pub(crate) fn chunk<T, R, const M: usize>(data: &[T], start: usize, len: usize) -> [R; M]
where
    T: Copy + Default,
    R: Packed<T>,
{
    assert!(len <= const { elements::<T, R, M>() } && start + len <= data.len());
    // SAFETY: `len` elements from `start` on are within `data` and no more than a chunk, as asserted. The sum does
    // not wrap: `walk_runs` and `TilePart::row_by_row` start at elements of a block, and `data` is as long as that.
    unsafe { load(data.as_ptr().add(start), len) }
}

/// Whether a chunk of `M` numbers of type `R` can be a register of each of [`ROWS_PER_GROUP`] rows.
pub(crate) const fn is_of_rows<T, R: Packed<T>, const M: usize>() -> bool {
    size_of::<[R; M]>() == ROWS_PER_GROUP * size_of::<R::Register>()
}

/// Where the registers of a chunk lie that [is of rows](is_of_rows).
#[derive(Debug, Clone, Copy)]
pub(crate) struct TileRows {
    /// Where the first row begins.
    pub(crate) start: usize,
    /// Elements from one row to the next.
    pub(crate) pitch: usize,
    /// What is needed some time later, unless it was prefetched already.
    pub(crate) prefetch: Option<Prefetch>,
}

/// Cache lines to prefetch, [`ROWS_PER_GROUP`] of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prefetch {
    /// Which element the first line has.
    pub(crate) start: usize,
    /// Elements from one line to the next.
    pub(crate) stride: usize,
}

impl TileRows {
    /// Where the last row ends.
    #[inline(always)]
    fn end<T, R: Packed<T>, const M: usize>(self) -> usize {
        assert!(const { is_of_rows::<T, R, M>() });
        self.start + (ROWS_PER_GROUP - 1) * self.pitch + const { elements::<T, R::Register, 1>() }
    }
}

/// The registers of `data` that lie there.
///
/// # Safety
///
/// The caller ensures the rows within `data`: they end at its length at most. `TilePart::rows_at_once` asserts that.
#[inline(always)]
pub(crate) unsafe fn chunk_of_rows<T, R: Packed<T>, const M: usize>(
    data: &[T],
    rows: TileRows,
) -> [R; M] {
    debug_assert!(rows.end::<T, R, M>() <= data.len());
    // SAFETY: the caller ensures the rows within the slice, all of which can be read.
    unsafe { load_rows(data.as_ptr(), rows) }
}

/// # Safety
///
/// The caller ensures that the registers of all rows can be read, as far as [`TileRows::end`] says.
// By number: iterating over vectors moves them about.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
unsafe fn load_rows<T, R: Packed<T>, const M: usize>(data: *const T, rows: TileRows) -> [R; M] {
    assert!(const { is_of_rows::<T, R, M>() });
    prefetch_next(data, rows);
    // SAFETY: the caller ensures a register at the start of each row readable; any values of `T` make one, as `Packed`
    // promises. A chunk of `ROWS_PER_GROUP` registers consists of them; `is_of_rows` says that it has as many.
    unsafe {
        let from = data.add(rows.start);
        let mut vectors = [from.cast::<R::Register>().read_unaligned(); ROWS_PER_GROUP];
        for i in 0..ROWS_PER_GROUP {
            let from = from.add(i * rows.pitch);
            vectors[i] = from.cast::<R::Register>().read_unaligned();
        }
        transmute_copy(&vectors)
    }
}

/// Number `i` of a chunk.
///
/// # Safety
///
/// The caller ensures that the chunk has it: `i + 1` times as many elements as a number has.
#[inline(always)]
pub(crate) unsafe fn load_number<T, R: Packed<T>>(chunk: &[T], i: usize) -> R {
    let count = const { size_of::<R>() / size_of::<T>() };
    debug_assert!((i + 1) * count <= chunk.len());
    // SAFETY: the caller ensures number `i` within the chunk. Any values of `T` make one, as `Packed` promises.
    unsafe { chunk.as_ptr().cast::<R>().add(i).read_unaligned() }
}

/// The first `len` numbers of a chunk, fewer than all, filled up again.
#[inline(always)]
pub(crate) fn first<T, R, const M: usize>(chunk: [R; M], len: usize) -> [R; M]
where
    T: Copy + Default,
    R: Packed<T>,
{
    assert!(len < const { elements::<T, R, M>() });
    // From a copy, so that the chunk itself need not have a place in memory.
    // SAFETY: a chunk consists of values of `T`, as `Packed` promises, and has more than `len` of them, as asserted.
    unsafe { load(black_box(&raw const chunk).cast::<T>(), len) }
}

/// # Safety
///
/// The caller ensures that `len` elements can be read at `from`, and that they are no more than a chunk has.
#[inline(always)]
unsafe fn load<T, R, const M: usize>(from: *const T, len: usize) -> [R; M]
where
    T: Copy + Default,
    R: Packed<T>,
{
    if len == const { elements::<T, R, M>() } {
        // SAFETY: the caller ensures a whole chunk readable. Any values of `T` make one, as `Packed` promises.
        return unsafe { from.cast::<[R; M]>().read_unaligned() };
    }
    let mut chunk = [T::default(); MAX_CHUNK];
    // SAFETY: the caller ensures `len` elements readable, no more than a chunk has, and `elements` checks that a chunk
    // has no more than `MAX_CHUNK`. All of those are initialized, and any values of `T` make one, as `Packed` promises.
    unsafe {
        copy(from, chunk.as_mut_ptr(), len);
        chunk.as_ptr().cast::<[R; M]>().read_unaligned()
    }
}

/// Copies the last elements of a block. Out of line: otherwise the compiler makes one copy of
/// variable length out of this and the whole chunks.
///
/// # Safety
///
/// The caller ensures that `len` elements can be read at `from` and written at `to`, and that they do not overlap.
#[cold]
#[inline(never)]
unsafe fn copy<T: Copy>(from: *const T, to: *mut T, len: usize) {
    // SAFETY: the caller ensures what the function asks for.
    unsafe { core::ptr::copy_nonoverlapping(from, to, len) }
}
