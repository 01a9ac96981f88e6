//! A curve compiled for every kind of backend.

#[cfg(feature = "cpu")]
use super::CpuKernel;
use crate::curve::{Curve, Programs};
use core::any::TypeId;

/// A curve with the compiled forms of its text: what [`activate`](super::activate) takes.
///
/// Implemented by [`activation!`](crate::activation).
pub trait Kernel: Curve {
    /// Loops over single-precision slices, used for f16, bf16 and f32.
    #[cfg(feature = "cpu")]
    #[doc(hidden)]
    fn cpu_f32(&self) -> &'static dyn CpuKernel<f32>;
    /// Loops over double-precision slices.
    #[cfg(feature = "cpu")]
    #[doc(hidden)]
    fn cpu_f64(&self) -> &'static dyn CpuKernel<f64>;
    /// The text as lists of operations, from which GPU kernels are generated and backends without
    /// kernels of ours compose it.
    #[doc(hidden)]
    fn programs(&self) -> &'static Programs;
    /// The module in which the curve is written, and its type; of a transformed one, those of the curve within.
    #[doc(hidden)]
    fn origin(&self) -> (&'static str, TypeId) {
        ("", self.type_id())
    }
}
