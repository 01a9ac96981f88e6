//! The recording dialect: running a formula once over [`Sym`] yields the [`Program`] it computes.
//!
//! GPU kernels are generated from programs, and where no kernel of ours runs, a curve is composed
//! from a backend's primitive operations along its program.

use super::Formula;
use crate::math::{Arithmetic, Real, Squared};
use core::cell::RefCell;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// One operation of a [`Program`]; operands are positions of earlier steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The input x.
    Input,
    /// Parameter number i.
    Param(usize),
    /// A constant, as the bits of an f64 (so that programs can be compared).
    Lit(u64),
    /// a + b
    Add(usize, usize),
    /// a − b
    Sub(usize, usize),
    /// a · b
    Mul(usize, usize),
    /// a / b
    Div(usize, usize),
    /// −a
    Neg(usize),
    /// a > b
    Gt(usize, usize),
    /// a ≤ b
    Le(usize, usize),
    /// a = b
    Eq(usize, usize),
    /// b where mask a holds, else c
    Select(usize, usize, usize),
    /// eᵃ
    Exp(usize),
    /// eᵃ − 1
    ExpM1(usize),
    /// ln(1 + a)
    Ln1p(usize),
    /// √a
    Sqrt(usize),
    /// |a|
    Abs(usize),
}

impl Step {
    /// The same operation on what `f` gives for each operand.
    fn map(&self, mut f: impl FnMut(usize) -> usize) -> Self {
        match *self {
            Self::Input | Self::Param(_) | Self::Lit(_) => *self,
            Self::Add(a, b) => Self::Add(f(a), f(b)),
            Self::Sub(a, b) => Self::Sub(f(a), f(b)),
            Self::Mul(a, b) => Self::Mul(f(a), f(b)),
            Self::Div(a, b) => Self::Div(f(a), f(b)),
            Self::Neg(a) => Self::Neg(f(a)),
            Self::Gt(a, b) => Self::Gt(f(a), f(b)),
            Self::Le(a, b) => Self::Le(f(a), f(b)),
            Self::Eq(a, b) => Self::Eq(f(a), f(b)),
            Self::Select(mask, a, b) => Self::Select(f(mask), f(a), f(b)),
            Self::Exp(a) => Self::Exp(f(a)),
            Self::ExpM1(a) => Self::ExpM1(f(a)),
            Self::Ln1p(a) => Self::Ln1p(f(a)),
            Self::Sqrt(a) => Self::Sqrt(f(a)),
            Self::Abs(a) => Self::Abs(f(a)),
        }
    }
}

/// The operations of a formula in order, and which of them are its results.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Program {
    /// Operations; each refers to earlier ones.
    pub steps: Vec<Step>,
    /// Positions of the results.
    pub outputs: Vec<usize>,
}

impl Program {
    /// Records `formula`, a function of x and `count` parameters, without what its results do not depend on.
    pub fn record(count: usize, formula: impl FnOnce(Sym, &[Sym]) -> Vec<Sym>) -> Self {
        let outer = TAPE.take();
        let x = push(Step::Input);
        let params: Vec<Sym> = (0..count).map(|index| push(Step::Param(index))).collect();
        let outputs = formula(x, &params).into_iter().map(|sym| sym.0).collect();
        let steps = TAPE.replace(outer);
        Self { steps, outputs }.pruned()
    }

    fn pruned(self) -> Self {
        let mut needed = vec![false; self.steps.len()];
        for &output in &self.outputs {
            needed[output] = true;
        }
        for (at, step) in self.steps.iter().enumerate().rev() {
            if needed[at] {
                step.map(|operand| {
                    needed[operand] = true;
                    operand
                });
            }
        }
        let mut kept = 0;
        let places: Vec<usize> = needed
            .iter()
            .map(|&needed| {
                kept += usize::from(needed);
                kept.saturating_sub(1)
            })
            .collect();
        let steps = self.steps.iter().zip(needed).filter(|(_, needed)| *needed);
        Self {
            steps: steps.map(|(step, _)| step.map(|at| places[at])).collect(),
            outputs: self.outputs.iter().map(|&at| places[at]).collect(),
        }
    }

    /// Whether products, sums and comparisons are all it takes, as in piecewise linear activations.
    pub fn is_polynomial(&self) -> bool {
        !self.steps.iter().any(|step| {
            matches!(
                step,
                Step::Exp(_) | Step::ExpM1(_) | Step::Ln1p(_) | Step::Sqrt(_) | Step::Div(..)
            )
        })
    }

    /// Records what this program does as part of a formula, with these for its x and parameters.
    pub fn replay(&self, x: Sym, params: &[Sym]) -> Vec<Sym> {
        let mut at: Vec<Sym> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let sym = match *step {
                Step::Input => x,
                Step::Param(index) => params[index],
                ref other => push(other.map(|position| at[position].0)),
            };
            at.push(sym);
        }
        self.outputs.iter().map(|&position| at[position]).collect()
    }
}

/// A number that writes down what is done with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sym(usize);

thread_local! {
    static TAPE: RefCell<Vec<Step>> = const { RefCell::new(Vec::new()) };
}

/// Records `step`, or finds it if the same was recorded before.
fn push(step: Step) -> Sym {
    TAPE.with_borrow_mut(|tape| {
        let position = tape.iter().position(|known| *known == step);
        Sym(position.unwrap_or_else(|| {
            tape.push(step);
            tape.len() - 1
        }))
    })
}

macro_rules! binary {
    ($($Op:ident $op:ident),*) => {$(
        impl $Op for Sym {
            type Output = Sym;
            fn $op(self, other: Sym) -> Sym {
                push(Step::$Op(self.0, other.0))
            }
        }
    )*};
}
binary!(Add add, Sub sub, Mul mul, Div div);

impl Neg for Sym {
    type Output = Sym;
    fn neg(self) -> Sym {
        push(Step::Neg(self.0))
    }
}

impl Arithmetic for Sym {
    type Mask = Sym;

    fn lit(value: f64) -> Self {
        push(Step::Lit(value.to_bits()))
    }
    fn gt(self, other: Self) -> Sym {
        push(Step::Gt(self.0, other.0))
    }
    fn le(self, other: Self) -> Sym {
        push(Step::Le(self.0, other.0))
    }
    fn eq(self, other: Self) -> Sym {
        push(Step::Eq(self.0, other.0))
    }
    fn select(mask: Sym, yes: Self, no: Self) -> Self {
        push(Step::Select(mask.0, yes.0, no.0))
    }
    /// At a kink, where both are equal, `other`: in `max(x, 0)` the slope belongs to the constant then, as in every
    /// text of a slope.
    fn max(self, other: Self) -> Self {
        Self::select(self.le(other), other, self)
    }
    fn sqrt(self) -> Self {
        push(Step::Sqrt(self.0))
    }
    fn abs(self) -> Self {
        push(Step::Abs(self.0))
    }
}

impl Real for Sym {
    fn exp(self) -> Self {
        push(Step::Exp(self.0))
    }
    fn exp_m1(self) -> Self {
        push(Step::ExpM1(self.0))
    }
    fn ln_1p(self) -> Self {
        push(Step::Ln1p(self.0))
    }
    type Decay = Squared<Sym>;
    type InRange = Sym;
}

/// The text of a curve as lists of operations.
#[derive(Debug, Clone)]
pub struct Programs {
    /// Gives f(x).
    pub value: Program,
    /// Gives ∂f/∂x.
    pub slope: Program,
    /// Gives ∂f/∂x, then ∂f/∂p for each parameter.
    pub slopes: Program,
}

impl Programs {
    /// Records the text of `C`.
    pub fn record<C: Formula<N>, const N: usize>() -> Self {
        fn all<const N: usize>(params: &[Sym]) -> [Sym; N] {
            params.try_into().expect("as many as were asked for")
        }
        let e = |x, params: &[Sym]| C::decay::<Sym>(x, all(params));
        Self {
            value: Program::record(N, |x, params| vec![C::value(x, e(x, params), all(params))]),
            slope: Program::record(N, |x, params| vec![C::slope(x, e(x, params), all(params))]),
            slopes: Program::record(N, |x, params| {
                let e = e(x, params);
                let slope = C::slope(x, e, all(params));
                [vec![slope], C::grads(x, e, all(params)).to_vec()].concat()
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_each_operation_once() {
        let program = Program::record(1, |x, params| vec![x * params[0] + x * params[0]]);
        assert_eq!(
            program.steps,
            [
                Step::Input,
                Step::Param(0),
                Step::Mul(0, 1),
                Step::Add(2, 2)
            ]
        );
        assert_eq!(program.outputs, [3]);
    }

    #[test]
    fn records_what_results_depend_on() {
        let program = Program::record(2, |x, params| {
            let _unused = (x - params[0]) / params[1];
            vec![params[1] + x]
        });
        let steps = [Step::Input, Step::Param(1), Step::Add(1, 0)];
        assert_eq!(
            (&program.steps[..], &program.outputs[..]),
            (&steps[..], &[2][..])
        );
    }

    #[test]
    fn replays_with_other_operands() {
        let square = Program::record(1, |x, params| vec![x * x + params[0]]);
        let replayed = Program::record(2, |x, params| square.replay(params[1], &[x]));
        let written = Program::record(2, |x, params| vec![params[1] * params[1] + x]);
        assert_eq!(replayed, written);
    }
}
