//! All claims of a study, judged together.

use std::fmt;

use serde::Serialize;

use super::{
    Claim, Flaw, Interval, Looks, MAX_SEEDS, Paired, Verdict, What, bonferroni, holm, power,
};
use crate::base::digits::{self, significant};

/// A claim, what was measured, and what follows. Shown as one sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The claim.
    pub claim: Claim,
    /// What follows.
    pub verdict: Verdict,
    /// The differences.
    pub paired: Paired,
    /// Their mean.
    pub mean: Option<f64>,
    /// Their standard deviation.
    pub deviation: Option<f64>,
    /// How many there are.
    pub seeds: usize,
    /// Probability that all intervals of the study cover the truth, and that no verdict is wrong.
    pub level: f64,
    /// The interval that, with those of the other claims, holds at that level (Bonferroni).
    pub interval: Interval,
    /// The interval that holds at that level for this claim by itself, at this look.
    pub alone: Interval,
    /// Two-sided p-value of Student's t for the boundary of the claim.
    pub p: f64,
    /// The p-value, corrected for all comparisons (Holm). It knows nothing of looks and ranks: `None` where there are any.
    pub p_adjusted: Option<f64>,
    /// Claims that were judged together.
    pub comparisons: usize,
    /// Which of the planned looks this is, counted from 1, and how many are planned.
    pub look: [usize; 2],
    /// What the caller has to say of what would decide it.
    #[serde(skip)]
    pub note: Option<String>,
}

/// Judges all claims of a study at 95 %; see [`judge_at`].
pub fn judge(claims: impl IntoIterator<Item = (Claim, Paired)>) -> Vec<Finding> {
    judge_at(0.95, claims)
}

/// Judges all claims of a study: with a probability of `level` at least, not one of the verdicts
/// "confirmed", "refuted" and "equal" is wrong, if differences are about normal. Hand over every claim that
/// was looked at, also those that turned out not to be interesting: leaving them out afterwards is
/// what the correction guards against.
///
/// # Panics
///
/// If the level is not between 0 and 1.
pub fn judge_at(level: f64, claims: impl IntoIterator<Item = (Claim, Paired)>) -> Vec<Finding> {
    let claims = claims
        .into_iter()
        .map(|(claim, paired)| (claim, vec![paired]));
    judge_looks(level, &Looks::once(), claims.collect())
}

/// Judges all claims of a study of which some have been looked at several times: each claim comes with what was measured at
/// the first of the planned looks, the second, and so on, as far as it went. The first look that settles it counts. Wrong verdicts
/// are as rare as with [`judge_at`].
///
/// # Panics
///
/// If the level is not between 0 and 1, or if a claim has had no look, or more looks than planned.
pub fn judge_looks(level: f64, looks: &Looks, claims: Vec<(Claim, Vec<Paired>)>) -> Vec<Finding> {
    assert!(
        0.0 < level && level < 1.0,
        "no level of confidence: {level}"
    );
    let levels = looks.levels(1.0 - bonferroni(level, claims.len()));
    judge_with(level, &levels, claims)
}

/// [`judge_looks`] with the level of each planned look.
pub(super) fn judge_with(
    level: f64,
    levels: &[f64],
    claims: Vec<(Claim, Vec<Paired>)>,
) -> Vec<Finding> {
    let (comparisons, looks) = (claims.len(), levels.len());
    let mut findings: Vec<Finding> = claims
        .into_iter()
        .map(|(claim, seen)| {
            assert!(
                (1..=looks).contains(&seen.len()),
                "{} looks of {looks}",
                seen.len()
            );
            let judged = |look: usize| claim.judged(&seen[look], 1.0 - levels[look]);
            let looks_taken = 0..seen.len();
            let settled = looks_taken.clone().find(|look| judged(*look).1.is_some());
            let look = settled.unwrap_or(seen.len() - 1);
            let paired = seen[look].clone();
            let (interval, verdict) = judged(look);
            Finding {
                verdict: verdict.unwrap_or_else(|| open(&claim, &paired, &interval)),
                mean: paired.mean(),
                deviation: paired.deviation(),
                seeds: paired.seeds(),
                level,
                interval,
                alone: claim.judged(&paired, level).0,
                p: paired.p_value(claim.expected.boundary()),
                p_adjusted: None,
                comparisons,
                look: [look + 1, looks],
                note: None,
                claim,
                paired,
            }
        })
        .collect();
    let has_p = |finding: &Finding| looks == 1 && !finding.claim.by_ranks;
    if findings.iter().all(has_p) {
        let p: Vec<f64> = findings.iter().map(|finding| finding.p).collect();
        for (finding, adjusted) in findings.iter_mut().zip(holm(&p)) {
            finding.p_adjusted = Some(adjusted);
        }
    }
    findings
}

/// What the interval does not settle.
fn open(claim: &Claim, paired: &Paired, interval: &Interval) -> Verdict {
    let observed = paired.mean().zip(paired.deviation());
    let seeds_needed = observed.and_then(|(mean, deviation)| {
        let (alpha, more) = (1.0 - interval.level, paired.seeds() + 1);
        power::seeds_needed(claim, mean, deviation, alpha, more)
    });
    Verdict::Undecided { seeds_needed }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.verdict, self.paired.name())?;
        let Some(rounded) = self.rounded() else {
            f.write_str(": no seeds")?;
            return self.write_remarks(f);
        };
        write!(f, " = {}", rounded.mean)?;
        if !self.claim.unit.is_empty() {
            write!(f, " {}", self.claim.unit)?;
        }
        if let Some(words) = self.claim.words() {
            write!(f, " ({words})")?;
        }
        if let Some([low, high]) = rounded.interval {
            let level = significant(100.0 * self.level, 4);
            write!(f, ", {level} % interval [{low}, {high}]")?;
        }
        if let Some(p) = &rounded.p {
            let equals = if p.starts_with('<') { "" } else { "= " };
            write!(f, ", p {equals}{p}")?;
        }
        if self.comparisons > 1 {
            write!(f, " after correction for {} comparisons", self.comparisons)?;
        }
        let plural = if self.seeds == 1 { "" } else { "s" };
        write!(f, ", {} seed{plural}", self.seeds)?;
        if let [look, all] = self.look
            && all > 1
        {
            write!(f, ", look {look} of {all}")?;
        }
        self.write_remarks(f)
    }
}

/// The numbers of a finding with the digits they deserve.
pub(crate) struct Rounded {
    /// The mean difference, with its sign.
    pub(crate) mean: String,
    /// The ends of the interval, if it is not everything.
    pub(crate) interval: Option<[String; 2]>,
    /// The corrected p-value, "< 0.0001" if it is smaller, where there is one.
    pub(crate) p: Option<String>,
}

impl Finding {
    /// Its numbers, unless there are no seeds.
    pub(crate) fn rounded(&self) -> Option<Rounded> {
        let mean = self.mean?;
        let places = self.places(mean);
        let Interval { low, high, .. } = self.interval;
        let finite = low.is_finite() && high.is_finite();
        Some(Rounded {
            mean: digits::signed(mean, places),
            interval: finite.then(|| [low, high].map(|end| digits::fixed(end, places))),
            p: self.p_adjusted.map(|p| match p {
                p if p < 1e-4 => "< 0.0001".into(),
                p => significant(p, 2),
            }),
        })
    }

    /// What else is to be said: what would decide, and which runs failed.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if let (Some(mean), Verdict::Undecided { seeds_needed }) = (self.mean, self.verdict) {
            if self.p_adjusted.is_some_and(|p| p < 1.0 - self.level) {
                remarks.push("Holm's test alone would decide, the interval does not".into());
            }
            let outlook = [self.outlook(mean, seeds_needed)].into_iter();
            let outlook: Vec<String> = outlook.chain(self.note.clone()).collect();
            remarks.push(outlook.join("; "));
        }
        let flaws = self.paired.flaws();
        let alike = |a: &Flaw, b: &Flaw| a.sample == b.sample && a.what == b.what;
        remarks.extend(flaws.chunk_by(alike).map(|flaws| {
            let first = &flaws[0];
            let seeds: Vec<String> = flaws.iter().map(|flaw| flaw.seed.to_string()).collect();
            let plural = if seeds.len() == 1 { "" } else { "s" };
            let left_out = match first.what {
                What::CountedAs(_) => "",
                _ => ", left out",
            };
            let (seeds, sample, what) = (seeds.join(", "), &first.sample, first.what);
            format!("seed{plural} {seeds} of {sample}: {what}{left_out}")
        }));
        remarks
    }

    fn write_remarks(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut remarks = self.remarks().into_iter();
        remarks.try_for_each(|remark| write!(f, "; {remark}"))
    }

    /// Decimal places for two digits of the interval's width, or more if the verdict could not be
    /// read from the rounded ends.
    fn places(&self, mean: f64) -> usize {
        let Interval { low, high, .. } = self.interval;
        let width = high - low;
        let start = match width.is_finite() && width > 0.0 {
            true => digits::places(width, 2),
            false => digits::places(mean, 3),
        };
        let rounded = |end: f64, places| digits::fixed(end, places).parse().unwrap_or(end);
        let readable = |&places: &usize| {
            let shown = Interval {
                low: rounded(low, places),
                high: rounded(high, places),
                ..self.interval
            };
            self.claim.settled(&shown) == self.claim.settled(&self.interval)
        };
        (start..start + 6).find(readable).unwrap_or(start)
    }

    /// What would decide.
    fn outlook(&self, mean: f64, seeds_needed: Option<usize>) -> String {
        match (seeds_needed, self.deviation) {
            (Some(seeds), Some(0.0)) => {
                format!("all differences are equal: {seeds} such seeds would decide")
            }
            (Some(seeds), _) => format!(
                "about {seeds} seeds would decide with 80 % probability, if difference and spread \
                 are as observed"
            ),
            (None, None) => "one seed shows no spread, take 2 at the very least".into(),
            (None, Some(0.0)) if mean == self.claim.expected.boundary() => {
                "all differences lie exactly where the claim begins to hold".into()
            }
            (None, _) => format!(
                "more than {MAX_SEEDS} seeds would be needed, if difference and spread are as \
                 observed"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Sample;
    use super::*;

    fn differences(values: &[f64]) -> Paired {
        let sample = Sample::new("elu − relu", (1..).zip(values.iter().copied()));
        Paired::against(&sample, 0.0).unwrap()
    }

    fn judged(claim: Claim, values: &[f64]) -> Finding {
        judge([(claim.unit("points"), differences(values))]).remove(0)
    }

    const HIGH: [f64; 5] = [1.2, 1.3, 1.1, 1.4, 1.5];

    #[test]
    fn verdicts_in_one_sentence() {
        for (claim, values, text) in [
            (
                Claim::greater(""),
                &HIGH[..],
                "confirmed: elu − relu = +1.30 points, 95 % interval [1.10, 1.50], \
                 p < 0.0001, 5 seeds",
            ),
            (
                Claim::less(""),
                &HIGH,
                "refuted: elu − relu = +1.30 points, 95 % interval [1.10, 1.50], \
                 p < 0.0001, 5 seeds",
            ),
            (
                Claim::greater("").beyond(2.0),
                &HIGH,
                "refuted: elu − relu = +1.30 points (claimed above 2), 95 % interval \
                 [1.10, 1.50], p = 0.00058, 5 seeds",
            ),
            (
                Claim::greater("").matters(2.0),
                &HIGH,
                "equal: elu − relu = +1.30 points (±2 matters), 95 % interval \
                 [1.10, 1.50], p < 0.0001, 5 seeds",
            ),
            (
                Claim::greater("").beyond(1.2),
                &HIGH,
                "undecided: elu − relu = +1.30 points (claimed above 1.2), 95 % interval \
                 [1.10, 1.50], p = 0.23, 5 seeds; about 22 seeds would decide with 80 % \
                 probability, if difference and spread are as observed",
            ),
            (
                Claim::greater(""),
                &[1.0, -1.0, 0.5, -0.5],
                "undecided: elu − relu = 0.0 points, 95 % interval [-1.5, 1.5], p = 1, 4 seeds; \
                 more than 1000 seeds would be needed, if difference and spread are as observed",
            ),
            (
                Claim::greater(""),
                &[1.25],
                "undecided: elu − relu = +1.25 points, p = 1, 1 seed; one seed shows no spread, \
                 take 2 at the very least",
            ),
            (
                Claim::greater(""),
                &[4.0; 5],
                "undecided: elu − relu = +4.00 points, p = 0.062, 5 seeds; all differences are \
                 equal: 6 such seeds would decide",
            ),
            (
                Claim::greater(""),
                &[4.0; 6],
                "confirmed: elu − relu = +4.00 points, 95 % interval [4.00, 4.00], p = 0.031, \
                 6 seeds",
            ),
            (
                Claim::greater(""),
                &[0.0; 8],
                "undecided: elu − relu = 0 points, 95 % interval [0, 0], p = 1, 8 seeds; \
                 all differences lie exactly where the claim begins to hold",
            ),
            (Claim::less(""), &[], "undecided: elu − relu: no seeds"),
        ] {
            assert_eq!(judged(claim, values).to_string(), text);
        }
    }

    #[test]
    fn rounding_does_not_hide_the_verdict() {
        // The lower end is 0.004.
        let spread = 1.0 / (5f64 * 0.2).sqrt();
        let half = super::super::StudentT::new(4).critical(0.05) * spread / 5f64.sqrt();
        let values = [-1.0, -1.0, 0.0, 1.0, 1.0].map(|v| v * spread + half + 0.004);
        let finding = judged(Claim::greater(""), &values);
        assert_eq!(finding.verdict, Verdict::Confirmed);
        let text = finding.to_string();
        assert!(text.contains("interval [0.004, 2.487]"), "{text}");
    }

    #[test]
    fn more_comparisons_ask_for_more() {
        let values = [0.4, 1.9, 0.8, 1.6, 1.1];
        let one = judged(Claim::greater(""), &values);
        assert_eq!(one.verdict, Verdict::Confirmed);
        let nine = judge(vec![(Claim::greater(""), differences(&values)); 9]);
        let Verdict::Undecided {
            seeds_needed: Some(seeds),
        } = nine[0].verdict
        else {
            panic!("{}", nine[0]);
        };
        assert!((6..12).contains(&seeds), "{seeds}");
        assert_eq!(nine[0].alone, one.interval);
        assert!((nine[0].p_adjusted.unwrap() / one.p - 9.0).abs() < 1e-12);
        assert!(
            nine[0]
                .to_string()
                .contains("after correction for 9 comparisons, 5 seeds")
        );
    }

    #[test]
    fn holm_and_the_interval_may_disagree() {
        // p = 0.031: enough for the larger of two p-values, not for half of 5 %.
        let findings = judge([
            (Claim::greater(""), differences(&HIGH)),
            (Claim::greater(""), differences(&[4.0; 6])),
        ]);
        assert!(matches!(findings[1].verdict, Verdict::Undecided { .. }));
        let text = findings[1].to_string();
        assert!(
            text.contains("; Holm's test alone would decide, the interval does not; "),
            "{text}"
        );
    }

    #[test]
    fn failed_runs_are_named() {
        let elu = Sample::new("elu", [(1, 0.5), (2, f64::NAN), (3, 0.6)]);
        let relu = Sample::new("relu", [(1, 0.4), (2, 0.4), (3, 0.4)]);
        let text = |paired| judge([(Claim::greater(""), paired)])[0].to_string();
        let left_out = text(Paired::complete(&elu, &relu));
        assert!(
            left_out.ends_with("; seed 2 of elu: not finite, left out"),
            "{left_out}"
        );
        let counted = text(Paired::new(&elu.failures_as(0.1), &relu).unwrap());
        assert!(
            counted.ends_with("; seed 2 of elu: failed, counted as 0.1"),
            "{counted}"
        );
    }

    #[test]
    fn what_a_report_gets() {
        let json = serde_json::to_value(judged(Claim::greater("ELU is better"), &HIGH)).unwrap();
        assert_eq!(json["claim"]["text"], "ELU is better");
        assert_eq!(json["claim"]["expected"]["above"], 0.0);
        assert_eq!(json["verdict"], "confirmed");
        assert_eq!(json["paired"]["differences"]["5"], 1.5);
        assert_eq!(json["interval"]["method"], "student_t");
        let undecided = serde_json::to_value(judged(Claim::greater(""), &[4.0; 5])).unwrap();
        assert_eq!(undecided["verdict"]["undecided"]["seeds_needed"], 6);
    }
}
