//! What is claimed of a difference.

use serde::Serialize;

use super::{Interval, Paired, Verdict};

/// A statement that an experiment can confirm or refute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claim {
    /// In words, for the reader.
    pub text: String,
    /// Where the true mean difference lies, if the claim holds.
    pub expected: Expected,
    /// The smallest difference that matters, from where the claim begins to hold. What is certainly nearer is equal.
    pub margin: Option<f64>,
    /// Unit of the difference, such as "points"; empty for none.
    pub unit: String,
    /// Whether differences are judged by their ranks; see [`of_shares`](Self::of_shares).
    pub by_ranks: bool,
}

/// Where the true mean difference lies, if a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Above this number.
    Above(f64),
    /// Below this number.
    Below(f64),
}

impl Claim {
    /// The first is larger: the difference is above 0.
    pub fn greater(text: impl Into<String>) -> Self {
        Self::new(text, Expected::Above(0.0))
    }

    /// The first is smaller: the difference is below 0.
    pub fn less(text: impl Into<String>) -> Self {
        Self::new(text, Expected::Below(0.0))
    }

    fn new(text: impl Into<String>, expected: Expected) -> Self {
        Self {
            text: text.into(),
            expected,
            margin: None,
            unit: String::new(),
            by_ranks: false,
        }
    }

    /// The difference begins at `boundary` instead of 0 to be what is claimed.
    pub fn beyond(mut self, boundary: f64) -> Self {
        self.expected = match self.expected {
            Expected::Above(_) => Expected::Above(boundary),
            Expected::Below(_) => Expected::Below(boundary),
        };
        self
    }

    /// Nobody would care about a difference smaller than `margin`, whose sign does not matter.
    ///
    /// That a difference was not found does not show that there is none. Equivalence is shown by an
    /// interval within ±`margin`: by two one-sided tests (Schuirmann 1987, doi:10.1007/BF01068419),
    /// here at half the level each, so that the same interval serves all verdicts.
    pub fn matters(mut self, margin: f64) -> Self {
        self.margin = Some(margin.abs());
        self
    }

    /// Differences are of shares, many of which may be exactly 0 or 1: far from normal. They are judged by their ranks; see
    /// [`Paired::rank_interval`]. Ranks hardly notice a few seeds that are far off, so "equal" asks that Student's interval of the
    /// mean agrees. What happens in fewer than one of the seeds, no test can see.
    pub fn of_shares(mut self) -> Self {
        self.by_ranks = true;
        self
    }

    /// The unit of the difference.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    /// The interval by which the claim is judged, and the verdict if it settles it.
    pub fn judged(&self, paired: &Paired, level: f64) -> (Interval, Option<Verdict>) {
        let of_mean = paired.interval(level);
        if !self.by_ranks {
            return (of_mean, self.settled(&of_mean));
        }
        let interval = paired.rank_interval(level);
        let settled = self.settled(&interval).filter(|verdict| {
            *verdict != Verdict::Equal || self.settled(&of_mean) == Some(Verdict::Equal)
        });
        (interval, settled)
    }

    /// The verdict, if the interval settles it: that both are equal if all of the interval is nearer than what matters, else
    /// whether all of it agrees, or none.
    pub fn settled(&self, interval: &Interval) -> Option<Verdict> {
        let Interval { low, high, .. } = *interval;
        let bound = self.expected.boundary();
        let is_near = |margin: f64| low > bound - margin && high < bound + margin;
        let (yes, no) = match self.expected {
            Expected::Above(bound) => (low > bound, high < bound),
            Expected::Below(bound) => (high < bound, low > bound),
        };
        match (self.margin.is_some_and(is_near), yes, no) {
            (true, ..) => Some(Verdict::Equal),
            (_, true, _) => Some(Verdict::Confirmed),
            (.., true) => Some(Verdict::Refuted),
            _ => None,
        }
    }

    /// What is claimed of the difference and what would be equal, in words, where it does not go without saying.
    pub(crate) fn words(&self) -> Option<String> {
        let claimed = match self.expected {
            Expected::Above(0.0) | Expected::Below(0.0) => None,
            Expected::Above(bound) => Some(format!("claimed above {bound}")),
            Expected::Below(bound) => Some(format!("claimed below {bound}")),
        };
        let matters = self.margin.map(|margin| format!("±{margin} matters"));
        let parts: Vec<String> = claimed.into_iter().chain(matters).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

impl Expected {
    /// The difference at which the claim begins to hold. Its p-value is the claim's: small where the data are clearly on one
    /// side of it, whichever.
    pub fn boundary(&self) -> f64 {
        match *self {
            Self::Above(bound) | Self::Below(bound) => bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Method;
    use super::*;

    fn settled(claim: &Claim, low: f64, high: f64) -> Option<Verdict> {
        claim.settled(&Interval {
            low,
            high,
            level: 0.95,
            method: Method::StudentT,
        })
    }

    #[test]
    fn intervals_settle_claims() {
        let (yes, no) = (Some(Verdict::Confirmed), Some(Verdict::Refuted));
        let greater = Claim::greater("");
        let less = Claim::less("");
        for (low, high, expected) in [(0.1, 2.0, yes), (-2.0, -0.1, no), (-0.1, 2.0, None)] {
            assert_eq!(settled(&greater, low, high), expected);
            assert_eq!(settled(&less, -high, -low), expected);
        }
        let (greater, less) = (greater.beyond(0.5), less.beyond(-0.5));
        for (low, high, expected) in [(0.6, 2.0, yes), (0.1, 0.4, no), (0.1, 2.0, None)] {
            assert_eq!(settled(&greater, low, high), expected);
            assert_eq!(settled(&less, -high, -low), expected);
        }
    }

    #[test]
    fn what_does_not_matter_is_equal() {
        let (yes, no) = (Some(Verdict::Confirmed), Some(Verdict::Refuted));
        let equal = Some(Verdict::Equal);
        let greater = Claim::greater("").matters(-0.5);
        for (low, high, expected) in [
            (-0.4, 0.3, equal),
            // Better, but by too little.
            (0.1, 0.3, equal),
            (-0.3, -0.1, equal),
            (0.1, 0.6, yes),
            (-0.6, -0.1, no),
            (-0.6, 0.3, None),
            (-0.5, 0.3, None),
        ] {
            assert_eq!(settled(&greater, low, high), expected, "{low} {high}");
        }
        let shifted = Claim::less("").beyond(2.0).matters(0.5);
        assert_eq!(settled(&shifted, 1.6, 2.3), equal);
        assert_eq!(settled(&shifted, 1.0, 1.9), yes);
        assert_eq!(settled(&shifted, 2.1, 3.0), no);
    }

    #[test]
    fn everything_and_nan_settle_nothing() {
        for claim in [Claim::greater(""), Claim::less("").matters(1.0)] {
            assert_eq!(settled(&claim, f64::NEG_INFINITY, f64::INFINITY), None);
            assert_eq!(settled(&claim, f64::NAN, f64::NAN), None);
        }
    }
}
