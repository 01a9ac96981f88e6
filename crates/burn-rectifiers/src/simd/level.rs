//! Which instructions this machine has.

use core::fmt;
use std::sync::LazyLock;

/// An instruction set that loops are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(dead_code)] // Not every target has all.
pub enum Level {
    /// What the target guarantees: SSE2 on x86-64, NEON on 64-bit Arm.
    Portable,
    /// 256 bits, a fused multiply-add, and conversion of half precision.
    Avx2,
    /// 512 bits.
    Avx512,
}

/// The environment variable that keeps wider instructions from being used.
const LIMIT: &str = "BURN_RECTIFIERS_SIMD";

impl Level {
    /// What the kernels use: the best there is, unless the environment variable
    /// `BURN_RECTIFIERS_SIMD` asks for less (`portable`, `avx2` or `avx512`), for instance to compare
    /// results or speed. It is read once.
    pub fn used() -> Self {
        static USED: LazyLock<Level> = LazyLock::new(|| {
            let best = Level::best();
            let Some(limit) = std::env::var_os(LIMIT) else {
                return best;
            };
            let all = [Level::Portable, Level::Avx2, Level::Avx512];
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

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
