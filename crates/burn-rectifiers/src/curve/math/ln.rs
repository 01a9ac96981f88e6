//! `ln_1p` in single precision, branch-free, so that a loop over it vectorizes.
//!
//! 1 + x = 2ᵏ·(1 + f) with √½ ≤ 1 + f < √2, and ln(1 + f) is a polynomial in f / (2 + f) (fdlibm,
//! Ng 1993).

use super::fused::MulAdd;
use core::f32::consts::FRAC_1_SQRT_2;

/// ln(1 + x), accurate near zero. NaN below −1.
#[inline(always)]
pub(super) fn ln_1p<M: MulAdd>(x: f32) -> f32 {
    let u = 1.0 + x;
    let bits = u
        .to_bits()
        .wrapping_add(1.0f32.to_bits() - FRAC_1_SQRT_2.to_bits());
    let k = ((bits >> 23) as i32).wrapping_sub(127) as f32;
    let f = f32::from_bits((bits & 0x007f_ffff) + FRAC_1_SQRT_2.to_bits()) - 1.0;
    // What rounding 1 + x lost, relative to it.
    let lost = if x > 1.0 {
        1.0 - (u - x)
    } else {
        x - (u - 1.0)
    };
    let lost = lost / u;
    // Where no power of two is split off, f is x itself, with all its digits.
    let whole = x > -0.29 && x < 0.41;
    let (f, k, lost) = if whole { (x, 0.0, 0.0) } else { (f, k, lost) };

    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let odd = z * M::mul_add(w, 0.284_987_87, 0.666_666_6);
    let even = w * M::mul_add(w, 0.242_790_79, 0.400_009_72);
    let half_square = 0.5 * f * f;
    // ln 2 in two parts; the first has so few bits that k times it is exact.
    let sum = M::mul_add(k, 9.058_001e-6, lost);
    let sum = M::mul_add(s, half_square + odd + even, sum) - half_square + f;
    let sum = M::mul_add(k, 0.693_138_1, sum);

    let sum = if x > f32::MAX { x } else { sum };
    let sum = if x == -1.0 { f32::NEG_INFINITY } else { sum };
    if x < -1.0 { f32::NAN } else { sum }
}

#[cfg(test)]
mod tests {
    use super::super::exp::tests::worst;
    use super::super::fused::{Fused, MulAdd};

    fn is_within_two_ulp<M: MulAdd>(how: &str) {
        let exact = |x: f64| if x > -1.0 { x.ln_1p() } else { 0.0 };
        let tested = |x: f32| if x > -1.0 { super::ln_1p::<M>(x) } else { 0.0 };
        let (error, x) = worst(tested, exact);
        println!("ln_1p, {how}: {error:.2} ulp at {x}");
        assert!(error < 2.0, "{how}: {error} ulp at {x}");
    }

    #[test]
    fn is_exact() {
        is_within_two_ulp::<f32>("rounded twice");
        is_within_two_ulp::<Fused>("rounded once");
    }

    #[test]
    fn limits() {
        for ln_1p in [super::ln_1p::<f32>, super::ln_1p::<Fused>] {
            assert_eq!(ln_1p(f32::INFINITY), f32::INFINITY);
            assert_eq!(ln_1p(-1.0), f32::NEG_INFINITY);
            assert_eq!(ln_1p(1e-30), 1e-30);
            assert_eq!(ln_1p(0.0), 0.0);
            assert!(ln_1p(f32::NAN).is_nan() && ln_1p(-1.5).is_nan());
            assert!(ln_1p(f32::NEG_INFINITY).is_nan());
        }
    }
}
