//! The operation on slices in memory, shared by the CPU backends.
//!
//! How work is cut into tasks depends on shape and sharing, and not on the number of threads, and partial sums are
//! added in the order of the tasks: a result does not depend on how many cores there are.

mod around;
mod block;
mod element;
mod half;
mod kernel;
mod kernels;
mod params;
mod plan;
mod run;
mod target;
mod tasks;
mod totals;

pub(super) use around::Around;
pub use block::Block;
pub(super) use element::Element;
pub use kernel::CpuKernel;
pub use kernels::CompiledCurve;
pub use params::{Arrangement, Params};
pub(super) use run::{backward, forward};
pub(super) use target::Target;
