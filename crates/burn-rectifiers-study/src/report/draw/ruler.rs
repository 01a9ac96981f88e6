//! An axis that knows its range and the numbers it shows.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use super::ticks::{self, Tick};
use crate::report::{Axis, Scale};

/// A direction of a drawing.
#[derive(Clone)]
pub(super) struct Ruler {
    scale: Scale,
    /// On the scale: logarithms, if it is logarithmic.
    ends: Range<f64>,
    pub(super) ticks: Vec<Tick>,
}

impl Ruler {
    /// From the smallest of the values to the largest, with a share of the range as air on both
    /// sides. There is none if no value has a place. Chooses `most` ticks, if the axis has none.
    pub(super) fn new(
        axis: &Axis,
        values: impl Iterator<Item = f64>,
        air: f64,
        most: usize,
    ) -> Option<Self> {
        let shown = values.filter(|value| has_place(axis.scale, *value));
        let nothing = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = shown.fold(nothing, |(low, high), value| {
            (low.min(value), high.max(value))
        });
        if low > high {
            return None;
        }
        let (low, high) = (on(axis.scale, low), on(axis.scale, high));
        let largest = low.abs().max(high.abs());
        let air = match axis.scale {
            _ if high - low > 1e-9 * largest => air * (high - low),
            Scale::Log => 0.3,
            Scale::Linear if largest > 0.0 => 0.1 * largest,
            Scale::Linear => 1.0,
        };
        // No number is beyond the largest there is.
        let (start, end) = ((low - air).max(f64::MIN), (high + air).min(f64::MAX));
        let mut ticks = match axis.scale {
            _ if !axis.ticks.is_empty() => axis.ticks.clone(),
            Scale::Linear => ticks::linear(start, end, most),
            Scale::Log => ticks::logarithmic(10f64.powf(start), 10f64.powf(end), most),
        };
        ticks.retain(|(value, _)| {
            has_place(axis.scale, *value) && (start..=end).contains(&on(axis.scale, *value))
        });
        Some(Self {
            scale: axis.scale,
            ends: start..end,
            ticks,
        })
    }

    /// Names below each other, at 0, 1, 2 and so on, the first on top.
    pub(super) fn rows(names: impl Iterator<Item = String>) -> Self {
        let ticks: Vec<Tick> = names
            .enumerate()
            .map(|(row, name)| (row as f64, name))
            .collect();
        Self {
            scale: Scale::Linear,
            ends: ticks.len() as f64 - 0.5..-0.5,
            ticks,
        }
    }

    /// Where the axis begins and ends.
    pub(super) fn ends(&self) -> [f64; 2] {
        [self.ends.start, self.ends.end].map(|end| match self.scale {
            Scale::Linear => end,
            Scale::Log => 10f64.powf(end),
        })
    }

    /// Whether the value has a place on the axis.
    pub(super) fn has_place(&self, value: f64) -> bool {
        has_place(self.scale, value)
    }

    /// Erases what is written too close to its neighbour: an axis of `length` pixels, a character
    /// of `width` pixels. Grid lines stay.
    pub(super) fn without_collisions(mut self, length: f64, width: f64) -> Self {
        self.ticks.sort_by(|a, b| a.0.total_cmp(&b.0));
        let places: Vec<f64> = self
            .ticks
            .iter()
            .map(|tick| self.share(tick.0) * length)
            .collect();
        let mut taken = f64::NEG_INFINITY;
        for ((_, label), place) in self.ticks.iter_mut().zip(places) {
            let half = 0.5 * width * label.chars().count() as f64;
            match place - half < taken {
                true => label.clear(),
                false => taken = place + half + width,
            }
        }
        self
    }

    /// The longest text at its ticks, in characters.
    pub(super) fn widest(&self) -> usize {
        let widths = self.ticks.iter().map(|tick| tick.1.chars().count());
        widths.max().unwrap_or(0)
    }

    /// 0 at the beginning of the axis and beyond, 1 at its end and beyond.
    fn share(&self, value: f64) -> f64 {
        // Halves, since the whole range may be more than the largest number.
        let [start, end] = [self.ends.start / 2.0, self.ends.end / 2.0];
        let share = (on(self.scale, value) / 2.0 - start) / (end - start);
        share.clamp(0.0, 1.0)
    }
}

/// Whether a value has a place on such an axis.
pub(super) fn has_place(scale: Scale, value: f64) -> bool {
    value.is_finite() && (scale == Scale::Linear || value > 0.0)
}

fn on(scale: Scale, value: f64) -> f64 {
    match scale {
        Scale::Linear => value,
        Scale::Log => value.log10(),
    }
}

impl Ranged for Ruler {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        start + (self.share(*value) * f64::from(end - start)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|tick| tick.0).collect()
    }

    fn range(&self) -> Range<f64> {
        let [start, end] = self.ends();
        start..end
    }
}

impl ValueFormatter<f64> for Ruler {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.ticks.iter().find(|tick| tick.0 == *value);
        tick.map(|tick| tick.1.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruler(scale: Scale, values: &[f64]) -> Option<Ruler> {
        let axis = Axis {
            label: String::new(),
            scale,
            ticks: vec![],
        };
        Ruler::new(&axis, values.iter().copied(), 0.1, 5)
    }

    #[test]
    fn places() {
        let linear = ruler(Scale::Linear, &[0.0, 10.0, f64::NAN]).unwrap();
        assert_eq!(linear.ends(), [-1.0, 11.0]);
        let places = [-1.0, 5.0, 11.0, f64::INFINITY].map(|value| linear.map(&value, (0, 100)));
        assert_eq!(places, [0, 50, 100, 100]);
        let log = ruler(Scale::Log, &[0.0, -1.0, 1.0, 100.0]).unwrap();
        assert_eq!([10.0, 0.0].map(|value| log.map(&value, (0, 100))), [50, 0]);
    }

    #[test]
    fn there_is_always_a_range() {
        for value in [0.0, 1.0, -1e300, f64::MAX, f64::MIN_POSITIVE] {
            let [start, end] = ruler(Scale::Linear, &[value]).unwrap().ends();
            assert!(start < end, "{value}: {start} {end}");
        }
        assert!(ruler(Scale::Linear, &[f64::MIN, f64::MAX]).is_some());
        assert!(ruler(Scale::Log, &[5.0]).unwrap().ticks.len() > 1);
        assert!(ruler(Scale::Log, &[0.0, -2.0, f64::NAN]).is_none());
        assert!(ruler(Scale::Linear, &[]).is_none());
    }

    #[test]
    fn labels_do_not_collide() {
        let mut ruler = ruler(Scale::Linear, &[0.0, 10.0]).unwrap();
        let tick = |value: f64| (value, "12345".to_string());
        ruler.ticks = vec![tick(5.0), tick(0.0), tick(5.5), tick(10.0)];
        let labels = ruler.without_collisions(100.0, 6.0).ticks;
        let left: Vec<f64> = labels
            .iter()
            .filter(|tick| !tick.1.is_empty())
            .map(|tick| tick.0)
            .collect();
        assert_eq!(left, [0.0, 5.0, 10.0]);
    }
}
