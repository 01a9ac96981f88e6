//! What is compiled from a curve for the CPU.

use super::{Block, Params};

/// The loops of a curve over slices in memory, compiled once per precision.
///
/// # Safety
///
/// Whoever implements this ensures that both methods, unless they panic, write every element of their block, which
/// may be fresh memory, and touch no other: what lies between the rows of [`Arrangement::Columns`](super::Arrangement::Columns)
/// belongs to others, which other threads write. The CPU backends then take fresh memory as written.
pub unsafe trait CpuKernel<T>: Sync {
    /// For each x of `data`, f(x).
    fn value(&self, data: Block<T>, params: Params<T>);

    /// For each incoming gradient g of `gs`, g·∂f/∂x at the x of the same place. Adds g·∂f/∂p to
    /// `sums`, one slice per parameter, as long as [`Params::units`] says. With `sums` empty, only
    /// the first is done.
    fn grads(&self, gs: Block<T>, xs: &[T], params: Params<T>, sums: &mut [&mut [f64]]);
}
