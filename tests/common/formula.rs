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
            "sqrt" => self.chain(x.sqrt(), 0.5 / x.sqrt()),
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
                whole.chain(1.0 / whole.value, -whole.value.powi(-2))
            }
            n => self.mul(self.power(n - 1)),
        }
    }
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
            let words: Vec<&str> = condition.split_whitespace().collect();
            let side = |text: &str| Reader::read(text, values, variable).value;
            match words[..] {
                ["otherwise"] => true,
                [a, ">", b] => side(a) > side(b),
                [a, "<", b] => side(a) < side(b),
                [a, "<=", b] => side(a) <= side(b),
                _ => panic!("unknown condition `{condition}`"),
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
