//! Where the search for parameters starts.

use crate::curve::{Curve, ParamInfo};

/// Starts per parameter, besides the defaults.
const PER_PARAMETER: usize = 32;

/// Starts at most. They cannot be dense among so many parameters in any case.
const MOST: usize = 4 * PER_PARAMETER;

/// The first primes, one for each parameter, for Halton's sequence.
const PRIMES: [usize; crate::curve::MAX_KERNEL_PARAMS] =
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43];

/// Values of the parameters of `curve` to start from, for a fit between `low` and `high`.
///
/// Deterministic and evenly spread (Halton 1960): every second one on a linear scale as wide as the
/// interval, for parameters that say where something happens, the others on a logarithmic scale
/// around the defaults, for parameters that say how much.
pub(super) fn starts(curve: &dyn Curve, low: f64, high: f64) -> impl Iterator<Item = Vec<f64>> {
    let infos = curve.params();
    let reach = low.abs().max(high.abs());
    (1..=MOST.min(PER_PARAMETER * infos.len())).map(move |index| {
        let parameters = infos.iter().zip(PRIMES);
        parameters
            .map(|(info, prime)| {
                let unit = halton(index / 2 + 1, prime);
                let value = match index % 2 {
                    0 => linear(info, reach, unit),
                    _ => logarithmic(info, unit),
                };
                info.bound.project(value)
            })
            .collect()
    })
}

/// A value from an interval as wide as the data, or as the bounds if that is narrower.
fn linear(info: &ParamInfo, reach: f64, unit: f64) -> f64 {
    let reach = reach.max(2.0 * info.default.abs());
    let (low, high) = info.bound.interval();
    let (low, high) = (
        low.max(info.default - reach),
        high.min(info.default + reach),
    );
    low + (high - low) * unit
}

/// A value up to 30 times larger or smaller than the default, of either sign where that is allowed.
fn logarithmic(info: &ParamInfo, unit: f64) -> f64 {
    let scale = if info.default == 0.0 {
        1.0
    } else {
        info.default
    };
    // The lower half of the unit interval is for the other sign, if there is one.
    let (sign, unit) = match (info.bound.contains(-scale), unit < 0.5) {
        (false, _) => (1.0, unit),
        (true, true) => (-1.0, 2.0 * unit),
        (true, false) => (1.0, 2.0 * unit - 1.0),
    };
    sign * scale * 30f64.powf(2.0 * unit - 1.0)
}

/// The digits of `index` to the base `prime`, mirrored at the point.
fn halton(mut index: usize, prime: usize) -> f64 {
    let (mut value, mut digit) = (0.0, 1.0);
    while index > 0 {
        digit /= prime as f64;
        value += digit * (index % prime) as f64;
        index /= prime;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::Bound;

    #[test]
    fn halton_fills_the_unit_interval_evenly() {
        assert_eq!([1, 2, 3, 4].map(|i| halton(i, 2)), [0.5, 0.25, 0.75, 0.125]);
        let count = |prime, upto: f64| (1..=210).filter(|i| halton(*i, prime) < upto).count();
        for prime in PRIMES {
            // A sequence of a larger prime takes longer to be even.
            let most = usize::max(3, prime / 2);
            assert!(count(prime, 0.5).abs_diff(105) <= most, "{prime}");
        }
    }

    #[test]
    fn starts_are_within_bounds_and_spread() {
        let curve = &crate::curves::PReluCurve;
        let starts: Vec<f64> = starts(curve, -3.0, 3.0).map(|start| start[0]).collect();
        assert_eq!(starts.len(), PER_PARAMETER);
        let some = |wanted: fn(f64) -> bool| starts.iter().any(|start| wanted(*start));
        assert!(some(|a| a < -2.0) && some(|a| a > 2.0) && some(|a| a.abs() < 0.02));

        let info = |default, bound| ParamInfo {
            name: "a",
            default,
            bound,
            doc: "",
        };
        for unit in [0.0, 0.3, 0.999] {
            let positive = info(1.0, Bound::above(0.0));
            assert!(logarithmic(&positive, unit) > 0.0 && linear(&positive, 3.0, unit) > 0.0);
            let narrow = info(0.5, Bound::between(0.25, 0.75));
            assert!((0.25..=0.75).contains(&linear(&narrow, 3.0, unit)));
        }
    }
}
