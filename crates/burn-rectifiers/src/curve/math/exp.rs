//! `exp` and `exp_m1` in single precision, branch-free, so that a loop over them vectorizes.
//!
//! The argument is split as x = n·ln 2 + r with |r| ≤ ln 2 / 2, and eʳ − 1 is a polynomial in r.
//! Only additions and multiplications are used, never a fused multiply-add: every instruction set
//! then gives the same bits, and a result does not depend on the machine.

/// eˣ = 2ⁿ·(1 + p), with p = eʳ − 1 and 2ⁿ = `low`·`high`.
///
/// Two factors, because n goes down to −251 and up to 128 at overflow, and no single f32 holds
/// either power.
struct Split {
    p: f32,
    low: f32,
    high: f32,
}

/// Where even the largest number times eˣ has no digits left.
const LEAST: f32 = -174.0;

#[inline(always)]
fn split(x: f32) -> Split {
    // Beyond these, eˣ is 0 or infinity, the former by far, so that a factor may come between the
    // powers. NaN fails both comparisons and passes.
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < LEAST { LEAST } else { x };

    // Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let shifted = x * core::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let exponent = (shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);

    // ln 2 in two parts; the first has so few bits that n times it is exact.
    let r = x - n * 0.693_359_4 - n * -2.121_944_4e-4;

    // Minimax polynomial of degree 7 (Cephes, Moshier 1992).
    let q = 1.987_569_1e-4;
    let q = q * r + 1.398_2e-3;
    let q = q * r + 8.333_452e-3;
    let q = q * r + 4.166_579_6e-2;
    let q = q * r + 1.666_666_5e-1;
    let q = q * r + 0.5;
    let p = r + r * r * q;

    let half = exponent >> 1;
    Split {
        p,
        low: power_of_two(half),
        high: power_of_two(exponent.wrapping_sub(half)),
    }
}

/// 2ⁿ for −126 ≤ n ≤ 127.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23) as u32)
}

/// eˣ.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    let Split { p, low, high } = split(x);
    (1.0 + p) * low * high
}

/// `factor`·eˣ for x ≤ 0, and 0 for x = −∞ whatever the factor, unless it is NaN.
///
/// The factor is there before the powers of two: digits that eˣ alone would lose are not lost.
#[inline(always)]
pub(super) fn exp_times(x: f32, factor: f32) -> f32 {
    let Split { p, low, high } = split(x);
    let zero = if factor.is_nan() { factor } else { 0.0 };
    let product = (1.0 + p) * factor * low * high;
    if x < LEAST { zero } else { product }
}

/// eˣ − 1 = 2ⁿ·p + (2ⁿ − 1).
///
/// For n = 0 that is p itself, with all its digits. Half of everything is computed and doubled at
/// the end, so that 2ⁿ⁻¹ stays finite up to the overflow of the result.
#[inline(always)]
pub(super) fn exp_m1(x: f32) -> f32 {
    let Split { p, low, high } = split(x);
    let half = low * (high * 0.5);
    // Half of a subnormal number may not exist.
    if half == 0.5 {
        p
    } else {
        (p * half + (half - 0.5)) * 2.0
    }
}

#[cfg(test)]
pub(super) mod tests {
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

    #[test]
    fn exp_is_within_two_ulp() {
        let (error, x) = worst(super::exp, f64::exp);
        println!("exp: {error:.2} ulp at {x}");
        assert!(error < 2.0, "{error} ulp at {x}");
    }

    #[test]
    fn exp_m1_is_within_two_ulp() {
        let (error, x) = worst(super::exp_m1, f64::exp_m1);
        println!("exp_m1: {error:.2} ulp at {x}");
        assert!(error < 2.0, "{error} ulp at {x}");
    }

    #[test]
    fn limits() {
        assert_eq!(super::exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(super::exp(f32::INFINITY), f32::INFINITY);
        assert_eq!(super::exp_m1(f32::NEG_INFINITY), -1.0);
        assert_eq!(super::exp_m1(f32::INFINITY), f32::INFINITY);
        assert!(super::exp(f32::NAN).is_nan() && super::exp_m1(f32::NAN).is_nan());
        for tiny in [1e-30, f32::MIN_POSITIVE, 3e-45, 1e-45] {
            assert_eq!([-tiny, tiny].map(super::exp_m1), [-tiny, tiny]);
        }
    }
}
