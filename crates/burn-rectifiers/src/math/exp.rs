//! Exponentials in single precision, branch-free, so that a loop over them vectorizes.
//!
//! The argument is split as x = n·ln 2 + r with |r| ≤ ln 2 / 2, and eʳ is a polynomial in r.
//! Whether a product and a sum are rounded together depends on the machine.

use super::real::Decay;
use crate::simd::{PackedF32, Power, ROUND};

/// eˣ = 2ⁿ·(1 + p), with p = eʳ − 1 and x = n·ln 2 + r.
#[derive(Debug, Clone, Copy)]
pub struct Split<S> {
    pub(super) x: S,
    r: S,
    pub(super) p: S,
    pub(super) power: Power<S>,
}

/// Where eˣ is taken for 0: even the largest number times it is below 10⁻³⁷, and two numbers have room for
/// the power of two, n = −251.
const LEAST: f32 = -174.0;

/// ln 2 in two parts; the first has so few bits that n times it is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// Splits x, which is not below [`LEAST`] and not above where eˣ overflows.
#[inline(always)]
pub(super) fn split<S: PackedF32>(x: S) -> Split<S> {
    let shifted = x.mul_add(S::splat(core::f32::consts::LOG2_E), S::splat(ROUND));
    let n = shifted - S::splat(ROUND);

    let r = n.mul_add(S::splat(-LN_2_HIGH), x);
    let r = n.mul_add(S::splat(-LN_2_LOW), r);

    // Minimax polynomial, within 2⁻²³ of (eʳ − 1 − r) / r²; so relative to eʳ − 1, the error is below 2⁻²⁵. Its halves
    // do not wait for each other.
    let square = r * r;
    let low = S::splat(1.666_657_8e-1).mul_add(r, S::splat(0.5));
    let high = S::splat(8.363_062_5e-3).mul_add(r, S::splat(4.166_643_3e-2));
    let high = S::splat(1.393_822e-3).mul_add(square, high);
    let q = high.mul_add(square, low);
    let p = square.mul_add(q, r);

    let power = Power { shifted, n };
    Split { x, r, p, power }
}

impl<S: PackedF32> Split<S> {
    /// eʳ.
    #[inline(always)]
    fn rest(self) -> S {
        self.p + S::splat(1.0)
    }

    // 2ⁿ·(eʳ − 1) + (2ⁿ − 1), which for n = 0 is eʳ − 1 itself.
    /// eˣ − 1, given 2ⁿ.
    #[inline(always)]
    pub(super) fn minus_one_of(self, power: S) -> S {
        self.p.mul_add(power, power - S::splat(1.0))
    }

    // With p = r + r²·q, it is 2ⁿ·(1 + p)·(1 − x) − 1, or
    // (2ⁿ·(1 − n·ln 2) − 1) + 2ⁿ·(r²·(q·(1 − x) − 1) − n·ln 2·r), where little cancels. For n = 0, r² is all
    // there is.
    /// eˣ − 1 − x·eˣ, given 2ⁿ.
    #[inline(always)]
    pub(super) fn intercept_of(self, power: S) -> S {
        let (one, n, r) = (S::splat(1.0), self.power.n, self.r);
        // A degree more than eʳ needs: half of q·(1 − x) cancels.
        let q = S::splat(1.984_588_2e-4).mul_add(r, S::splat(1.394_063_1e-3));
        let q = q.mul_add(r, S::splat(8.333_39e-3));
        let q = q.mul_add(r, S::splat(4.166_636_2e-2));
        let q = q.mul_add(r, S::splat(1.666_666_6e-1));
        let q = q.mul_add(r, S::splat(0.5));
        let curved = r * r * q.mul_add(one - self.x, -one);
        let line = n * S::splat(-core::f32::consts::LN_2);
        let sum = n.mul_add(S::splat(-LN_2_LOW), line.mul_add(r, curved));
        let rest = n.mul_add(S::splat(-LN_2_HIGH), one).mul_add(power, -one);
        sum.mul_add(power, rest)
    }

    /// 0 for x at [`LEAST`] or below, unless `product` is NaN.
    #[inline(always)]
    fn or_zero(self, product: S) -> S {
        product.zero_where(S::splat(-250.0).gt(self.power.n))
    }
}

// Factors are there before the power of two is: digits that eˣ alone would lose are not lost.
impl<S: PackedF32> Decay<S> for Split<S> {
    #[inline(always)]
    fn of(x: S) -> Self {
        split(x.max(S::splat(LEAST)))
    }

    #[inline(always)]
    fn exponent(self) -> S {
        self.x
    }

    #[inline(always)]
    fn value(self) -> S {
        self.rest().times_power(self.power)
    }

    #[inline(always)]
    fn scaled(self, factor: S) -> S {
        (self.rest() * factor).times_power(self.power)
    }

    #[inline(always)]
    fn times(self, factor: S) -> S {
        self.or_zero(self.scaled(factor))
    }

    #[inline(always)]
    fn times_both(self, one: S, other: S) -> S {
        let product = (self.rest() * one).times_power_and(other, self.power);
        self.or_zero(product)
    }

    #[inline(always)]
    fn minus_one(self) -> S {
        self.minus_one_of(S::splat(1.0).times_power(self.power))
    }

    #[inline(always)]
    fn intercept(self) -> S {
        self.intercept_of(S::splat(1.0).times_power(self.power))
    }
}

/// x within what [`split`] takes. Beyond that, eˣ is 0 or infinity. NaN passes.
#[inline(always)]
fn clamped<S: PackedF32>(x: S) -> S {
    x.min(S::splat(89.0)).max(S::splat(LEAST))
}

/// eˣ.
#[inline(always)]
pub(super) fn exp<S: PackedF32>(x: S) -> S {
    let split = split(clamped(x));
    split.rest().times_power(split.power)
}

/// eˣ − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1).
///
/// Half of everything is computed and doubled at the end, so that 2ⁿ⁻¹ stays finite up to the overflow
/// of the result.
#[inline(always)]
pub(super) fn exp_m1<S: PackedF32>(x: S) -> S {
    let split = split(clamped(x));
    let half = S::splat(0.5).times_power(split.power);
    let sum = split.p.mul_add(half, half - S::splat(0.5)) * S::splat(2.0);
    // Half of a subnormal number may not exist.
    S::select(half.eq(S::splat(0.5)), split.p, sum)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::real::Decay;
    use super::Split;
    use crate::simd::{F32Fma, PackedF32};

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

    fn exp<S: PackedF32 + From<f32> + Into<f32>>(x: f32) -> f32 {
        super::exp(S::from(x)).into()
    }

    fn exp_m1<S: PackedF32 + From<f32> + Into<f32>>(x: f32) -> f32 {
        super::exp_m1(S::from(x)).into()
    }

    fn decay<S: PackedF32 + From<f32> + Into<f32>>(x: f32) -> f32 {
        Split::of(S::from(-x.abs())).value().into()
    }

    fn decay_m1<S: PackedF32 + From<f32> + Into<f32>>(x: f32) -> f32 {
        Split::of(S::from(-x.abs())).minus_one().into()
    }

    fn are_within_two_ulp<S: PackedF32 + From<f32> + Into<f32>>(how: &str) {
        for (name, function, exact) in [
            (
                "exp",
                exp::<S> as fn(f32) -> f32,
                f64::exp as fn(f64) -> f64,
            ),
            ("exp_m1", exp_m1::<S>, f64::exp_m1),
            ("decay", decay::<S>, |x| (-x.abs()).exp()),
            ("decay, minus one", decay_m1::<S>, |x| (-x.abs()).exp_m1()),
        ] {
            let (error, x) = worst(function, exact);
            println!("{name}, {how}: {error:.2} ulp at {x}");
            assert!(error < 2.0, "{name}, {how}: {error} ulp at {x}");
        }
    }

    #[test]
    fn all_are_exact() {
        are_within_two_ulp::<f32>("rounded twice");
        are_within_two_ulp::<F32Fma>("rounded once");
    }

    fn have_their_limits<S: PackedF32 + From<f32> + Into<f32>>() {
        let (exp, exp_m1) = (exp::<S>, exp_m1::<S>);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert_eq!(exp_m1(f32::NEG_INFINITY), -1.0);
        assert_eq!(exp_m1(f32::INFINITY), f32::INFINITY);
        assert!(exp(f32::NAN).is_nan() && exp_m1(f32::NAN).is_nan());
        for tiny in [1e-30, f32::MIN_POSITIVE, 3e-45, 1e-45] {
            assert_eq!([-tiny, tiny].map(exp_m1), [-tiny, tiny]);
            assert_eq!(decay_m1::<S>(tiny), -tiny);
        }
    }

    #[test]
    fn limits() {
        have_their_limits::<f32>();
        have_their_limits::<F32Fma>();
    }
}
