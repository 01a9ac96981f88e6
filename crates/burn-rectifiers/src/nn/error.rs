//! The error of asking for an activation that is not in the family.

use core::fmt;

/// No activation has this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownActivation {
    name: String,
}

impl UnknownActivation {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.into() }
    }

    /// The name that was asked for.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name in the family that resembles it most, if any does.
    pub fn nearest(&self) -> Option<&'static str> {
        let wanted = self.name.to_lowercase().replace(['-', ' '], "_");
        super::curves()
            .map(|curve| (edit_distance(&wanted, curve.name()), curve.name()))
            .min()
            .filter(|(distance, name)| *distance <= name.len() / 2)
            .map(|(_, name)| name)
    }
}

impl fmt::Display for UnknownActivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no activation is called `{}`", self.name)?;
        if let Some(nearest) = self.nearest() {
            write!(f, "; did you mean `{nearest}`?")?;
        }
        let names: Vec<_> = super::curves().map(|curve| curve.name()).collect();
        write!(f, " (there are: {})", names.join(", "))
    }
}

impl core::error::Error for UnknownActivation {}

/// Levenshtein distance: single-character insertions, deletions and substitutions.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_nearest_match_and_the_choices() {
        let message = crate::find("PReLU").unwrap_err().to_string();
        assert!(message.contains("did you mean `prelu`?"), "{message}");
        assert!(message.contains("learnable_elu"), "{message}");
    }

    #[test]
    fn does_not_guess_wildly() {
        assert_eq!(UnknownActivation::new("transformer").nearest(), None);
    }
}
