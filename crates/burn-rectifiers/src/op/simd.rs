//! The widest vectors that this machine has.

/// Runs a block, compiled for AVX2 where the machine has it, and returns its value from the
/// function around it.
///
/// The block is compiled twice from the same text and no multiply-add is ever fused, so both give
/// the same bits. What shall use the wide vectors must be written in the block or be marked
/// `#[inline(always)]` (a closure would not do: nothing forces it into the wide copy).
macro_rules! simd {
    (
        [$($generics:tt)*] [$($names:tt)*]
        ($($arg:ident: $ty:ty),+ $(,)?) -> $result:ty $body:block
    ) => {{
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx2")]
            fn avx2<$($generics)*>($($arg: $ty),+) -> $result $body

            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: AVX2 was just detected.
                return unsafe { avx2::<$($names)*>($($arg),+) };
            }
        }
        $body
    }};
}
pub(crate) use simd;
