//! `ln_1p` in single precision, branch-free, so that a loop over it vectorizes.
//!
//! 1 + x = 2ᵏ·(1 + f) with √½ ≤ 1 + f < √2, and ln(1 + f) is a polynomial in f / (2 + f) (fdlibm,
//! Ng 1993).

use crate::simd::{PackedF32, mapped};

/// ln(1 + x), accurate near zero. NaN below −1.
#[inline(always)]
pub(super) fn ln_1p<S: PackedF32>(x: S) -> S {
    let [zero, one] = mapped([0.0, 1.0], S::splat);
    let u = x + one;
    let (k, f) = u.frexp();
    let f = f - one;
    // What rounding 1 + x lost, relative to it; so little that a few digits are enough.
    let lost =
        S::select(x.gt(one), one - (u - x), x - (u - one)) * u.min(S::splat(1e37)).recip_roughly();
    // Where no power of two is split off, f is x itself, with all its digits. The middle of that range
    // is 0.06.
    let whole = (x - S::splat(0.06)).abs().le(S::splat(0.35));
    let (f, k, lost) = (
        S::select(whole, x, f),
        S::select(whole, zero, k),
        S::select(whole, zero, lost),
    );

    let s = f / (f + S::splat(2.0));
    let z = s * s;
    let w = z * z;
    let odd = z * w.mul_add(S::splat(0.284_987_87), S::splat(0.666_666_6));
    let even = w * w.mul_add(S::splat(0.242_790_79), S::splat(0.400_009_72));
    let half_square = S::splat(0.5) * f * f;
    // ln 2 in two parts; the first has so few bits that k times it is exact.
    let sum = k.mul_add(S::splat(9.058_001e-6), lost);
    let sum = s.mul_add(half_square + odd + even, sum) - half_square + f;
    let sum = k.mul_add(S::splat(0.693_138_1), sum);

    // Infinity, and NaN, are themselves.
    let sum = S::select(x.le(S::splat(f32::MAX)), sum, x);
    let sum = S::select(x.eq(-one), S::splat(f32::NEG_INFINITY), sum);
    S::select((-one).gt(x), S::splat(f32::NAN), sum)
}

/// ln(1 + x) / x for x from 0 to 1.
#[inline(always)]
pub(super) fn ln_1p_share<S: PackedF32>(x: S) -> S {
    // Minimax polynomial for (ln(1 + x) − x) / x²: relative to the logarithm, the error is below 2⁻²⁶.
    let q = S::splat(-3.318_459_5e-3).mul_add(x, S::splat(2.020_453e-2));
    let q = q.mul_add(x, S::splat(-5.766_434_6e-2));
    let q = q.mul_add(x, S::splat(1.068_054_66e-1));
    let q = q.mul_add(x, S::splat(-1.535_539_2e-1));
    let q = q.mul_add(x, S::splat(1.969_539_8e-1));
    let q = q.mul_add(x, S::splat(-2.495_858_5e-1));
    let q = q.mul_add(x, S::splat(3.333_051e-1));
    let q = q.mul_add(x, S::splat(-4.999_993e-1));
    x.mul_add(q, S::splat(1.0))
}

#[cfg(test)]
mod tests {
    use super::super::exp::tests::worst;
    use crate::simd::{F32Fma, PackedF32};

    fn ln_1p<S: PackedF32 + From<f32> + Into<f32>>(x: f32) -> f32 {
        super::ln_1p(S::from(x)).into()
    }

    fn is_within_two_ulp<S: PackedF32 + From<f32> + Into<f32>>(how: &str) {
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
        is_within_two_ulp::<F32Fma>("rounded once");
    }

    #[test]
    fn limits() {
        for ln_1p in [ln_1p::<f32>, ln_1p::<F32Fma>] {
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
