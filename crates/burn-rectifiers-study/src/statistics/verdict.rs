//! What an experiment says of a claim.

use std::fmt;

use serde::Serialize;

/// What an experiment says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All differences that are compatible with the data agree with the claim.
    Confirmed,
    /// None of them does.
    Refuted,
    /// All of them are smaller than what matters, on either side.
    Equal,
    /// Anything else.
    Undecided {
        /// Seeds that would decide with a probability of 80 %, if the true difference and spread
        /// are those observed; see [`seeds_needed`](super::seeds_needed). `None` where that is
        /// unknown or more than [`MAX_SEEDS`](super::MAX_SEEDS).
        seeds_needed: Option<usize>,
    },
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Confirmed => "confirmed",
            Self::Refuted => "refuted",
            Self::Equal => "equal",
            Self::Undecided { .. } => "undecided",
        })
    }
}
