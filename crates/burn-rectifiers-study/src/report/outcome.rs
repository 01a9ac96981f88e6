//! What came of a claim.

use serde::Serialize;

/// What came of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The data agree with it.
    Confirmed,
    /// They disagree.
    Refuted,
    /// There is no difference that matters.
    Equal,
    /// It holds in part.
    Mixed,
    /// More data would be needed.
    Undecided,
    /// Nobody looked.
    NotMeasured,
}

impl Outcome {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Refuted => "refuted",
            Self::Equal => "equal",
            Self::Mixed => "mixed",
            Self::Undecided => "undecided",
            Self::NotMeasured => "not measured",
        }
    }

    /// As a symbol, for those who skim, in any colour.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Confirmed => "✓",
            Self::Refuted => "✗",
            Self::Equal => "=",
            Self::Mixed => "◐",
            Self::Undecided => "?",
            Self::NotMeasured => "–",
        }
    }

    /// The class of the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::NotMeasured => "unmeasured",
            other => other.word(),
        }
    }
}
