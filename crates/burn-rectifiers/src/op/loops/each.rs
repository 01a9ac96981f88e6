//! What is done with each number, or vector, of a chunk.

use super::walk::Used;
use crate::curve::Formula;
use crate::curve::math::host::{Form, Real};

/// What is done with number, or vector, `i` of a chunk.
pub(super) trait Each<R: Real, C, const N: usize> {
    /// Its x.
    fn x(&self, i: usize) -> R;
    /// Does it, given that x, and the exponential that the curve's formulas use, in form `F`.
    fn at<F: Form<R>>(&mut self, i: usize, x: F, e: F::Decay, params: [F; N]);
}

/// Does it with all `M` of a chunk, in form `F`.
#[inline(always)]
fn in_form<F: Form<R>, R: Real, C: Formula<N>, const N: usize, const M: usize>(
    mut each: impl Each<R, C, N>,
    params: &impl Used<R, N>,
) {
    for i in 0..M {
        let (x, params) = (F::of(each.x(i)), params.of(i).map(F::of));
        each.at(i, x, C::decay(x, params), params);
    }
}

/// Does it with all `M` of a chunk: in the faster form, if all of them [are tame](Real::is_tame), which is the rule.
/// Results do not depend on that, but for subnormal ones' last place.
#[inline(always)]
pub(super) fn for_each<R: Real, C: Formula<N>, const N: usize, const M: usize>(
    each: impl Each<R, C, N>,
    params: &impl Used<R, N>,
) {
    let mut are_tame = C::DECAYS;
    for i in 0..M {
        let x = each.x(i);
        let exponent = C::exponent(R::Tame::of(x), params.of(i).map(R::Tame::of));
        are_tame &= R::is_tame(x, exponent);
    }
    // Two loops, not one that chooses for each: the compiler would not join the portable numbers to vectors.
    if are_tame {
        in_form::<R::Tame, R, C, N, M>(each, params);
    } else {
        in_form::<R, R, C, N, M>(each, params);
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
    fn at<F: Form<R>>(&mut self, i: usize, x: F, e: F::Decay, params: [F; N]) {
        self.0[i] = C::value(x, e, params).number();
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
    fn at<F: Form<R>>(&mut self, i: usize, x: F, e: F::Decay, params: [F; N]) {
        self.gs[i] = self.gs[i] * C::slope(x, e, params).number();
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
    fn at<F: Form<R>>(&mut self, i: usize, x: F, e: F::Decay, params: [F; N]) {
        let slopes = C::grads(x, e, params);
        let weight = self.gs[i] * self.share;
        for j in 0..N {
            self.terms[j][i] = weight * slopes[j].number();
        }
        self.gs[i] = self.gs[i] * C::slope(x, e, params).number();
    }
}
