//! What is done with each number, or vector, of a chunk.

use super::walk::Used;
use crate::curve::Formula;
use crate::curve::math::host::{Decay, Real};

/// What is done with number, or vector, `i` of a chunk.
pub(super) trait Each<R: Real, C, const N: usize> {
    /// Its x.
    fn x(&self, i: usize) -> R;
    /// Does it, given the exponential that the curve's formulas use.
    fn at<E: Decay<R>>(&mut self, i: usize, e: E, params: [R; N]);
}

/// Does it with all `M` of a chunk.
///
/// If all exponentials allow it, which is the rule, in the faster way. Results do not depend on that, but for
/// subnormal ones' last place.
#[inline(always)]
pub(super) fn for_each<R: Real, C: Formula<N>, const N: usize, const M: usize>(
    mut each: impl Each<R, C, N>,
    params: &impl Used<R, N>,
) {
    let mut are_tame = C::DECAYS;
    for i in 0..M {
        are_tame &= C::exponent(each.x(i), params.of(i)).is_tame();
    }
    // Two loops, not one that chooses for each: the compiler would not join the portable numbers to vectors.
    if are_tame {
        for i in 0..M {
            let (x, params) = (each.x(i), params.of(i));
            each.at(i, R::Tame::of(C::exponent(x, params)), params);
        }
    } else {
        for i in 0..M {
            let (x, params) = (each.x(i), params.of(i));
            each.at(i, C::decay(x, params), params);
        }
    }
}

/// Each x, and then f(x).
pub(super) struct Values<'a, R, const M: usize>(pub(super) &'a mut [R; M]);

impl<R: Real, C: Formula<N>, const N: usize, const M: usize> Each<R, C, N> for Values<'_, R, M> {
    #[inline(always)]
    fn x(&self, i: usize) -> R {
        self.0[i]
    }
    #[inline(always)]
    fn at<E: Decay<R>>(&mut self, i: usize, e: E, params: [R; N]) {
        self.0[i] = C::value(self.0[i], e, params);
    }
}

/// Each x, and the gradient with respect to f(x), then to x.
pub(super) struct Gradients<'a, R, const M: usize> {
    pub(super) xs: &'a [R; M],
    pub(super) gs: &'a mut [R; M],
}

impl<R: Real, C: Formula<N>, const N: usize, const M: usize> Each<R, C, N> for Gradients<'_, R, M> {
    #[inline(always)]
    fn x(&self, i: usize) -> R {
        self.xs[i]
    }
    #[inline(always)]
    fn at<E: Decay<R>>(&mut self, i: usize, e: E, params: [R; N]) {
        self.gs[i] = self.gs[i] * C::slope(self.xs[i], e, params);
    }
}

/// The same, and what each adds to the parameters' gradients, times `share`.
pub(super) struct Terms<'a, R, const N: usize, const M: usize> {
    pub(super) xs: &'a [R; M],
    pub(super) gs: &'a mut [R; M],
    pub(super) terms: &'a mut [[R; M]; N],
    pub(super) share: R,
}

impl<R: Real, C: Formula<N>, const N: usize, const M: usize> Each<R, C, N> for Terms<'_, R, N, M> {
    #[inline(always)]
    fn x(&self, i: usize) -> R {
        self.xs[i]
    }
    // By number: iterating over vectors moves them about.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    fn at<E: Decay<R>>(&mut self, i: usize, e: E, params: [R; N]) {
        let slopes = C::grads(self.xs[i], e, params);
        let weight = self.gs[i] * self.share;
        for j in 0..N {
            self.terms[j][i] = weight * slopes[j];
        }
        self.gs[i] = self.gs[i] * C::slope(self.xs[i], e, params);
    }
}
