//! Least squares within bounds, by the method of Levenberg and Marquardt.

use crate::curve::Curve;
use crate::curve::MAX_KERNEL_PARAMS;
use core::array::from_fn;

type Vector = [f64; MAX_KERNEL_PARAMS];
type Matrix = [Vector; MAX_KERNEL_PARAMS];

/// Steps after which the search ends in any case.
const MOST_STEPS: usize = 200;

/// Damping beyond which a step would be too short to matter.
const MOST_DAMPING: f64 = 1e10;

/// A curve, and points that it should go through.
pub(super) struct Problem<'a> {
    curve: &'a dyn Curve,
    points: Vec<(f64, f64)>,
    /// What each parameter is kept between.
    bounds: Vec<(f64, f64)>,
    /// A difference of costs that is nothing but rounding.
    negligible: f64,
}

/// Parameters, and how good they are.
pub(super) struct Solution {
    pub params: Vec<f64>,
    /// Mean square of the differences; infinite if it is not a number.
    pub cost: f64,
}

impl<'a> Problem<'a> {
    /// Points between `low` and `high`.
    pub fn new(curve: &'a dyn Curve, low: f64, high: f64, points: Vec<(f64, f64)>) -> Self {
        let height = points
            .iter()
            .fold(0.0, |height, (_, y)| y.abs().max(height));
        let reach = low.abs().max(high.abs());
        let largest = [reach, 1.0 / reach, height, height / reach];
        let largest = largest.into_iter().fold(1.0, f64::max);
        let bounds = curve.params().iter().map(|info| {
            // So that what is best at infinity stays usable.
            let limit = 100.0 * largest.max(info.default.abs());
            let (low, high) = info.bound.interval();
            (low.max(-limit), high.min(limit))
        });
        Self {
            curve,
            bounds: bounds.collect(),
            negligible: 1e-28 * height * height,
            points,
        }
    }

    /// The parameters that downhill steps from `start` lead to.
    ///
    /// Each step solves (JᵀJ + λ·diag JᵀJ)·δ = −Jᵀr, J the derivatives of the curve and r the
    /// differences, among the steps that stay within bounds. λ, the damping, shrinks after a step
    /// that goes downhill; one that does not is not taken, and λ grows.
    pub fn solve(&self, start: &[f64]) -> Solution {
        let mut params = start.to_vec();
        let mut cost = self.cost(&params);
        let mut damping = 1e-3;
        for _ in 0..MOST_STEPS {
            let (matrix, gradient) = self.normal_equations(&params);
            let taken = loop {
                if damping > MOST_DAMPING {
                    break None;
                }
                let next = self.step(&params, &matrix, &gradient, damping);
                let next_cost = self.cost(&next);
                if next_cost < cost {
                    damping = (damping / 10.0).max(1e-14);
                    break Some((next, next_cost));
                }
                damping *= 8.0;
            };
            let Some((next, next_cost)) = taken else {
                break;
            };
            let gained = cost - next_cost;
            (params, cost) = (next, next_cost);
            if gained <= 1e-15 * cost || cost <= 0.01 * self.negligible {
                break;
            }
        }
        Solution { params, cost }
    }

    /// Whether `a` is better than `b`, and not by rounding alone.
    pub fn is_better(&self, a: &Solution, b: &Solution) -> bool {
        a.cost < b.cost * (1.0 - 1e-9) - self.negligible
    }

    /// These numbers with exact zeros where rounding has left something tiny instead.
    pub fn with_zeros(&self, solution: Solution) -> Solution {
        let snapped = solution.params.iter().zip(&self.bounds);
        let params: Vec<f64> = snapped
            .map(|(&value, &(low, high))| match value.abs() < 1e-12 {
                true => 0f64.clamp(low, high),
                false => value,
            })
            .collect();
        let cost = self.cost(&params);
        let snapped = Solution { params, cost };
        if self.is_better(&solution, &snapped) {
            solution
        } else {
            snapped
        }
    }

    /// Mean square of the differences; infinite if it is not a number.
    fn cost(&self, params: &[f64]) -> f64 {
        let squares = self.points.iter().map(|&(x, y)| {
            let difference = self.curve.value_at(x, params) - y;
            difference * difference
        });
        let mean = squares.sum::<f64>() / self.points.len() as f64;
        if mean.is_nan() { f64::INFINITY } else { mean }
    }

    /// JᵀJ and Jᵀr. What a curve has fewer than [`MAX_KERNEL_PARAMS`] parameters is zero.
    fn normal_equations(&self, params: &[f64]) -> (Matrix, Vector) {
        let (mut matrix, mut gradient) = (Matrix::default(), Vector::default());
        for &(x, y) in &self.points {
            let difference = self.curve.value_at(x, params) - y;
            let slopes = self.curve.grads_at(x, params);
            for (i, a) in slopes.iter().enumerate() {
                gradient[i] += a * difference;
                for (j, b) in slopes.iter().enumerate() {
                    matrix[i][j] += a * b;
                }
            }
        }
        (matrix, gradient)
    }

    /// `params` after one step with `damping`.
    ///
    /// A parameter that the step would take out of bounds goes to its bound, and the others are
    /// solved for again, knowing that: else two that depend on each other would creep along it.
    fn step(&self, params: &[f64], matrix: &Matrix, gradient: &Vector, damping: f64) -> Vec<f64> {
        let mut damped = *matrix;
        for (i, row) in damped.iter_mut().enumerate() {
            // A parameter without influence has a zero here, and stays where it is.
            row[i] = match matrix[i][i] * (1.0 + damping) {
                0.0 => 1.0,
                diagonal => diagonal,
            };
        }
        let mut known = [None; MAX_KERNEL_PARAMS];
        loop {
            let step = solve(params.len(), &damped, gradient, &known);
            let leaves = self
                .bounds
                .iter()
                .enumerate()
                .find_map(|(i, &(low, high))| {
                    let next = params[i] + step[i];
                    let inside = next.clamp(low, high);
                    (known[i].is_none() && next != inside).then_some((i, inside - params[i]))
                });
            let Some((i, allowed)) = leaves else {
                let steps = params.iter().zip(&self.bounds).zip(step);
                return steps
                    // Again, because of rounding.
                    .map(|((param, &(low, high)), step)| (param + step).clamp(low, high))
                    .collect();
            };
            known[i] = Some(allowed);
        }
    }
}

/// The solution of `matrix`·s = −`gradient` in the first `count` components, of which some are `known` beforehand, by
/// Cholesky's method.
fn solve(
    count: usize,
    matrix: &Matrix,
    gradient: &Vector,
    known: &[Option<f64>; MAX_KERNEL_PARAMS],
) -> Vector {
    let mut a = *matrix;
    let mut right: Vector = from_fn(|i| {
        let moved = (0..count).map(|j| matrix[i][j] * known[j].unwrap_or(0.0));
        -gradient[i] - moved.sum::<f64>()
    });
    for i in 0..count {
        if let Some(value) = known[i] {
            // This row says: the component is what it is known to be.
            for row in &mut a {
                row[i] = 0.0;
            }
            a[i] = from_fn(|j| f64::from(i == j));
            right[i] = value;
        }
    }
    // a = L·Lᵀ, L in the lower half.
    for i in 0..count {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            let rest = a[i][j] - sum;
            a[i][j] = if i == j {
                // Rounding may leave a dependent column with nothing, or less.
                rest.max(matrix[i][i] * f64::EPSILON)
                    .max(f64::MIN_POSITIVE)
                    .sqrt()
            } else {
                rest / a[j][j]
            };
        }
    }
    for i in 0..count {
        let sum: f64 = (0..i).map(|k| a[i][k] * right[k]).sum();
        right[i] = (right[i] - sum) / a[i][i];
    }
    for i in (0..count).rev() {
        let sum: f64 = (i + 1..count).map(|k| a[k][i] * right[k]).sum();
        right[i] = (right[i] - sum) / a[i][i];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::PReluCurve;

    #[test]
    fn solves_with_and_without_known_components() {
        let mut matrix = Matrix::default();
        matrix[0][..4].copy_from_slice(&[4.0, 1.0, 0.5, 0.0]);
        matrix[1][..4].copy_from_slice(&[1.0, 3.0, 0.2, 0.1]);
        matrix[2][..4].copy_from_slice(&[0.5, 0.2, 2.0, 0.3]);
        matrix[3][..4].copy_from_slice(&[0.0, 0.1, 0.3, 1.0]);
        let mut gradient = Vector::default();
        gradient[..4].copy_from_slice(&[1.0, -2.0, 3.0, 0.5]);
        let known = |index: usize| from_fn(|i| (i == index).then_some(0.75));
        for (known, index) in [([None; MAX_KERNEL_PARAMS], 9), (known(1), 1), (known(3), 3)] {
            let step = solve(4, &matrix, &gradient, &known);
            for i in 0..4 {
                let row: f64 = (0..4).map(|j| matrix[i][j] * step[j]).sum();
                match i == index {
                    true => assert_eq!(step[i], 0.75),
                    false => assert!((row + gradient[i]).abs() < 1e-12, "row {i}"),
                }
            }
        }
    }

    #[test]
    fn a_linear_problem_takes_a_few_steps() {
        let points: Vec<_> = (-8..8)
            .map(|i| (f64::from(i), f64::from(i).max(0.0)))
            .collect();
        let problem = Problem::new(&PReluCurve, -8.0, 8.0, points);
        let solution = problem.solve(&[0.25]);
        assert!(solution.params[0].abs() < 1e-12, "{}", solution.params[0]);
        assert!(solution.cost < 1e-20);
    }

    #[test]
    fn a_start_that_is_not_finite_does_not_end_in_nan() {
        let problem = Problem::new(&PReluCurve, -1.0, 2.0, vec![(-1.0, 1.0), (2.0, 2.0)]);
        let solution = problem.solve(&[f64::INFINITY]);
        assert_eq!(solution.cost, f64::INFINITY);
    }
}
