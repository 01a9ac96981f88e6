//! The error function, from minimax polynomials of the degree that the precision of a number needs.
//!
//! Near zero, erf(a) = a + a·P(a²). Elsewhere, erf(a) = 1 − e^(−a²)·erfcx(a), and erfcx is smooth: (1 + a)·erfcx(a) is a
//! polynomial in (a − c)/(a + c), which takes all a ≥ 0 to −1 … 1 (Shepherd & Laframboise 1981).

use crate::simd::{Arithmetic, horner};
use core::f64::consts::FRAC_2_SQRT_PI;

/// P for |a| up to 1: within 2⁻²⁹.
const NEAR_SINGLE: [f64; 7] = [
    FRAC_2_SQRT_PI - 1.0,
    -0.376_126_267,
    0.112_835_947,
    -2.685_421_2e-2,
    5.189_087_42e-3,
    -8.016_864_29e-4,
    7.875_875_06e-5,
];

/// The same within 2⁻⁶².
const NEAR: [f64; 13] = [
    FRAC_2_SQRT_PI - 1.0,
    -0.376_126_389_031_837_5,
    0.112_837_916_709_548_79,
    -2.686_617_064_507_679_2e-2,
    5.223_977_624_818_014_5e-3,
    -8.548_326_980_833_79e-4,
    1.205_533_111_164_271e-4,
    -1.492_559_526_683_118_2e-5,
    1.646_100_048_412_136_8e-6,
    -1.635_031_270_105_469_5e-7,
    1.465_977_527_404_743_6e-8,
    -1.137_284_885_679_167_4e-9,
    5.957_176_147_748_911e-11,
];

/// (1 + a)·erfcx(a) / 2 with c = 3: within 2⁻²⁸.
const SCALED_SINGLE: [f64; 12] = [
    0.358_002_302,
    -0.115_463_657,
    4.951_037_55e-2,
    -5.117_960_75e-3,
    -1.190_190_88e-2,
    1.098_100_37e-2,
    -4.875_694_16e-3,
    8.019_782_76e-4,
    3.239_112_93e-4,
    -1.711_395_51e-4,
    -1.158_947_65e-5,
    1.717_093_1e-5,
];

/// The same with c = 3.75: within 2⁻⁵⁸.
const SCALED: [f64; 25] = [
    0.345_775_588_028_216_5,
    -0.103_415_632_520_243_36,
    5.739_837_060_052_16e-2,
    -2.032_378_925_844_463e-2,
    -1.549_904_527_394_495e-3,
    9.375_498_616_350_94e-3,
    -8.637_543_654_165_957e-3,
    5.035_414_066_153_630_5e-3,
    -1.985_904_286_635_098e-3,
    4.325_226_311_083_598e-4,
    3.531_275_788_842_567e-5,
    -6.056_382_884_283_161e-5,
    1.380_817_522_265_575_7e-5,
    4.050_216_875_288_962e-6,
    -2.673_832_728_929_723e-6,
    -7.856_444_177_197_136e-8,
    3.919_539_539_261_149_7e-7,
    -3.239_536_682_365_841e-8,
    -5.668_965_630_423_154_6e-8,
    8.036_640_384_407_044e-9,
    8.378_539_125_799_873e-9,
    -1.214_149_719_375_367_6e-9,
    -1.105_597_845_194_201e-9,
    1.012_996_086_864_596_3e-10,
    8.877_543_494_876_117e-11,
];

/// erf(a) / a − 1, given a² up to 1.
#[inline(always)]
pub(super) fn share<T: Arithmetic>(square: T, is_single: bool) -> T {
    match is_single {
        true => horner(&NEAR_SINGLE, square),
        false => horner(&NEAR, square),
    }
}

/// erfcx(a) = e^(a²)·(1 − erf(a)) for a ≥ 0.
#[inline(always)]
pub(super) fn erfcx<T: Arithmetic>(a: T, is_single: bool) -> T {
    match is_single {
        true => quotient(a, 3.0, &SCALED_SINGLE),
        false => quotient(a, 3.75, &SCALED),
    }
}

/// The polynomial, divided by (1 + a)/2: halved, so that nothing overflows.
#[inline(always)]
fn quotient<T: Arithmetic>(a: T, c: f64, coefficients: &[f64]) -> T {
    let (first, others) = coefficients.split_first().expect("some terms");
    let (first, half) = (T::lit(*first), T::lit(0.5));
    let place = T::lit(1.0) - T::lit(2.0 * c) / (a + T::lit(c));
    let others = horner(others, place);
    let above = others.mul_add(place, first);
    let below = a.mul_add(half, half);
    let rounded = above / below;
    // Adds what was rounded away, above less below times the quotient, divided by `below`. The reciprocal of that is
    // `rounded` / `above`, and 1 / `above` a line within 4 %.
    let lost_above = others.mul_add(place, first - above);
    let lost_below = a.mul_add(half, half - below);
    let lost_below = T::select(a.le(T::lit(1e20)), lost_below, T::lit(0.0)); // no ∞ − ∞
    let recip = rounded * above.mul_add(T::lit(-6.803), T::lit(5.321));
    (lost_above - rounded * lost_below).mul_add(recip, rounded)
}
