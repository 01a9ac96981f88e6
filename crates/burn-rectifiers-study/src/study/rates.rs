//! Learning rates, chosen on images that are neither trained with nor tested on.

use std::collections::BTreeMap;

use crate::training::net::Architecture;

/// The learning rate of each activation in each network.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rates(BTreeMap<(Architecture, String), f64>);

impl Rates {
    /// That of an activation in a network; 0 before anything was chosen.
    pub fn of(&self, net: Architecture, activation: &str) -> f64 {
        let key = (net, activation.to_string());
        self.0.get(&key).copied().unwrap_or(0.0)
    }
}

impl FromIterator<((Architecture, String), f64)> for Rates {
    fn from_iter<I: IntoIterator<Item = ((Architecture, String), f64)>>(rates: I) -> Self {
        Self(rates.into_iter().collect())
    }
}
