//! The formulas of the reference data, evaluated naively in double precision with their derivatives.
//!
//! This shares nothing with the library: neither the text of a curve, nor the care that the text
//! takes. So it is right where doubles have digits to spare, and tells how large the terms are that
//! a formula adds: where they cancel, no result can be exact beyond the largest of them.

use std::collections::BTreeMap;

/// A number, its derivative with respect to one variable, and the largest terms in either.
#[derive(Debug, Clone, Copy)]
pub struct Jet {
    pub value: f64,
    pub slope: f64,
    pub value_size: f64,
    pub slope_size: f64,
}

impl Jet {
    fn new(value: f64, slope: f64) -> Self {
        Self {
            value,
            slope,
            value_size: value.abs(),
            slope_size: slope.abs(),
        }
    }

    fn add(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            slope: self.slope + other.slope,
            value_size: self.value_size.max(other.value_size),
            slope_size: self.slope_size.max(other.slope_size),
        }
    }

    fn mul(self, other: Self) -> Self {
        Self {
            value: self.value * other.value,
            slope: self.slope * other.value + self.value * other.slope,
            value_size: self.value_size * other.value_size,
            slope_size: f64::max(
                self.slope_size * other.value_size,
                self.value_size * other.slope_size,
            ),
        }
    }

    /// A function of this number that is `value` here and has slope `slope`.
    fn chain(self, value: f64, slope: f64) -> Self {
        Self {
            value,
            slope: slope * self.slope,
            value_size: value.abs(),
            slope_size: slope.abs() * self.slope_size,
        }
    }

    fn call(self, function: &str) -> Self {
        let x = self.value;
        match function {
            "exp" => self.chain(x.exp(), x.exp()),
            "log" => self.chain(x.ln(), 1.0 / x),
            "softplus" => self.chain(
                x.max(0.0) + (-x.abs()).exp().ln_1p(),
                1.0 / (1.0 + (-x).exp()),
            ),
            "sqrt" => self.chain(x.sqrt(), 0.5 / x.sqrt()),
            // Where the terms of x cancel, their rounding shows.
            "erf" | "erfc" => {
                let slope = std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp();
                let jet = match function {
                    "erf" => self.chain(erf(x), slope),
                    _ => self.chain(erfc(x), -slope),
                };
                Self {
                    value_size: jet.value_size.max(slope * self.value_size),
                    ..jet
                }
            }
            "tanh" => self.chain(x.tanh(), x.cosh().powi(-2)),
            _ => panic!("unknown function `{function}`"),
        }
    }

    fn power(self, exponent: i32) -> Self {
        match exponent {
            0 => Self::new(1.0, 0.0),
            1 => self,
            n if n < 0 => {
                let whole = self.power(-n);
                // Where its terms cancel, their rounding shows.
                let lost = (whole.value_size / whole.value.abs()).max(1.0);
                let jet = whole.chain(1.0 / whole.value, -whole.value.powi(-2));
                Self {
                    value_size: jet.value_size * lost,
                    slope_size: jet.slope_size * lost,
                    ..jet
                }
            }
            n => {
                let times = f64::from(n);
                Self {
                    value: self.value.powi(n),
                    slope: times * self.value.powi(n - 1) * self.slope,
                    value_size: self.value_size.powi(n),
                    slope_size: times * self.value_size.powi(n - 1) * self.slope_size,
                }
            }
        }
    }
}

/// The error function, by its Taylor series or what is left of 1.
fn erf(x: f64) -> f64 {
    if x.abs() > 2.5 {
        return x.signum() * (1.0 - erfc(x.abs()));
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..60 {
        let n = f64::from(n);
        term *= -x * x / n;
        sum += term / (2.0 * n + 1.0);
    }
    sum * std::f64::consts::FRAC_2_SQRT_PI
}

/// 1 − erf(x), by Laplace's continued fraction where that converges soon.
fn erfc(x: f64) -> f64 {
    if x < 2.5 {
        return 1.0 - erf(x);
    }
    let fraction = (1..60)
        .rev()
        .fold(x, |below, n| x + f64::from(n) / 2.0 / below);
    (-x * x).exp() / fraction * std::f64::consts::FRAC_2_SQRT_PI / 2.0
}

/// A function given in pieces.
#[derive(Debug, Clone)]
pub struct Formula {
    pieces: Vec<[String; 2]>,
}

impl Formula {
    pub fn new(pieces: &[[String; 2]]) -> Self {
        Self {
            pieces: pieces.to_vec(),
        }
    }

    /// Value and derivative with respect to `variable`, where the variables have these values.
    pub fn at(&self, values: &BTreeMap<&str, f64>, variable: &str) -> Jet {
        let holds = |condition: &str| {
            let side = |text: &str| Reader::read(text, values, variable).value;
            let sides = |sign: &str| {
                let (a, b) = condition.split_once(sign)?;
                Some([side(a), side(b)])
            };
            if let Some([a, b]) = sides(" > ") {
                a > b
            } else if let Some([a, b]) = sides(" < ") {
                a < b
            } else if let Some([a, b]) = sides(" <= ") {
                a <= b
            } else {
                assert_eq!(condition, "otherwise", "an unknown condition");
                true
            }
        };
        let piece = self.pieces.iter().find(|[condition, _]| holds(condition));
        let [_, text] = piece.expect("a piece holds");
        Reader::read(text, values, variable)
    }
}

/// Reads an expression from left to right and computes it on the way.
struct Reader<'a> {
    rest: &'a str,
    values: &'a BTreeMap<&'a str, f64>,
    variable: &'a str,
}

impl<'a> Reader<'a> {
    fn read(text: &'a str, values: &'a BTreeMap<&'a str, f64>, variable: &'a str) -> Jet {
        let mut reader = Reader {
            rest: text,
            values,
            variable,
        };
        let result = reader.sum();
        assert!(
            reader.rest.trim().is_empty(),
            "left over: `{}`",
            reader.rest
        );
        result
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            // `*` is no half of `**`.
            Some(rest) if token != "*" || !rest.starts_with('*') => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn sum(&mut self) -> Jet {
        let minus = Jet::new(-1.0, 0.0);
        let mut sum = if self.eat("-") {
            minus.mul(self.product())
        } else {
            self.product()
        };
        loop {
            if self.eat("+") {
                sum = sum.add(self.product());
            } else if self.eat("-") {
                sum = sum.add(minus.mul(self.product()));
            } else {
                return sum;
            }
        }
    }

    fn product(&mut self) -> Jet {
        let mut product = self.power();
        loop {
            if self.eat("*") {
                product = product.mul(self.power());
            } else if self.eat("/") {
                product = product.mul(self.power().power(-1));
            } else {
                return product;
            }
        }
    }

    fn power(&mut self) -> Jet {
        let base = self.atom();
        if self.eat("**") {
            base.power(self.atom().value as i32)
        } else {
            base
        }
    }

    fn atom(&mut self) -> Jet {
        if self.eat("-") {
            return Jet::new(-1.0, 0.0).mul(self.power());
        }
        if self.eat("(") {
            let inner = self.sum();
            assert!(self.eat(")"), "`)` expected at `{}`", self.rest);
            return inner;
        }
        let text = self.rest.trim_start();
        let end = text
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        if let Ok(number) = word.parse() {
            return Jet::new(number, 0.0);
        }
        if let Some(value) = self.values.get(word) {
            return Jet::new(*value, f64::from(word == self.variable));
        }
        assert!(self.eat("("), "unknown word `{word}`");
        let argument = self.sum();
        let result = if word == "Max" {
            assert!(self.eat(","), "`,` expected at `{}`", self.rest);
            let other = self.sum();
            if other.value > argument.value {
                other
            } else {
                argument
            }
        } else {
            argument.call(word)
        };
        assert!(self.eat(")"), "`)` expected at `{}`", self.rest);
        result
    }
}
