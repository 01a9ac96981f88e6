//! What a loop does, and the parameters that it does it with.

use super::super::block::{TileRows, load_number};
use crate::math::Real;
use crate::simd::{Compiled, Packed, mapped};

/// What a loop over values of `T` computes with: formulas are evaluated with it, it lies in memory as values of `T` do, and
/// certain instructions compute with it.
pub(super) trait KernelNumber<T>: Real + Packed<T> + Compiled + From<T> {}
impl<T, R: Real + Packed<T> + Compiled + From<T>> KernelNumber<T> for R {}

/// What is done with each chunk of a block.
///
/// A chunk is a few numbers of type `R`. Those may be packed, so that a chunk has more elements than numbers.
pub(super) trait Pass<R, const N: usize> {
    /// Takes the `len` elements from `at` on, which use these parameters.
    fn chunk(&mut self, at: usize, len: usize, params: &impl ChunkParams<R, N>);

    /// Run `number` of the block is complete.
    #[inline(always)]
    fn end_run(&mut self, _number: usize) {}

    /// What a chunk adds to the sums of its columns.
    type Terms: Copy;

    /// Takes the `len` elements from `at` on, each of which is in a column with sums of its own.
    fn columns(&mut self, at: usize, len: usize, params: &impl ChunkParams<R, N>) -> Self::Terms;

    /// Adds `terms` to those of other rows.
    #[inline(always)]
    fn add(_sums: &mut Self::Terms, _terms: Self::Terms) {}

    /// Up to `ROWS_PER_GROUP` rows of `len` columns from `column` on are complete.
    #[inline(always)]
    fn end_columns(&mut self, _column: usize, _len: usize, _sums: Self::Terms) {}

    /// Whether there are `len` elements, and sums of so many columns. [`rows`](Self::rows) relies on it.
    fn has(&self, len: usize, columns: usize) -> bool;

    /// Takes a register of each of `ROWS_PER_GROUP` rows, of the columns from `column` on.
    ///
    /// # Safety
    ///
    /// The caller ensures that the pass [has](Self::has) the elements up to the end of the last row, and the columns up
    /// to the end of the register; `TilePart::rows_at_once` asserts it.
    unsafe fn rows(&mut self, rows: TileRows, column: usize, params: &impl ChunkParams<R, N>);
}

/// The parameters that a chunk uses.
pub(super) trait ChunkParams<R, const N: usize> {
    /// Those of number `i` of the chunk.
    fn of(&self, i: usize) -> [R; N];
}

/// All numbers of the chunk use the same.
pub(super) struct Shared<R, const N: usize>(pub(super) [R; N]);

impl<R: Copy, const N: usize> ChunkParams<R, N> for Shared<R, N> {
    #[inline(always)]
    fn of(&self, _: usize) -> [R; N] {
        self.0
    }
}

/// Each element uses its own. They are read when they are used: a whole chunk of them has no room in registers.
pub(super) struct PerColumn<'a, T, const N: usize>([&'a [T]; N]);

impl<'a, T, const N: usize> PerColumn<'a, T, N> {
    /// # Safety
    ///
    /// The caller ensures each slice as long as the chunk that uses them.
    #[inline(always)]
    pub(super) unsafe fn new(values: [&'a [T]; N]) -> Self {
        Self(values)
    }
}

impl<T, R: Packed<T>, const N: usize> ChunkParams<R, N> for PerColumn<'_, T, N> {
    #[inline(always)]
    fn of(&self, i: usize) -> [R; N] {
        // SAFETY: the caller of `new` ensures each slice as long as the chunk, and `for_each` asks for numbers of that.
        mapped(self.0, |values| unsafe { load_number(values, i) })
    }
}
