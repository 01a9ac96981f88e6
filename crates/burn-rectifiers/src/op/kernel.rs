//! A curve compiled for every kind of backend.

use super::simd::simd;
use crate::curve::math::trace::{Program, Sym};
use crate::curve::{Curve, Formula};
use core::marker::PhantomData;

/// A curve with the compiled forms of its text: what [`activate`](super::activate) takes.
///
/// Implemented by [`activation!`](crate::activation).
pub trait Kernel: Curve {
    /// Loops over single-precision slices, used for f16, bf16 and f32.
    fn host_f32(&self) -> &'static dyn HostKernel<f32>;
    /// Loops over double-precision slices.
    fn host_f64(&self) -> &'static dyn HostKernel<f64>;
    /// The text as lists of operations, from which GPU kernels are generated and backends without
    /// kernels of ours compose it.
    fn programs(&self) -> &'static Programs;
}

/// The text of a curve as lists of operations.
#[derive(Debug, Clone)]
pub struct Programs {
    /// Gives f(x).
    pub value: Program,
    /// Gives ∂f/∂x.
    pub slope: Program,
    /// Gives ∂f/∂x, then ∂f/∂p for each parameter.
    pub slopes: Program,
}

impl Programs {
    /// Records the text of `C`.
    pub fn record<C: Formula<N>, const N: usize>() -> Self {
        fn all<const N: usize>(params: &[Sym]) -> [Sym; N] {
            params.try_into().expect("as many as were asked for")
        }
        Self {
            value: Program::record(N, |x, params| vec![C::value(x, all(params))]),
            slope: Program::record(N, |x, params| vec![C::slope(x, all(params))]),
            slopes: Program::record(N, |x, params| {
                let slope = C::slope(x, all(params));
                [vec![slope], C::grads(x, all(params)).to_vec()].concat()
            }),
        }
    }
}

/// How the elements of a slice use parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lanes {
    /// All use the same values: parameter slices have one element.
    Shared,
    /// Each has its own: parameter slices are as long as the data.
    Own,
}

/// Loops over slices in memory, compiled once per curve and precision. Both work in place.
///
/// Parameters come as one slice per parameter; `lanes` tells how they are indexed.
pub trait HostKernel<T>: Sync {
    /// Replaces each x by f(x).
    fn value(&self, xs: &mut [T], params: &[&[T]], lanes: Lanes);

    /// Replaces each incoming gradient g by g·∂f/∂x, and writes g·∂f/∂p into `param_grads`, one
    /// slice as long as the data per parameter. With `param_grads` empty, only the first is done.
    fn grads(
        &self,
        gs: &mut [T],
        xs: &[T],
        params: &[&[T]],
        param_grads: &mut [&mut [T]],
        lanes: Lanes,
    );
}

/// The host kernels of curve `C`.
#[derive(Debug)]
pub struct Host<C, const N: usize>(PhantomData<fn() -> C>);

impl<C, const N: usize> Host<C, N> {
    /// The one value of this type.
    pub const NEW: Self = Self(PhantomData);
}

macro_rules! host_kernel {
    ($float:ty) => {
        impl<C: Formula<N>, const N: usize> HostKernel<$float> for Host<C, N> {
            fn value(&self, xs: &mut [$float], params: &[&[$float]], lanes: Lanes) {
                simd!(
                    [C: Formula<N>, const N: usize] [C, N]
                    (xs: &mut [$float], params: &[&[$float]], lanes: Lanes) -> () {
                        body::value::<_, C, N>(xs, params, lanes)
                    }
                )
            }

            fn grads(
                &self,
                gs: &mut [$float],
                xs: &[$float],
                params: &[&[$float]],
                param_grads: &mut [&mut [$float]],
                lanes: Lanes,
            ) {
                simd!(
                    [C: Formula<N>, const N: usize] [C, N]
                    (
                        gs: &mut [$float],
                        xs: &[$float],
                        params: &[&[$float]],
                        param_grads: &mut [&mut [$float]],
                        lanes: Lanes,
                    ) -> () {
                        body::grads::<_, C, N>(gs, xs, params, param_grads, lanes)
                    }
                )
            }
        }
    };
}

host_kernel!(f32);
host_kernel!(f64);

/// The loops themselves, inlined into each instruction set's copy.
mod body {
    use super::{Formula, Lanes};
    use crate::curve::math::host::Real;

    #[inline(always)]
    pub(super) fn value<T: Real, C: Formula<N>, const N: usize>(
        xs: &mut [T],
        params: &[&[T]],
        lanes: Lanes,
    ) {
        match lanes {
            Lanes::Shared => {
                let params: [T; N] = core::array::from_fn(|j| params[j][0]);
                for x in xs {
                    *x = C::value(*x, params);
                }
            }
            Lanes::Own => {
                let params: [&[T]; N] = core::array::from_fn(|j| &params[j][..xs.len()]);
                for (i, x) in xs.iter_mut().enumerate() {
                    *x = C::value(*x, core::array::from_fn(|j| params[j][i]));
                }
            }
        }
    }

    #[inline(always)]
    pub(super) fn grads<T: Real, C: Formula<N>, const N: usize>(
        gs: &mut [T],
        xs: &[T],
        params: &[&[T]],
        param_grads: &mut [&mut [T]],
        lanes: Lanes,
    ) {
        match lanes {
            Lanes::Shared => {
                let params: [T; N] = core::array::from_fn(|j| params[j][0]);
                inner::<T, C, N>(gs, xs, param_grads, |_| params)
            }
            Lanes::Own => {
                let params: [&[T]; N] = core::array::from_fn(|j| &params[j][..xs.len()]);
                inner::<T, C, N>(gs, xs, param_grads, |i| {
                    core::array::from_fn(|j| params[j][i])
                })
            }
        }
    }

    #[inline(always)]
    fn inner<T: Real, C: Formula<N>, const N: usize>(
        gs: &mut [T],
        xs: &[T],
        param_grads: &mut [&mut [T]],
        params: impl Fn(usize) -> [T; N],
    ) {
        let n = gs.len();
        let xs = &xs[..n];
        if N == 0 || param_grads.is_empty() {
            for i in 0..n {
                gs[i] = gs[i] * C::slope(xs[i], params(i));
            }
            return;
        }
        let mut rest = param_grads.iter_mut();
        let mut param_grads: [&mut [T]; N] =
            core::array::from_fn(|_| &mut rest.next().expect("one slice per parameter")[..n]);
        for i in 0..n {
            let (g, x, params) = (gs[i], xs[i], params(i));
            for (slot, slope) in param_grads.iter_mut().zip(C::grads(x, params)) {
                slot[i] = g * slope;
            }
            gs[i] = g * C::slope(x, params);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors that this machine has, and none: the same bits.
    #[test]
    fn instruction_sets_agree() {
        type Curve = crate::curve::LearnableEluCurve;
        let xs: Vec<f32> = (0..4099).map(|i| (i as f32 - 2050.0) / 21.0).collect();

        let (mut fast, mut plain) = (xs.clone(), xs.clone());
        Curve::default()
            .host_f32()
            .value(&mut fast, &[&[0.7]], Lanes::Shared);
        body::value::<_, Curve, 1>(&mut plain, &[&[0.7]], Lanes::Shared);
        assert_eq!(fast, plain);

        let (mut fast, mut plain) = (vec![1.5; xs.len()], vec![1.5; xs.len()]);
        let (mut fast_sums, mut plain_sums) = (xs.clone(), xs.clone());
        Curve::default().host_f32().grads(
            &mut fast,
            &xs,
            &[&[0.7]],
            &mut [&mut fast_sums],
            Lanes::Shared,
        );
        body::grads::<_, Curve, 1>(
            &mut plain,
            &xs,
            &[&[0.7]],
            &mut [&mut plain_sums],
            Lanes::Shared,
        );
        assert_eq!((fast, fast_sums), (plain, plain_sums));
    }
}
