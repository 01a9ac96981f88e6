//! The normal distribution.

use std::f64::consts::TAU;

/// Φ(x), to 1e-15 absolutely: Φ(x) = 1/2 + φ(x)·(x + x³/3 + x⁵/(3·5) + …) (Marsaglia 2004,
/// doi:10.18637/jss.v011.i04).
pub(super) fn cdf(x: f64) -> f64 {
    if x.abs() > 8.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut sum, mut term, mut odd) = (x, x, 1.0);
    while (term / sum).abs() > f64::EPSILON {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
    }
    0.5 + sum * (-0.5 * x * x).exp() / TAU.sqrt()
}

#[cfg(test)]
mod tests {
    /// From mpmath.
    #[test]
    fn known_values() {
        for (x, expected) in [
            (-9.0, 0.0),
            (-8.0, 6.220_960_574_271_784e-16),
            (-5.0, 2.866_515_718_791_939e-7),
            (-1.96, 0.024_997_895_148_220_435),
            (-0.1, 0.460_172_162_722_971),
            (0.0, 0.5),
            (0.5, 0.691_462_461_274_013_1),
            (1.0, 0.841_344_746_068_542_9),
            (3.0, 0.998_650_101_968_369_9),
            (7.0, 0.999_999_999_998_720_2),
        ] {
            let found = super::cdf(x);
            assert!((found - expected).abs() < 1e-15, "{x}: {found}");
        }
    }
}
