//! The loops of a curve between two lines, α·f(β·x + γ) + δ.

use super::{Arrangement, Block, CpuKernel, Params};
use crate::math::Real;
use crate::math::notation::times;
use core::ops::Range;

/// The loops of α·f(β·x + γ) + δ around those of f.
pub struct Around<T: 'static>(pub &'static dyn CpuKernel<T>);

impl<T> core::fmt::Debug for Around<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Around")
    }
}

/// Elements that go through f's loops at a time, so that they stay in the first-level cache.
const PIECE_ELEMENTS: usize = 256;

/// The pieces of a block: neighbours that f's loops take at a time, and if they share parameters,
/// all the same.
fn pieces<T: Copy>(params: Params<T>, len: usize) -> impl Iterator<Item = Range<usize>> {
    params.pieces(len, PIECE_ELEMENTS).flat_map(move |piece| {
        let (mut start, end) = (piece.start, piece.end);
        core::iter::from_fn(move || {
            let left_in_run = match params.arrangement() {
                Arrangement::Columns { .. } => end - start,
                Arrangement::Runs {
                    start: into, inner, ..
                } => inner - (into + start) % inner,
            };
            let part = start..(start + left_in_run).min(end);
            start = part.end;
            (!part.is_empty()).then_some(part)
        })
    })
}

macro_rules! around {
    ($float:ty) => {
        // SAFETY: `pieces` has every element of the block in one of its pieces, as `Params::tiles` has, and what
        // lies between rows in none. `Block::write` writes each piece as a whole.
        unsafe impl CpuKernel<$float> for Around<$float> {
            fn value(&self, mut data: Block<$float>, params: Params<$float>) {
                let mut xs = [0.0; PIECE_ELEMENTS];
                for piece in pieces(params, data.len()) {
                    let (around, inner) = params.part(piece.clone()).split::<4>();
                    let [alpha, beta, gamma, delta] = Factor::all(around);
                    let mut data = data.part(piece.start, piece.end);
                    let xs = &mut xs[..piece.len()];
                    data.read(xs);
                    line(xs, beta, gamma);
                    self.0.value(Block::over(xs), inner);
                    line(xs, alpha, delta);
                    data.write(xs);
                }
            }

            fn grads(
                &self,
                mut gs: Block<$float>,
                xs: &[$float],
                params: Params<$float>,
                sums: &mut [&mut [f64]],
            ) {
                let (mut us, mut terms, mut grads) = (
                    [0.0; PIECE_ELEMENTS],
                    [0.0; PIECE_ELEMENTS],
                    [0.0; PIECE_ELEMENTS],
                );
                for piece in pieces(params, gs.len()) {
                    let units = params.units_in(piece.clone());
                    let (around, inner) = params.part(piece.clone()).split::<4>();
                    let [alpha, beta, gamma, _] = Factor::all(around);
                    let mut gs = gs.part(piece.start, piece.end);
                    let (xs, len) = (&xs[piece.clone()], piece.len());
                    let (us, terms, grads) = (&mut us[..len], &mut terms[..len], &mut grads[..len]);
                    us.copy_from_slice(xs);
                    line(us, beta, gamma);
                    gs.read(grads);

                    let count = sums.len().saturating_sub(4);
                    if let Some((of_around, of_inner)) = sums.split_first_chunk_mut::<4>() {
                        let [of_alpha, of_beta, of_gamma, of_delta] = of_around;
                        sum(&mut of_delta[units.clone()], grads);
                        terms.copy_from_slice(us);
                        self.0.value(Block::over(terms), inner);
                        product(terms, grads);
                        sum(&mut of_alpha[units.clone()], terms);
                        scale(grads, alpha);
                        let mut of_inner = params.sums_in(piece.clone(), of_inner);
                        let of_inner = &mut of_inner[..count];
                        self.0.grads(Block::over(grads), us, inner, of_inner);
                        sum(&mut of_gamma[units.clone()], grads);
                        terms.copy_from_slice(xs);
                        product(terms, grads);
                        sum(&mut of_beta[units], terms);
                    } else {
                        scale(grads, alpha);
                        self.0.grads(Block::over(grads), us, inner, &mut []);
                    }
                    scale(grads, beta);
                    gs.write(grads);
                }
            }
        }
    };
}
around!(f32);
around!(f64);

/// A parameter of a piece.
#[derive(Clone, Copy)]
enum Factor<'a, T> {
    One(T),
    Each(&'a [T]),
}

impl<'a, T: Copy> Factor<'a, T> {
    /// The first of `params`, for a piece of a run or for elements of their own.
    fn all<const N: usize>(params: Params<'a, T>) -> [Self; N] {
        core::array::from_fn(|j| match params.arrangement() {
            Arrangement::Runs { first, .. } => Self::One(params.values(j)[first]),
            Arrangement::Columns { .. } => Self::Each(params.values(j)),
        })
    }

    fn at(self, i: usize) -> T {
        match self {
            Self::One(value) => value,
            Self::Each(values) => values[i],
        }
    }
}

/// Replaces each x by a·x + b.
fn line<T: Real>(xs: &mut [T], a: Factor<T>, b: Factor<T>) {
    if let (Factor::One(a), Factor::One(b)) = (a, b) {
        return xs.iter_mut().for_each(|x| *x = times(a, *x) + b);
    }
    for (i, x) in xs.iter_mut().enumerate() {
        *x = times(a.at(i), *x) + b.at(i);
    }
}

/// Replaces each x by a·x.
fn scale<T: Real>(xs: &mut [T], a: Factor<T>) {
    if let Factor::One(a) = a {
        return xs.iter_mut().for_each(|x| *x = a * *x);
    }
    for (i, x) in xs.iter_mut().enumerate() {
        *x = a.at(i) * *x;
    }
}

/// Replaces each x by a·x, with the a of its place.
fn product<T: Real>(xs: &mut [T], a: &[T]) {
    for (x, a) in xs.iter_mut().zip(a) {
        *x = times(*a, *x);
    }
}

/// Adds terms to a sum each, or all to the only one.
fn sum<T: Copy + Into<f64>>(sums: &mut [f64], terms: &[T]) {
    if let [sum] = sums {
        return *sum += terms.iter().map(|term| (*term).into()).sum::<f64>();
    }
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += (*term).into();
    }
}
