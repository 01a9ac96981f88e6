//! The error function, from minimax polynomials of the degree that the precision of a number needs.
//!
//! Near zero, erf(a) = a + a·P(a²). Elsewhere, erf(a) = 1 − e^(−a²)·erfcx(a), and erfcx is smooth: (1 + 2a)·erfcx(a) is a
//! polynomial in (a − c)/(a + c), which takes all a ≥ 0 to −1 … 1 (Shepherd & Laframboise 1981).

use crate::simd::Arithmetic;
use core::f64::consts::FRAC_2_SQRT_PI;

/// P, highest power first, for |a| up to 1: within 2⁻²⁹.
const NEAR_SINGLE: [f64; 7] = [
    7.875_875_06e-5,
    -8.016_864_29e-4,
    5.189_087_42e-3,
    -2.685_421_2e-2,
    0.112_835_947,
    -0.376_126_267,
    FRAC_2_SQRT_PI - 1.0,
];

/// The same within 2⁻⁶².
const NEAR: [f64; 13] = [
    5.957_176_147_748_911e-11,
    -1.137_284_885_679_167_4e-9,
    1.465_977_527_404_743_6e-8,
    -1.635_031_270_105_469_5e-7,
    1.646_100_048_412_136_8e-6,
    -1.492_559_526_683_118_2e-5,
    1.205_533_111_164_271e-4,
    -8.548_326_980_833_79e-4,
    5.223_977_624_818_014_5e-3,
    -2.686_617_064_507_679_2e-2,
    0.112_837_916_709_548_79,
    -0.376_126_389_031_837_5,
    FRAC_2_SQRT_PI - 1.0,
];

/// (1 + 2a)·erfcx(a), highest power first, with c = 2.5: within 2⁻²⁶.
const SCALED_SINGLE: [f64; 12] = [
    -6.471_063_82e-5,
    -6.389_437_19e-5,
    5.834_769_35e-4,
    4.632_798_44e-4,
    -4.358_277_23e-3,
    9.468_088_73e-4,
    3.275_548_27e-2,
    -0.102_970_555,
    0.157_630_376,
    -9.902_423_96e-2,
    -0.122_356_769,
    1.264_838_18,
];

/// The same with c = 3.75: within 2⁻⁵⁷.
const SCALED: [f64; 25] = [
    4.434_959_070_009_628e-10,
    3.110_310_719_839_165e-10,
    -5.284_286_979_631_42e-9,
    -3.743_568_033_634_583e-9,
    3.896_545_254_898_596_6e-8,
    2.326_191_327_669_656_6e-8,
    -2.591_069_687_796_658e-7,
    -5.721_597_255_990_987e-8,
    1.752_057_970_166_318e-6,
    -9.735_619_015_182_663e-7,
    -1.144_441_243_917_172_2e-5,
    2.238_424_031_422_443_7e-5,
    5.164_921_139_070_285_5e-5,
    -2.901_540_809_795_271e-4,
    2.937_136_342_850_081e-4,
    1.755_625_853_001_725_7e-3,
    -9.746_579_552_504_244e-3,
    2.836_227_741_894_066_5e-2,
    -5.869_339_859_021_236_6e-2,
    9.230_432_116_037_876e-2,
    -0.108_803_930_141_717_85,
    8.227_673_849_014_516e-2,
    3.585_415_485_463_775e-3,
    -0.140_240_598_585_546_97,
    1.237_512_630_837_827_5,
];

#[inline(always)]
fn polynomial<T: Arithmetic>(coefficients: &[f64], x: T) -> T {
    let terms = coefficients.iter().map(|term| T::lit(*term));
    let sum = terms.reduce(|sum, term| sum.mul_add(x, term));
    sum.expect("some terms")
}

/// erf(a) / a − 1, given a² up to 1.
#[inline(always)]
pub(super) fn share<T: Arithmetic>(square: T, is_single: bool) -> T {
    match is_single {
        true => polynomial(&NEAR_SINGLE, square),
        false => polynomial(&NEAR, square),
    }
}

/// erfcx(a) = e^(a²)·(1 − erf(a)) for a ≥ 0.
#[inline(always)]
pub(super) fn erfcx<T: Arithmetic>(a: T, is_single: bool) -> T {
    let place = |c: f64| T::lit(1.0) - T::lit(2.0 * c) / (a + T::lit(c));
    let scaled = match is_single {
        true => polynomial(&SCALED_SINGLE, place(2.5)),
        false => polynomial(&SCALED, place(3.75)),
    };
    // Halved, so that 1 + 2a does not overflow.
    scaled * T::lit(0.5) / (a + T::lit(0.5))
}
