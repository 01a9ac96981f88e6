//! How many seeds decide a claim.

use super::{Claim, StudentT, beta::ln_gamma, interval::sign_test, normal};

/// The probability of a decision that [`seeds_needed`] asks for.
pub const POWER: f64 = 0.8;

/// More seeds than this are not suggested.
pub const MAX_SEEDS: usize = 1000;

/// The smallest number of seeds, at least `from`, that settles a claim either way with a
/// probability of [`POWER`], by an interval of level 1 − α, if the true difference has this mean and
/// standard deviation. `None` if it is larger than [`MAX_SEEDS`].
///
/// Mean and deviation that were observed are themselves uncertain, with few seeds very much so: the
/// answer is the order of magnitude, not an appointment.
pub fn seeds_needed(
    claim: &Claim,
    mean: f64,
    deviation: f64,
    alpha: f64,
    from: usize,
) -> Option<usize> {
    let enough = |n| power(claim, mean, deviation, alpha, n) >= POWER;
    let (mut below, mut above) = (from.max(2) - 1, MAX_SEEDS);
    if above <= below || !enough(above) {
        return None;
    }
    while above - below > 1 {
        let middle = below.midpoint(above);
        if enough(middle) {
            above = middle;
        } else {
            below = middle;
        }
    }
    Some(above)
}

/// The probability that the interval of level 1 − α from n seeds settles the claim, if differences
/// are normal with this mean and standard deviation. Where ranks judge, it is 0 for fewer seeds than they need, and otherwise
/// the same.
///
/// The sample mean and the sample deviation s are independent, so this is the probability for given
/// s, which is the normal distribution's, integrated over the distribution of s. For a claim with
/// one boundary it is what the noncentral t distribution says; tests find ten digits of that.
pub fn power(claim: &Claim, mean: f64, deviation: f64, alpha: f64, n: usize) -> f64 {
    let off = mean - claim.expected.boundary();
    let margin = claim.margin.unwrap_or(0.0);
    let signs_suffice = n >= 2 && sign_test(n) <= alpha;
    if deviation == 0.0 && signs_suffice {
        let is_settled = off != 0.0 || margin > 0.0;
        return if is_settled { 1.0 } else { 0.0 };
    }
    if n < 2 || deviation.is_nan() || deviation <= 0.0 || (claim.by_ranks && !signs_suffice) {
        return 0.0;
    }
    let error = deviation / (n as f64).sqrt();
    let critical = StudentT::new(n - 1).critical(alpha);
    // All below in true standard errors from the true mean: where the claim begins to hold, and how far from
    // there a difference begins to matter.
    let (bound, margin) = (-off / error, margin / error);
    let settled = |s: f64| {
        let half = critical * s;
        // Both sides of the boundary, and the middle, which may reach the sides.
        let (left, right) = (bound - half, bound + half);
        let (low, high) = (bound - margin + half, bound + margin - half);
        if low <= left {
            return 1.0;
        }
        let middle = match low < high {
            true => normal::cdf(high) - normal::cdf(low),
            false => 0.0,
        };
        middle + normal::cdf(left) + normal::cdf(-right)
    };
    // `settled` falls where half the interval is as wide as a boundary is far, give or take a few
    // errors: pieces of their own, or many comparisons' t would hide the fall between two points.
    let falls = [bound, bound - margin, bound + margin]
        .into_iter()
        .flat_map(|bound| [-8.0, 0.0, 8.0].map(|width| (bound.abs() + width) / critical));
    let gaps = [margin, 0.5 * margin].map(|gap| gap / critical);
    over_deviations(n - 1, falls.chain(gaps).collect(), settled).clamp(0.0, 1.0)
}

/// The mean of f(s/σ) for samples with so many degrees of freedom: s²/σ²·ν has the χ² distribution.
fn over_deviations(freedom: usize, breaks: Vec<f64>, f: impl Fn(f64) -> f64) -> f64 {
    let nu = freedom as f64;
    let constant = 2f64.ln() + 0.5 * nu * (0.5 * nu).ln() - ln_gamma(0.5 * nu);
    let density = |s: f64| (constant + (nu - 1.0) * s.ln() - 0.5 * nu * s * s).exp();

    // More than 12 standard deviations to either side of the mode.
    let (mode, reach) = (((nu - 1.0) / nu).sqrt(), 9.0 / nu.sqrt());
    let (low, high) = ((mode - reach).max(f64::MIN_POSITIVE), mode + reach);
    let mut edges: Vec<f64> = breaks
        .into_iter()
        .filter(|b| (low..high).contains(b))
        .collect();
    edges.extend([low, mode.max(low), high]);
    edges.sort_by(f64::total_cmp);
    edges
        .windows(2)
        .map(|piece| integral(piece[0], piece[1], |s| density(s) * f(s)))
        .sum()
}

/// Gauss and Legendre's rule of five points, on twelve stretches of the same length.
fn integral(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    const STRETCHES: u32 = 12;
    let root = (10f64 / 7.0).sqrt();
    let [inner, outer] = [-2.0, 2.0].map(|sign| (5.0 + sign * root).sqrt() / 3.0);
    let [inner_weight, outer_weight] =
        [13.0, -13.0].map(|sign| (322.0 + sign * 70f64.sqrt()) / 900.0);
    let half = 0.5 * (to - from) / f64::from(STRETCHES);
    let stretch = |i: u32| {
        let middle = from + f64::from(2 * i + 1) * half;
        let both = |node: f64| f(middle - node * half) + f(middle + node * half);
        128.0 / 225.0 * f(middle) + inner_weight * both(inner) + outer_weight * both(outer)
    };
    (0..STRETCHES).map(stretch).sum::<f64>() * half
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.nct` of SciPy 1.17.1; mpmath's quadrature agrees.
    #[test]
    fn as_the_noncentral_t_has_it() {
        for (n, effect, alpha, expected) in [
            (2, 1.0, 0.05, 0.092_809_155_056_336_05),
            (3, 2.5, 0.05 / 9.0, 0.103_671_550_310_190_8),
            (5, 1.0, 0.05, 0.401_389_917_371_795_4),
            (10, 0.8, 0.05 / 9.0, 0.225_158_514_323_754_4),
            (40, 0.5, 0.05, 0.869_398_135_023_859_3),
            (200, 0.25, 0.01, 0.823_861_155_346_896),
        ] {
            for claim in [Claim::greater(""), Claim::less("")].map(|claim| claim.beyond(3.0)) {
                let found = power(&claim, 3.0 - 7.0 * effect, 7.0, alpha, n);
                assert!((found - expected).abs() < 1e-10, "{n} {effect}: {found}");
            }
        }
    }

    /// `TTestPower().solve_power` of statsmodels 0.15.0, rounded up.
    #[test]
    fn as_statsmodels_has_it() {
        for (effect, alpha, expected) in [
            (0.8, 0.05, 15),
            (1.2, 0.05 / 9.0, 13),
            (0.3, 0.05, 90),
            (3.0, 0.05 / 9.0, 6),
            (0.1, 0.05, 787),
        ] {
            let found = seeds_needed(&Claim::greater(""), effect, 1.0, alpha, 2);
            assert_eq!(found, Some(expected), "{effect}");
        }
    }

    #[test]
    fn the_limits() {
        let above = Claim::greater("");
        assert_eq!(seeds_needed(&above, 0.0, 1.0, 0.05, 2), None);
        assert_eq!(seeds_needed(&above, 0.01, 1.0, 0.05, 2), None);
        assert_eq!(seeds_needed(&above, 1.0, f64::NAN, 0.05, 2), None);
        assert_eq!(seeds_needed(&above, 1.0, 1.0, 0.05, MAX_SEEDS + 1), None);
        assert_eq!(seeds_needed(&above, 5.0, 1.0, 0.05, 20), Some(20));
        // Without spread the sign test decides: 2¹⁻⁶ < 0.05, 2¹⁻⁹ < 0.05/9.
        assert_eq!(seeds_needed(&above, 5.0, 0.0, 0.05, 2), Some(6));
        assert_eq!(seeds_needed(&above, 5.0, 0.0, 0.05 / 9.0, 2), Some(9));
        assert_eq!(seeds_needed(&above, 0.0, 0.0, 0.05, 2), None);
    }

    #[test]
    fn equivalence_needs_the_more_seeds_the_narrower_the_margin() {
        let within = |margin| Claim::greater("").matters(margin);
        let seeds = |margin| seeds_needed(&within(margin), 0.0, 1.0, 0.05, 2);
        let found = [2.0, 1.0, 0.5, 0.01].map(seeds);
        assert!(found[0] < found[1] && found[1] < found[2], "{found:?}");
        assert_eq!(found[3], None);
        // Far outside, the margin does not count.
        let [with, without] = [0.5, 0.0].map(|margin| power(&within(margin), 3.0, 1.0, 0.05, 6));
        assert!((with - without).abs() < 1e-6, "{with} {without}");
        // Where the interval is narrower than the margin, there is always a verdict.
        assert!(power(&within(4.0), 1.0, 1.0, 0.05, 40) > 1.0 - 1e-9);
    }

    #[test]
    fn ranks_ask_for_seeds_of_their_own() {
        let shares = Claim::greater("").of_shares();
        assert_eq!(seeds_needed(&shares, 0.5, 0.1, 0.05, 2), Some(6));
        assert_eq!(seeds_needed(&shares, 0.5, 0.1, 0.05 / 5.0, 2), Some(8));
        assert_eq!(power(&shares, 0.5, 0.1, 0.05, 5), 0.0);
    }
}
