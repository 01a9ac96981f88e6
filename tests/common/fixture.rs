//! The reference figures: values, slopes and parameter derivatives to 25 digits, from symbolic
//! differentiation at 60 digits.

use std::collections::BTreeMap;

use serde::Deserialize;

/// An activation and where it was evaluated.
#[derive(Deserialize)]
pub struct Entry {
    pub name: String,
    params: Vec<Param>,
    cases: Vec<RawCase>,
}

#[derive(Deserialize)]
struct Param {
    name: String,
    default: f64,
}

#[derive(Deserialize)]
struct RawCase {
    params: BTreeMap<String, f64>,
    points: Vec<RawPoint>,
}

/// The figures are strings, so that no reader of JSON shortens them.
#[derive(Deserialize)]
struct RawPoint {
    x: f64,
    value: String,
    slope: String,
    grads: BTreeMap<String, String>,
}

/// The figures of one activation with one choice of parameters, in the curve's order.
#[derive(Debug, Clone)]
pub struct Case {
    pub params: Vec<f64>,
    pub points: Vec<Point>,
}

/// The figures at one x.
#[derive(Debug, Clone)]
pub struct Point {
    pub x: f64,
    pub value: f64,
    pub slope: f64,
    pub grads: Vec<f64>,
}

/// All figures in the repository.
pub fn entries() -> Vec<Entry> {
    #[derive(Deserialize)]
    struct Fixture {
        activations: Vec<Entry>,
    }
    let fixture: Fixture =
        serde_json::from_str(include_str!("../fixtures/activations.json")).unwrap();
    fixture.activations
}

impl Entry {
    /// Names and defaults of the parameters.
    pub fn params(&self) -> impl Iterator<Item = (&str, f64)> {
        self.params.iter().map(|p| (p.name.as_str(), p.default))
    }

    /// The figures as the nearest doubles; what is too small for a double becomes 0.
    pub fn cases(&self) -> Vec<Case> {
        let number = |text: &String| text.parse::<f64>().unwrap();
        let point = |raw: &RawPoint| Point {
            x: raw.x,
            value: number(&raw.value),
            slope: number(&raw.slope),
            grads: self
                .params()
                .map(|(name, _)| number(&raw.grads[name]))
                .collect(),
        };
        let case = |raw: &RawCase| Case {
            params: self.params().map(|(name, _)| raw.params[name]).collect(),
            points: raw.points.iter().map(point).collect(),
        };
        self.cases.iter().map(case).collect()
    }
}
