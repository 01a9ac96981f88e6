//! The recording dialect: running a formula once over [`Sym`] yields the [`Program`] it computes.
//!
//! Used where no kernel of ours runs, to compose a curve from a backend's primitive operations.

use super::host::{self, Real};
use core::cell::RefCell;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// One operation of a [`Program`]; operands are positions of earlier steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// The input x.
    Input,
    /// Parameter number i.
    Param(usize),
    /// A constant.
    Lit(f64),
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
    /// b where mask a holds, else c
    Select(usize, usize, usize),
    /// eᵃ
    Exp(usize),
}

/// The operations of a formula in order, and which of them is its result.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// Operations; each refers to earlier ones.
    pub steps: Vec<Step>,
    /// Position of the result.
    pub output: usize,
}

impl Program {
    /// Records `formula`, a function of x and `N` parameters.
    pub fn record<const N: usize>(formula: impl FnOnce(Sym, [Sym; N]) -> Sym) -> Self {
        let outer = TAPE.take();
        let x = push(Step::Input);
        let params = core::array::from_fn(|index| push(Step::Param(index)));
        let output = formula(x, params).0;
        let steps = TAPE.replace(outer);
        Self { steps, output }
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

impl Real for Sym {
    type Mask = Sym;

    fn lit(value: f64) -> Self {
        push(Step::Lit(value))
    }
    fn gt(self, other: Self) -> Sym {
        push(Step::Gt(self.0, other.0))
    }
    fn le(self, other: Self) -> Sym {
        push(Step::Le(self.0, other.0))
    }
    fn select(mask: Sym, yes: Self, no: Self) -> Self {
        push(Step::Select(mask.0, yes.0, no.0))
    }
    fn exp(self) -> Self {
        push(Step::Exp(self.0))
    }
    /// Burn has no such primitive: a Taylor polynomial where eˣ − 1 would cancel.
    fn exp_m1(self) -> Self {
        let one = host::lit::<Self>(1.0);
        let half = host::lit::<Self>(0.5);
        // The branch that is not selected must stay finite too, for the sake of its gradient.
        let small = host::min(self, half);
        let small = host::select(host::gt(small, -half), small, -half);
        // x·(1 + x/2·(1 + x/3·(…))), up to x¹⁶/16!, below 1e-17 for |x| ≤ 0.5.
        let series = (2..=16).rev().fold(one, |sum, n| {
            one + small * host::lit::<Self>(1.0 / f64::from(n)) * sum
        });
        let is_small = host::le(self * self, half * half);
        host::select(is_small, small * series, self.exp() - one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_each_operation_once() {
        let program = Program::record(|x, [a]| x * a + x * a);
        assert_eq!(
            program.steps,
            [
                Step::Input,
                Step::Param(0),
                Step::Mul(0, 1),
                Step::Add(2, 2)
            ]
        );
        assert_eq!(program.output, 3);
    }
}
