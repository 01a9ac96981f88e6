//! What is done with each number of a chunk.
//!
//! A number may be packed, and a pair of packed ones: all lanes do the same.

use super::pass::ChunkParams;
use crate::curve::Formula;
use crate::math::{Form, Real};
use crate::simd::{Compiled, Work, mapped};
use core::marker::PhantomData;

/// What is done with number `i` of a chunk of `M`.
pub(super) trait PerNumber<R: Real, C, const N: usize, const M: usize>: Sized {
    /// Its x.
    fn x(&self, i: usize) -> R;
    /// Does it, given that x, and the exponential that the curve's formulas use, in form `F`.
    fn at<F: Form<R>>(&mut self, i: usize, x: F, e: F::Decay, params: [F; N]);
    /// Does it with all, in a function of its own. That takes copies, so that the chunk itself need not have a place in
    /// memory.
    fn out_of_line(self, params: &[[R; N]; M]);
}

/// Does it with all `M` of a chunk, in form `F`.
#[inline(always)]
fn in_form<F: Form<R>, R: Real, C: Formula<N>, const N: usize, const M: usize>(
    mut each: impl PerNumber<R, C, N, M>,
    params: &impl ChunkParams<R, N>,
) {
    for i in 0..M {
        let (x, params) = (F::of(each.x(i)), mapped(params.of(i), F::of));
        each.at(i, x, C::decay(x, params), params);
    }
}

/// Does it with all `M` of a chunk: in the form with fewer steps, if there is one and all [are in
/// range](Real::is_in_range), which is the rule. Results do not depend on that, but for the last place of subnormal ones.
#[inline(always)]
pub(super) fn for_each<R: Real, C: Formula<N>, const N: usize, const M: usize>(
    each: impl PerNumber<R, C, N, M>,
    params: &impl ChunkParams<R, N>,
) {
    // Decided while compiling: what is not needed is not even looked at.
    if const { !(C::DECAYS && R::HAS_IN_RANGE) } {
        return in_form::<R, R, C, N, M>(each, params);
    }
    let mut are_in_range = true;
    for i in 0..M {
        let x = each.x(i);
        let exponent = C::exponent(R::InRange::of(x), mapped(params.of(i), R::InRange::of));
        are_in_range &= R::is_in_range(x, exponent);
    }
    if are_in_range {
        in_form::<R::InRange, R, C, N, M>(each, params);
    } else {
        each.out_of_line(&core::array::from_fn(|i| params.of(i)));
    }
}

/// A chunk in the form that is right for all numbers.
struct FullRange<'a, E, R, C, const N: usize, const M: usize> {
    each: E,
    params: &'a [[R; N]; M],
    curve: PhantomData<C>,
}

impl<E, R, C, const N: usize, const M: usize> Work for FullRange<'_, E, R, C, N, M>
where
    E: PerNumber<R, C, N, M>,
    R: Real,
    C: Formula<N>,
{
    #[inline(always)]
    fn run(self) {
        in_form::<R, R, C, N, M>(self.each, self.params);
    }
}

impl<R: Copy, const N: usize, const M: usize> ChunkParams<R, N> for [[R; N]; M] {
    #[inline(always)]
    fn of(&self, i: usize) -> [R; N] {
        self[i]
    }
}

/// Does what `each` says with all of its chunk, in a function of its own.
#[inline(always)]
fn out_of_line<R, C, const N: usize, const M: usize>(
    each: impl PerNumber<R, C, N, M>,
    params: &[[R; N]; M],
) where
    R: Real + Compiled,
    C: Formula<N>,
{
    R::call_cold(FullRange {
        each,
        params,
        curve: PhantomData,
    });
}

/// Each x, and then f(x).
pub(super) struct Values<'a, R, const M: usize>(pub(super) &'a mut [R; M]);

impl<R, C, const N: usize, const M: usize> PerNumber<R, C, N, M> for Values<'_, R, M>
where
    R: Real + Compiled,
    C: Formula<N>,
{
    #[inline(always)]
    fn x(&self, i: usize) -> R {
        self.0[i]
    }
    #[inline(always)]
    fn at<F: Form<R>>(&mut self, i: usize, x: F, e: F::Decay, params: [F; N]) {
        self.0[i] = C::value(x, e, params).number();
    }
    #[inline(always)]
    fn out_of_line(self, params: &[[R; N]; M]) {
        let mut xs = *self.0;
        out_of_line::<R, C, N, M>(Values(&mut xs), params);
        *self.0 = xs;
    }
}

/// Each x, and the gradient with respect to f(x), then to x.
pub(super) struct Gradients<'a, R, const M: usize> {
    pub(super) xs: &'a [R; M],
    pub(super) gs: &'a mut [R; M],
}

impl<R, C, const N: usize, const M: usize> PerNumber<R, C, N, M> for Gradients<'_, R, M>
where
    R: Real + Compiled,
    C: Formula<N>,
{
    #[inline(always)]
    fn x(&self, i: usize) -> R {
        self.xs[i]
    }
    #[inline(always)]
    fn at<F: Form<R>>(&mut self, i: usize, x: F, e: F::Decay, params: [F; N]) {
        self.gs[i] = self.gs[i] * C::slope(x, e, params).number();
    }
    #[inline(always)]
    fn out_of_line(self, params: &[[R; N]; M]) {
        let (xs, mut gs) = (*self.xs, *self.gs);
        let each = Gradients {
            xs: &xs,
            gs: &mut gs,
        };
        out_of_line::<R, C, N, M>(each, params);
        *self.gs = gs;
    }
}

/// Each x, and the gradient with respect to f(x), then to x; and what it adds to the parameters' gradients, times
/// `term_scale`.
pub(super) struct GradientsAndTerms<'a, R, const N: usize, const M: usize> {
    pub(super) xs: &'a [R; M],
    pub(super) gs: &'a mut [R; M],
    pub(super) terms: &'a mut [[R; M]; N],
    pub(super) term_scale: R,
}

impl<R, C, const N: usize, const M: usize> PerNumber<R, C, N, M> for GradientsAndTerms<'_, R, N, M>
where
    R: Real + Compiled,
    C: Formula<N>,
{
    #[inline(always)]
    fn x(&self, i: usize) -> R {
        self.xs[i]
    }
    // By number: iterating over vectors moves them about.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    fn at<F: Form<R>>(&mut self, i: usize, x: F, e: F::Decay, params: [F; N]) {
        let slopes = C::grads(x, e, params);
        let weight = self.gs[i] * self.term_scale;
        for j in 0..N {
            self.terms[j][i] = weight * slopes[j].number();
        }
        self.gs[i] = self.gs[i] * C::slope(x, e, params).number();
    }
    #[inline(always)]
    fn out_of_line(self, params: &[[R; N]; M]) {
        let (xs, mut gs, mut terms) = (*self.xs, *self.gs, *self.terms);
        let each = GradientsAndTerms {
            xs: &xs,
            gs: &mut gs,
            terms: &mut terms,
            term_scale: self.term_scale,
        };
        out_of_line::<R, C, N, M>(each, params);
        (*self.gs, *self.terms) = (gs, terms);
    }
}
