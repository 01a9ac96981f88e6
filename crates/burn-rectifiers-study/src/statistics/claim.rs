//! What is claimed of a difference.

use serde::Serialize;

use super::Interval;

/// A statement that an experiment can confirm or refute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claim {
    /// In words, for the reader.
    pub text: String,
    /// Where the true mean difference lies, if the claim holds.
    pub expected: Expected,
    /// Unit of the difference, such as "points"; empty for none.
    pub unit: String,
}

/// Where the true mean difference lies, if a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Above this number.
    Above(f64),
    /// Below this number.
    Below(f64),
    /// Between minus and plus this number.
    Within(f64),
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

    /// Both are the same, but for at most `margin`, which is too little to care about.
    ///
    /// That a difference was not found does not show that there is none. Equivalence is shown by an
    /// interval inside ±`margin`: by two one-sided tests (Schuirmann 1987, doi:10.1007/BF01068419),
    /// here at half the level each, so that the same interval serves all claims.
    pub fn same(text: impl Into<String>, margin: f64) -> Self {
        Self::new(text, Expected::Within(margin.abs()))
    }

    fn new(text: impl Into<String>, expected: Expected) -> Self {
        Self {
            text: text.into(),
            expected,
            unit: String::new(),
        }
    }

    /// Larger or smaller by at least `effect`, the smallest that anybody would care about. The
    /// claim is then also refuted by a difference on its side that is certainly smaller. It changes
    /// nothing for [`same`](Self::same). The sign of `effect` does not matter.
    pub fn by(mut self, effect: f64) -> Self {
        self.expected = match self.expected {
            Expected::Above(_) => Expected::Above(effect.abs()),
            Expected::Below(_) => Expected::Below(-effect.abs()),
            within => within,
        };
        self
    }

    /// The unit of the difference.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }
}

impl Expected {
    /// Whether it holds, if the interval settles that: true if all of the interval agrees, false
    /// if none of it does.
    pub fn settled(&self, interval: &Interval) -> Option<bool> {
        let Interval { low, high, .. } = *interval;
        let (yes, no) = match *self {
            Self::Above(bound) => (low > bound, high < bound),
            Self::Below(bound) => (high < bound, low > bound),
            Self::Within(margin) => (
                low > -margin && high < margin,
                low > margin || high < -margin,
            ),
        };
        (yes || no).then_some(yes)
    }

    /// The difference at which the claim begins to hold, the nearer one if there are two. Its
    /// p-value is the claim's: small where the data are clearly on one side of it, whichever.
    pub fn boundary(&self, mean: f64) -> f64 {
        match *self {
            Self::Above(bound) | Self::Below(bound) => bound,
            Self::Within(margin) => margin.copysign(mean),
        }
    }

    /// In words, where it does not go without saying.
    pub(crate) fn words(&self) -> Option<String> {
        match *self {
            Self::Above(0.0) | Self::Below(0.0) => None,
            Self::Above(bound) => Some(format!("claimed above {bound}")),
            Self::Below(bound) => Some(format!("claimed below {bound}")),
            Self::Within(margin) => Some(format!("claimed within ±{margin}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Method;
    use super::*;

    fn settled(claim: &Claim, low: f64, high: f64) -> Option<bool> {
        claim.expected.settled(&Interval {
            low,
            high,
            level: 0.95,
            method: Method::StudentT,
        })
    }

    #[test]
    fn intervals_settle_claims() {
        let (yes, no) = (Some(true), Some(false));
        let greater = Claim::greater("");
        let less = Claim::less("");
        for (low, high, expected) in [(0.1, 2.0, yes), (-2.0, -0.1, no), (-0.1, 2.0, None)] {
            assert_eq!(settled(&greater, low, high), expected);
            assert_eq!(settled(&less, -high, -low), expected);
        }
        // An effect smaller than the smallest of interest refutes, though it is on the right side.
        let (greater, less) = (greater.by(0.5), less.by(0.5));
        for (low, high, expected) in [(0.6, 2.0, yes), (0.1, 0.4, no), (0.1, 2.0, None)] {
            assert_eq!(settled(&greater, low, high), expected);
            assert_eq!(settled(&less, -high, -low), expected);
        }
        let same = Claim::same("", 0.5).by(3.0);
        for (low, high, expected) in [
            (-0.4, 0.3, yes),
            (0.6, 0.9, no),
            (-2.0, -0.6, no),
            (-0.6, 0.3, None),
            (-0.4, 0.6, None),
        ] {
            assert_eq!(settled(&same, low, high), expected);
        }
    }

    #[test]
    fn everything_and_nan_settle_nothing() {
        for claim in [Claim::greater(""), Claim::less(""), Claim::same("", 1.0)] {
            assert_eq!(settled(&claim, f64::NEG_INFINITY, f64::INFINITY), None);
            assert_eq!(settled(&claim, f64::NAN, f64::NAN), None);
        }
    }
}
