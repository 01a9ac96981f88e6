//! The error function, from minimax polynomials of the degree that the precision of a number needs.
//!
//! Near zero, erf(a) = a·P(a²). Elsewhere, erf(a) = 1 − e^(−a²)·erfcx(a), and erfcx is smooth: (1 + 2a)·erfcx(a) is a
//! polynomial in (a − c)/(a + c), which takes all a ≥ 0 to −1 … 1 (Shepherd & Laframboise 1981).

use super::real::Real;

/// P, highest power first, for |a| up to 1: within 2⁻²⁹.
const NEAR_SINGLE: [f64; 7] = [
    7.875_875_06e-5,
    -8.016_864_29e-4,
    5.189_087_42e-3,
    -2.685_421_2e-2,
    1.128_359_47e-1,
    -3.761_262_67e-1,
    1.128_379_17,
];

/// The same within 2⁻⁶².
const NEAR: [f64; 13] = [
    5.957_176_147_748_911_4e-11,
    -1.137_284_885_679_167_37e-9,
    1.465_977_527_404_743_58e-8,
    -1.635_031_270_105_469_5e-7,
    1.646_100_048_412_136_8e-6,
    -1.492_559_526_683_118_16e-5,
    1.205_533_111_164_271_09e-4,
    -8.548_326_980_833_789_91e-4,
    5.223_977_624_818_014_47e-3,
    -2.686_617_064_507_679_32e-2,
    1.128_379_167_095_487_87e-1,
    -3.761_263_890_318_374_81e-1,
    1.128_379_167_095_512_57,
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
    -1.029_705_55e-1,
    1.576_303_76e-1,
    -9.902_423_96e-2,
    -1.223_567_69e-1,
    1.264_838_18,
];

/// The same with c = 3.75: within 2⁻⁵⁷.
const SCALED: [f64; 25] = [
    4.434_959_070_009_628_26e-10,
    3.110_310_719_839_164_99e-10,
    -5.284_286_979_631_420_57e-9,
    -3.743_568_033_634_583_22e-9,
    3.896_545_254_898_596_81e-8,
    2.326_191_327_669_656_74e-8,
    -2.591_069_687_796_657_85e-7,
    -5.721_597_255_990_987_18e-8,
    1.752_057_970_166_318_1e-6,
    -9.735_619_015_182_663_29e-7,
    -1.144_441_243_917_172_31e-5,
    2.238_424_031_422_443_83e-5,
    5.164_921_139_070_285_19e-5,
    -2.901_540_809_795_271_31e-4,
    2.937_136_342_850_081_26e-4,
    1.755_625_853_001_725_79e-3,
    -9.746_579_552_504_242_97e-3,
    2.836_227_741_894_066_48e-2,
    -5.869_339_859_021_236_72e-2,
    9.230_432_116_037_876_71e-2,
    -1.088_039_301_417_178_58e-1,
    8.227_673_849_014_515_91e-2,
    3.585_415_485_463_774_96e-3,
    -1.402_405_985_855_469_62e-1,
    1.237_512_630_837_827_58,
];

#[inline(always)]
fn polynomial<T: Real>(coefficients: &[f64], x: T) -> T {
    let terms = coefficients.iter().map(|term| T::lit(*term));
    let sum = terms.reduce(|sum, term| sum.mul_add(x, term));
    sum.expect("some terms")
}

/// erf(a) / a, given a² up to 1.
#[inline(always)]
pub(super) fn share<T: Real>(square: T) -> T {
    match T::IS_SINGLE {
        true => polynomial(&NEAR_SINGLE, square),
        false => polynomial(&NEAR, square),
    }
}

/// erfcx(a) = e^(a²)·(1 − erf(a)) for a ≥ 0.
#[inline(always)]
pub(super) fn erfcx<T: Real>(a: T) -> T {
    let place = |c: f64| T::lit(1.0) - (a + T::lit(c)).recip() * T::lit(2.0 * c);
    let scaled = match T::IS_SINGLE {
        true => polynomial(&SCALED_SINGLE, place(2.5)),
        false => polynomial(&SCALED, place(3.75)),
    };
    scaled * a.mul_add(T::lit(2.0), T::lit(1.0)).recip()
}
