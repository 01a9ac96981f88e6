//! `ln_1p` in single precision, branch-free, so that a loop over it vectorizes.
//!
//! 1 + x = 2ᵏ·(1 + f) with √½ ≤ 1 + f < √2, and ln(1 + f) is a polynomial in f / (2 + f) (fdlibm,
//! Ng 1993).

use crate::simd::Single;

/// ln(1 + x), accurate near zero. NaN below −1.
#[inline(always)]
pub(super) fn ln_1p<S: Single>(x: S) -> S {
    let [zero, one] = [0.0, 1.0].map(S::lit);
    let u = x + one;
    let (k, f) = u.exponent();
    let f = f - one;
    // What rounding 1 + x lost, relative to it; so little that a few digits are enough.
    let lost =
        S::select(x.gt(one), one - (u - x), x - (u - one)) * u.min(S::lit(1e37)).recip_roughly();
    // Where no power of two is split off, f is x itself, with all its digits. The middle of that range
    // is 0.06.
    let whole = (x - S::lit(0.06)).abs().le(S::lit(0.35));
    let (f, k, lost) = (
        S::select(whole, x, f),
        S::select(whole, zero, k),
        S::select(whole, zero, lost),
    );

    let s = f / (f + S::lit(2.0));
    let z = s * s;
    let w = z * z;
    let odd = z * w.mul_add(S::lit(0.284_987_87), S::lit(0.666_666_6));
    let even = w * w.mul_add(S::lit(0.242_790_79), S::lit(0.400_009_72));
    let half_square = S::lit(0.5) * f * f;
    // ln 2 in two parts; the first has so few bits that k times it is exact.
    let sum = k.mul_add(S::lit(9.058_001e-6), lost);
    let sum = s.mul_add(half_square + odd + even, sum) - half_square + f;
    let sum = k.mul_add(S::lit(0.693_138_1), sum);

    // Infinity, and NaN, are themselves.
    let sum = S::select(x.le(S::lit(f32::MAX)), sum, x);
    let sum = S::select(x.eq(-one), S::lit(f32::NEG_INFINITY), sum);
    S::select((-one).gt(x), S::lit(f32::NAN), sum)
}

/// ln(1 + x) / x for x from 0 to 1.
#[inline(always)]
pub(super) fn ln_1p_share<S: Single>(x: S) -> S {
    // Minimax polynomial for (ln(1 + x) − x) / x²: relative to the logarithm, the error is below 2⁻²⁶.
    let q = S::lit(-3.318_459_5e-3).mul_add(x, S::lit(2.020_453e-2));
    let q = q.mul_add(x, S::lit(-5.766_434_6e-2));
    let q = q.mul_add(x, S::lit(1.068_054_66e-1));
    let q = q.mul_add(x, S::lit(-1.535_539_2e-1));
    let q = q.mul_add(x, S::lit(1.969_539_8e-1));
    let q = q.mul_add(x, S::lit(-2.495_858_5e-1));
    let q = q.mul_add(x, S::lit(3.333_051e-1));
    let q = q.mul_add(x, S::lit(-4.999_993e-1));
    x.mul_add(q, S::lit(1.0))
}

#[cfg(test)]
mod tests {
    use super::super::exp::tests::worst;
    use crate::simd::{Fused, Single};

    fn ln_1p<S: Single + From<f32> + Into<f32>>(x: f32) -> f32 {
        super::ln_1p(S::from(x)).into()
    }

    fn is_within_two_ulp<S: Single + From<f32> + Into<f32>>(how: &str) {
        let exact = |x: f64| if x > -1.0 { x.ln_1p() } else { 0.0 };
        let tested = |x: f32| if x > -1.0 { ln_1p::<S>(x) } else { 0.0 };
        let (error, x) = worst(tested, exact);
        println!("ln_1p, {how}: {error:.2} ulp at {x}");
        assert!(error < 2.0, "{how}: {error} ulp at {x}");

        fn share(x: f64) -> f64 {
            if x > 0.0 { x.ln_1p() / x } else { 1.0 }
        }
        let tested = |x: f32| match (0.0..=1.0).contains(&x) {
            true => super::ln_1p_share(S::from(x)).into(),
            false => share(x.into()) as f32,
        };
        let (error, x) = worst(tested, share);
        println!("ln_1p_share, {how}: {error:.2} ulp at {x}");
        assert!(error < 2.0, "ln_1p_share, {how}: {error} ulp at {x}");
    }

    #[test]
    fn is_exact() {
        is_within_two_ulp::<f32>("rounded twice");
        is_within_two_ulp::<Fused>("rounded once");
    }

    #[test]
    fn limits() {
        for ln_1p in [ln_1p::<f32>, ln_1p::<Fused>] {
            assert_eq!(ln_1p(f32::INFINITY), f32::INFINITY);
            assert_eq!(ln_1p(-1.0), f32::NEG_INFINITY);
            assert_eq!(ln_1p(1e-30), 1e-30);
            assert_eq!(ln_1p(0.0), 0.0);
            assert!(ln_1p(f32::NAN).is_nan() && ln_1p(-1.5).is_nan());
            assert!(ln_1p(f32::NEG_INFINITY).is_nan());
        }
        assert_eq!(super::ln_1p_share(0f32), 1.0);
        assert!(super::ln_1p_share(f32::NAN).is_nan());
    }
}
