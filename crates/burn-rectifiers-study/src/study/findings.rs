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
    let has_p = findings.iter().any(|finding| finding.p_adjusted.is_some());
    Block::Findings(Findings {
        explanation: explanation(findings),
        columns: columns(interval, has_p),
        rows: findings
            .iter()
            .map(|finding| judged(finding, has_p))
            .collect(),
    })
}

fn columns(interval: String, has_p: bool) -> Vec<String> {
    let p = has_p.then(|| "p".to_string());
    let before = ["difference".to_string(), interval];
    let after = ["seeds".to_string()];
    before.into_iter().chain(p).chain(after).collect()
}

fn judged(finding: &Finding, has_p: bool) -> Judged {
    let name = finding.paired.name();
    let expected = finding.claim.words();
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
                rounded.p.unwrap_or_else(none),
            )
        }
        None => (none(), none(), none()),
    };
    let remarks = finding.remarks().into_iter();
    Judged {
        claim: finding.claim.text.clone(),
        compared: parts.join(", "),
        outcome: finding.verdict.into(),
        numbers: [mean, interval]
            .into_iter()
            .chain(has_p.then_some(p))
            .chain([seeds(finding)])
            .collect(),
        remarks: remarks.map(|remark| format!("{name}: {remark}.")).collect(),
    }
}

/// How many there are, and which look it is of several.
fn seeds(finding: &Finding) -> String {
    match finding.look {
        [_, 1] => finding.seeds.to_string(),
        [look, all] => format!("{} (look {look} of {all})", finding.seeds),
    }
}

/// What intervals and p-values mean here.
fn explanation(findings: &[Finding]) -> String {
    let comparisons = findings.iter().map(|finding| finding.comparisons).max();
    match comparisons {
        None => "No findings.".into(),
        Some(0 | 1) => "Differences by seed, with their interval.".into(),
        Some(comparisons) => {
            let p = match findings.iter().all(|finding| finding.p_adjusted.is_none()) {
                true => "",
                false => " and the p-values are corrected (Holm)",
            };
            format!(
                "Differences by seed. The intervals hold all together (Bonferroni){p}, for {comparisons} comparisons."
            )
        }
    }
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Confirmed => Self::Confirmed,
            Verdict::Refuted => Self::Refuted,
            Verdict::Equal => Self::Equal,
            Verdict::Undecided { .. } => Self::Undecided,
        }
    }
}
