//! Half precision to single and back, many numbers at a time.

use super::block::PREFETCH_BYTES;
use crate::simd::{LINE_BYTES, Level, prefetch_line, simd};
use core::mem::MaybeUninit;
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

/// A type of half precision.
pub(super) trait Half: Copy + Default + Send + Sync + 'static {
    /// The numbers of `from`, exactly.
    fn widen(level: Level, from: &[Self], to: &mut [f32]);
    /// The numbers of `from`, rounded to the nearest, or the even one of the two nearest.
    fn narrow(level: Level, from: &[f32], to: &mut [MaybeUninit<Self>]);
}

/// Elements of half precision in a cache line.
const COUNT: usize = LINE_BYTES / size_of::<u16>();

/// A way to convert a line.
trait Convert<H> {
    fn widen(from: &[H; COUNT]) -> [f32; COUNT];
    fn narrow(from: &[f32; COUNT]) -> [H; COUNT];
}

/// Without any particular instructions.
struct Portable;
#[cfg(target_arch = "x86_64")]
struct ConvertAvx2;
#[cfg(target_arch = "x86_64")]
struct ConvertAvx512;

impl Convert<f16> for Portable {
    #[inline(always)]
    fn widen(from: &[f16; COUNT]) -> [f32; COUNT] {
        let mut to = [0.0; COUNT];
        from.convert_to_f32_slice(&mut to);
        to
    }
    #[inline(always)]
    fn narrow(from: &[f32; COUNT]) -> [f16; COUNT] {
        let mut to = [f16::ZERO; COUNT];
        to.convert_from_f32_slice(from);
        to
    }
}

/// A brain float is the upper half of a single one. The compiler finds the instructions for whole vectors.
impl<How> Convert<bf16> for How {
    #[inline(always)]
    fn widen(from: &[bf16; COUNT]) -> [f32; COUNT] {
        let mut to = [0.0; COUNT];
        for i in 0..COUNT {
            to[i] = f32::from_bits(u32::from(from[i].to_bits()) << 16);
        }
        to
    }
    #[inline(always)]
    fn narrow(from: &[f32; COUNT]) -> [bf16; COUNT] {
        let mut to = [bf16::ZERO; COUNT];
        for i in 0..COUNT {
            let bits = from[i].to_bits();
            // A carry into the upper half rounds it up. A NaN stays one, and quiet.
            let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1));
            let nan = bits | 0x0040_0000;
            let bits = if from[i].is_nan() { nan } else { rounded };
            to[i] = bf16::from_bits((bits >> 16) as u16);
        }
        to
    }
}

/// Only to be used in functions that are compiled for the instructions, which [`simd!`] sees to.
#[cfg(target_arch = "x86_64")]
mod wide {
    use super::{COUNT, Convert, ConvertAvx2, ConvertAvx512};
    use core::arch::x86_64::*;
    use core::mem::transmute;
    use half::f16;

    macro_rules! f16 {
        ($How:ty: $Narrow:ty, $Wide:ty, $count:literal; $widen:ident, $narrow:ident) => {
            impl Convert<f16> for $How {
                #[inline(always)]
                fn widen(from: &[f16; COUNT]) -> [f32; COUNT] {
                    // SAFETY: the type is used only in functions that are compiled for its instructions, and `simd!`
                    // calls those on no other machine. Any bits make vectors and numbers, and `transmute` checks
                    // that the sizes agree.
                    unsafe {
                        let from: [$Narrow; $count] = transmute(*from);
                        let mut to: [$Wide; $count] = transmute([0f32; COUNT]);
                        for i in 0..$count {
                            to[i] = $widen(from[i]);
                        }
                        transmute(to)
                    }
                }
                #[inline(always)]
                fn narrow(from: &[f32; COUNT]) -> [f16; COUNT] {
                    // SAFETY: the type is used only in functions that are compiled for its instructions, and `simd!`
                    // calls those on no other machine. Any bits make vectors and numbers, and `transmute` checks
                    // that the sizes agree.
                    unsafe {
                        let from: [$Wide; $count] = transmute(*from);
                        let mut to: [$Narrow; $count] = transmute([0u16; COUNT]);
                        for i in 0..$count {
                            to[i] = $narrow::<_MM_FROUND_TO_NEAREST_INT>(from[i]);
                        }
                        transmute(to)
                    }
                }
            }
        };
    }
    f16!(ConvertAvx2: __m128i, __m256, 4; _mm256_cvtph_ps, _mm256_cvtps_ph);
    f16!(ConvertAvx512: __m256i, __m512, 2; _mm512_cvtph_ps, _mm512_cvtps_ph);
}

#[inline(always)]
fn widen<H: Copy + Default, How: Convert<H>>(from: &[H], to: &mut [f32]) {
    assert_eq!(from.len(), to.len());
    let (lines, rest) = from.as_chunks::<COUNT>();
    let (places, place) = to.as_chunks_mut::<COUNT>();
    for (from, to) in lines.iter().zip(places) {
        prefetch_line(from.as_ptr().cast::<u8>().wrapping_add(PREFETCH_BYTES));
        *to = How::widen(from);
    }
    if !rest.is_empty() {
        let mut line = [H::default(); COUNT];
        line[..rest.len()].copy_from_slice(rest);
        place.copy_from_slice(&How::widen(&line)[..rest.len()]);
    }
}

#[inline(always)]
fn narrow<H: Copy + Default, How: Convert<H>>(from: &[f32], to: &mut [MaybeUninit<H>]) {
    assert_eq!(from.len(), to.len());
    let (lines, rest) = from.as_chunks::<COUNT>();
    let (places, place) = to.as_chunks_mut::<COUNT>();
    for (from, to) in lines.iter().zip(places) {
        prefetch_line(to.as_ptr().cast::<u8>().wrapping_add(PREFETCH_BYTES));
        *to = How::narrow(from).map(MaybeUninit::new);
    }
    if !rest.is_empty() {
        let mut line = [0.0; COUNT];
        line[..rest.len()].copy_from_slice(rest);
        place.write_copy_of_slice(&How::narrow(&line)[..rest.len()]);
    }
}

macro_rules! half {
    ($half:ty) => {
        impl Half for $half {
            fn widen(level: Level, from: &[Self], to: &mut [f32]) {
                simd!(
                    level;
                    portable { type How = Portable; }
                    avx2 { type How = ConvertAvx2; }
                    avx512 { type How = ConvertAvx512; }
                    [] []
                    (from: &[$half], to: &mut [f32]) {
                        widen::<$half, How>(from, to)
                    }
                )
            }
            fn narrow(level: Level, from: &[f32], to: &mut [MaybeUninit<Self>]) {
                simd!(
                    level;
                    portable { type How = Portable; }
                    avx2 { type How = ConvertAvx2; }
                    avx512 { type How = ConvertAvx512; }
                    [] []
                    (from: &[f32], to: &mut [MaybeUninit<$half>]) {
                        narrow::<$half, How>(from, to)
                    }
                )
            }
        }
    };
}
half!(f16);
half!(bf16);

#[cfg(test)]
mod tests {
    use super::*;

    fn sets() -> impl Iterator<Item = Level> {
        let all = [Level::Portable, Level::Avx2, Level::Avx512];
        all.into_iter().filter(|level| *level <= Level::best())
    }

    /// Every half there is, and singles with every sign and exponent, near and at the ties of both types.
    fn singles() -> Vec<f32> {
        let upper = (0..=u16::MAX).map(|bits| u32::from(bits) << 16);
        let lower = [
            0, 1, 0xfff, 0x1000, 0x1001, 0x2fff, 0x3000, 0x7fff, 0x8000, 0x8001, 0xffff,
        ];
        upper
            .flat_map(|upper| lower.map(|lower| f32::from_bits(upper | lower)))
            .collect()
    }

    macro_rules! check {
        ($half:ty) => {
            for level in sets() {
                let all: Vec<$half> = (0..=u16::MAX).map(<$half>::from_bits).collect();
                let singles = singles();
                // Whole lines, and lengths that are not.
                for cut in [0, 1, 31] {
                    let halves = &all[cut..];
                    let mut wide = vec![0.0; halves.len()];
                    <$half as Half>::widen(level, halves, &mut wide);
                    for (half, wide) in halves.iter().zip(&wide) {
                        let exact = half.to_f32();
                        let same = exact.to_bits() == wide.to_bits();
                        assert!(
                            same || exact.is_nan() && wide.is_nan(),
                            "{level}: {half}, {wide}"
                        );
                    }

                    let singles = &singles[cut..];
                    let mut narrow = vec![MaybeUninit::new(<$half>::ZERO); singles.len()];
                    <$half as Half>::narrow(level, singles, &mut narrow);
                    for (single, narrow) in singles.iter().zip(narrow) {
                        let (rounded, narrow) =
                            // SAFETY: it was there from the beginning.
                            (<$half>::from_f32(*single), unsafe { narrow.assume_init() });
                        let same = rounded.to_bits() == narrow.to_bits();
                        assert!(
                            same || rounded.is_nan() && narrow.is_nan(),
                            "{level}: {single}, {narrow}"
                        );
                    }
                }
            }
        };
    }

    #[test]
    fn conversions_are_those_of_single_numbers() {
        check!(f16);
        check!(bf16);
    }
}
