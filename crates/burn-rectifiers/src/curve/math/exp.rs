//! `exp` and `exp_m1` in single precision, branch-free, so that a loop over them vectorizes.
//!
//! The argument is split as x = n·ln 2 + r with |r| ≤ ln 2 / 2, and eʳ − 1 is a polynomial in r.
//! Whether a product and a sum are rounded together depends on the machine.

use super::single::Single;

/// eˣ = 2ⁿ·(1 + p), with p = eʳ − 1 and 2ⁿ = `low`·`high`.
///
/// Two factors, because n goes down to −251 and up to 128 at overflow, and no single f32 holds
/// either power.
struct Split<S> {
    p: S,
    low: S,
    high: S,
}

/// Where even the largest number times eˣ has no digits left.
const LEAST: f32 = -174.0;

#[inline(always)]
fn split<S: Single>(x: S) -> Split<S> {
    // Beyond these, eˣ is 0 or infinity, the former by far, so that a factor may come between the
    // powers. NaN passes both.
    let x = x.min(S::lit(89.0)).max(S::lit(LEAST));

    // Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low bits, here with twice the
    // bias of an exponent added.
    const ROUND: f32 = 12_582_912.0 + 254.0;
    let shifted = x.mul_add(S::lit(core::f32::consts::LOG2_E), S::lit(ROUND));
    let n = shifted - S::lit(ROUND);

    // ln 2 in two parts; the first has so few bits that n times it is exact.
    let r = n.mul_add(S::lit(-0.693_359_4), x);
    let r = n.mul_add(S::lit(2.121_944_4e-4), r);

    // Minimax polynomial of degree 7 (Cephes, Moshier 1992).
    let q = S::lit(1.987_569_1e-4).mul_add(r, S::lit(1.398_2e-3));
    let q = q.mul_add(r, S::lit(8.333_452e-3));
    let q = q.mul_add(r, S::lit(4.166_579_6e-2));
    let q = q.mul_add(r, S::lit(1.666_666_5e-1));
    let q = q.mul_add(r, S::lit(0.5));
    let p = (r * r).mul_add(q, r);

    let (low, high) = shifted.powers();
    Split { p, low, high }
}

/// eˣ.
#[inline(always)]
pub(super) fn exp<S: Single>(x: S) -> S {
    let Split { p, low, high } = split(x);
    (p + S::lit(1.0)) * low * high
}

/// `factor`·eˣ for x ≤ 0, and 0 for x = −∞ whatever the factor, unless it is NaN.
///
/// The factor is there before the powers of two: digits that eˣ alone would lose are not lost.
#[inline(always)]
pub(super) fn exp_times<S: Single>(x: S, factor: S) -> S {
    let Split { p, low, high } = split(x);
    let zero = S::select(factor.eq(factor), S::lit(0.0), factor);
    let product = (p + S::lit(1.0)) * factor * low * high;
    S::select(S::lit(LEAST).gt(x), zero, product)
}

/// eˣ − 1 = 2ⁿ·p + (2ⁿ − 1).
///
/// For n = 0 that is p itself, with all its digits. Half of everything is computed and doubled at
/// the end, so that 2ⁿ⁻¹ stays finite up to the overflow of the result.
#[inline(always)]
pub(super) fn exp_m1<S: Single>(x: S) -> S {
    let Split { p, low, high } = split(x);
    let half = low * (high * S::lit(0.5));
    let sum = p.mul_add(half, half - S::lit(0.5)) * S::lit(2.0);
    // Half of a subnormal number may not exist.
    S::select(half.eq(S::lit(0.5)), p, sum)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::single::{Fused, Single};

    /// Every 257th f32 there is, both signs, in units of the last place.
    pub(in super::super) fn worst(function: fn(f32) -> f32, exact: fn(f64) -> f64) -> (f64, f32) {
        let mut worst = (0.0, 0.0);
        for bits in (0..0x7f80_0000u32).step_by(257) {
            for x in [f32::from_bits(bits), -f32::from_bits(bits)] {
                let (got, want) = (function(x) as f64, exact(x as f64));
                if want.abs() > f32::MAX as f64 {
                    assert!(got.is_infinite() || x < 89.0, "{x}: {got}");
                    continue;
                }
                let ulp = (want.abs() as f32).max(f32::MIN_POSITIVE);
                let ulp = (f32::from_bits(ulp.to_bits() + 1) - ulp) as f64;
                let error = (got - want).abs() / ulp;
                if error > worst.0 {
                    worst = (error, x);
                }
            }
        }
        worst
    }

    fn exp<S: Single + From<f32> + Into<f32>>(x: f32) -> f32 {
        super::exp(S::from(x)).into()
    }

    fn exp_m1<S: Single + From<f32> + Into<f32>>(x: f32) -> f32 {
        super::exp_m1(S::from(x)).into()
    }

    fn both_are_within_two_ulp<S: Single + From<f32> + Into<f32>>(how: &str) {
        for (name, function, exact) in [
            (
                "exp",
                exp::<S> as fn(f32) -> f32,
                f64::exp as fn(f64) -> f64,
            ),
            ("exp_m1", exp_m1::<S>, f64::exp_m1),
        ] {
            let (error, x) = worst(function, exact);
            println!("{name}, {how}: {error:.2} ulp at {x}");
            assert!(error < 2.0, "{name}, {how}: {error} ulp at {x}");
        }
    }

    #[test]
    fn both_are_exact() {
        both_are_within_two_ulp::<f32>("rounded twice");
        both_are_within_two_ulp::<Fused>("rounded once");
    }

    fn have_their_limits<S: Single + From<f32> + Into<f32>>() {
        let (exp, exp_m1) = (exp::<S>, exp_m1::<S>);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert_eq!(exp_m1(f32::NEG_INFINITY), -1.0);
        assert_eq!(exp_m1(f32::INFINITY), f32::INFINITY);
        assert!(exp(f32::NAN).is_nan() && exp_m1(f32::NAN).is_nan());
        for tiny in [1e-30, f32::MIN_POSITIVE, 3e-45, 1e-45] {
            assert_eq!([-tiny, tiny].map(exp_m1), [-tiny, tiny]);
        }
    }

    #[test]
    fn limits() {
        have_their_limits::<f32>();
        have_their_limits::<Fused>();
    }
}
