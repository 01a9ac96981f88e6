//! Exponentials of what is not positive, as squares.

use super::real::{Decay, Real, over_factorials};
use crate::simd::horner;

/// eᵃ as the square of e^(a/2), which is not tiny where eᵃ is.
#[derive(Debug, Clone, Copy)]
pub struct Squared<T>(
    /// a
    pub(crate) T,
);

impl<T: Real> Squared<T> {
    /// e^(a/2).
    #[inline(always)]
    fn root(self) -> T {
        (self.0 * T::lit(0.5)).exp()
    }
}

impl<T: Real> Decay<T> for Squared<T> {
    #[inline(always)]
    fn of(a: T) -> Self {
        Self(a)
    }
    #[inline(always)]
    fn exponent(self) -> T {
        self.0.max(T::lit(-2000.0))
    }
    #[inline(always)]
    fn value(self) -> T {
        self.root() * self.root()
    }
    #[inline(always)]
    fn scaled(self, factor: T) -> T {
        self.root() * (self.root() * factor)
    }
    #[inline(always)]
    fn times(self, factor: T) -> T {
        self.root() * self.root().times(factor)
    }
    #[inline(always)]
    fn times_both(self, one: T, other: T) -> T {
        self.root().times(one) * self.root().times(other)
    }
    #[inline(always)]
    fn minus_one(self) -> T {
        self.0.exp_m1()
    }
    #[inline(always)]
    fn intercept(self) -> T {
        // −a²·(1/2! + 2a/3! + 3a²/4! + …); for |a| ≤ 1 the next term is below 2⁻⁵⁵. Beyond, the error of the
        // exponential counts three times at most.
        const COEFFICIENTS: [f64; 19] = over_factorials(1.0);
        let near = -(self.0 * self.0 * horner(&COEFFICIENTS, self.0));
        let far = self.minus_one() - self.times(self.0);
        T::select(self.0.abs().le(T::lit(1.0)), near, far)
    }
}
