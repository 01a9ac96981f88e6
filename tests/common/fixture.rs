//! The reference figures: values, slopes and parameter derivatives to 25 digits, from symbolic
//! differentiation at 60 digits.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::formula::{Formula, Jet};

/// An activation and where it was evaluated.
#[derive(Deserialize)]
pub struct Entry {
    pub name: String,
    params: Vec<Param>,
    pieces: Vec<[String; 2]>,
    /// The function whose slope is that of the curve, where it is another.
    pub surrogate: Option<Vec<[String; 2]>>,
    cases: Vec<RawCase>,
}

#[derive(Deserialize)]
struct Param {
    name: String,
    default: f64,
    bound: Option<String>,
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

/// Activations whose formulas add terms that cancel for some inputs and parameters, however they
/// are computed. In all others, what cancels in the formula as printed is avoided.
const CANCELLING: [&str; 19] = [
    "srelu",
    "flexible_relu",
    "apl",
    "shilu",
    "star_relu",
    "swish",
    "acon_c",
    "delu",
    "preu",
    "poly_relu",
    "xielu",
    "dyt",
    "derf",
    "gelu",
    "mish",
    "golu",
    "telu",
    "rational",
    "sugar",
];

/// For value, slope and each parameter derivative of an activation: the largest of the terms that
/// its formula adds, where those may cancel; otherwise 0.
pub fn largest_terms(name: &str, x: f64, params: &[f64]) -> Vec<f64> {
    if CANCELLING.contains(&name) {
        terms_as_printed(name, x, params)
    } else {
        vec![0.0; params.len() + 2]
    }
}

/// The largest of the terms that the formula adds as printed, and those that differentiating it adds.
pub fn terms_as_printed(name: &str, x: f64, params: &[f64]) -> Vec<f64> {
    static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(entries);
    let entry = ENTRIES.iter().find(|entry| entry.name == name).unwrap();
    let jets = entry.jets(x, params);
    let slopes = jets.iter().map(|jet| jet.slope_size);
    let sizes = [jets[0].value_size].into_iter().chain(slopes);
    sizes
        .map(|size| if size.is_finite() { size } else { 0.0 })
        .collect()
}

impl Entry {
    /// Names, defaults and bounds of the parameters.
    pub fn params(&self) -> impl Iterator<Item = (&str, f64, &str)> {
        fn bound(p: &Param) -> &str {
            p.bound.as_deref().unwrap_or("any")
        }
        self.params
            .iter()
            .map(move |p| (p.name.as_str(), p.default, bound(p)))
    }

    /// The formula, naively: with respect to x, and to each parameter.
    pub fn jets(&self, x: f64, params: &[f64]) -> Vec<Jet> {
        let formula = Formula::new(&self.pieces);
        let surrogate = self.surrogate.as_ref().map(|pieces| Formula::new(pieces));
        let names = self.params.iter().map(|p| p.name.as_str());
        let mut values: BTreeMap<&str, f64> = names.clone().zip(params.iter().copied()).collect();
        values.insert("x", x);
        let variables = std::iter::once("x").chain(names);
        let mut jets: Vec<Jet> = variables
            .map(|variable| formula.at(&values, variable))
            .collect();
        if let Some(surrogate) = surrogate {
            let Jet {
                slope, slope_size, ..
            } = surrogate.at(&values, "x");
            jets[0] = Jet {
                slope,
                slope_size,
                ..jets[0]
            };
        }
        jets
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
                .map(|(name, ..)| number(&raw.grads[name]))
                .collect(),
        };
        let case = |raw: &RawCase| Case {
            params: self.params().map(|(name, ..)| raw.params[name]).collect(),
            points: raw.points.iter().map(point).collect(),
        };
        self.cases.iter().map(case).collect()
    }
}

/// |x|·s in the promised relative error, (4 + 2·|x|·s)·ε, where s is the largest of 1, |p| and 1/|p| over the parameters, and of
/// the product of parameters that a formula multiplies x with, since rounding those costs the more, the larger they are. It
/// is `most` at most, unless the exponent of an exponential is another than a multiple of x.
pub fn reach(name: &str, x: f64, params: &[f64], most: f64) -> f64 {
    let sizes = params.iter().map(|p| p.abs()).filter(|p| *p != 0.0);
    let largest = sizes.fold(1.0, |s: f64, p| s.max(p).max(1.0 / p));
    let linear = |s: f64| (x.abs() * s).min(most);
    match (name, params) {
        ("acon_c", [p1, p2, beta]) => linear(largest.max((beta * (p1 - p2)).abs())),
        // x² and e⁻ˣ are exponents.
        ("gelu", _) => linear(x.abs()).max(x.abs().min(most)),
        ("golu", _) => linear(1.0).max((-x).min(5.0).exp() * x.abs().max(1.0)),
        // So are the parameters.
        ("xielu", [right, left, _]) => linear(largest).max((-right).max(-left).clamp(0.0, 40.0)),
        ("derf", [alpha, s, ..]) => {
            let u = alpha * x + s;
            let largest_term = (alpha * x).abs().max(s.abs()).max(u.abs());
            let squared = if u.abs() < 30.0 {
                u.abs() * largest_term
            } else {
                0.0
            };
            linear(largest).max(squared)
        }
        _ => linear(largest),
    }
}
