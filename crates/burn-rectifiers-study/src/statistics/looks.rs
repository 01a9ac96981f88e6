//! Looking at results several times, without more wrong verdicts.

use std::{
    f64::consts::{E, TAU},
    fmt,
};

use serde::{Deserialize, Serialize};

use super::normal;

/// Stretches between the points at which a density is known. Even, as Simpson's rule wants.
const STRETCHES: usize = 240;

/// After how many seeds results are looked at. Which comparison is decided at which look is not known before; the
/// looks are.
///
/// Who looks at results as they come, and stops when they please, is wrong too often: of experiments without any effect,
/// 5 % are "significant" at the first look, and some of the others at the second. So each look may spend but a part of the
/// probability of an error: by the share t of the largest number of seeds, α·ln(1 + (e − 1)·t) is spent (Lan & DeMets
/// 1983, doi:10.1093/biomet/70.3.659, their form of Pocock's boundary). That gives every look about the same chance. What
/// O'Brien and Fleming's would save for the last look is worth less here: many differences are large, and each seed costs the
/// same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Looks {
    seeds: Vec<usize>,
}

impl Looks {
    /// One look, at all seeds that there are.
    pub fn once() -> Self {
        Self { seeds: vec![1] }
    }

    /// The first look after `first` seeds, each further one after about half as many again, the last after `most`.
    ///
    /// # Panics
    ///
    /// If `first` is 0, or `most` is less.
    pub fn growing(first: usize, most: usize) -> Self {
        assert!(
            0 < first && first <= most,
            "looks from {first} to {most} seeds"
        );
        let mut seeds = vec![first];
        let mut next = first;
        while next < most {
            next = (next + next.div_ceil(2)).min(most);
            // A last step of a seed or two is not worth a look.
            if most - next <= next / 6 {
                next = most;
            }
            seeds.push(next);
        }
        Self { seeds }
    }

    /// How many looks there are.
    pub fn count(&self) -> usize {
        self.seeds.len()
    }

    /// The seeds of each look.
    pub fn seeds(&self) -> &[usize] {
        &self.seeds
    }

    /// The level of the two-sided test of each look, so that all together are wrong with a probability of `alpha`.
    ///
    /// From the distribution of the means of normal data at each look, among experiments that went on (Armitage,
    /// McPherson & Rowe 1969, doi:10.2307/2343787). Student's t takes the same levels; simulations say what that costs.
    pub fn levels(&self, alpha: f64) -> Vec<f64> {
        let most = self.seeds.last().copied().unwrap_or(1) as f64;
        let mut going_on = GoingOn::start();
        let mut spent = 0.0;
        let level = |&seeds: &usize| {
            let share = seeds as f64 / most;
            let until = alpha * (1.0 + (E - 1.0) * share).ln();
            let bound = going_on.bound(share, until - spent);
            spent = until;
            going_on = going_on.after(share, bound);
            2.0 * normal::cdf(-bound)
        };
        self.seeds.iter().map(level).collect()
    }
}

impl fmt::Display for Looks {
    /// The seeds of each look: "5, 8, 12".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seeds: Vec<String> = self.seeds.iter().map(usize::to_string).collect();
        f.write_str(&seeds.join(", "))
    }
}

/// The distribution of z = mean / standard error among experiments that no look has ended.
struct GoingOn {
    /// The share of the seeds at the look before, 0 before the first.
    share: f64,
    /// Points z with the probability that they stand for.
    points: Vec<(f64, f64)>,
}

impl GoingOn {
    /// Before any seed.
    fn start() -> Self {
        Self {
            share: 0.0,
            points: vec![(0.0, 1.0)],
        }
    }

    /// What z is at `share`, given z before: mean and standard deviation.
    fn next(&self, share: f64, z: f64) -> (f64, f64) {
        let before = self.share / share;
        (z * before.sqrt(), (1.0 - before).sqrt())
    }

    /// The bound that |z| exceeds with a probability of `spend`.
    fn bound(&self, share: f64, spend: f64) -> f64 {
        let exceeds = |bound: f64| -> f64 {
            let of = |&(z, weight): &(f64, f64)| {
                let (mean, deviation) = self.next(share, z);
                let tail = |sign: f64| normal::cdf((sign * mean - bound) / deviation);
                weight * (tail(1.0) + tail(-1.0))
            };
            self.points.iter().map(of).sum()
        };
        let (mut low, mut high) = (0.0, 9.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            match exceeds(middle) > spend {
                true => low = middle,
                false => high = middle,
            }
        }
        0.5 * (low + high)
    }

    /// Experiments that stay within `bound` at `share`.
    fn after(&self, share: f64, bound: f64) -> Self {
        let step = 2.0 * bound / STRETCHES as f64;
        let density = |z: f64| -> f64 {
            let of = |&(before, weight): &(f64, f64)| {
                let (mean, deviation) = self.next(share, before);
                let off = (z - mean) / deviation;
                weight * (-0.5 * off * off).exp() / (deviation * TAU.sqrt())
            };
            self.points.iter().map(of).sum()
        };
        let point = |i: usize| {
            let z = i as f64 * step - bound;
            let simpson = match i {
                0 | STRETCHES => 1.0,
                odd if odd % 2 == 1 => 4.0,
                _ => 2.0,
            };
            (z, density(z) * simpson * step / 3.0)
        };
        Self {
            share,
            points: (0..=STRETCHES).map(point).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(looks: &Looks, alpha: f64) -> Vec<f64> {
        let bound = |level: f64| {
            let (mut low, mut high) = (0.0, 9.0);
            for _ in 0..60 {
                let middle: f64 = 0.5 * (low + high);
                match 2.0 * normal::cdf(-middle) > level {
                    true => low = middle,
                    false => high = middle,
                }
            }
            low
        };
        looks.levels(alpha).into_iter().map(bound).collect()
    }

    /// `bounds(t = (1:5)/5, iuse = c(2, 2), alpha = c(0.025, 0.025))` of R's ldbounds, to its digits.
    #[test]
    fn as_ldbounds_has_it() {
        let five = Looks {
            seeds: vec![4, 8, 12, 16, 20],
        };
        let found = bounds(&five, 0.05);
        let known = [2.438, 2.427, 2.410, 2.397, 2.386];
        for (found, known) in found.iter().zip(known) {
            assert!((found - known).abs() < 1e-3, "{found} {known}");
        }
    }

    #[test]
    fn one_look_has_it_all() {
        for looks in [Looks::once(), Looks::growing(5, 5)] {
            let levels = looks.levels(0.01);
            assert_eq!(levels.len(), 1);
            assert!((levels[0] - 0.01).abs() < 1e-12, "{levels:?}");
        }
    }

    #[test]
    fn looks_grow_to_the_last() {
        for (first, most, seeds) in [
            (5, 40, &[5, 8, 12, 18, 27, 40][..]),
            (4, 12, &[4, 6, 9, 12]),
            (5, 6, &[5, 6]),
            (3, 3, &[3]),
            (1, 4, &[1, 2, 3, 4]),
        ] {
            assert_eq!(Looks::growing(first, most).seeds(), seeds);
        }
    }

    /// What looks spend adds up: no level is above α, all together are.
    #[test]
    fn levels_share_alpha() {
        let looks = Looks::growing(5, 40);
        for alpha in [0.05, 0.05 / 28.0] {
            let levels = looks.levels(alpha);
            assert!(
                levels
                    .iter()
                    .all(|level| *level < alpha && *level > 0.05 * alpha)
            );
            assert!(levels.iter().sum::<f64>() > alpha);
        }
    }
}
