//! The widest vectors that this machine has.

use crate::curve::math::single::Fused;
#[cfg(target_arch = "x86_64")]
use crate::curve::math::two::Two;
#[cfg(target_arch = "x86_64")]
use crate::curve::math::wide::{Avx2, Avx512};
use core::fmt;
use std::sync::LazyLock;

/// Instructions that the loops over host memory are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(dead_code)] // Not every target has all.
pub enum Simd {
    /// What the target guarantees: SSE2 on x86-64, NEON on 64-bit Arm.
    Portable,
    /// 256 bits, a fused multiply-add, and conversion of half precision.
    Avx2,
    /// 512 bits.
    Avx512,
}

/// The environment variable that keeps wider instructions from being used.
const LIMIT: &str = "BURN_RECTIFIERS_SIMD";

impl Simd {
    /// What the kernels use: the best there is, unless the environment variable
    /// `BURN_RECTIFIERS_SIMD` asks for less (`portable`, `avx2` or `avx512`), for instance to compare
    /// results or speed. It is read once.
    pub fn used() -> Self {
        static USED: LazyLock<Simd> = LazyLock::new(|| {
            let best = Simd::best();
            let Some(limit) = std::env::var_os(LIMIT) else {
                return best;
            };
            let all = [Simd::Portable, Simd::Avx2, Simd::Avx512];
            match all.into_iter().find(|simd| limit == simd.name()) {
                Some(limit) => best.min(limit),
                None => {
                    eprintln!("{LIMIT} is portable, avx2 or avx512, not {limit:?}; ignored");
                    best
                }
            }
        });
        *USED
    }

    /// The best that this machine has.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected as has;
            if has!("avx2") && has!("fma") && has!("f16c") {
                let wide = has!("avx512f") && has!("avx512vl") && has!("avx512dq");
                return match wide && has!("avx512bw") {
                    true => Self::Avx512,
                    false => Self::Avx2,
                };
            }
        }
        Self::Portable
    }

    fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }
}

impl fmt::Display for Simd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The numbers of single precision that suit what the target guarantees.
#[cfg(any(target_arch = "aarch64", target_feature = "fma"))]
pub(crate) type PortableF32 = Fused;
#[cfg(not(any(target_arch = "aarch64", target_feature = "fma")))]
pub(crate) type PortableF32 = f32;

/// Something to be done.
pub(crate) trait Work {
    /// Does it. To be marked `#[inline(always)]`, as whatever it calls.
    fn run(self);
}

/// Numbers that certain instructions compute with.
pub(crate) trait Compiled: Copy {
    /// Does `work` in a function of its own, compiled for those instructions. For what is rare: it is compiled once,
    /// not at each place that needs it.
    fn apart(work: impl Work);
}

macro_rules! compiled {
    ($(#[$for:meta])* $Number:ty) => {
        impl Compiled for $Number {
            #[inline(always)]
            fn apart(work: impl Work) {
                #[cold]
                #[inline(never)]
                $(#[$for])*
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
compiled!(Fused);
compiled!(f64);
#[cfg(target_arch = "x86_64")]
compiled!(
    #[target_feature(enable = "avx2,fma,f16c")]
    Avx2
);
#[cfg(target_arch = "x86_64")]
compiled!(
    #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,f16c")]
    Avx512
);
#[cfg(target_arch = "x86_64")]
impl<S: Compiled> Compiled for Two<S> {
    #[inline(always)]
    fn apart(work: impl Work) {
        S::apart(work);
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
                // SAFETY: `Simd::best` detects all that `avx512` is compiled for, and callers give no wider set: that
                // of `Simd::used`, or the narrower one that `Chunks` has for the rest.
                $crate::op::simd::Simd::Avx512 => return unsafe { avx512::<$($names)*>($($arg),+) },
                // SAFETY: `Simd::best` detects all that `avx2` is compiled for, on machines with AVX-512 as well, and
                // callers give no wider set.
                $crate::op::simd::Simd::Avx2 => return unsafe { avx2::<$($names)*>($($arg),+) },
                $crate::op::simd::Simd::Portable => {}
            }
        }
        $($portable)*
        $body
    }};
}
pub(crate) use simd;
