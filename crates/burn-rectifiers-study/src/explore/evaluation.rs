//! Figures from a backend: the fused kernels forward, autodiff backward.

use burn::tensor::{Device, Tensor, TensorData};
use burn_rectifiers::{Sharing, op::activate};
use clap::ValueEnum;

use super::{data_type::DataType, number::Number, question::Question};
use crate::base::error::StudyError;

/// What came out of an evaluation.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) dtype: DataType,
    /// Names of the parameters.
    pub(super) names: Vec<&'static str>,
    /// The parameters as they were computed with. Every type's numbers are exact in f64.
    pub(super) params: Vec<f64>,
    pub(super) rows: Vec<Row>,
}

/// The figures at one point.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// The point as it was computed with.
    pub(super) x: f64,
    pub(super) value: f64,
    pub(super) slope: f64,
    /// Derivatives with respect to the parameters.
    pub(super) grads: Vec<f64>,
}

/// Evaluates at all points at once.
///
/// Each element has parameters of its own, and the incoming gradient is 1 everywhere. So one
/// backward pass gives the slope and the parameter derivatives of each point, not their sum.
pub(super) fn evaluate(question: &Question) -> Result<Answer, StudyError> {
    let Question {
        curve, xs, dtype, ..
    } = question;
    let device = question.backend.device()?;
    if !device.supports_dtype(dtype.dtype()) {
        let supported: Vec<_> = DataType::value_variants()
            .iter()
            .filter(|other| device.supports_dtype(other.dtype()))
            .map(|other| other.name())
            .collect();
        return Err(StudyError::Setting {
            setting: "dtype",
            value: dtype.name().into(),
            expected: format!(
                "a type that {} computes in: {}",
                question.backend.name(),
                supported.join(" or ")
            ),
        });
    }
    let device = device.autodiff();
    let count = xs.len();
    let x: Tensor<2> = tensor(xs, [1, count], *dtype, &device).require_grad();
    let params: Vec<Tensor<1>> = question
        .params
        .iter()
        .map(|value| tensor(&vec![*value; count], [count], *dtype, &device).require_grad())
        .collect();

    let y = activate(x.clone(), params.clone(), *curve, Sharing::Element);
    let grads = y.backward();
    let slopes = numbers(x.grad(&grads).expect("x takes a gradient"));
    let param_grads: Vec<Vec<f64>> = params
        .iter()
        .map(|param| numbers(param.grad(&grads).expect("parameters take a gradient")))
        .collect();

    let row = |(i, (x, value)): (usize, (f64, f64))| Row {
        x,
        value,
        slope: slopes[i],
        grads: param_grads.iter().map(|column| column[i]).collect(),
    };
    let columns = numbers(x).into_iter().zip(numbers(y));
    let answer = Answer {
        dtype: *dtype,
        names: curve.params().iter().map(|info| info.name).collect(),
        params: params.into_iter().map(|param| numbers(param)[0]).collect(),
        rows: columns.enumerate().map(row).collect(),
    };
    held(question, &answer)?;
    Ok(answer)
}

/// Whether each parameter is still a number that is as good as what was asked for: types have
/// largest and smallest numbers.
fn held(question: &Question, answer: &Answer) -> Result<(), StudyError> {
    let params = question
        .params
        .iter()
        .zip(&answer.params)
        .zip(&answer.names);
    for ((asked, got), name) in params {
        if !got.is_finite() || (*got == 0.0 && asked.double != 0.0) {
            return Err(StudyError::Setting {
                setting: "set",
                value: format!("{name}={:?}", asked.double),
                expected: format!("a number that {} can hold", answer.dtype.name()),
            });
        }
    }
    Ok(())
}

fn tensor<const D: usize>(
    values: &[Number],
    shape: [usize; D],
    dtype: DataType,
    device: &Device,
) -> Tensor<D> {
    let data = match dtype {
        DataType::F32 => TensorData::new(values.iter().map(|v| v.single).collect(), shape),
        _ => TensorData::new(values.iter().map(|v| v.double).collect(), shape),
    };
    Tensor::from_data(data, (device, dtype.dtype()))
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}
