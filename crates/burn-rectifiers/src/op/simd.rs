//! The widest vectors that this machine has.

/// Runs `f`, compiled for AVX2 where the machine has it.
///
/// `f` is compiled twice from the same text and no multiply-add is ever fused, so both give the
/// same bits. Whatever shall use the wide vectors must be inlined into `f`.
#[inline(always)]
pub(crate) fn with_simd<R>(f: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn avx2<R>(f: impl FnOnce() -> R) -> R {
            f()
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: AVX2 was just detected.
            return unsafe { avx2(f) };
        }
    }
    f()
}
