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
    use crate::curve::math::host::Real;

    /// NaN is NaN, whichever operand's bits it carries.
    fn bits<T: Into<f64>>(numbers: Vec<T>) -> Vec<u64> {
        let bits = |number: f64| {
            if number.is_nan() {
                !0
            } else {
                number.to_bits()
            }
        };
        numbers
            .into_iter()
            .map(|number| bits(number.into()))
            .collect()
    }

    /// The vectors that this machine has, and none: the same bits.
    fn agree<T, C, const N: usize>(kernel: &dyn HostKernel<T>, lanes: Lanes)
    where
        T: Real + Into<f64>,
        C: Formula<N> + Default,
    {
        let ordinary = (0..4099).map(|i| (i as f64 - 2050.0) / 21.0);
        let powers = (-150..128).map(|n| f64::from(n).exp2());
        let special = [0.0, f64::INFINITY, f64::NAN].into_iter().chain(powers);
        let xs: Vec<T> = ordinary
            .chain(special.flat_map(|x| [x, -x]))
            .map(T::lit)
            .collect();
        let len = xs.len();
        let params: Vec<Vec<T>> = (C::default().params().iter().enumerate())
            .map(|(j, info)| {
                let shift = |i: usize| ((i * 7 + j) % 16) as f64 / 16.0;
                let value = |i| T::lit(info.bound.project(info.default + shift(i)));
                let count = if lanes == Lanes::Shared { 1 } else { len };
                (0..count).map(value).collect()
            })
            .collect();
        let params: Vec<&[T]> = params.iter().map(Vec::as_slice).collect();
        let name = C::default().name();

        let (mut fast, mut plain) = (xs.clone(), xs.clone());
        kernel.value(&mut fast, &params, lanes);
        body::value::<T, C, N>(&mut plain, &params, lanes);
        assert_eq!(bits(fast), bits(plain), "{name}");

        let (mut fast, mut plain) = (vec![T::lit(1.5); len], vec![T::lit(1.5); len]);
        let (mut fast_grads, mut plain_grads) = (vec![xs.clone(); N], vec![xs.clone(); N]);
        let mut slots: Vec<&mut [T]> = fast_grads.iter_mut().map(|grad| &mut grad[..]).collect();
        kernel.grads(&mut fast, &xs, &params, &mut slots, lanes);
        let mut slots: Vec<&mut [T]> = plain_grads.iter_mut().map(|grad| &mut grad[..]).collect();
        body::grads::<T, C, N>(&mut plain, &xs, &params, &mut slots, lanes);
        assert_eq!(bits(fast), bits(plain), "slope of {name}");
        for (fast, plain) in fast_grads.into_iter().zip(plain_grads) {
            assert_eq!(bits(fast), bits(plain), "parameter gradients of {name}");
        }
    }

    fn agree_for<C: Formula<N> + Kernel + Default, const N: usize>(curve: C) {
        for lanes in [Lanes::Shared, Lanes::Own] {
            agree::<f32, C, N>(curve.host_f32(), lanes);
            agree::<f64, C, N>(curve.host_f64(), lanes);
        }
    }

    macro_rules! agree_for_family {
        (learned: $($file:ident $Module:ident $Config:ident $Curve:ident),+;
         fixed: $($fixed_file:ident $Fixed:ident $FixedCurve:ident),+;) => {
            $(agree_for(crate::curve::$Curve);)+
            $(agree_for(crate::curve::$FixedCurve);)+
        };
    }

    #[test]
    fn instruction_sets_agree() {
        crate::curve::for_family!(agree_for_family);
    }
}
