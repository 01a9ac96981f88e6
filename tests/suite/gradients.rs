//! Values and gradients for random shapes, layouts in memory, sharings, parameters and incoming
//! gradients, against a plain scalar model and against finite differences.

use crate::common;
use crate::common::fixture::largest_terms;
use crate::common::layout::{self, Move, View, count, unit};
use crate::common::{Numbers, Precision, allowed_value, kernel, numbers, tensor};
use crate::with_rank;
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::{Sharing, curve::Curve, curves, op::activate};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

/// Elements of a random tensor at most, which keeps a case below a tenth of a second.
const LARGEST: usize = 200_000;

fn config(seed: u64) -> ProptestConfig {
    ProptestConfig {
        cases: 96,
        // The same cases in every run; nothing to remember between runs.
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A random problem. What is an [`Index`] is chosen among whatever the shape allows.
#[derive(Debug, Clone)]
struct Problem {
    curve: Index,
    /// Shape in memory; the moves make a view of it.
    memory: Vec<usize>,
    moves: Vec<(usize, Index, Index, Index)>,
    sharing: Index,
    /// How the parameters lie in memory.
    param_layout: usize,
    incoming: usize,
    seed: u64,
}

fn shapes() -> impl Strategy<Value = Vec<usize>> {
    let size = || prop_oneof![1 => Just(0usize), 3 => Just(1usize), 20 => 2..=7usize];
    let small = prop::collection::vec(size(), 1..=6);
    // One long axis: long rows of neighbours, or more channels than fit into a block.
    let long = (
        prop::collection::vec(1..=7usize, 1..=4),
        any::<Index>(),
        70..=1100usize,
    )
        .prop_map(|(mut shape, axis, size)| {
            let axis = axis.index(shape.len());
            shape[axis] = size;
            shape
        });
    // Two axes of the same size, easily confused.
    let equal = (prop::collection::vec(2..=6usize, 4..=5)).prop_map(|mut shape| {
        shape[3] = shape[1];
        shape
    });
    prop_oneof![4 => small, 4 => long, 2 => equal].prop_filter("too large", |shape| {
        shape.iter().product::<usize>() <= LARGEST
    })
}

fn problems() -> impl Strategy<Value = Problem> {
    let moves = (0..4usize, any::<Index>(), any::<Index>(), any::<Index>());
    (
        any::<Index>(),
        shapes(),
        prop::collection::vec(moves, 0..=3),
        any::<Index>(),
        0..4usize,
        0..5usize,
        any::<u64>(),
    )
        .prop_map(
            |(curve, memory, moves, sharing, param_layout, incoming, seed)| Problem {
                curve,
                memory,
                moves,
                sharing,
                param_layout,
                incoming,
                seed,
            },
        )
}

/// The problem with all choices made, as plain numbers.
struct Solved {
    curve: &'static dyn Curve,
    sharing: Sharing,
    memory: Vec<f64>,
    memory_shape: Vec<usize>,
    moves: Vec<Move>,
    shape: Vec<usize>,
    /// Elements of the view in row-major order, and which parameter value each uses.
    xs: Vec<f64>,
    units: Vec<usize>,
    params: Vec<Vec<f64>>,
    param_layout: usize,
    incoming: usize,
    seed: u64,
}

impl Problem {
    /// Inputs come from `input`.
    fn solve(&self, input: impl Fn(&mut Numbers) -> f64) -> Solved {
        let mut source = Numbers(self.seed);
        let memory: Vec<f64> = (0..self.memory.iter().product())
            .map(|_| input(&mut source))
            .collect();
        let (view, moves) = View::moved(&self.memory, &self.moves, LARGEST);
        let shape = view.shape.clone();
        let sharing = layout::sharing(&self.sharing, shape.len());
        // Those with parameters twice: there is more to get wrong.
        let learned = curves::all().filter(|curve| !curve.params().is_empty());
        let all: Vec<_> = curves::all().chain(learned).collect();
        let curve = all[self.curve.index(all.len())];
        let count = count(sharing, &shape);
        let params = curve.params().iter().map(|info| {
            let first = allowed_value(info, &mut source);
            let value = |_| match self.param_layout {
                // Spread out from one value.
                3 => first,
                _ => allowed_value(info, &mut source),
            };
            (0..count).map(value).collect()
        });
        Solved {
            curve,
            sharing,
            params: params.collect(),
            xs: view.offsets().into_iter().map(|i| memory[i]).collect(),
            units: view
                .indices()
                .map(|index| unit(sharing, &index, &shape))
                .collect(),
            memory,
            memory_shape: self.memory.clone(),
            moves,
            shape,
            param_layout: self.param_layout,
            incoming: self.incoming,
            seed: self.seed,
        }
    }
}

/// What came out of the fused operation.
struct Results {
    y: Vec<f64>,
    dx: Vec<f64>,
    params: Vec<Vec<f64>>,
    /// The gradient that came in.
    incoming: Vec<f64>,
}

impl Solved {
    /// The parameter values of element `i`.
    fn params_at(&self, i: usize) -> Vec<f64> {
        self.params
            .iter()
            .map(|values| values[self.units[i]])
            .collect()
    }

    fn input<const D: usize>(&self, memory: &[f64], device: &Device, dtype: DType) -> Tensor<D> {
        let shape: [usize; D] = self.memory_shape[..].try_into().unwrap();
        self.moves
            .iter()
            .fold(tensor(memory, shape, device, dtype), |x, step| step.on(x))
    }

    /// A parameter with `values`, laid out in one of several ways.
    fn param(&self, values: &[f64], device: &Device, dtype: DType) -> Tensor<1> {
        let n = values.len();
        let whole = |values: &[f64]| tensor(values, [values.len()], device, dtype);
        match self.param_layout {
            1 if n > 0 => {
                let padded: Vec<f64> = [&[f64::NAN; 3], values, &[f64::NAN; 2]].concat();
                whole(&padded).narrow(0, 3, n)
            }
            2 if n > 0 => {
                let turned: Vec<f64> = values.iter().rev().copied().collect();
                whole(&turned).flip([0])
            }
            3 if n > 0 => whole(&values[..1]).expand([n]),
            _ => whole(values),
        }
    }

    /// Forward and backward.
    fn run<const D: usize>(&self, device: &Device, dtype: DType) -> Results {
        // Leaves that are views: made first, tracked afterwards.
        let x = self
            .input::<D>(&self.memory, device, dtype)
            .autodiff()
            .require_grad();
        let params: Vec<_> = self
            .params
            .iter()
            .map(|values| self.param(values, device, dtype).autodiff().require_grad())
            .collect();
        let y = activate(
            x.clone(),
            params.clone(),
            kernel(self.curve.name()),
            self.sharing,
        );
        assert_eq!(y.shape().to_vec(), self.shape);

        let device = device.clone().autodiff();
        let shape: [usize; D] = self.shape[..].try_into().unwrap();
        let mut source = Numbers(self.seed ^ 1);
        let mut weights =
            |n: usize| -> Vec<f64> { (0..n).map(|_| source.between(-2.0, 2.0)).collect() };
        // Incoming gradients of every kind of layout.
        let (loss, incoming) = match self.incoming {
            // Owned alone: may be overwritten.
            0 => {
                let incoming = weights(self.xs.len());
                let factors: Tensor<D> = tensor(&incoming, shape, &device, dtype);
                ((y.clone() * factors).sum(), incoming)
            }
            // A permuted view.
            1 => {
                let incoming = weights(self.xs.len());
                let turn = Move::Permute((0..D).rev().collect());
                let mut view = View::new(&self.shape);
                view.apply(&turn);
                let turned: Vec<f64> = view.offsets().iter().map(|i| incoming[*i]).collect();
                let turned_shape: [usize; D] = view.shape[..].try_into().unwrap();
                let factors: Tensor<D> = tensor(&turned, turned_shape, &device, dtype);
                ((turn.on(y.clone()) * factors).sum(), incoming)
            }
            // One number, spread over the whole tensor.
            2 => (y.clone().sum(), vec![1.0; self.xs.len()]),
            // One number per row, spread along the last axis.
            3 if !self.xs.is_empty() => {
                let rows = weights(self.xs.len() / shape[D - 1]);
                let mut rows_shape = shape;
                rows_shape[D - 1] = 1;
                let factors: Tensor<D> = tensor(&rows, rows_shape, &device, dtype);
                let incoming = (0..self.xs.len()).map(|i| rows[i / shape[D - 1]]).collect();
                ((y.clone().sum_dim(D - 1) * factors).sum(), incoming)
            }
            // Ones, directly.
            _ => {
                let grads = y.backward();
                return self.results(y, vec![1.0; self.xs.len()], x, params, &grads);
            }
        };
        let grads = loss.backward();
        self.results(y, incoming, x, params, &grads)
    }

    fn results<const D: usize>(
        &self,
        y: Tensor<D>,
        incoming: Vec<f64>,
        x: Tensor<D>,
        params: Vec<Tensor<1>>,
        grads: &burn::tensor::Gradients,
    ) -> Results {
        let dx = x.grad(grads).expect("gradient of x");
        assert_eq!(dx.shape().to_vec(), self.shape);
        let of_param = |p: &Tensor<1>| numbers(p.grad(grads).expect("gradient of a parameter"));
        Results {
            y: numbers(y),
            dx: numbers(dx),
            params: params.iter().map(of_param).collect(),
            incoming,
        }
    }

    /// Compares with the model: the curve, evaluated element by element.
    fn compare(&self, results: &Results, precision: &Precision) {
        let Results {
            y,
            dx,
            params,
            incoming,
        } = results;
        let describe = || {
            let name = self.curve.name();
            let Self {
                shape,
                sharing,
                moves,
                ..
            } = self;
            format!("{name} on {shape:?}, sharing per {sharing}, made by {moves:?}")
        };
        assert_eq!(
            (y.len(), dx.len()),
            (self.xs.len(), self.xs.len()),
            "{}",
            describe()
        );
        let mut terms: Vec<Vec<Vec<f64>>> = self
            .params
            .iter()
            .map(|values| vec![vec![]; values.len()])
            .collect();
        let mut slack: Vec<Vec<f64>> = self
            .params
            .iter()
            .map(|values| vec![0.0; values.len()])
            .collect();
        for (i, x) in self.xs.iter().copied().enumerate() {
            let own = self.params_at(i);
            let sizes = largest_terms(self.curve.name(), x, &own);
            let check = |what: &str, got: f64, figure: f64, size: f64, factor: f64| {
                let exact = figure * factor;
                let allowed =
                    precision.allowed(self.curve.name(), size.max(figure.abs()), factor, x, &own);
                assert!(
                    (got - exact).abs() <= allowed,
                    "{what} at element {i}, x = {x:e}, parameters {own:?}: {got:e} instead of \
                     {exact:e}; {}",
                    describe()
                );
            };
            let (value, slope) = (self.curve.value_at(x, &own), self.curve.slope_at(x, &own));
            check("value", y[i], value, sizes[0], 1.0);
            check("gradient", dx[i], slope, sizes[1], incoming[i]);
            for (j, slope) in self.curve.grads_at(x, &own).into_iter().enumerate() {
                let term = slope * incoming[i];
                terms[j][self.units[i]].push(term);
                let size = sizes[j + 2].max(slope.abs());
                slack[j][self.units[i]] +=
                    precision.allowed(self.curve.name(), size, incoming[i], x, &own);
            }
        }
        for (j, got) in params.iter().enumerate() {
            assert_eq!(got.len(), self.params[j].len(), "{}", describe());
            for (unit, got) in got.iter().enumerate() {
                let terms = &terms[j][unit];
                let exact: f64 = terms.iter().sum();
                let allowed = slack[j][unit] + precision.allowed_sum(terms.iter().copied());
                assert!(
                    (got - exact).abs() <= allowed,
                    "gradient of parameter {j}, value {unit}: {got:e} instead of {exact:e}, sum of \
                     {} terms; {}",
                    terms.len(),
                    describe()
                );
            }
        }
    }

    /// Compares with central differences of the fused forward pass alone, so that nothing is taken
    /// from the derivatives that the curves give.
    ///
    /// Where a difference reaches across a kink, it lies anywhere between the derivatives on both
    /// sides: by how much the derivative jumps there is how far off it may be.
    fn compare_with_differences<const D: usize>(&self, results: &Results, device: &Device) {
        const STEP: f64 = 1e-5;
        let forward = |dx: f64, which: usize, dp: f64| {
            let memory: Vec<f64> = self.memory.iter().map(|x| x + dx).collect();
            let x = self.input::<D>(&memory, device, DType::F64);
            let params = self.params.iter().enumerate().map(|(j, values)| {
                let values: Vec<f64> = values
                    .iter()
                    .map(|p| p + if j == which { dp } else { 0.0 })
                    .collect();
                self.param(&values, device, DType::F64)
            });
            let curve = kernel(self.curve.name());
            numbers(activate(x, params.collect(), curve, self.sharing))
        };
        // The difference for each element, and how far off it may be.
        let differences = |up: Vec<f64>, down: Vec<f64>, slopes: &dyn Fn(usize) -> [f64; 3]| {
            let pairs = up.into_iter().zip(down).zip(&results.incoming).enumerate();
            let difference = |(i, ((up, down), g)): (usize, ((f64, f64), &f64))| {
                let exact = (up - down) / (2.0 * STEP);
                let [before, here, after] = slopes(i);
                // A difference misses a sixth of that.
                let bend = (before - 2.0 * here + after).abs() / 3.0;
                let jump = match (after - before).abs() {
                    smooth if smooth < 1e-3 * (1.0 + exact.abs()) => bend,
                    kink => kink,
                };
                (g * exact, 1e-8 * (1.0 + exact.abs()) + (g * jump).abs())
            };
            pairs.map(difference).collect::<Vec<(f64, f64)>>()
        };
        let slopes = |i: usize| {
            [-STEP, 0.0, STEP].map(|dx| self.curve.slope_at(self.xs[i] + dx, &self.params_at(i)))
        };
        let dx = differences(forward(STEP, 0, 0.0), forward(-STEP, 0, 0.0), &slopes);
        // A surrogate is another function than the value.
        let own = dx.iter().filter(|_| self.curve.surrogate().is_none());
        for (i, (got, (exact, allowed))) in results.dx.iter().zip(own).enumerate() {
            assert!(
                (got - exact).abs() <= *allowed,
                "{}, element {i}, x = {}, parameters {:?}: {got:e}, difference {exact:e}",
                self.curve.name(),
                self.xs[i],
                self.params_at(i),
            );
        }
        for (j, got) in results.params.iter().enumerate() {
            let slopes = |i: usize| {
                [-STEP, 0.0, STEP].map(|dp| {
                    let mut params = self.params_at(i);
                    params[j] += dp;
                    self.curve.grads_at(self.xs[i], &params)[j]
                })
            };
            let terms = differences(forward(0.0, j, STEP), forward(0.0, j, -STEP), &slopes);
            let mut sums = vec![(0.0, 0.0); got.len()];
            for ((term, allowed), unit) in terms.into_iter().zip(&self.units) {
                sums[*unit].0 += term;
                sums[*unit].1 += allowed;
            }
            for (unit, (got, (exact, allowed))) in got.iter().zip(sums).enumerate() {
                assert!(
                    (got - exact).abs() <= allowed,
                    "{}, parameter {j}, value {unit}: {got:e}, difference {exact:e}",
                    self.curve.name(),
                );
            }
        }
    }
}

/// Mostly around the origin; sometimes tiny, zero or far out.
fn anywhere(source: &mut Numbers) -> f64 {
    match source.below(16) {
        0 => 0.0,
        1 => source.between(-1e-6, 1e-6),
        2 => source.between(-40.0, 40.0),
        3 => source.between(-150.0, -80.0),
        _ => source.between(-4.0, 4.0),
    }
}

/// Where a difference of doubles has digits.
fn nearby(source: &mut Numbers) -> f64 {
    let x = source.between(0.0, 12.0);
    if source.below(3) == 0 { x } else { -x }
}

fn against_model(problem: &Problem, dtype: DType) {
    let solved = problem.solve(anywhere);
    for (backend, device) in common::devices() {
        if device.supports_dtype(dtype) {
            let results = with_rank!(solved.shape.len(), run_on(&solved, &device, dtype));
            solved.compare(&results, &Precision::of(backend, dtype));
        }
    }
}

fn run_on<const D: usize>(solved: &Solved, device: &Device, dtype: DType) -> Results {
    solved.run::<D>(device, dtype)
}

fn differences_on<const D: usize>(solved: &Solved, device: &Device) {
    let results = solved.run::<D>(device, DType::F64);
    solved.compare_with_differences::<D>(&results, device);
}

proptest! {
    #![proptest_config(config(1))]
    #[test]
    fn single_precision_agrees_with_the_model(problem in problems()) {
        against_model(&problem, DType::F32);
    }
}

proptest! {
    #![proptest_config(config(2))]
    #[test]
    fn double_precision_agrees_with_the_model(problem in problems()) {
        against_model(&problem, DType::F64);
    }
}

proptest! {
    #![proptest_config(config(3))]
    #[test]
    fn gradients_agree_with_finite_differences(problem in problems()) {
        let solved = problem.solve(nearby);
        for (_, device) in common::devices() {
            if device.supports_dtype(DType::F64) {
                with_rank!(solved.shape.len(), differences_on(&solved, &device));
            }
        }
    }
}

/// A tensor straight from memory.
fn plain(name: &str, shape: &[usize], sharing: Sharing, seed: u64) -> Solved {
    let mut source = Numbers(seed);
    let memory: Vec<f64> = (0..shape.iter().product())
        .map(|_| anywhere(&mut source))
        .collect();
    let view = View::new(shape);
    let curve = kernel(name);
    let values = |info| {
        (0..count(sharing, shape))
            .map(|_| allowed_value(info, &mut source))
            .collect()
    };
    Solved {
        curve,
        sharing,
        params: curve.params().iter().map(values).collect(),
        xs: memory.clone(),
        units: view
            .indices()
            .map(|index| unit(sharing, &index, shape))
            .collect(),
        memory,
        memory_shape: shape.to_vec(),
        moves: vec![],
        shape: shape.to_vec(),
        param_layout: 0,
        incoming: 0,
        seed,
    }
}

/// Runs `solved` on all devices in single precision.
fn check_everywhere(solved: &Solved) {
    for (backend, device) in common::devices() {
        let results = with_rank!(solved.shape.len(), run_on(solved, &device, DType::F32));
        solved.compare(&results, &Precision::of(backend, DType::F32));
    }
}

#[test]
fn axes_of_equal_size_are_told_apart() {
    for shape in [
        &[2, 3, 5, 3][..],
        &[3, 3, 3, 3],
        &[3, 3],
        &[4, 2, 4, 2, 4, 2],
    ] {
        let axes = (0..shape.len()).map(|axis| Sharing::Channel { axis });
        for sharing in axes.chain([Sharing::Element, Sharing::Layer]) {
            check_everywhere(&plain("learnable_elu", shape, sharing, 5));
        }
    }
}

/// Sizes around those at which the host kernels change their way through memory.
#[test]
fn every_way_through_memory() {
    for (channels, inner) in [
        (2, 63),
        (2, 64),
        (2, 65),
        (511, 1),
        (512, 1),
        (513, 1),
        (1030, 1),
        (600, 3),
        (100, 63),
        (9, 60),
        (3, 20_000),
    ] {
        for samples in [1, 3, 70] {
            if samples * channels * inner < 150_000 {
                let shape = [samples, channels, inner];
                let sharing = Sharing::Channel { axis: 1 };
                check_everywhere(&plain("learnable_elu", &shape, sharing, 6));
            }
        }
    }
}

#[test]
fn empty_tensors() {
    for shape in [
        &[0][..],
        &[0, 3],
        &[2, 0],
        &[2, 3, 0],
        &[2, 0, 3],
        &[0, 3, 4, 5],
        &[2, 300, 0],
    ] {
        let axes = (0..shape.len()).map(|axis| Sharing::Channel { axis });
        for sharing in axes.chain([Sharing::Element, Sharing::Layer]) {
            for name in ["prelu", "relu"] {
                check_everywhere(&plain(name, shape, sharing, 7));
            }
        }
    }
}

#[test]
fn the_size_of_a_layer() {
    for sharing in [
        Sharing::Channel { axis: 1 },
        Sharing::Channel { axis: 3 },
        Sharing::Element,
    ] {
        check_everywhere(&plain("learnable_elu", &[16, 32, 32, 32], sharing, 8));
    }
}

/// Ten million terms of the same sign, whose sum single precision alone would get wrong.
#[test]
fn ten_million_terms_are_summed_exactly() {
    const COUNT: usize = 10_000_000;
    let values: Vec<f32> = (0..COUNT)
        .map(|i| -((i * 7919 % 10_007) as f32) / 10_007.0)
        .collect();
    let curve = kernel("learnable_elu");
    let exact: f64 = values
        .iter()
        .map(|x| curve.grads_at(f64::from(*x), &[0.5])[0])
        .sum();
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        let x = Tensor::<1>::from_floats(&values[..], &device);
        let alpha = Tensor::<1>::from_floats([0.5], &device).require_grad();
        let y = activate(x, vec![alpha.clone()], curve, Sharing::Layer);
        let got = numbers(alpha.grad(&y.backward()).unwrap())[0];
        let error = (got / exact - 1.0).abs();
        println!("{backend}: relative error {error:e}");
        assert!(error <= 1e-6, "{backend}: {got:e} instead of {exact:e}");
    }
}
