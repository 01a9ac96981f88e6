//! What one call does, element by element and then unit by unit.

use super::{Histogram, Parameter, Unit};
use crate::Sharing;
use crate::op::{Task, View, evaluate};
use burn::tensor::Tensor;

/// What one call was given, and its elements in row-major order.
pub struct Measurement {
    parameters: Vec<Parameter>,
    inputs: Vec<f64>,
    slopes: Vec<f64>,
    outputs: Vec<f64>,
}

impl Measurement {
    /// What is known before the activation is evaluated.
    pub fn before<const D: usize>(x: &Tensor<D>, params: &[Tensor<1>], task: Task) -> Self {
        let infos = task.curve.params().iter().zip(params);
        let parameters = infos.map(|(info, values)| Parameter {
            name: info.name,
            values: numbers(values.clone()),
        });
        Self {
            parameters: parameters.collect(),
            inputs: numbers(x.clone()),
            slopes: slopes(x.clone(), params, task),
            outputs: vec![],
        }
    }

    /// With the result.
    pub fn after<const D: usize>(mut self, y: &Tensor<D>) -> Self {
        self.outputs = numbers(y.clone());
        self
    }

    /// The parameters that the curve was given.
    pub fn parameters(&self) -> Vec<Parameter> {
        self.parameters.clone()
    }

    /// The inputs of all units together.
    pub fn histogram(&self) -> Histogram {
        self.inputs.iter().copied().collect()
    }

    /// The units of a tensor of this shape.
    pub fn units(&self, sharing: Sharing, shape: &[usize], channels_last: bool) -> Vec<Unit> {
        let View { count, inner, .. } = view(sharing, shape, channels_last);
        let mut units = vec![Unit::default(); count];
        if self.inputs.is_empty() {
            return units;
        }
        let runs = self.inputs.chunks_exact(inner);
        let outputs = self.outputs.chunks_exact(inner);
        let slopes = self.slopes.chunks_exact(inner);
        for (run, (inputs, (outputs, slopes))) in runs.zip(outputs.zip(slopes)).enumerate() {
            units[run % count].see(inputs, outputs, slopes);
        }
        units
    }
}

/// Where the units lie.
fn view(sharing: Sharing, shape: &[usize], channels_last: bool) -> View {
    let last = shape.len() - 1;
    let axis = match sharing {
        Sharing::Channel { axis } => axis,
        _ if channels_last => last,
        _ => last.min(1),
    };
    let view = Sharing::Channel { axis }.view(shape);
    view.expect("an axis of the tensor")
}

/// The slope at each element: the gradient of the input where that of the output is one, in a graph
/// of its own, so that the model's does not notice.
fn slopes<const D: usize>(x: Tensor<D>, params: &[Tensor<1>], task: Task) -> Vec<f64> {
    let x = Tensor::from_inner(x.without_autodiff()).require_grad();
    if x.shape().num_elements() == 0 {
        return vec![];
    }
    let constant = |param: &Tensor<1>| Tensor::from_inner(param.clone().without_autodiff());
    let y = evaluate(x.clone(), params.iter().map(constant).collect(), task);
    let slopes = x.grad(&y.sum().backward());
    numbers(slopes.expect("the input requires it"))
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    let data = tensor.into_data();
    match data.as_slice::<f32>() {
        // The usual case, in a loop of its own.
        Ok(values) => values.iter().copied().map(f64::from).collect(),
        Err(_) => data.iter::<f64>().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_lie_where_the_channels_are() {
        let count = |sharing, shape: &[usize], last| view(sharing, shape, last).count;
        assert_eq!(count(Sharing::Layer, &[2, 3, 4, 5], false), 3);
        assert_eq!(count(Sharing::Layer, &[2, 3, 4, 5], true), 5);
        assert_eq!(count(Sharing::Element, &[2, 3, 4, 5], false), 3);
        assert_eq!(count(Sharing::Channel { axis: 2 }, &[2, 3, 4, 5], true), 4);
        assert_eq!(count(Sharing::Layer, &[7], false), 7);
    }
}
