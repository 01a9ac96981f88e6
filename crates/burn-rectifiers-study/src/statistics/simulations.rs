//! Whether the promises hold: experiments with a known truth, a few thousand of each.
//!
//! The random numbers are the same in every run, so these tests pass or fail for good. Bounds are at
//! least three standard errors of the simulation away from what is promised, except where the
//! promise is an inequality.

use std::f64::consts::TAU;

use rand::{RngExt, rngs::StdRng};

use super::{
    Claim, Expected, Interval, POWER, Paired, Sample, Verdict, bonferroni, judge, power,
    seeds_needed,
};

fn normal(rng: &mut StdRng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (TAU * rng.random::<f64>()).cos()
}

fn experiment(n: usize, draw: impl FnMut() -> f64) -> Paired {
    let mut draw = draw;
    let sample = Sample::new("d", (0..n as u64).map(|seed| (seed, draw())));
    Paired::against(&sample, 0.0).unwrap()
}

/// Share of `repetitions` in which `event` happens.
fn share(repetitions: u32, mut event: impl FnMut() -> bool) -> f64 {
    f64::from((0..repetitions).map(|_| u32::from(event())).sum::<u32>()) / f64::from(repetitions)
}

fn covers(interval: &Interval, truth: f64) -> bool {
    interval.low <= truth && truth <= interval.high
}

#[test]
fn t_intervals_cover_as_often_as_they_say() {
    for n in [2, 3, 5, 10] {
        for level in [0.95, bonferroni(0.95, 9)] {
            let mut rng = crate::base::rng::stream("coverage", 1, n as u64);
            let covered = share(10_000, || {
                covers(
                    &experiment(n, || 3.0 + 2.0 * normal(&mut rng)).interval(level),
                    3.0,
                )
            });
            // Three standard errors: 0.0065 and 0.0023.
            let tolerance = 3.0 * (level * (1.0 - level) / 10_000.0).sqrt();
            assert!(
                (covered - level).abs() < tolerance,
                "{n} seeds, {level}: {covered}"
            );
        }
    }
}

/// What the documentation says against resampling 3 values: the interval of any method that stays
/// within their range.
#[test]
fn the_range_of_three_covers_the_median_in_75_percent() {
    let mut rng = crate::base::rng::stream("range", 1, 0);
    let covered = share(10_000, || {
        let paired = experiment(3, || normal(&mut rng));
        let signs: f64 = paired.differences().values().map(|d| d.signum()).sum();
        signs.abs() < 3.0
    });
    assert!((covered - 0.75).abs() < 0.013, "{covered}");
}

#[test]
fn a_planted_effect_is_found_as_often_as_predicted() {
    for (n, effect, comparisons) in [(5, 2.0, 1), (10, 1.0, 1), (8, 2.0, 9)] {
        let level = bonferroni(0.95, comparisons);
        let above = Expected::Above(0.0);
        let mut rng = crate::base::rng::stream("power", 1, n as u64);
        let found = share(5000, || {
            let interval = experiment(n, || effect + normal(&mut rng)).interval(level);
            above.settled(&interval) == Some(true)
        });
        let predicted = power(&above, effect, 1.0, 1.0 - level, n);
        assert!(predicted > 0.6, "{predicted}");
        assert!(
            (found - predicted).abs() < 0.021,
            "{n}: {found}, predicted {predicted}"
        );
    }
}

#[test]
fn nothing_is_found_where_nothing_is() {
    // Nine activations against the same baseline, all without effect: the comparisons depend on
    // each other, as in a study.
    let mut rng = crate::base::rng::stream("null", 1, 0);
    let (mut by_interval, mut by_holm, mut uncorrected) = (0, 0, 0);
    const STUDIES: u32 = 1000;
    for _ in 0..STUDIES {
        let run = |name: String, rng: &mut StdRng| {
            Sample::new(name, (0..5).map(|seed| (seed, normal(rng))))
        };
        let baseline = run("relu".into(), &mut rng);
        let claims: Vec<_> = (0..9)
            .map(|i| {
                let other = run(format!("f{i}"), &mut rng);
                (Claim::greater(""), Paired::new(&other, &baseline).unwrap())
            })
            .collect();
        let findings = judge(claims);
        let any = |test: fn(&super::Finding) -> bool| u32::from(findings.iter().any(test));
        by_interval += any(|finding| !matches!(finding.verdict, Verdict::Undecided { .. }));
        by_holm += any(|finding| finding.p_adjusted < 0.05);
        uncorrected += any(|finding| finding.p < 0.05);
    }
    let share = |count| f64::from(count) / f64::from(STUDIES);
    assert!(share(by_interval) <= 0.05, "{}", share(by_interval));
    assert!(share(by_holm) <= 0.05, "{}", share(by_holm));
    // Both are real corrections, and there was something to correct.
    assert!(share(by_interval) > 0.01, "{}", share(by_interval));
    assert!(share(uncorrected) > 0.2, "{}", share(uncorrected));
}

#[test]
fn a_claim_at_its_boundary_is_rarely_settled() {
    // Wrong verdicts on "at least 0.5" and "the same within 0.5", when the truth is 0.5.
    for claim in [Claim::greater("").by(0.5), Claim::same("", 0.5)] {
        let mut rng = crate::base::rng::stream("boundary", 1, 0);
        let settled = share(4000, || {
            let paired = experiment(5, || 0.5 + 0.1 * normal(&mut rng));
            claim.expected.settled(&paired.interval(0.95)).is_some()
        });
        assert!((settled - 0.05).abs() < 0.011, "{settled}");
    }
}

#[test]
fn as_many_seeds_as_needed_decide_in_80_percent() {
    for (expected, mean, comparisons) in [
        (Expected::Above(0.0), 1.0, 1),
        (Expected::Below(1.0), 0.3, 9),
        (Expected::Above(1.0), 0.3, 3),
        (Expected::Within(1.0), 0.1, 1),
        (Expected::Within(1.0), -1.8, 9),
    ] {
        let level = bonferroni(0.95, comparisons);
        let n = seeds_needed(&expected, mean, 1.0, 1.0 - level, 2).unwrap();
        let mut rng = crate::base::rng::stream("seeds", 1, n as u64);
        let settled = share(4000, || {
            let paired = experiment(n, || mean + normal(&mut rng));
            expected.settled(&paired.interval(level)).is_some()
        });
        let predicted = power(&expected, mean, 1.0, 1.0 - level, n);
        assert!(
            (POWER..POWER + 0.07).contains(&predicted),
            "{expected:?} {n}: {predicted}"
        );
        assert!(
            (settled - predicted).abs() < 0.019,
            "{expected:?} {n}: {settled} {predicted}"
        );
    }
}
