//! Evaluates a program while a kernel is compiled: each step becomes one instruction.

use crate::curve::{Program, Step};
use cubecl::ir::{ElemType, FloatKind, Scope};
use cubecl::prelude::*;

/// The results of `program` for input `x` and these parameters.
#[cube]
pub(super) fn eval<A: Float>(
    x: A,
    params: &Sequence<A>,
    #[comptime] program: Program,
) -> Sequence<A> {
    intrinsic!(|scope| expand_program::<A>(scope, x, params, &program))
}

/// What a step yields: a number or a mask.
enum Value<A: Float> {
    Number(NativeExpand<A>),
    Mask(NativeExpand<bool>),
}

fn expand_program<A: Float>(
    scope: &Scope,
    x: NativeExpand<A>,
    params: &SequenceExpand<A>,
    program: &Program,
) -> SequenceExpand<A> {
    let mut values: Vec<Value<A>> = Vec::with_capacity(program.steps.len());
    for step in &program.steps {
        let number = |at: usize| match &values[at] {
            Value::Number(number) => *number,
            Value::Mask(_) => unreachable!("a mask is no number"),
        };
        let mask = |at: usize| match &values[at] {
            Value::Mask(mask) => *mask,
            Value::Number(_) => unreachable!("selection is by a mask"),
        };
        let value = match *step {
            Step::Gt(a, b) => Value::Mask(gt::expand::<A>(scope, number(a), number(b))),
            Step::Le(a, b) => Value::Mask(le::expand::<A>(scope, number(a), number(b))),
            Step::Eq(a, b) => Value::Mask(eq::expand::<A>(scope, number(a), number(b))),
            Step::Input => Value::Number(x),
            Step::Param(i) => Value::Number(*params.__expand_index_method(scope, i.into())),
            Step::Lit(bits) => Value::Number(literal::<A>(scope, f64::from_bits(bits))),
            Step::Add(a, b) => Value::Number(add::expand::<A>(scope, number(a), number(b))),
            Step::Sub(a, b) => Value::Number(sub::expand::<A>(scope, number(a), number(b))),
            Step::Mul(a, b) => Value::Number(mul::expand::<A>(scope, number(a), number(b))),
            Step::Div(a, b) => Value::Number(div::expand::<A>(scope, number(a), number(b))),
            Step::Neg(a) => Value::Number(neg::expand::<A>(scope, number(a))),
            Step::Exp(a) => Value::Number(exp::<A>(scope, number(a))),
            Step::ExpM1(a) => Value::Number(exp_m1::<A>(scope, number(a))),
            Step::Ln1p(a) => Value::Number(ln_1p::<A>(scope, number(a))),
            Step::Sqrt(a) => Value::Number(sqrt::expand::<A>(scope, number(a))),
            Step::Abs(a) => Value::Number(abs::expand::<A>(scope, number(a))),
            Step::Select(c, a, b) => {
                Value::Number(choose::expand::<A>(scope, mask(c), number(a), number(b)))
            }
        };
        values.push(value);
    }
    let mut outputs = Sequence::<A>::__expand_new(scope);
    for &at in &program.outputs {
        match &values[at] {
            Value::Number(number) => outputs.__expand_push_method(scope, *number),
            Value::Mask(_) => unreachable!("a program yields numbers"),
        }
    }
    outputs
}

/// A constant with all its digits (`Float::new` would round an f64 to f32).
fn literal<A: Float>(scope: &Scope, value: f64) -> NativeExpand<A> {
    A::elem_type(scope).constant(value.into()).into()
}

#[cube]
fn add<A: Float>(a: A, b: A) -> A {
    a + b
}

#[cube]
fn sub<A: Float>(a: A, b: A) -> A {
    a - b
}

#[cube]
fn mul<A: Float>(a: A, b: A) -> A {
    a * b
}

#[cube]
fn div<A: Float>(a: A, b: A) -> A {
    a / b
}

#[cube]
fn neg<A: Float>(a: A) -> A {
    -a
}

#[cube]
fn gt<A: Float>(a: A, b: A) -> bool {
    a > b
}

#[cube]
fn le<A: Float>(a: A, b: A) -> bool {
    a <= b
}

#[cube]
fn eq<A: Float>(a: A, b: A) -> bool {
    a == b
}

#[cube]
fn choose<A: Float>(mask: bool, yes: A, no: A) -> A {
    select(mask, yes, no)
}

#[cube]
fn floor<A: Float>(a: A) -> A {
    a.floor()
}

#[cube]
fn abs<A: Float>(a: A) -> A {
    a.abs()
}

#[cube]
fn sqrt<A: Float>(a: A) -> A {
    a.sqrt()
}

#[cube]
fn native_ln<A: Float>(a: A) -> A {
    a.ln()
}

/// The logarithm in single precision.
#[cube]
fn rough_ln<A: Float>(a: A) -> A {
    A::cast_from(f32::cast_from(a).ln())
}

#[cube]
fn native_exp<A: Float>(a: A) -> A {
    a.exp()
}

/// eᵃ: the device's own, except in double precision, which SPIR-V and WGSL do not have it in.
fn exp<A: Float>(scope: &Scope, a: NativeExpand<A>) -> NativeExpand<A> {
    match A::elem_type(scope) {
        ElemType::Float(FloatKind::F64) => exp_f64::<A>(scope, a),
        _ => native_exp::expand::<A>(scope, a),
    }
}

/// eᵃ = 2ⁿ·eʳ with |r| ≤ ln 2 / 2, in double precision, by arithmetic alone.
fn exp_f64<A: Float>(scope: &Scope, a: NativeExpand<A>) -> NativeExpand<A> {
    let lit = |value: f64| literal::<A>(scope, value);
    let mul = |a, b| mul::expand::<A>(scope, a, b);
    let add = |a, b| add::expand::<A>(scope, a, b);
    let sub = |a, b| sub::expand::<A>(scope, a, b);
    let gt = |a, b| gt::expand::<A>(scope, a, b);
    let choose = |mask, yes, no| choose::expand::<A>(scope, mask, yes, no);

    // Beyond these, eᵃ is infinite or 0. NaN fails both comparisons and passes.
    let x = choose(gt(a, lit(710.0)), lit(710.0), a);
    let x = choose(gt(lit(-746.0), x), lit(-746.0), x);
    let n = add(mul(x, lit(core::f64::consts::LOG2_E)), lit(0.5));
    let n = floor::expand::<A>(scope, n);
    // ln 2 in two parts; the first has so few bits that n times it is exact.
    let r = sub(x, mul(n, lit(0.693_147_180_369_123_8)));
    let r = sub(r, mul(n, lit(1.908_214_929_270_587_7e-10)));

    // 1 + r·(1 + r/2·(1 + r/3·(…))); the next term would be below 2⁻⁵⁶.
    let mut result = lit(1.0);
    for k in (1..=13).rev() {
        let step = mul(r, lit(1.0 / f64::from(k)));
        result = add(mul(step, result), lit(1.0));
    }
    // Times 2ⁿ, as a product of powers that are finite each.
    let negative = gt(lit(0.0), n);
    let mut rest = choose(negative, neg::expand::<A>(scope, n), n);
    for power in [512, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1] {
        let size = lit(f64::from(power));
        let scale = choose(negative, lit(2f64.powi(-power)), lit(2f64.powi(power)));
        let taken = le::expand::<A>(scope, size, rest);
        result = choose(taken, mul(result, scale), result);
        rest = choose(taken, sub(rest, size), rest);
    }
    result
}

/// eᵃ − 1. CubeCL's own subtracts 1 from 1.00001 and loses five digits; here a Taylor polynomial
/// serves for |a| ≤ 1/2, where the subtraction would cancel.
fn exp_m1<A: Float>(scope: &Scope, a: NativeExpand<A>) -> NativeExpand<A> {
    let lit = |value: f64| literal::<A>(scope, value);
    // The next term would be below half a unit in the last place.
    let degree = match A::elem_type(scope) {
        ElemType::Float(FloatKind::F64) => 16,
        _ => 9,
    };
    // a·(1 + a/2·(1 + a/3·(…)))
    let mut sum = lit(1.0);
    for n in (2..=degree).rev() {
        let step = mul::expand::<A>(scope, a, lit(1.0 / f64::from(n)));
        sum = add::expand::<A>(scope, mul::expand::<A>(scope, step, sum), lit(1.0));
    }
    let series = mul::expand::<A>(scope, a, sum);
    let exp = exp::<A>(scope, a);
    let large = sub::expand::<A>(scope, exp, lit(1.0));
    let square = mul::expand::<A>(scope, a, a);
    let is_small = le::expand::<A>(scope, square, lit(0.25));
    choose::expand::<A>(scope, is_small, series, large)
}

/// ln(1 + a): a series around zero, the device's logarithm elsewhere, which near 1 has few digits.
fn ln_1p<A: Float>(scope: &Scope, a: NativeExpand<A>) -> NativeExpand<A> {
    let lit = |value: f64| literal::<A>(scope, value);
    let mul = |a, b| mul::expand::<A>(scope, a, b);
    let add = |a, b| add::expand::<A>(scope, a, b);
    let div = |a, b| div::expand::<A>(scope, a, b);
    let le = |a, b| le::expand::<A>(scope, a, b);
    let choose = |mask, yes, no| choose::expand::<A>(scope, mask, yes, no);

    // 2·artanh(s) = 2·s·(1 + s²/3 + s⁴/5 + …) with s = a / (2 + a), |s| ≤ 1/3 for −1/2 ≤ a ≤ 1; the
    // next term would be below half a unit in the last place.
    let is_double = matches!(A::elem_type(scope), ElemType::Float(FloatKind::F64));
    let terms = if is_double { 17 } else { 8 };
    let s = div(a, add(a, lit(2.0)));
    let square = mul(s, s);
    let mut sum = lit(1.0 / f64::from(2 * terms + 1));
    for n in (0..terms).rev() {
        sum = add(mul(sum, square), lit(1.0 / f64::from(2 * n + 1)));
    }
    let series = mul(mul(s, lit(2.0)), sum);

    let y = add(a, lit(1.0));
    let far = match is_double {
        true => ln_f64::<A>(scope, y),
        false => native_ln::expand::<A>(scope, y),
    };
    let is_far = le(a, lit(-0.5));
    let near = choose(is_far, far, series);
    choose(le(a, lit(1.0)), near, far)
}

/// ln y in double precision, which shading languages do not have: one step of Halley's method on
/// eˡ = y, from the logarithm in single precision. Cubic convergence makes 7 digits 21.
fn ln_f64<A: Float>(scope: &Scope, y: NativeExpand<A>) -> NativeExpand<A> {
    let lit = |value: f64| literal::<A>(scope, value);
    let sqrt = |a| sqrt::expand::<A>(scope, a);
    // Into the range of single precision: ln y = 16·ln(y^(1/16)).
    let huge = gt::expand::<A>(scope, y, lit(1e30));
    let root = choose::expand::<A>(scope, huge, sqrt(sqrt(sqrt(sqrt(y)))), y);
    let start = rough_ln::expand::<A>(scope, root);
    let back = exp::<A>(scope, start);
    let difference = sub::expand::<A>(scope, root, back);
    let total = add::expand::<A>(scope, root, back);
    let step = div::expand::<A>(scope, difference, total);
    let step = mul::expand::<A>(scope, step, lit(2.0));
    let ln = add::expand::<A>(scope, start, step);
    let scale = choose::expand::<A>(scope, huge, lit(16.0), lit(1.0));
    let ln = mul::expand::<A>(scope, ln, scale);
    let infinite = gt::expand::<A>(scope, y, lit(f64::MAX));
    choose::expand::<A>(scope, infinite, y, ln)
}
