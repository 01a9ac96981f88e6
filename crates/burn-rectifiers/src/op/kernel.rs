//! A curve compiled for every kind of backend.

use super::{Block, Params};
use crate::curve::math::trace::{Program, Sym};
use crate::curve::{Curve, Formula};

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
        let e = |x, params: &[Sym]| C::decay::<Sym>(x, all(params));
        Self {
            value: Program::record(N, |x, params| vec![C::value(x, e(x, params), all(params))]),
            slope: Program::record(N, |x, params| vec![C::slope(x, e(x, params), all(params))]),
            slopes: Program::record(N, |x, params| {
                let e = e(x, params);
                let slope = C::slope(x, e, all(params));
                [vec![slope], C::grads(x, e, all(params)).to_vec()].concat()
            }),
        }
    }
}

/// Loops over host memory, compiled once per curve and precision.
///
/// # Safety
///
/// Whoever implements this keeps that both methods, unless they panic, write every element of their stretch, which
/// may be fresh memory, and touch no other: what lies between the rows of [`Lanes::Columns`](super::Lanes::Columns)
/// belongs to others, which other threads write. The CPU backends then take fresh memory as written.
pub unsafe trait HostKernel<T>: Sync {
    /// For each x of `data`, f(x).
    fn value(&self, data: Block<T>, params: Params<T>);

    /// For each incoming gradient g of `gs`, g·∂f/∂x at the x of the same place. Adds g·∂f/∂p to
    /// `sums`, one slice per parameter, as long as [`Params::units`] says. With `sums` empty, only
    /// the first is done.
    fn grads(&self, gs: Block<T>, xs: &[T], params: Params<T>, sums: &mut [&mut [f64]]);
}
