//! Corrections for many comparisons.

/// Holm's (1979, Scand. J. Statist. 6, 65–70) adjusted p-values, in the order given: claims below α
/// are decided, and the probability that any of them is decided wrongly is at most α, however the
/// claims depend on each other.
///
/// Sorted upwards, the i-th of k is p·(k − i + 1), but at least the one before, and at most 1. NaN
/// counts as 1.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let value = |i: usize| if p[i].is_nan() { 1.0 } else { p[i] };
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| value(a).total_cmp(&value(b)));
    let mut adjusted = vec![1.0; p.len()];
    let mut largest: f64 = 0.0;
    for (rank, index) in order.into_iter().enumerate() {
        largest = largest.max(value(index) * (p.len() - rank) as f64).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}

/// Bonferroni's level for each of so many intervals that shall all cover the truth in `level` of
/// all experiments: 1 − (1 − level)/k (Dunn 1961, doi:10.1080/01621459.1961.10482090).
pub fn bonferroni(level: f64, comparisons: usize) -> f64 {
    1.0 - (1.0 - level) / comparisons.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `multipletests(p, method="holm")` of statsmodels 0.15.0.
    #[test]
    fn as_statsmodels_has_it() {
        for (p, expected) in [
            (vec![0.01, 0.04, 0.03, 0.005], vec![0.03, 0.06, 0.06, 0.02]),
            (
                vec![0.0001, 0.8, 0.02, 0.02, 0.3, 0.011, 0.6, 0.004, 0.05],
                vec![0.0009, 1.0, 0.12, 0.12, 0.9, 0.077, 1.0, 0.032, 0.2],
            ),
        ] {
            let found = holm(&p);
            let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-15;
            assert!(found.iter().zip(&expected).all(close), "{found:?}");
        }
    }

    #[test]
    fn the_ends() {
        assert!(holm(&[]).is_empty());
        assert_eq!(holm(&[0.03]), [0.03]);
        assert_eq!(holm(&[f64::NAN, 0.01]), [1.0, 0.02]);
        assert_eq!(bonferroni(0.95, 0), 0.95);
        assert!((bonferroni(0.95, 10) - 0.995).abs() < 1e-15);
    }
}
