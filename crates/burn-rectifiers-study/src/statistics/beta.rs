//! The regularized incomplete beta function, from which Student's t comes.
//!
//! Written here, not taken from `statrs`: that crate is well kept and as accurate (4e-13 where the
//! tests of `student.rs` look, version 0.19.1), but it is 32 000 lines for these two functions.

use std::f64::consts::TAU;

/// ln Γ(x) for x > 0: Stirling's series, after the recurrence has moved x to where eight terms are
/// enough for every digit.
pub(super) fn ln_gamma(x: f64) -> f64 {
    /// B₂ₖ / (2k·(2k − 1))
    const SERIES: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
        -3617.0 / 122_400.0,
    ];
    let (mut x, mut product) = (x, 1.0);
    while x < 12.0 {
        product *= x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = SERIES.iter().rev().fold(0.0, |sum, c| sum * square + c) / x;
    (x - 0.5) * x.ln() - x + 0.5 * TAU.ln() + series - product.ln()
}

/// Iₓ(a, b). The complement 1 − x comes along, because it has digits that x near 1 has lost.
pub(super) fn regularized(a: f64, b: f64, x: f64, complement: f64) -> f64 {
    if x <= 0.0 || complement <= 0.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let front = (a * x.ln() + b * complement.ln() - ln_beta).exp();
    // The fraction converges fast only on this side of the mean.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, complement) / b
    }
}

/// The continued fraction of Iₓ(a, b) (Abramowitz & Stegun 1964, 26.5.8), by the method of Lentz
/// (1976, doi:10.1364/AO.15.000668).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let not_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / not_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut result = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut factor = 1.0;
        for term in [even, odd] {
            d = 1.0 / not_zero(1.0 + term * d);
            c = not_zero(1.0 + term / c);
            factor = c * d;
            result *= factor;
        }
        if (factor - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From mpmath 1.4.1, 40 digits.
    #[test]
    fn the_logarithm_of_gamma() {
        for (x, expected) in [
            (0.5, 0.572_364_942_924_700_1),
            (1.0, 0.0),
            (1.5, -0.120_782_237_635_245_22),
            (2.0, 0.0),
            (5.0, 3.178_053_830_347_945_8),
            (10.5, 13.940_625_219_403_763),
            (100.0, 359.134_205_369_575_4),
            (1e4, 82_099.717_496_442_38),
        ] {
            let error = (ln_gamma(x) - expected).abs();
            assert!(error < 2e-14 * (1.0 + expected.abs()), "{x}: {error:e}");
        }
    }

    #[test]
    fn both_sides_of_the_incomplete_beta_function_meet() {
        // I_x(a, b) = 1 − I_(1−x)(b, a); and for b = 1, x^a.
        for x in [0.001, 0.2, 0.5, 0.7, 0.999] {
            let one_minus = 1.0 - x;
            for (a, b) in [(0.5, 0.5), (2.0, 0.5), (14.5, 0.5), (3.0, 40.0)] {
                let sum = regularized(a, b, x, one_minus) + regularized(b, a, one_minus, x);
                assert!((sum - 1.0).abs() < 1e-13, "{x} {a} {b}: {sum}");
            }
            let power = regularized(2.5, 1.0, x, one_minus);
            assert!((power - x.powf(2.5)).abs() < 1e-14, "{x}: {power}");
        }
    }
}
