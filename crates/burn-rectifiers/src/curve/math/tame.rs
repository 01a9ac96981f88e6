//! Exponentials that are numbers like any other, so that products with them need no care.

use super::exp::{Split, split};
use super::host::Decay;
use super::single::Single;

/// How far from 0 the exponent may be.
const FAR: f32 = 40.0;

/// Whether x, and all others of a vector, is near enough for [`Tame`]. NaN is not.
#[inline(always)]
pub(super) fn is_tame<S: Single>(x: S) -> bool {
    S::all(x.abs().le(S::lit(FAR)))
}

/// eˣ where [`is_tame`] holds.
///
/// What follows from it is the same as what follows from a [`Split`], but if that is subnormal, the last
/// place may differ.
#[derive(Debug, Clone, Copy)]
pub struct Tame<S> {
    split: Split<S>,
    /// 2ⁿ
    power: S,
}

impl<S: Single> Decay<S> for Tame<S> {
    #[inline(always)]
    fn of(x: S) -> Self {
        let split = split(x);
        let power = split.power.shifted.normal_power();
        Self { split, power }
    }

    #[inline(always)]
    fn exponent(self) -> S {
        self.split.x
    }

    #[inline(always)]
    fn value(self) -> S {
        self.split.p.mul_add(self.power, self.power)
    }

    #[inline(always)]
    fn scaled(self, factor: S) -> S {
        self.value() * factor
    }

    #[inline(always)]
    fn times(self, factor: S) -> S {
        self.value() * factor
    }

    #[inline(always)]
    fn times_both(self, one: S, other: S) -> S {
        self.value() * one * other
    }

    #[inline(always)]
    fn minus_one(self) -> S {
        self.split.minus_one_of(self.power)
    }

    #[inline(always)]
    fn intercept(self) -> S {
        self.split.intercept_of(self.power)
    }
}

#[cfg(test)]
mod tests {
    use super::super::single::Fused;
    use super::*;

    fn are_the_same<S: Single + From<f32> + Into<f32>>() {
        let factor = S::lit(0.7);
        let all = |x: S| {
            let (tame, split) = (Tame::of(x), Split::of(x));
            [
                [tame.exponent(), split.exponent()],
                [tame.value(), split.value()],
                [tame.gate(), split.gate()],
                [tame.logistic(x), split.logistic(x)],
                [
                    tame.logistic_times(x, factor),
                    split.logistic_times(x, factor),
                ],
                [tame.tanh(x), split.tanh(x)],
                [tame.scaled(factor), split.scaled(factor)],
                [tame.times(factor), split.times(factor)],
                [tame.times_both(factor, x), split.times_both(factor, x)],
                [tame.minus_one(), split.minus_one()],
                [tame.intercept(), split.intercept()],
            ]
        };
        for bits in (1e-30f32.to_bits()..=FAR.to_bits()).step_by(101) {
            let x = S::from(-f32::from_bits(bits));
            assert!(is_tame(x));
            for (i, pair) in all(x).into_iter().enumerate() {
                let [tame, split] = pair.map(|number| number.into().to_bits());
                assert_eq!(tame, split, "{i} at {}", x.into());
            }
        }
        let zero = all(S::lit(0.0)).map(|pair| pair.map(Into::into));
        assert!(zero.iter().all(|[tame, split]| tame == split), "{zero:?}");
    }

    #[test]
    fn nothing_changes() {
        are_the_same::<f32>();
        are_the_same::<Fused>();
    }

    #[test]
    fn what_is_far_is_not_tame() {
        let far = [40.00001, -40.00001, f32::MAX, f32::NEG_INFINITY, f32::NAN];
        assert!(!far.into_iter().any(is_tame));
        assert!([-40.0, 40.0, -0.0, 1e-45].into_iter().all(is_tame::<f32>));
    }
}
