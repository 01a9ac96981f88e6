//! The fused operation: evaluates a curve on tensors, one pass forward and one backward.
//!
//! [`activate`] is the entry. Burn's dispatch leads from there to one implementation per family of
//! backends: `flex` and `ndarray` share the kernels in `cpu`, every CubeCL runtime uses those
//! in `gpu`, and any other backend goes through `composed`, which builds the curve from
//! that backend's primitive operations. `autodiff` wraps them all. Nothing here knows a particular
//! curve.

mod activate;
mod autodiff;
mod bundle;
mod composed;
#[cfg(feature = "cpu")]
mod cpu;
mod evaluate;
// Without any backend, the generated dispatch has nowhere to pass its arguments.
#[cfg_attr(
    not(any(
        feature = "flex",
        feature = "ndarray",
        feature = "cube",
        feature = "remote"
    )),
    allow(unused_variables)
)]
mod extension;
#[cfg(feature = "flex")]
mod flex;
#[cfg(feature = "cube")]
mod gpu;
#[cfg(feature = "remote")]
pub(crate) mod hosted;
mod kernel;
#[cfg(any(feature = "flex", feature = "cube"))]
mod layout;
mod macros;
#[cfg(feature = "ndarray")]
mod ndarray;
pub(crate) mod sharing;
mod tap;
mod transformed;

pub use activate::{activate, compose};
pub(crate) use activate::{activate_as, is_quantized};
pub use kernel::Kernel;
pub(crate) use sharing::Sharing;
#[cfg(test)]
pub(crate) use tap::tap;
pub(crate) use tap::{Seen, set_tap};
pub use transformed::transformed;
// What the macros of this crate, its tests and Burn's dispatch name. It may change with any version.
#[cfg(feature = "cpu")]
#[doc(hidden)]
pub use {
    crate::simd::Level,
    cpu::{Arrangement, Block, CompiledCurve, CpuKernel, Params},
};
#[doc(hidden)]
pub use {
    bundle::Bundle,
    extension::{Rectify, RectifyBackward, Task, Wanted},
    sharing::View,
};
