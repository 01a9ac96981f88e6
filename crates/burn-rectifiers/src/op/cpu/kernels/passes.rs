//! What is done with the chunks of a block: values, slopes, and sums of parameter gradients.

use super::super::Block;
use super::super::block::{TileRows, chunk_of_rows, elements, first};
use super::each::{Gradients, GradientsAndTerms, Values, for_each};
use super::pass::{ChunkParams, KernelNumber, Pass};
use crate::curve::Formula;
use crate::math::Real;
use crate::simd::{Compiled, PartialSums, TERMS_PER_SUM};
use core::marker::PhantomData;

/// Replaces each x of the data by f(x).
pub(super) struct Value<'a, T, C, const M: usize> {
    pub(super) data: Block<'a, T>,
    pub(super) curve: PhantomData<C>,
}

impl<T, R, C, const N: usize, const M: usize> Pass<R, N> for Value<'_, T, C, M>
where
    T: Copy + Default,
    R: KernelNumber<T>,
    C: Formula<N>,
{
    #[inline(always)]
    fn chunk(&mut self, at: usize, len: usize, params: &impl ChunkParams<R, N>) {
        let mut xs: [R; M] = self.data.load(at, len);
        for_each::<R, C, N, M>(Values(&mut xs), params);
        self.data.store(at, len, xs);
    }

    #[inline(always)]
    fn has(&self, len: usize, _: usize) -> bool {
        len <= self.data.len()
    }

    #[inline(always)]
    unsafe fn rows(&mut self, rows: TileRows, _: usize, params: &impl ChunkParams<R, N>) {
        // SAFETY: the caller ensures the rows within what the pass `has`, that is within the block.
        let mut xs: [R; M] = unsafe { self.data.load_rows(rows) };
        for_each::<R, C, N, M>(Values(&mut xs), params);
        // SAFETY: the caller ensures the rows within what the pass `has`, that is within the block.
        unsafe { self.data.store_rows(rows, xs) };
    }

    type Terms = ();
    #[inline(always)]
    fn columns(&mut self, at: usize, len: usize, params: &impl ChunkParams<R, N>) {
        self.chunk(at, len, params);
    }
}

/// Multiplies each of the gradients by the slope at its x.
pub(super) struct Slopes<'a, T, C, const M: usize> {
    pub(super) gs: Block<'a, T>,
    pub(super) xs: &'a [T],
    pub(super) curve: PhantomData<C>,
}

impl<T, R, C, const N: usize, const M: usize> Pass<R, N> for Slopes<'_, T, C, M>
where
    T: Copy + Default,
    R: KernelNumber<T>,
    C: Formula<N>,
{
    #[inline(always)]
    fn chunk(&mut self, at: usize, len: usize, params: &impl ChunkParams<R, N>) {
        let xs: [R; M] = self.gs.load_beside(self.xs, at, len);
        let mut gs: [R; M] = self.gs.load(at, len);
        let each = Gradients {
            xs: &xs,
            gs: &mut gs,
        };
        for_each::<R, C, N, M>(each, params);
        self.gs.store(at, len, gs);
    }

    #[inline(always)]
    fn has(&self, len: usize, _: usize) -> bool {
        len <= self.xs.len() && len <= self.gs.len()
    }

    #[inline(always)]
    unsafe fn rows(&mut self, rows: TileRows, _: usize, params: &impl ChunkParams<R, N>) {
        // SAFETY: the caller ensures the rows within what the pass `has`, of `xs`, too.
        let xs: [R; M] = unsafe { chunk_of_rows(self.xs, rows) };
        // SAFETY: the caller ensures the rows within what the pass `has`, that is within the block.
        let mut gs: [R; M] = unsafe { self.gs.load_rows(rows) };
        let each = Gradients {
            xs: &xs,
            gs: &mut gs,
        };
        for_each::<R, C, N, M>(each, params);
        // SAFETY: the caller ensures the rows within what the pass `has`, that is within the block.
        unsafe { self.gs.store_rows(rows, gs) };
    }

    type Terms = ();
    #[inline(always)]
    fn columns(&mut self, at: usize, len: usize, params: &impl ChunkParams<R, N>) {
        self.chunk(at, len, params);
    }
}

/// Multiplies each of the gradients by the slope at its x, and sums up the gradients of the parameters.
pub(super) struct SlopesAndSums<'a, T, C, S, const N: usize, const M: usize> {
    pub(super) gs: Block<'a, T>,
    pub(super) xs: &'a [T],
    pub(super) sums: [&'a mut [f64]; N],
    /// What the run so far adds to its sums.
    pub(super) partial: [S; N],
    pub(super) curve: PhantomData<C>,
}

impl<'a, T, C, S, const N: usize, const M: usize> SlopesAndSums<'a, T, C, S, N, M> {
    /// Adds to the first `units` of `sums`, one slice per parameter.
    #[inline(always)]
    pub(super) fn new<R>(
        gs: Block<'a, T>,
        xs: &'a [T],
        sums: &'a mut [&mut [f64]],
        units: usize,
    ) -> Self
    where
        S: PartialSums<R, M>,
    {
        let mut rest = sums.iter_mut();
        let sums = core::array::from_fn(|_| {
            let sums = rest.next().expect("one slice per parameter");
            &mut sums[..units]
        });
        Self {
            gs,
            xs,
            sums,
            partial: [S::zero(); N],
            curve: PhantomData,
        }
    }

    /// Given a chunk's gradients with respect to f(x), replaces them by those with respect to x, and returns what they
    /// add to the parameters', each divided by [`TERMS_PER_SUM`].
    #[inline(always)]
    fn differentiate<R>(
        xs: &[R; M],
        gs: &mut [R; M],
        params: &impl ChunkParams<R, N>,
    ) -> [[R; M]; N]
    where
        R: Real + Compiled,
        C: Formula<N>,
    {
        // Overwritten: an array must have values.
        let mut terms = [*gs; N];
        let each = GradientsAndTerms {
            xs,
            gs,
            terms: &mut terms,
            term_scale: R::lit(1.0 / TERMS_PER_SUM as f64),
        };
        for_each::<R, C, N, M>(each, params);
        terms
    }

    /// Does so with the chunk of `len` elements at `at`.
    #[inline(always)]
    fn terms<R>(&mut self, at: usize, len: usize, params: &impl ChunkParams<R, N>) -> [[R; M]; N]
    where
        T: Copy + Default,
        R: KernelNumber<T>,
        C: Formula<N>,
    {
        let xs: [R; M] = self.gs.load_beside(self.xs, at, len);
        let mut gs: [R; M] = self.gs.load(at, len);
        let mut terms = Self::differentiate(&xs, &mut gs, params);
        self.gs.store(at, len, gs);
        // Beyond the end there is nothing to add, not even 0·∞.
        if len < const { elements::<T, R, M>() } {
            for terms in &mut terms {
                *terms = first(*terms, len);
            }
        }
        terms
    }
}

impl<T, R, C, S, const N: usize, const M: usize> Pass<R, N> for SlopesAndSums<'_, T, C, S, N, M>
where
    T: Copy + Default,
    R: KernelNumber<T>,
    S: PartialSums<R, M>,
    C: Formula<N>,
{
    // By number: iterating over vectors moves them about.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    fn chunk(&mut self, at: usize, len: usize, params: &impl ChunkParams<R, N>) {
        let terms = self.terms(at, len, params);
        for j in 0..N {
            self.partial[j].add(terms[j]);
        }
    }

    #[inline(always)]
    fn end_run(&mut self, number: usize) {
        for j in 0..N {
            self.sums[j][number] += self.partial[j].total();
            self.partial[j] = S::zero();
        }
    }

    type Terms = [[R; M]; N];

    #[inline(always)]
    fn has(&self, len: usize, columns: usize) -> bool {
        let has_sums = self.sums.iter().all(|sums| columns <= sums.len());
        len <= self.xs.len() && len <= self.gs.len() && has_sums
    }

    // By number: iterating over vectors moves them about.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    unsafe fn rows(&mut self, rows: TileRows, column: usize, params: &impl ChunkParams<R, N>) {
        // SAFETY: the caller ensures the rows within what the pass `has`, of `xs`, too.
        let xs: [R; M] = unsafe { chunk_of_rows(self.xs, rows) };
        // SAFETY: the caller ensures the rows within what the pass `has`, that is within the block.
        let mut gs: [R; M] = unsafe { self.gs.load_rows(rows) };
        let terms = Self::differentiate(&xs, &mut gs, params);
        // SAFETY: the caller ensures the rows within what the pass `has`, that is within the block.
        unsafe { self.gs.store_rows(rows, gs) };
        let columns = column..column + const { elements::<T, R::Register, 1>() };
        for j in 0..N {
            // SAFETY: the caller ensures the columns within what the pass `has`, that is within all `sums`.
            let sums = unsafe { self.sums[j].get_unchecked_mut(columns.clone()) };
            S::add_rows(sums, terms[j]);
        }
    }

    #[inline(always)]
    fn columns(&mut self, at: usize, len: usize, params: &impl ChunkParams<R, N>) -> [[R; M]; N] {
        self.terms(at, len, params)
    }

    #[inline(always)]
    fn add(sums: &mut [[R; M]; N], terms: [[R; M]; N]) {
        for j in 0..N {
            for i in 0..M {
                sums[j][i] = sums[j][i] + terms[j][i];
            }
        }
    }

    // By number: iterating over vectors moves them about.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    fn end_columns(&mut self, column: usize, len: usize, sums: [[R; M]; N]) {
        for j in 0..N {
            S::add_each(&mut self.sums[j][column..column + len], sums[j]);
        }
    }
}
