//! The operation composed from a backend's primitive operations, for backends without kernels of
//! ours; gradients come from Burn's own differentiation of those. Also where Burn's fusion does better with
//! primitives, with the slope of the curve's own text.

use super::Task;
use crate::curve::math::trace::{Program, Step};
use burn::backend::tensor::{BoolTensor, FloatTensor};
use burn::backend::{Backend, Scalar, TensorMetadata, get_device_settings};
use burn::tensor::{BoolDType, DType, FloatDType, Shape};

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

/// Runs a program step by step, and yields its first output.
fn run<B: Backend>(
    program: &Program,
    x: FloatTensor<B>,
    params: Vec<FloatTensor<B>>,
    bools: BoolDType,
) -> FloatTensor<B> {
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
            Step::Abs(a) => Value::Tensor(B::float_abs(filled(at(a)))),
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
    filled(values.swap_remove(program.outputs[0]))
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

#[cfg(all(test, feature = "flex"))]
mod tests {
    use super::*;
    use crate::curve::ParamInfo;
    use crate::op::{Kernel, Sharing};
    use burn::backend::Dispatch;
    use burn::tensor::{Device, Tensor};

    /// y, dx and the gradient of each parameter of a tensor, by `value`.
    fn results(
        curve: &'static dyn Kernel,
        param: impl Fn(&ParamInfo) -> [f32; 3],
        value: impl Fn(Tensor<3>, Vec<Tensor<1>>, Task) -> Tensor<3>,
    ) -> Vec<Vec<f32>> {
        let device = Device::flex().autodiff();
        let x: Vec<f32> = (0..600)
            .map(|i| (i * 7919 % 601) as f32 / 40.0 - 7.5)
            .collect();
        let x = Tensor::<1>::from_floats(&x[..], &device).reshape([4, 3, 50]);
        // Where exponentials overflow, and where subtracting one cancels.
        let extreme = Tensor::<3>::from_floats([[[-1e4, 1e4, 100.0, -100.0, -1e-8]]], &device);
        let x = Tensor::cat(vec![x, extreme.expand([4, 3, 5])], 2).require_grad();
        let params: Vec<_> = curve
            .params()
            .iter()
            .map(|info| Tensor::<1>::from_floats(param(info), &device).require_grad())
            .collect();
        let task = Task {
            curve,
            sharing: Sharing::Channel { axis: 1 },
        };
        let y = value(x.clone(), params.clone(), task);
        let grads = (y.clone() * (x.clone().detach().abs() / 1e4))
            .sum()
            .backward();
        let vec = |tensor: Tensor<1>| tensor.into_data().try_to_vec::<f32>().unwrap();
        let dx = vec(x.grad(&grads).unwrap().reshape([-1]));
        let params = params.iter().map(|param| vec(param.grad(&grads).unwrap()));
        [vec(y.reshape([-1])), dx]
            .into_iter()
            .chain(params)
            .collect()
    }

    fn composed(x: Tensor<3>, params: Vec<Tensor<1>>, task: Task) -> Tensor<3> {
        let params = params.into_iter().map(Tensor::into_dispatch).collect();
        Tensor::from_dispatch(super::value::<Dispatch>(x.into_dispatch(), params, task))
    }

    /// Branches that are not taken have finite gradients too, also where a parameter is on its bound.
    #[test]
    fn nothing_is_nan_on_a_bound() {
        for curve in crate::nn::kernels() {
            let least = |info: &ParamInfo| match info.bound.interval() {
                (low, _) if low.is_finite() => [low as f32; 3],
                _ => [0.0; 3],
            };
            let results = results(*curve, least, composed).concat();
            assert!(!results.iter().any(|x| x.is_nan()), "{}", curve.name());
        }
    }

    #[test]
    fn composition_agrees_with_the_kernels() {
        for curve in crate::nn::kernels() {
            let some = |info: &ParamInfo| {
                let values = [0.2, 1.0, -0.4].map(|value| info.bound.some_value(value));
                // Not all the same: differences of parameters shall count.
                values.map(|value| value + info.name.len() as f32 / 64.0)
            };
            let ours = results(*curve, some, |x, params, task| {
                crate::activate(x, params, task.curve, task.sharing)
            });
            let composed = results(*curve, some, composed);
            assert_eq!(ours.len(), composed.len());
            for (which, (ours, composed)) in ours.iter().zip(&composed).enumerate() {
                // What cancels is relative to the largest term: of the sum that a parameter gets,
                // up to 1e4.
                let size = if which < 2 { 0.01 } else { 1e4 };
                for (a, b) in ours.iter().zip(composed) {
                    assert!(
                        (a - b).abs() <= 1e-5 * a.abs().max(size),
                        "{}, result {which}: {a} composed as {b}",
                        curve.name()
                    );
                }
            }
        }
    }
}
