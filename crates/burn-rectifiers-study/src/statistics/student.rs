//! Student's t distribution.

use std::f64::consts::PI;

use super::beta::{ln_gamma, regularized};

/// Student's t distribution (Student 1908, doi:10.1093/biomet/6.1.1): what (mean − truth) divided by
/// the standard error is distributed like, for normal data.
///
/// With ν degrees of freedom, P(|T| > t) = Iₓ(ν/2, 1/2) for x = ν/(ν + t²), where I is the
/// regularized incomplete beta function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StudentT {
    freedom: f64,
}

impl StudentT {
    /// With so many degrees of freedom: one less than there are differences.
    ///
    /// # Panics
    ///
    /// For 0 degrees of freedom, since there is no such distribution.
    pub fn new(freedom: usize) -> Self {
        assert!(freedom > 0, "Student's t needs a degree of freedom");
        Self {
            freedom: freedom as f64,
        }
    }

    /// P(|T| > |t|), the two-sided p-value.
    pub fn two_sided(&self, t: f64) -> f64 {
        let nu = self.freedom;
        if t.is_infinite() {
            return 0.0;
        }
        // Neither of the two is computed from the other, so neither loses digits.
        let square = t * t / nu;
        let x = 1.0 / (1.0 + square);
        regularized(nu / 2.0, 0.5, x, square * x)
    }

    /// P(T ≤ t).
    pub fn cdf(&self, t: f64) -> f64 {
        let tail = self.two_sided(t) / 2.0;
        if t < 0.0 { tail } else { 1.0 - tail }
    }

    /// The t with P(T ≤ t) = p.
    pub fn quantile(&self, p: f64) -> f64 {
        match p {
            p if p.is_nan() => f64::NAN,
            p if p < 0.5 => -self.critical(2.0 * p),
            p => self.critical(2.0 * (1.0 - p)),
        }
    }

    /// The t with P(|T| > t) = α: half the width of an interval of confidence 1 − α, in standard
    /// errors.
    ///
    /// Newton's method on ln P(|T| > t), kept within a bracket that shrinks.
    pub fn critical(&self, alpha: f64) -> f64 {
        if alpha >= 1.0 {
            return 0.0;
        }
        if alpha <= 0.0 {
            return f64::INFINITY;
        }
        let (mut low, mut high) = (0.0, 1.0);
        while self.two_sided(high) > alpha && high < f64::MAX {
            (low, high) = (high, 2.0 * high);
        }
        let mut t = 0.5 * (low + high);
        for _ in 0..200 {
            let tail = self.two_sided(t);
            if tail > alpha {
                low = t;
            } else {
                high = t;
            }
            let step = (tail / alpha).ln() * tail / (2.0 * self.density(t));
            let newton = t + step;
            let next = if newton > low && newton < high {
                newton
            } else {
                0.5 * (low + high)
            };
            if (next - t).abs() <= 2.0 * f64::EPSILON * t {
                return next;
            }
            t = next;
        }
        t
    }

    /// Γ((ν+1)/2) / (Γ(ν/2)·√(νπ)) · (1 + t²/ν)^(−(ν+1)/2)
    fn density(&self, t: f64) -> f64 {
        let nu = self.freedom;
        let half = 0.5 * (nu + 1.0);
        let constant = ln_gamma(half) - ln_gamma(0.5 * nu) - 0.5 * (nu * PI).ln();
        (constant - half * (t * t / nu).ln_1p()).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, tolerance: f64) -> bool {
        (a - b).abs() <= tolerance * b.abs()
    }

    /// From mpmath 1.4.1, 40 digits, at 0.9, 0.975, 0.995 and 0.99995; printed tables agree in
    /// theirs.
    #[test]
    fn quantiles() {
        #[rustfmt::skip]
        let table = [
            (1, [3.0776835371752536, 12.706204736174705, 63.65674116287158, 6366.197671315936]),
            (2, [1.8856180831641267, 4.302652729749464, 9.924843200918293, 99.99249984374453]),
            (3, [1.6377443536962102, 3.1824463052837095, 5.840909309733357, 28.000130010948975]),
            (4, [1.5332062740589438, 2.7764451051977943, 4.604094871349993, 15.54410058154568]),
            (5, [1.475884048824481, 2.5705818356363155, 4.032142983555228, 11.177710070278614]),
            (9, [1.3830287383966322, 2.2621571627982053, 3.2498355415921263, 6.593682583944785]),
            (29, [1.311433647301551, 2.0452296421327043, 2.7563859036706053, 4.505511631210962]),
            (100, [1.290074761346516, 1.9839715185235522, 2.6258905214380177, 4.053336701201518]),
            (1000, [1.2823987214609245, 1.9623390808264085, 2.580754698065951, 3.9063437367013814]),
        ];
        for (freedom, values) in table {
            let t = StudentT::new(freedom);
            for (p, expected) in [0.9, 0.975, 0.995, 0.99995].into_iter().zip(values) {
                let found = t.quantile(p);
                assert!(close(found, expected, 3e-12), "{freedom} {p}: {found}");
                // 1 − 0.99995 has 12 digits; asked for the tail itself, all are there.
                let tail = [0.2, 0.05, 0.01, 0.0001];
                let tail = tail[values.iter().position(|&v| v == expected).unwrap()];
                let found = t.critical(tail);
                assert!(close(found, expected, 1e-12), "{freedom} {tail}: {found}");
                let mirrored = t.quantile(tail / 2.0);
                assert!(close(mirrored, -expected, 1e-12), "{freedom}: {mirrored}");
            }
        }
    }

    /// From mpmath: t, P(T ≤ t), P(|T| > |t|).
    #[test]
    fn probabilities() {
        for (freedom, t, cdf, two_sided) in [
            (1, 0.1, 0.531_725_517_430_553_6, 0.936_548_965_138_892_9),
            (2, -0.5, 1.0 / 3.0, 2.0 / 3.0),
            (3, 1.5, 0.884_708_067_377_588_4, 0.230_583_865_244_823_05),
            (4, 2.5, 0.966_616_727_594_005_9, 0.066_766_544_811_988_15),
            (
                4,
                -40.0,
                1.167_008_161_300_634_3e-6,
                2.334_016_322_601_268_6e-6,
            ),
            (9, 1e-6, 0.500_000_388_034_908_9, 0.999_999_223_930_182_3),
            (9, 3.25, 0.995_001_315_457_989_2, 0.009_997_369_084_021_566),
            (30, -2.0, 0.027_312_522_481_491_55, 0.054_625_044_962_983_1),
            (
                100,
                5.0,
                0.999_998_774_913_293_3,
                2.450_173_413_503_800_2e-6,
            ),
            (
                999,
                -1.96,
                0.025_136_731_366_905_023,
                0.050_273_462_733_810_045,
            ),
            (5, 1e4, 1.0, 1.898_033_245_751_761_3e-19),
        ] {
            let distribution = StudentT::new(freedom);
            let found = [distribution.cdf(t), distribution.two_sided(t)];
            assert!(close(found[0], cdf, 1e-11), "{freedom} {t}: {}", found[0]);
            assert!(
                close(found[1], two_sided, 1e-11),
                "{freedom} {t}: {}",
                found[1]
            );
        }
    }

    #[test]
    fn the_ends() {
        let t = StudentT::new(3);
        assert_eq!(
            (t.quantile(0.0), t.quantile(1.0)),
            (f64::NEG_INFINITY, f64::INFINITY)
        );
        assert_eq!((t.quantile(0.5), t.cdf(0.0)), (0.0, 0.5));
        assert_eq!((t.cdf(f64::NEG_INFINITY), t.cdf(f64::INFINITY)), (0.0, 1.0));
        assert!(t.quantile(f64::NAN).is_nan());
    }
}
