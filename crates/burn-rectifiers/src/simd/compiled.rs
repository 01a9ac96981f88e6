//! Functions that are compiled for more instructions than the target guarantees.

use super::scalar::F32Fma;
#[cfg(target_arch = "x86_64")]
use super::{
    pair::Pair,
    x86::{F32x8, F32x16, F64x4, F64x8},
};

/// Something to be done.
pub(crate) trait Work {
    /// Does it. To be marked `#[inline(always)]`, as whatever it calls.
    fn run(self);
}

/// Numbers that certain instructions compute with.
pub(crate) trait Compiled: Copy {
    /// Does `work` in a function of its own, compiled for those instructions. For what is rare: it is compiled once,
    /// not at each place that needs it.
    fn call_cold(work: impl Work);
}

macro_rules! compiled {
    ($Number:ty $(, $features:literal)?) => {
        impl Compiled for $Number {
            #[inline(always)]
            fn call_cold(work: impl Work) {
                #[cold]
                #[inline(never)]
                $(#[target_feature(enable = $features)])?
                fn run(work: impl Work) {
                    work.run();
                }
                #[allow(unused_unsafe)]
                // SAFETY: the machine has the instructions: loops compute with such numbers only in functions that
                // are compiled for them, and `simd!` calls those on no other machine.
                unsafe {
                    run(work);
                }
            }
        }
    };
}
compiled!(f32);
compiled!(F32Fma);
compiled!(f64);
#[cfg(target_arch = "x86_64")]
mod wide {
    use super::*;

    compiled!(F32x8, "avx2,fma,f16c");
    compiled!(F64x4, "avx2,fma,f16c");
    compiled!(F32x16, "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,f16c");
    compiled!(F64x8, "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,f16c");
}
#[cfg(target_arch = "x86_64")]
impl<S: Compiled> Compiled for Pair<S> {
    #[inline(always)]
    fn call_cold(work: impl Work) {
        S::call_cold(work);
    }
}

/// Runs a block, compiled for each set of instructions, for the given one, and returns from the
/// function around it. For each set, the block has its own types under the same names.
///
/// What shall use the wide vectors must be written in the block or be marked `#[inline(always)]` (a
/// closure would not do: nothing forces it into the wide copy).
macro_rules! simd {
    (
        $simd:expr;
        portable { $($portable:tt)* }
        avx2 { $($avx2:tt)* }
        avx512 { $($avx512:tt)* }
        [$($generics:tt)*] [$($names:tt)*]
        ($($arg:ident: $ty:ty),+ $(,)?) $body:block
    ) => {{
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx2,fma,f16c")]
            fn avx2<$($generics)*>($($arg: $ty),+) {
                $($avx2)*
                $body
            }

            #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,f16c")]
            fn avx512<$($generics)*>($($arg: $ty),+) {
                $($avx512)*
                $body
            }

            match $simd {
                // SAFETY: `Level::best` detects all that `avx512` is compiled for, and callers give no wider set: that
                // of `Level::used`, or the narrower one that `ChunkSizes` has for the rest.
                $crate::simd::Level::Avx512 => return unsafe { avx512::<$($names)*>($($arg),+) },
                // SAFETY: `Level::best` detects all that `avx2` is compiled for, on machines with AVX-512 as well, and
                // callers give no wider set.
                $crate::simd::Level::Avx2 => return unsafe { avx2::<$($names)*>($($arg),+) },
                $crate::simd::Level::Portable => {}
            }
        }
        $($portable)*
        $body
    }};
}
pub(crate) use simd;
