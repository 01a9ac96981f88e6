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
pub use level::Level;
pub(crate) use packed::{MAX_CHUNK, Packed, PackedF32, Power, ROUND};
#[cfg(target_arch = "x86_64")]
pub(crate) use pair::Pair;
pub(crate) use prefetch::{LINE_BYTES, prefetch_line};
#[cfg(test)]
pub(crate) use scalar::F32Fma;
pub(crate) use scalar::PortableF32;
#[cfg(target_arch = "x86_64")]
pub(crate) use sums::wide::{SumsAvx2, SumsAvx512};
pub(crate) use sums::{PartialSums, PortableSums, TERMS_PER_SUM};
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{F32x8, F32x16};
