//! Exponentials and logarithms in double precision, in one lane or more, without branches.
//!
//! As in single precision, x = n·ln 2 + r with |r| ≤ ln 2 / 2, and eʳ is a polynomial in r. A product and a sum
//! are never rounded together, so that results are the same on every machine.

use super::decay::Squared;
use super::real::Real;
#[cfg(all(target_arch = "x86_64", feature = "cpu"))]
use crate::simd::{F64x4, F64x8, Pair};
use crate::simd::{PackedF64, mapped};

/// eˣ = 2ⁿ·(1 + p), with p = eʳ − 1 and x = n·ln 2 + r.
struct Split<S> {
    n: S,
    p: S,
    /// Two powers of two, whose product is 2ⁿ.
    powers: (S, S),
}

/// Adding 1.5·2⁵² rounds to the nearest integer and leaves it in the low bits, here with twice the bias of an
/// exponent added.
const ROUND: f64 = 6_755_399_441_055_744.0 + 2046.0;

/// ln 2 in two parts; the first has so few bits that n times it is exact.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// The coefficients of (eʳ − 1 − r) / r², of which the first that is left out is below 2⁻⁵⁷.
const COEFFICIENTS: [f64; 12] = {
    let (mut all, mut factorial, mut i) = ([0.0; 12], 1.0, 0);
    while i < 12 {
        factorial *= (i + 2) as f64;
        all[i] = 1.0 / factorial;
        i += 1;
    }
    all
};

/// Splits x, or the nearest number whose exponential is neither 0 nor infinite, or barely so. NaN passes.
#[inline(always)]
fn split<S: PackedF64>(x: S) -> Split<S> {
    let [most, least, round] = mapped([710.0, -746.0, ROUND], S::lit);
    let x = S::select(x.gt(most), most, x);
    let x = S::select(least.gt(x), least, x);
    let shifted = x * S::lit(core::f64::consts::LOG2_E) + round;
    let n = shifted - round;
    let r = (x - n * S::lit(LN_2_HIGH)) - n * S::lit(LN_2_LOW);
    let mut q = S::lit(COEFFICIENTS[11]);
    for i in (0..11).rev() {
        q = q * r + S::lit(COEFFICIENTS[i]);
    }
    let p = r * r * q + r;
    let powers = shifted.powers();
    Split { n, p, powers }
}

/// eˣ.
#[inline(always)]
fn exp<S: PackedF64>(x: S) -> S {
    let Split { p, powers, .. } = split(x);
    (p + S::lit(1.0)) * powers.0 * powers.1
}

/// eˣ − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1).
///
/// Half of everything is computed and doubled at the end, so that 2ⁿ⁻¹ stays finite up to the overflow of the
/// result.
#[inline(always)]
fn exp_m1<S: PackedF64>(x: S) -> S {
    let Split { n, p, powers } = split(x);
    let half = S::lit(0.5) * powers.0 * powers.1;
    let sum = (p * half + (half - S::lit(0.5))) * S::lit(2.0);
    S::select(n.eq(S::lit(0.0)), p, sum)
}

/// ln(1 + x) / x for x from 0 to 1.
///
/// With z = x/(2 + x), which is a third at most, ln(1 + x) = 2·artanh z = 2·(z + z³/3 + z⁵/5 + …). Nothing cancels.
#[inline(always)]
fn ln_1p_share<S: PackedF64>(x: S) -> S {
    /// The term of z³⁴ is below 2⁻⁵⁸.
    const TERMS: usize = 17;
    let z = x / (x + S::lit(2.0));
    let square = z * z;
    let mut sum = S::lit(1.0 / (2 * TERMS - 1) as f64);
    for k in (0..TERMS - 1).rev() {
        sum = sum * square + S::lit(1.0 / (2 * k + 1) as f64);
    }
    sum / (x * S::lit(0.5) + S::lit(1.0))
}

// Double precision is for reference too, and is the same on every machine. A blanket implementation would not do: the
// compiler does not know that no number is `PackedF32` and `PackedF64`.
macro_rules! real {
    ($($Number:ty),+) => {
        $(impl Real for $Number {
            #[inline(always)]
            fn exp(self) -> Self {
                exp(self)
            }
            #[inline(always)]
            fn exp_m1(self) -> Self {
                exp_m1(self)
            }
            #[inline(always)]
            fn ln_1p(self) -> Self {
                PackedF64::map(self, f64::ln_1p)
            }
            #[inline(always)]
            fn ln_1p_share(self) -> Self {
                ln_1p_share(self)
            }
            type Decay = Squared<Self>;
            type InRange = Self;
        })+
    };
}
real!(f64);
// What the loops of AVX2 and AVX-512 compute with.
#[cfg(all(target_arch = "x86_64", feature = "cpu"))]
real!(Pair<F64x4>, Pair<Pair<F64x8>>);

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest error in units of the last place, and where; besides what the platform's function has.
    fn worst(
        function: fn(f64) -> f64,
        exact: fn(f64) -> f64,
        xs: impl Iterator<Item = f64>,
    ) -> (f64, f64) {
        let error = |x: f64| {
            let (got, want) = (function(x), exact(x));
            let size = want.abs().max(f64::MIN_POSITIVE);
            match want.is_infinite() {
                true if got == want => 0.0,
                true => f64::INFINITY,
                false => (got - want).abs() / (size.next_up() - size),
            }
        };
        xs.map(|x| (error(x), x))
            .fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a })
    }

    /// Numbers of all sizes and both signs, and many of those that matter.
    fn numbers() -> impl Iterator<Item = f64> {
        let sizes = (-1074 * 8..1024 * 8).map(|i| (f64::from(i) / 8.0).exp2());
        let ordinary = (0..400_000).map(|i| f64::from(i) * 0.001_877 + 1e-9);
        let near = (0..400_000).map(|i| f64::from(i) * 4.999e-6 + 1e-9);
        let all = sizes.chain(ordinary).chain(near);
        all.flat_map(|x| [x, -x])
    }

    #[test]
    fn all_are_exact() {
        for (name, limit, error) in [
            ("exp", 1.5, worst(exp, f64::exp, numbers())),
            ("exp_m1", 2.5, worst(exp_m1, f64::exp_m1, numbers())),
            ("ln_1p_share", 3.5, {
                let numbers = numbers().filter(|x| (1e-300..=1.0).contains(x));
                worst(ln_1p_share, |x| x.ln_1p() / x, numbers)
            }),
        ] {
            let (error, x) = error;
            println!("{name}: {error:.2} ulp at {x}");
            assert!(error < limit, "{name}: {error} ulp at {x}");
        }
    }

    #[test]
    fn limits() {
        let inf = f64::INFINITY;
        assert_eq!(
            [exp(-inf), exp(inf), exp_m1(-inf), exp_m1(inf)],
            [0.0, inf, -1.0, inf]
        );
        assert_eq!([exp(0.0), exp_m1(0.0), ln_1p_share(0.0)], [1.0, 0.0, 1.0]);
        assert_eq!(
            [exp(709.782_712_893_384), exp(-745.14)],
            [f64::exp(709.782_712_893_384), 0.0]
        );
        for function in [exp, exp_m1, ln_1p_share] {
            assert!(function(f64::NAN).is_nan());
        }
        for tiny in [1e-200, f64::MIN_POSITIVE, 5e-324] {
            assert_eq!([-tiny, tiny].map(exp_m1), [-tiny, tiny]);
        }
    }
}
