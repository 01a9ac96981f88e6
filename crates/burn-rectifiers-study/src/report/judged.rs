//! Findings as rows of a table, with what is to be said below it.

use super::Outcome;
use crate::{base::digits::significant, statistics::Finding};

/// The names of the columns that follow claim and verdict.
pub(super) fn columns(findings: &[Finding]) -> [String; 4] {
    let level = findings.first().map_or(0.95, |finding| finding.level);
    let interval = format!("{} % interval", significant(100.0 * level, 4));
    ["difference".into(), interval, "p".into(), "seeds".into()]
}

/// A finding in words and numbers.
pub(super) struct Judged {
    /// What is claimed, or what was compared if nobody said.
    pub(super) claim: String,
    /// What was compared, and where the claim begins to hold.
    pub(super) compared: String,
    /// What follows.
    pub(super) outcome: Outcome,
    /// One per column of [`columns`].
    pub(super) numbers: [String; 4],
    /// Each begins with what was compared.
    pub(super) remarks: Vec<String>,
}

impl From<&Finding> for Judged {
    fn from(finding: &Finding) -> Self {
        let name = finding.paired.name();
        let expected = finding.claim.expected.words();
        let parts = [Some(name.to_string()), expected];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let none = || "–".to_string();
        let (mean, interval, p) = match finding.rounded() {
            Some(rounded) => {
                let unit = &finding.claim.unit;
                let interval = rounded
                    .interval
                    .map(|[low, high]| format!("[{low}, {high}]"));
                let mean = format!("{} {unit}", rounded.mean);
                (
                    mean.trim_end().into(),
                    interval.unwrap_or_else(none),
                    rounded.p,
                )
            }
            None => (none(), none(), none()),
        };
        let remarks = finding.remarks().into_iter();
        Self {
            claim: finding.claim.text.clone(),
            compared: parts.join(", "),
            outcome: finding.verdict.into(),
            numbers: [mean, interval, p, finding.seeds.to_string()],
            remarks: remarks.map(|remark| format!("{name}: {remark}.")).collect(),
        }
    }
}

/// What intervals and p-values mean here.
pub(super) fn explanation(findings: &[Finding]) -> String {
    let comparisons = findings.iter().map(|finding| finding.comparisons).max();
    match comparisons {
        None => "No findings.".into(),
        Some(0 | 1) => "Student's interval and p-value of the differences by seed.".into(),
        Some(comparisons) => format!(
            "Differences by seed. The intervals hold all together (Bonferroni) and the p-values \
             are corrected (Holm) for {comparisons} comparisons."
        ),
    }
}
