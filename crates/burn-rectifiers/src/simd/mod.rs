//! What processors offer: arithmetic, packed numbers for each set of instructions, the choice among those at run time, sums, and
//! prefetching.

mod arithmetic;
#[cfg(feature = "cpu")]
mod compiled;
mod inlined;
#[cfg(feature = "cpu")]
mod level;
mod packed;
#[cfg(all(target_arch = "x86_64", feature = "cpu"))]
mod pair;
#[cfg(feature = "cpu")]
mod prefetch;
mod scalar;
#[cfg(feature = "cpu")]
mod sums;
#[cfg(all(target_arch = "x86_64", feature = "cpu"))]
mod x86;

pub use arithmetic::Arithmetic;
pub(crate) use inlined::{horner, mapped};
#[cfg(feature = "cpu")]
pub use level::Level;
pub(crate) use packed::{PackedF32, PackedF64, Power, ROUND};
#[cfg(test)]
pub(crate) use scalar::F32Fma;
#[cfg(feature = "cpu")]
pub(crate) use {
    compiled::{Compiled, Work, simd},
    packed::{MAX_CHUNK, Packed},
    prefetch::{LINE_BYTES, prefetch_line},
    scalar::PortableF32,
    sums::{PartialSums, PortableSums, TERMS_PER_SUM},
};
#[cfg(all(target_arch = "x86_64", feature = "cpu"))]
pub(crate) use {
    pair::Pair,
    sums::{
        SumsF64,
        wide::{SumsAvx2, SumsAvx512},
    },
    x86::{F32x8, F32x16, F64x4, F64x8},
};
