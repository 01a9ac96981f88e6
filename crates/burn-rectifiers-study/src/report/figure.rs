//! The drawings of a report.

use serde::Serialize;

use super::Outcome;

/// Panels that belong together, under one legend.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What it is called.
    pub title: String,
    /// What it shows, and how to read it.
    pub caption: String,
    /// Its parts: as many beside each other as fit.
    pub panels: Vec<Panel>,
}

/// A drawing with two axes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Panel {
    /// What tells it from the other panels.
    pub title: String,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top. Intervals have rows there and use its label only.
    pub y: Axis,
    /// What is drawn.
    pub marks: Marks,
}

/// What one direction of a panel means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Axis {
    /// Quantity and unit.
    pub label: String,
    /// How numbers become places.
    pub scale: Scale,
    /// Numbers that are marked, with what is written there. If empty, they are chosen.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// With numbers that are chosen.
    pub fn new(label: &str, scale: Scale) -> Self {
        Self {
            label: label.into(),
            scale,
            ticks: Vec::new(),
        }
    }

    /// Of equal distances, with numbers that are chosen.
    pub fn linear(label: &str) -> Self {
        Self::new(label, Scale::Linear)
    }
}

/// How numbers become places on an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Equal differences are equally far apart.
    Linear,
    /// Equal ratios are. Numbers that are not positive have no place and are left out.
    Log,
}

/// What a panel shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Marks {
    /// Lines, each with a band around it.
    Lines(Vec<Line>),
    /// Means with their intervals, below each other.
    Intervals(Intervals),
}

/// A line. All lines of the document that have the same name look the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// What it is called in the legend.
    pub name: String,
    /// From one end to the other. A number that is not finite interrupts the line.
    pub points: Vec<Point>,
}

/// A point of a line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// Its place on the x axis.
    pub x: f64,
    /// Its place on the y axis.
    pub y: f64,
    /// Where the band begins; `y` if there is none.
    pub low: f64,
    /// Where the band ends; `y` if there is none.
    pub high: f64,
}

impl Point {
    /// Without a band.
    pub fn at(x: f64, y: f64) -> Self {
        let [low, high] = [y, y];
        Self { x, y, low, high }
    }
}

/// A forest plot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Intervals {
    /// From top to bottom.
    pub rows: Vec<Interval>,
    /// What the intervals are to be compared with: no difference, or chance.
    pub reference: Option<f64>,
}

/// A row of a forest plot. An end that is infinite reaches the edge of the drawing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Interval {
    /// What stands at its left.
    pub name: String,
    /// The mean.
    pub mean: f64,
    /// Where the interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// What each seed gave.
    pub seeds: Vec<f64>,
    /// Between which numbers the mean is too near to the reference to matter, if that was said.
    pub margin: Option<[f64; 2]>,
    /// What follows, if anything does.
    pub outcome: Option<Outcome>,
}
