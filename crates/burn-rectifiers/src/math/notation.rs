//! The functions that formulas are written with.

// Their methods are part of the notation.
#[doc(hidden)]
pub use super::{
    Arithmetic,
    real::{Decay, Real},
};

/// A constant.
#[inline(always)]
pub fn lit<T: Real>(value: f64) -> T {
    T::lit(value)
}

/// `a > b`; false if either is NaN.
#[inline(always)]
pub fn gt<T: Real>(a: T, b: T) -> T::Mask {
    a.gt(b)
}

/// `a <= b`; false if either is NaN.
#[inline(always)]
pub fn le<T: Real>(a: T, b: T) -> T::Mask {
    a.le(b)
}

/// `yes` where `mask` holds, else `no`. Both are evaluated.
#[inline(always)]
pub fn select<T: Real>(mask: T::Mask, yes: T, no: T) -> T {
    T::select(mask, yes, no)
}

/// `a == b`; false if either is NaN.
#[inline(always)]
pub fn eq<T: Real>(a: T, b: T) -> T::Mask {
    a.eq(b)
}

/// The smaller of `a` and `b`; NaN if `a` is NaN.
#[inline(always)]
pub fn min<T: Real>(a: T, b: T) -> T {
    a.min(b)
}

/// The larger of `a` and `b`; NaN if `a` is NaN.
#[inline(always)]
pub fn max<T: Real>(a: T, b: T) -> T {
    a.max(b)
}

/// The absolute value of `a`.
#[inline(always)]
pub fn abs<T: Real>(a: T) -> T {
    a.abs()
}

/// The square root of `a`.
#[inline(always)]
pub fn sqrt<T: Real>(a: T) -> T {
    a.sqrt()
}

/// e to the power of `a`.
#[inline(always)]
pub fn exp<T: Real>(a: T) -> T {
    a.exp()
}

/// e to the power of `a`, minus one, accurate near zero.
#[inline(always)]
pub fn exp_m1<T: Real>(a: T) -> T {
    a.exp_m1()
}

/// The natural logarithm of 1 + `a`, accurate near zero.
#[inline(always)]
pub fn ln_1p<T: Real>(a: T) -> T {
    a.ln_1p()
}

/// The natural logarithm of 1 + `a`, divided by `a`, for `a` from 0 to 1: from 1 to ln 2.
#[inline(always)]
pub fn ln_1p_share<T: Real>(a: T) -> T {
    a.ln_1p_share()
}

/// `a`·`b`, where a factor `a` of 0 gives 0 even if `b` is infinite.
///
/// That is the limit of a line of slope 0, and of a tail that decays faster than `b` grows; plain
/// multiplication gives NaN there.
#[inline(always)]
pub fn times<T: Real>(a: T, b: T) -> T {
    a.times(b)
}

/// 1 / `a`.
#[inline(always)]
pub fn recip<T: Real>(a: T) -> T {
    a.recip()
}

/// eᵃ for a ≤ 0, and products with it.
#[inline(always)]
pub fn decay<T: Real>(a: T) -> T::Decay {
    T::Decay::of(a)
}

/// `a` / `b` for `b` neither zero nor infinite: fast where `b` is a parameter, or where `recip(b)` is taken
/// anyway.
#[inline(always)]
pub fn over_shared<T: Real>(a: T, b: T) -> T {
    a.over_shared(b)
}

/// The logistic function 1 / (1 + e⁻ᵃ), accurate in both tails.
#[inline(always)]
pub fn logistic<T: Real>(a: T) -> T {
    decay(-abs(a)).logistic(a)
}

/// `b` / (1 + e⁻ᵃ), and 0 for a = −∞ whatever `b`.
#[inline(always)]
pub fn logistic_times<T: Real>(a: T, b: T) -> T {
    decay(-abs(a)).logistic_times(a, b)
}

/// The hyperbolic tangent of `a`.
#[inline(always)]
pub fn tanh<T: Real>(a: T) -> T {
    decay(abs(a) * lit(-2.0)).tanh(a)
}

/// The error function of `a`.
#[inline(always)]
pub fn erf<T: Real>(a: T) -> T {
    decay(-(a * a)).erf(a)
}

/// e^(a²)·(1 − erf(a)) for `a` ≥ 0: from 1 down to 0, and about 1 / (√π·a) for large `a`.
#[inline(always)]
pub fn erfcx<T: Real>(a: T) -> T {
    super::erf::erfcx(a, T::IS_SINGLE)
}

/// ln(1 + eᵃ).
#[inline(always)]
pub fn softplus<T: Real>(a: T) -> T {
    let e = decay(-abs(a)).value();
    max(a, lit(0.0)) + e * ln_1p_share(e)
}

/// √(1 + a²), without overflow.
#[inline(always)]
pub fn root_1p_square<T: Real>(a: T) -> T {
    // Far out, 1 does not count.
    const FAR: f64 = 1e10;
    let a = abs(a);
    let near = min(a, lit(FAR));
    select(gt(a, lit(FAR)), a, (near * near + lit(1.0)).sqrt_from_1())
}

#[cfg(test)]
mod tests {
    use super::super::exp::tests::worst;
    use super::*;
    use crate::simd::F32Fma;

    /// Fails if `function` is off by `limit` units in the last place or more, anywhere.
    fn within(limit: f64, name: &str, function: fn(f32) -> f32, exact: fn(f64) -> f64) {
        let (error, x) = worst(function, exact);
        println!("{name}: {error:.2} ulp at {x}");
        assert!(error < limit, "{name}: {error} ulp at {x}");
    }

    /// A factor that makes a tail visible which is too small for an f32 by itself.
    fn huge<T: Real>() -> T {
        lit(2f64.powi(100))
    }

    #[test]
    fn sigmoids_are_exact_in_both_tails() {
        within(3.0, "logistic", logistic, |x| 1.0 / (1.0 + f64::exp(-x)));
        within(3.0, "tanh", tanh, f64::tanh);
    }

    #[test]
    fn tails_keep_their_digits() {
        let exact = |x: f64| huge::<f64>() * f64::exp(-x.abs());
        within(2.0, "scaled", |x| decay(-x.abs()).scaled(huge()), exact);
        within(2.0, "times", |x| decay(-x.abs()).times(huge()), exact);
        // Exact products.
        let split = |x: f32| decay(-x.abs()).times_both(huge::<f32>() * 1048576.0, 1.0 / 1048576.0);
        within(2.0, "times_both", split, exact);
        let exact = |x: f64| huge::<f64>() / (1.0 + f64::exp(-x));
        within(4.0, "logistic_times", |x| logistic_times(x, huge()), exact);
    }

    #[test]
    fn what_would_cancel_or_overflow_does_not() {
        // −a²·(1/2! + 2a/3! + 3a²/4! + …) where the difference has too few digits in f64, too.
        fn rest(x: f64) -> f64 {
            let a = -x.abs();
            let terms = [1.0 / 2.0, 1.0 / 3.0, 1.0 / 8.0, 1.0 / 30.0, 1.0 / 144.0];
            match a > -1e-3 {
                true => -a * a * terms.iter().rev().fold(0.0, |sum, term| sum * a + term),
                false => a.exp_m1() - a.max(-1e4) * a.exp(),
            }
        }
        within(12.0, "intercept", |x| decay(-x.abs()).intercept(), rest);
        let exact = |x: f64| x.hypot(1.0);
        within(2.0, "root_1p_square", root_1p_square, exact);
    }

    #[test]
    fn error_functions_are_exact() {
        within(2.0, "erf", erf, erf);
        let exact = |x: f64| erfcx(x.abs());
        let fused = |x: f32| erfcx(F32Fma::from(x.abs())).into();
        within(2.0, "erfcx", fused, exact);
        within(2.1, "erfcx, unfused", |x| erfcx(x.abs()), exact);
        // By another program, to twenty digits.
        let known = [
            (erf(0.25), 0.276_326_390_168_236_93),
            (erf(1.0), 0.842_700_792_949_714_9),
            (erf(-1.5), -0.966_105_146_475_310_7),
            (erf(3.0), 0.999_977_909_503_001_4),
            (erfcx(0.0), 1.0),
            (erfcx(0.5), 0.615_690_344_192_925_9),
            (erfcx(1.0), 0.427_583_576_155_807),
            (erfcx(4.0), 0.136_999_457_625_061_4),
            (erfcx(30.0), 0.018_795_888_861_416_75),
            (erfcx(1000.0), 5.641_893_014_533_876e-4),
        ];
        for (got, exact) in known {
            assert!(
                (got - exact).abs() <= 4e-16 * f64::abs(exact),
                "{got:e}, {exact:e}"
            );
        }
        let limits = [
            erf(f32::INFINITY),
            erf(-1e30),
            erfcx(f32::INFINITY),
            erf(1e-30),
        ];
        assert_eq!(limits, [1.0, -1.0, 0.0, 1.128_379_2e-30]);
        assert!(erf(f32::NAN).is_nan() && erfcx(f32::NAN).is_nan());
    }

    #[test]
    fn what_exponentials_leave_keeps_its_digits() {
        let known = [
            (-1e-8, 4.999_999_983_333_334e-17),
            (-0.3, 0.040_818_220_681_717_86),
            (-1.0, 0.367_879_441_171_442_3),
            (-5.0, 4.006_737_946_999_085),
            (-100.0, 99.0),
        ];
        for (a, exact) in known {
            let got = decay::<f64>(a).remainder(a);
            assert!(
                (got - exact).abs() <= 1e-15 * exact,
                "{a}: {got:e}, {exact:e}"
            );
        }
        let exact = |x: f64| decay(-x.abs()).remainder(-x.abs());
        within(
            6.0,
            "remainder",
            |x| decay(-x.abs()).remainder(-x.abs()),
            exact,
        );
        assert_eq!(
            decay(f32::NEG_INFINITY).remainder(f32::NEG_INFINITY),
            f32::INFINITY
        );
        within(3.0, "softplus", softplus, |x| {
            x.max(0.0) + (-x.abs()).exp().ln_1p()
        });
    }

    #[test]
    fn limits() {
        let (inf, max) = (f32::INFINITY, f32::MAX);
        assert_eq!([logistic(inf), logistic(-inf)], [1.0, 0.0]);
        assert_eq!([tanh(inf), tanh(-inf)], [1.0, -1.0]);
        let (one, none) = (decay(0f32), decay(-inf));
        assert_eq!([none.value(), none.times(inf), none.scaled(1e30)], [0.0; 3]);
        assert_eq!([none.times_both(inf, -inf), none.minus_one()], [0.0, -1.0]);
        assert_eq!(
            [one.value(), one.times(max), one.scaled(max)],
            [1.0, max, max]
        );
        assert_eq!([one.times_both(max, 1.0), one.minus_one()], [max, 0.0]);
        assert_eq!(
            [logistic_times(-inf, -inf), logistic_times(inf, inf)],
            [0.0, inf]
        );
        assert_eq!(logistic_times(0.0, max), max / 2.0);
        assert_eq!(none.intercept(), -1.0);
        assert_eq!([root_1p_square(-inf), root_1p_square(max)], [inf, max]);
        assert_eq!(
            [times(0.0, inf), times(-0.0, -inf), times(2.0, -inf)],
            [0.0, 0.0, -inf]
        );
        let nan = [
            logistic(f32::NAN),
            tanh(f32::NAN),
            decay(f32::NAN).value(),
            decay(f32::NAN).minus_one(),
            decay(f32::NAN).times(1.0),
            none.times(f32::NAN),
            none.times_both(f32::NAN, 1.0),
            logistic_times(f32::NAN, 1.0),
            decay(f32::NAN).intercept(),
            root_1p_square(f32::NAN),
            times(0.0, f32::NAN),
            min(f32::NAN, 0.0),
            super::max(f32::NAN, 0.0),
        ];
        assert!(nan.iter().all(|number| number.is_nan()), "{nan:?}");
    }
}
