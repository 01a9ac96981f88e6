//! What kind of lines an activation is made of, found by looking at it.

use burn_rectifiers::curve::Curve;

use super::pages::defaults;
use super::pictures::variants;

/// Where slopes are compared: so many places on each side of zero, up to this distance.
const PLACES: i32 = 400;
const REACH: f64 = 20.0;

/// A function of straight pieces has at most so many of them on one side of zero.
const PIECES: usize = 4;

/// A kind of activation, in the order of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Learned, of straight pieces.
    Straight,
    /// The input times a share of it that rises from 0 to 1.
    Gate,
    /// Curved for positive inputs, but of products, sums and quotients alone.
    Rational,
    /// Learned, curved for positive inputs at least.
    Curved,
    /// Learned, straight for positive inputs and curved for negative ones.
    CurvedLeft,
    /// Without parameters.
    Fixed,
}

impl Shape {
    pub(super) const ALL: [Self; 6] = [
        Self::Straight,
        Self::Gate,
        Self::Rational,
        Self::Curved,
        Self::CurvedLeft,
        Self::Fixed,
    ];

    /// The shape of `curve` with its defaults, and with each parameter changed: some activations
    /// start as a straight line.
    pub(super) fn of(curve: &dyn Curve) -> Self {
        let usual = defaults(curve);
        let mut tried = vec![usual.clone()];
        for (index, info) in curve.params().iter().enumerate() {
            for value in variants(info) {
                let mut params = usual.clone();
                params[index] = value;
                tried.push(params);
            }
        }
        let straight = |side: f64| tried.iter().all(|params| is_straight(curve, params, side));
        match (usual.is_empty(), straight(-1.0), straight(1.0)) {
            _ if is_gate(curve, &usual) => Self::Gate,
            (.., false) if is_rational(curve) => Self::Rational,
            (true, ..) => Self::Fixed,
            (_, true, true) => Self::Straight,
            (_, false, true) => Self::CurvedLeft,
            _ => Self::Curved,
        }
    }

    /// The heading over activations of this shape.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Straight => "Straight pieces",
            Self::Gate => "Gates",
            Self::Rational => "Polynomials and their quotients",
            Self::Curved => "Curved for positive inputs, or everywhere",
            Self::CurvedLeft => "Straight for positive inputs, curved for negative ones",
            Self::Fixed => "Nothing to learn",
        }
    }

    /// What such activations have in common.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Straight => {
                "Piecewise linear: nothing to compute but products and sums. What is learned are \
                 slopes, heights and thresholds."
            }
            Self::Gate => {
                "The input times a smooth share of it, from 0 on the far left to 1 on the far right. Small negative inputs \
                 get through a little, so that there is a dip below 0. The activations of most transformers are of this kind, \
                 also between the two factors of a gated layer, which `GatedFeedForward` is."
            }
            Self::Rational => {
                "Products, sums and quotients: no exponential. They grow like a power of the input, so that normalization or \
                 weight decay must keep inputs small. A quotient comes near to any function; `fit` finds its start."
            }
            Self::Curved => "The shape itself is learned: how sharp a bend is, how steep a side.",
            Self::CurvedLeft => {
                "Relatives of ELU. Most approach a limit for large negative inputs, so that their \
                 mean output is nearer to zero than that of ReLU. What is learned are that limit \
                 and how fast it is approached."
            }
            Self::Fixed => "What the others are measured against. They have no config.",
        }
    }
}

/// Whether it is x, times what rises smoothly from 0 to 1.
fn is_gate(curve: &dyn Curve, params: &[f64]) -> bool {
    let at = |x: f64| curve.value_at(x, params);
    let is_smooth = !is_straight(curve, params, 1.0) && !is_straight(curve, params, -1.0);
    let ends = (at(REACH) / REACH - 1.0).abs() < 1e-6 && at(-REACH).abs() < 1e-6;
    is_smooth && ends && at(0.0) == 0.0 && at(-1.0) < 0.0
}

/// Whether powers, but no function, are in its formula.
fn is_rational(curve: &dyn Curve) -> bool {
    let functions = ["exp", "log", "tanh", "erf", "sqrt", "sigmoid"];
    let formula = curve.formula();
    formula.contains('^') && !functions.iter().any(|name| formula.contains(name))
}

/// Whether the slope takes but a few values on that side of zero.
fn is_straight(curve: &dyn Curve, params: &[f64], side: f64) -> bool {
    let place = |i| side * REACH * f64::from(i) / f64::from(PLACES);
    let mut slopes: Vec<f64> = (1..=PLACES)
        .map(|i| curve.slope_at(place(i), params))
        .collect();
    slopes.sort_by(f64::total_cmp);
    slopes.dedup();
    slopes.len() <= PIECES
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn_rectifiers::curves::find;

    #[test]
    fn shapes_are_found() {
        for (shape, names) in [
            (Shape::Straight, ["prelu", "srelu", "apl", "pact"]),
            (Shape::Gate, ["swish", "acon_c", "gelu", "golu"]),
            (
                Shape::Rational,
                ["star_relu", "poly_relu", "relu_squared", "rational"],
            ),
            (Shape::Curved, ["blu", "softplus", "derf", "delu"]),
            (
                Shape::CurvedLeft,
                ["learnable_elu", "pdelu", "preu", "isrlu"],
            ),
            (Shape::Fixed, ["relu", "elu", "sigmoid", "tanh"]),
        ] {
            for name in names {
                assert_eq!(Shape::of(find(name).unwrap()), shape, "{name}");
            }
        }
    }
}
