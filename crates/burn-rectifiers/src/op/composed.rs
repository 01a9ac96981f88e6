//! The operation composed from a backend's primitive operations, for backends without kernels of
//! ours; gradients come from Burn's own differentiation of those. Where it would miss a surrogate, and where Burn's fusion does
//! better with primitives, slopes are those of the curve's own text.

use super::Task;
use crate::curve::{Program, Step};
use burn::backend::tensor::{BoolTensor, FloatTensor};
use burn::backend::{Backend, Scalar, TensorMetadata, get_device_settings};
use burn::tensor::{BoolDType, DType, FloatDType, Shape};

/// `task.curve` of each element of `x`, for a backend that differentiates what is done here.
pub(crate) fn differentiable<B: Backend>(
    x: FloatTensor<B>,
    params: Vec<FloatTensor<B>>,
    task: Task,
) -> FloatTensor<B> {
    if task.curve.surrogate().is_none() {
        return value::<B>(x, params, task);
    }
    let frame = Frame::<B>::of(&x, task);
    let fixed_x = B::float_detach(x.clone());
    let fixed: Vec<_> = params.iter().cloned().map(B::float_detach).collect();
    let programs = task.curve.programs();
    let mut y = frame.run(&programs.value, fixed_x.clone(), fixed.clone());
    let slopes = frame.run_all(&programs.slopes, fixed_x, fixed);
    // ∞ − ∞ would be no zero.
    let largest = match x.dtype() {
        DType::F64 => f64::MAX,
        _ => f32::MAX.into(),
    };
    let x = B::float_clamp(
        frame.widen(x),
        Scalar::from(-largest),
        Scalar::from(largest),
    );
    let params = params.into_iter().map(|param| frame.spread(param));
    for (slope, variable) in slopes.into_iter().zip([x].into_iter().chain(params)) {
        // Zero, with that slope.
        let zero = B::float_sub(variable.clone(), B::float_detach(variable));
        y = B::float_add(y, B::float_mul(slope, zero));
    }
    frame.narrow(y)
}

/// `task.curve` of each element of `x`.
pub(crate) fn value<B: Backend>(
    x: FloatTensor<B>,
    params: Vec<FloatTensor<B>>,
    task: Task,
) -> FloatTensor<B> {
    let frame = Frame::<B>::of(&x, task);
    frame.narrow(frame.run(&task.curve.programs().value, x, params))
}

/// `grad` times the slope at each element of `x`, by the curve's own derivative, not by differentiating
/// [`value`].
#[cfg(feature = "cube")]
pub(crate) fn slope<B: Backend>(
    x: FloatTensor<B>,
    params: Vec<FloatTensor<B>>,
    grad: FloatTensor<B>,
    task: Task,
) -> FloatTensor<B> {
    let frame = Frame::<B>::of(&x, task);
    let slope = frame.run(&task.curve.programs().slope, x, params);
    frame.narrow(B::float_mul(frame.widen(grad), slope))
}

/// What a curve is composed in: the input's own shape, parameters spread along it, half precision as
/// single, rounded once.
struct Frame<B: Backend> {
    shape: Shape,
    /// The shape of a parameter that broadcasts to the input's.
    unit: Shape,
    device: B::Device,
    narrow: Option<FloatDType>,
}

impl<B: Backend> Frame<B> {
    fn of(x: &FloatTensor<B>, task: Task) -> Self {
        let shape = x.shape();
        Self {
            unit: task.sharing.unit(&shape).into(),
            shape,
            device: x.device(),
            narrow: match x.dtype() {
                DType::F16 => Some(FloatDType::F16),
                DType::BF16 => Some(FloatDType::BF16),
                _ => None,
            },
        }
    }

    fn widen(&self, tensor: FloatTensor<B>) -> FloatTensor<B> {
        match self.narrow {
            Some(_) => B::float_cast(tensor, FloatDType::F32),
            None => tensor,
        }
    }

    fn narrow(&self, tensor: FloatTensor<B>) -> FloatTensor<B> {
        match self.narrow {
            Some(dtype) => B::float_cast(tensor, dtype),
            None => tensor,
        }
    }

    /// A parameter, beside each element that it belongs to.
    fn spread(&self, param: FloatTensor<B>) -> FloatTensor<B> {
        let param = B::float_reshape(self.widen(param), self.unit.clone());
        B::float_expand(param, self.shape.clone())
    }

    /// The program's first output.
    fn run(
        &self,
        program: &Program,
        x: FloatTensor<B>,
        params: Vec<FloatTensor<B>>,
    ) -> FloatTensor<B> {
        self.run_all(program, x, params).swap_remove(0)
    }

    /// The program's outputs.
    fn run_all(
        &self,
        program: &Program,
        x: FloatTensor<B>,
        params: Vec<FloatTensor<B>>,
    ) -> Vec<FloatTensor<B>> {
        let bools = get_device_settings::<B>(&self.device).bool_dtype;
        let params = params.into_iter().map(|param| self.spread(param)).collect();
        run::<B>(program, self.widen(x), params, bools)
    }
}

/// What a step of a program yields.
enum Value<B: Backend> {
    Number(f64),
    Tensor(FloatTensor<B>),
    Mask(BoolTensor<B>),
}

impl<B: Backend> Clone for Value<B> {
    fn clone(&self) -> Self {
        match self {
            Self::Number(number) => Self::Number(*number),
            Self::Tensor(tensor) => Self::Tensor(tensor.clone()),
            Self::Mask(mask) => Self::Mask(mask.clone()),
        }
    }
}

/// Runs a program step by step, and yields its outputs.
fn run<B: Backend>(
    program: &Program,
    x: FloatTensor<B>,
    params: Vec<FloatTensor<B>>,
    bools: BoolDType,
) -> Vec<FloatTensor<B>> {
    let mut values: Vec<Value<B>> = Vec::with_capacity(program.steps.len());
    // A number as a tensor, in the few places that need one.
    let (shape, device, dtype) = (x.shape(), x.device(), x.dtype());
    let filled = |value: Value<B>| match value {
        Value::Tensor(tensor) => tensor,
        Value::Number(number) => {
            B::float_full(shape.clone(), Scalar::from(number), &device, dtype.into())
        }
        Value::Mask(_) => unreachable!("a mask is no number"),
    };
    for step in &program.steps {
        let at = |position: usize| values[position].clone();
        let value = match *step {
            Step::Input => Value::Tensor(x.clone()),
            Step::Param(index) => Value::Tensor(params[index].clone()),
            Step::Lit(bits) => Value::Number(f64::from_bits(bits)),
            Step::Neg(a) => match at(a) {
                Value::Number(number) => Value::Number(-number),
                a => Value::Tensor(B::float_neg(filled(a))),
            },
            Step::Exp(a) => Value::Tensor(B::float_exp(filled(at(a)))),
            Step::ExpM1(a) => Value::Tensor(exp_m1::<B>(filled(at(a)), bools)),
            Step::Ln1p(a) => Value::Tensor(B::float_log1p(filled(at(a)))),
            Step::Sqrt(a) => Value::Tensor(B::float_sqrt(filled(at(a)))),
            Step::Abs(a) => Value::Tensor(abs::<B>(filled(at(a)), bools)),
            Step::Add(a, b) => match (at(a), at(b)) {
                (Value::Tensor(a), Value::Number(b)) | (Value::Number(b), Value::Tensor(a)) => {
                    Value::Tensor(B::float_add_scalar(a, Scalar::from(b)))
                }
                (a, b) => Value::Tensor(B::float_add(filled(a), filled(b))),
            },
            Step::Mul(a, b) => match (at(a), at(b)) {
                (Value::Number(a), Value::Number(b)) => Value::Number(a * b),
                (Value::Tensor(a), Value::Number(b)) | (Value::Number(b), Value::Tensor(a)) => {
                    Value::Tensor(B::float_mul_scalar(a, Scalar::from(b)))
                }
                (a, b) => Value::Tensor(B::float_mul(filled(a), filled(b))),
            },
            Step::Sub(a, b) => match (at(a), at(b)) {
                (Value::Tensor(a), Value::Number(b)) => {
                    Value::Tensor(B::float_sub_scalar(a, Scalar::from(b)))
                }
                (a, b) => Value::Tensor(B::float_sub(filled(a), filled(b))),
            },
            Step::Div(a, b) => match (at(a), at(b)) {
                (Value::Tensor(a), Value::Number(b)) => {
                    Value::Tensor(B::float_div_scalar(a, Scalar::from(b)))
                }
                (a, b) => Value::Tensor(B::float_div(filled(a), filled(b))),
            },
            Step::Gt(a, b) => Value::Mask(match (at(a), at(b)) {
                (Value::Tensor(a), Value::Number(b)) => {
                    B::float_greater_elem(a, Scalar::from(b), bools)
                }
                (a, b) => B::float_greater(filled(a), filled(b), bools),
            }),
            Step::Le(a, b) => Value::Mask(match (at(a), at(b)) {
                (Value::Tensor(a), Value::Number(b)) => {
                    B::float_lower_equal_elem(a, Scalar::from(b), bools)
                }
                (a, b) => B::float_lower_equal(filled(a), filled(b), bools),
            }),
            Step::Eq(a, b) => Value::Mask(match (at(a), at(b)) {
                (Value::Tensor(a), Value::Number(b)) => {
                    B::float_equal_elem(a, Scalar::from(b), bools)
                }
                (a, b) => B::float_equal(filled(a), filled(b), bools),
            }),
            Step::Select(mask, yes, no) => {
                let Value::Mask(mask) = at(mask) else {
                    unreachable!("selection is by a mask")
                };
                Value::Tensor(match (at(yes), at(no)) {
                    (Value::Number(yes), no) => {
                        B::float_mask_fill(filled(no), mask, Scalar::from(yes))
                    }
                    (yes, no) => B::float_mask_where(filled(no), mask, filled(yes)),
                })
            }
        };
        values.push(value);
    }
    let outputs = program.outputs.iter();
    outputs.map(|at| filled(values[*at].clone())).collect()
}

/// |x|, whose slope at 0 is −1: texts that need |x| take their branch for negative x there. Burn's own has slope 0, so
/// that the sigmoid would have none at 0.
fn abs<B: Backend>(x: FloatTensor<B>, bools: BoolDType) -> FloatTensor<B> {
    let is_positive = B::float_greater_elem(x.clone(), Scalar::from(0.0), bools);
    let negated = B::float_neg(x.clone());
    B::float_mask_where(negated, is_positive, x)
}

/// eˣ − 1. Burn has no such primitive: a Taylor polynomial where the subtraction would cancel.
fn exp_m1<B: Backend>(x: FloatTensor<B>, bools: BoolDType) -> FloatTensor<B> {
    const SMALL: f64 = 0.5;
    // The branch that is not taken must stay finite too, for the sake of its gradient.
    let small = B::float_clamp(x.clone(), Scalar::from(-SMALL), Scalar::from(SMALL));
    let is_small = B::float_equal(x.clone(), small.clone(), bools);
    // x·(1 + x/2·(1 + x/3·(…))), up to x¹⁶/16!, below 1e-17 for |x| ≤ 1/2.
    let mut series = B::float_add_scalar(
        B::float_mul_scalar(small.clone(), Scalar::from(1.0 / 16.0)),
        Scalar::from(1.0),
    );
    for n in (2..16).rev() {
        let step = B::float_mul_scalar(small.clone(), Scalar::from(1.0 / f64::from(n)));
        series = B::float_add_scalar(B::float_mul(step, series), Scalar::from(1.0));
    }
    let series = B::float_mul(small, series);
    let large = B::float_sub_scalar(B::float_exp(x), Scalar::from(1.0));
    B::float_mask_where(large, is_small, series)
}
