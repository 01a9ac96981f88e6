//! Findings as rows of a report's table, with what is to be said below it.

use crate::{
    base::digits::significant,
    report::{Block, Findings, Judged, Outcome},
    statistics::{Finding, Verdict},
};

/// The findings as a table.
pub(super) fn table(findings: &[Finding]) -> Block {
    let level = findings.first().map_or(0.95, |finding| finding.level);
    let interval = format!("{} % interval", significant(100.0 * level, 4));
    Block::Findings(Findings {
        explanation: explanation(findings),
        columns: vec!["difference".into(), interval, "p".into(), "seeds".into()],
        rows: findings.iter().map(judged).collect(),
    })
}

fn judged(finding: &Finding) -> Judged {
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
    Judged {
        claim: finding.claim.text.clone(),
        compared: parts.join(", "),
        outcome: finding.verdict.into(),
        numbers: vec![mean, interval, p, finding.seeds.to_string()],
        remarks: remarks.map(|remark| format!("{name}: {remark}.")).collect(),
    }
}

/// What intervals and p-values mean here.
fn explanation(findings: &[Finding]) -> String {
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

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Confirmed => Self::Confirmed,
            Verdict::Refuted => Self::Refuted,
            Verdict::Undecided { .. } => Self::Undecided,
        }
    }
}
