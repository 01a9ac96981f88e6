//! What processors offer: packed numbers for each set of instructions, the choice among those at run time, sums, and
//! prefetching.

mod compiled;
mod level;
mod packed;
#[cfg(target_arch = "x86_64")]
mod pair;
mod prefetch;
mod scalar;
mod sums;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use compiled::{Compiled, Work, simd};
pub use level::Simd;
pub(crate) use packed::{MOST, Numbers, Power, ROUND, Single};
#[cfg(target_arch = "x86_64")]
pub(crate) use pair::Two;
pub(crate) use prefetch::{LINE, prefetch_line};
#[cfg(test)]
pub(crate) use scalar::Fused;
pub(crate) use scalar::PortableF32;
#[cfg(target_arch = "x86_64")]
pub(crate) use sums::wide::{SumsAvx2, SumsAvx512};
pub(crate) use sums::{GROUP, Partial, Plain};
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};
