//! Every activation, every parameter within bounds, every number: NaN gives NaN, an infinite input
//! gives the limit, and a finite one is as exact as promised, whatever is huge, tiny or zero.
//!
//! `cargo test --test suite extremes:: -- --nocapture` prints the worst errors.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::common;
use crate::common::fixture::{self, Entry, largest_terms, reach};
use crate::common::layout::{self, Move, View, count, unit};
use crate::common::{Numbers, kernel, numbers, rounded, tensor};
use crate::with_rank;
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::{
    Sharing,
    curve::{Curve, ParamInfo},
    curves,
    op::activate,
};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngSeed, TestRunner};

/// Elements of a random tensor at most.
const LARGEST: usize = 600;

/// A random problem. What is an [`Index`] is chosen among whatever the shape allows.
#[derive(Debug, Clone)]
struct Problem {
    /// Shape in memory; the moves make a view of it.
    memory: Vec<usize>,
    moves: Vec<(usize, Index, Index, Index)>,
    sharing: Index,
    /// One sample with parameters per element: the gradient of a parameter is a single term.
    is_single: bool,
    dtype: DType,
    /// Whether NaN and infinities are among the inputs.
    has_infinite: bool,
    seed: u64,
}

fn problems() -> impl Strategy<Value = Problem> {
    let moves = (0..4usize, any::<Index>(), any::<Index>(), any::<Index>());
    let shape = prop::collection::vec(1..=6usize, 1..=6);
    let long =
        (prop::collection::vec(1..=3usize, 1..=3), 60..=200usize).prop_map(|(shape, size)| {
            let mut shape = shape;
            *shape.last_mut().unwrap() = size;
            shape
        });
    let shape = prop_oneof![2 => shape, 1 => long].prop_filter("too large", |shape| {
        shape.iter().product::<usize>() <= LARGEST
    });
    let dtype = prop_oneof![
        4 => Just(DType::F32),
        1 => Just(DType::F64),
        1 => Just(DType::F16),
        1 => Just(DType::BF16)
    ];
    let choices = (any::<bool>(), any::<bool>(), any::<u64>());
    let moves = prop::collection::vec(moves, 0..=2);
    (shape, moves, any::<Index>(), dtype, choices).prop_map(
        |(mut memory, moves, sharing, dtype, (is_single, has_infinite, seed))| {
            if is_single {
                memory.insert(0, 1);
                memory.truncate(6);
            }
            Problem {
                memory,
                // A view of another shape would have several samples.
                moves: if is_single { vec![] } else { moves },
                sharing,
                is_single,
                dtype,
                has_infinite,
                seed,
            }
        },
    )
}

/// The largest number of a type, its smallest normal one, and the distance from 1 to the next.
fn range(dtype: DType) -> (f64, f64, f64) {
    match dtype {
        DType::F64 => (f64::MAX, f64::MIN_POSITIVE, f64::EPSILON),
        DType::F32 => (
            f32::MAX.into(),
            f32::MIN_POSITIVE.into(),
            f32::EPSILON.into(),
        ),
        DType::F16 => (65504.0, 2f64.powi(-14), 2f64.powi(-10)),
        DType::BF16 => (3.3895313892515355e38, 2f64.powi(-126), 2f64.powi(-7)),
        other => panic!("{other:?} is no floating-point type"),
    }
}

/// Log-uniform between two powers of ten, with a random sign.
fn any_size(source: &mut Numbers, low: f64, high: f64) -> f64 {
    let size = 10f64.powf(source.between(low, high));
    if source.below(2) == 0 { size } else { -size }
}

/// A value that the parameter may take: zero, a bound, the default, near, tiny or huge.
fn parameter(info: &ParamInfo, dtype: DType, source: &mut Numbers) -> f64 {
    let (low, high) = info.bound.interval();
    // 1e-6 is subnormal in f16, and 1e6 infinite.
    let powers = if dtype == DType::F16 { 4.0 } else { 6.0 };
    let value = match source.below(10) {
        0 => 0.0,
        1 => [low, high, -1.0, 1.0][source.below(4)],
        2 => info.default,
        3 | 4 => source.between(-3.0, 3.0),
        _ => any_size(source, -powers, powers),
    };
    let allowed = |value: &f64| info.bound.contains(*value) && value.is_finite();
    [value, -value]
        .map(|value| rounded(value, dtype))
        .into_iter()
        .find(allowed)
        .unwrap_or_else(|| rounded(info.default, dtype))
}

/// Any number there is; `params` tell where a curve does something.
fn input(params: &[f64], dtype: DType, has_infinite: bool, source: &mut Numbers) -> f64 {
    let (max, normal, epsilon) = range(dtype);
    let sign = [1.0, -1.0][source.below(2)];
    let near = match params {
        [] => 1.0,
        _ => params[source.below(params.len())],
    };
    let scale = [1.0, near, 1.0 / near][source.below(3)];
    let scale = if scale.is_finite() { scale } else { 1.0 };
    let x = match source.below(20) {
        0 if has_infinite => f64::NAN,
        1 if has_infinite => sign * f64::INFINITY,
        2 => sign * 0.0,
        3 => sign * max,
        4 => sign * normal,
        // Subnormal in single precision, like everything below.
        5 => sign * normal.max(2f64.powi(-126)) * epsilon.max(2f64.powi(-23)) * 3.0,
        6 => near,
        7..=9 => any_size(source, -45.0, 38.5),
        // Where exponentials vanish.
        10 | 11 => scale * source.between(-220.0, 110.0),
        12..=14 => scale * source.between(-4.0, 4.0),
        _ => source.between(-4.0, 4.0),
    };
    let x = rounded(x.clamp(-f64::from(f32::MAX), f64::from(f32::MAX)), dtype);
    match x.is_infinite() {
        true if has_infinite => x,
        true => x.signum() * max,
        false => x,
    }
}

/// What a result must be.
#[derive(Debug, Clone, Copy)]
struct Figure {
    exact: f64,
    /// Of the largest term that the formula adds.
    size: f64,
    /// The relative error allowed.
    relative: f64,
}

impl Figure {
    /// How much of the allowed error is there; more than 1 is too much.
    fn error(self, got: f64, factor: f64, tiny: f64, max: f64) -> f64 {
        let (exact, size) = (
            self.exact * factor,
            self.size.max(self.exact.abs()) * factor.abs(),
        );
        let slack = self.relative.min(1.0 / 64.0);
        let overflows = exact.abs() * (1.0 + slack) >= max;
        let fails = |holds: bool| if holds { 0.0 } else { f64::INFINITY };
        if got.is_nan() {
            f64::INFINITY
        } else if got.is_infinite() {
            // Terms that cancel may overflow by themselves.
            fails(size >= max || overflows && got.signum() == exact.signum())
        } else if exact.abs() > max {
            fails(overflows && got * exact.signum() >= max * (1.0 - 2.0 * slack))
        } else {
            (got - exact).abs() / (self.relative * size + tiny)
        }
    }
}

/// The figures of a curve: of value, slope and each parameter derivative.
struct Model<'a> {
    curve: &'a dyn Curve,
    entry: &'a Entry,
    dtype: DType,
}

impl Model<'_> {
    /// The scalar forms, in double precision.
    fn plain(&self, x: f64, params: &[f64]) -> Vec<f64> {
        let own = [
            self.curve.value_at(x, params),
            self.curve.slope_at(x, params),
        ];
        let grads = self.curve.grads_at(x, params).into_iter();
        own.into_iter().chain(grads).collect()
    }

    /// |x|·s
    fn reach(&self, x: f64, params: &[f64], most: f64) -> f64 {
        reach(self.curve.name(), x, params, most)
    }

    fn figures(&self, x: f64, params: &[f64]) -> Vec<Figure> {
        if x.is_infinite() {
            return self.limits(x, params);
        }
        let (_, _, epsilon) = range(self.dtype);
        // Where |x|·s is larger, an exponential has vanished, or come to its limit: so much of the
        // bound is never used, and then it says something about straight lines, too.
        let relative = match self.dtype {
            DType::F64 => 4.0 + 2.0 * self.reach(x, params, 2048.0),
            DType::F32 => 4.0 + 2.0 * self.reach(x, params, 256.0),
            // Computed in single precision and rounded once.
            _ => 1.0,
        };
        let figure = |(exact, size)| Figure {
            exact,
            size,
            relative: relative * epsilon,
        };
        let sizes = largest_terms(self.curve.name(), x, params);
        self.plain(x, params)
            .into_iter()
            .zip(sizes)
            .map(figure)
            .collect()
    }

    /// What the figures tend to on the way to infinity, in double precision.
    fn limits(&self, x: f64, params: &[f64]) -> Vec<Figure> {
        let at = |size: f64| self.plain(size * x.signum(), params);
        let (_, _, epsilon) = range(self.dtype);
        // The one limit that is a sum of terms: a₁·b₁ + a₂·b₂, or −a₁ − a₂; and (p₁ + p₂) / 2.
        let size = match (self.curve.name(), params) {
            ("apl", [a1, b1, a2, b2]) => [a1 * b1, a2 * b2, *a1, *a2, 1.0]
                .iter()
                .fold(0.0, |size: f64, term| size.max(term.abs())),
            ("acon_c", [p1, p2, _]) => p1.abs().max(p2.abs()),
            _ => 0.0,
        };
        at(1e60)
            .into_iter()
            .zip(at(1e120))
            .map(|(near, far)| {
                let exact = if (near - far).abs() <= 1e-12 * far.abs() {
                    far
                } else if far.abs() <= 1e-20 * near.abs() {
                    0.0
                } else {
                    assert!(
                        far.abs() >= 1e20 * near.abs() && near.signum() == far.signum(),
                        "{} at {x} with {params:?}: no limit, {near:e} and {far:e}",
                        self.curve.name()
                    );
                    f64::INFINITY * far.signum()
                };
                let relative = 8.0 * epsilon;
                Figure {
                    exact,
                    size,
                    relative,
                }
            })
            .collect()
    }

    /// The formula as printed, in double precision, where that has digits.
    fn naive(&self, x: f64, params: &[f64]) -> Option<Vec<Figure>> {
        if !(self.reach(x, params, 16.0) <= 8.0 && (x == 0.0 || x.abs() > 1e-3)) {
            return None;
        }
        let jets = self.entry.jets(x, params);
        let value = (jets[0].value, jets[0].value_size);
        let slopes = jets.iter().map(|jet| (jet.slope, jet.slope_size));
        let figures = self.figures(x, params).into_iter();
        let figure = |((exact, naive_size), figure): ((f64, f64), Figure)| {
            let (_, _, epsilon) = range(self.dtype);
            // What doubles lose where terms cancel that the text of the curve avoids.
            let lost = 1e-11 * naive_size;
            Figure {
                exact,
                size: figure.size.max(exact.abs()) + lost / (figure.relative + epsilon),
                relative: figure.relative,
            }
        };
        let figures: Vec<Figure> = [value]
            .into_iter()
            .chain(slopes)
            .zip(figures)
            .map(figure)
            .collect();
        figures
            .iter()
            .all(|figure| figure.exact.is_finite() && figure.size.is_finite())
            .then_some(figures)
    }
}

/// A problem with all choices made.
struct Solved<'a> {
    model: Model<'a>,
    sharing: Sharing,
    memory: Vec<f64>,
    memory_shape: Vec<usize>,
    moves: Vec<Move>,
    shape: Vec<usize>,
    xs: Vec<f64>,
    /// Which parameter value each element uses.
    units: Vec<usize>,
    params: Vec<Vec<f64>>,
    /// The incoming gradient: powers of two, which cost no digits.
    incoming: Vec<f64>,
}

fn solve<'a>(curve: &'a dyn Curve, entry: &'a Entry, problem: &Problem) -> Solved<'a> {
    let mut source = Numbers(problem.seed);
    let (view, moves) = View::moved(&problem.memory, &problem.moves, LARGEST);
    let shape = view.shape.clone();
    let sharing = match problem.is_single {
        true => Sharing::Element,
        false => layout::sharing(&problem.sharing, shape.len()),
    };
    let units: Vec<usize> = view
        .indices()
        .map(|index| unit(sharing, &index, &shape))
        .collect();
    let count = count(sharing, &shape);
    let infos = curve.params();
    // One set of parameters for each unit, then the other way round.
    let mut sets = vec![Vec::with_capacity(infos.len()); count];
    for set in &mut sets {
        for (j, info) in infos.iter().enumerate() {
            let equal = match j {
                0 => f64::NAN,
                _ => [1.0, -1.0][source.below(2)] * set[source.below(j)],
            };
            // Sometimes like another one, or its opposite.
            set.push(match source.below(8) {
                0 if info.bound.contains(equal) => equal,
                _ => parameter(info, problem.dtype, &mut source),
            });
        }
    }
    let of_param = |j: usize| sets.iter().map(|set: &Vec<f64>| set[j]).collect();
    let params: Vec<Vec<f64>> = (0..infos.len()).map(of_param).collect();
    let mut memory = vec![0.0; problem.memory.iter().product()];
    for (offset, unit) in view.offsets().into_iter().zip(&units) {
        let own: Vec<f64> = params.iter().map(|values| values[*unit]).collect();
        memory[offset] = input(&own, problem.dtype, problem.has_infinite, &mut source);
    }
    let incoming = units
        .iter()
        .map(|_| [1.0, -1.0, 2.0, -2.0][source.below(4)]);
    Solved {
        model: Model {
            curve,
            entry,
            dtype: problem.dtype,
        },
        sharing,
        incoming: incoming.collect(),
        xs: view.offsets().into_iter().map(|i| memory[i]).collect(),
        memory,
        memory_shape: problem.memory.clone(),
        moves,
        shape,
        units,
        params,
    }
}

impl Solved<'_> {
    /// y, dx and the gradients of the parameters.
    fn run<const D: usize>(&self, device: &Device) -> (Vec<f64>, Vec<f64>, Vec<Vec<f64>>) {
        let dtype = self.model.dtype;
        let memory_shape: [usize; D] = self.memory_shape[..].try_into().unwrap();
        let x = tensor(&self.memory, memory_shape, device, dtype);
        let x = self.moves.iter().fold(x, |x, step| step.on(x));
        let x = x.autodiff().require_grad();
        let leaf = |values: &Vec<f64>| -> Tensor<1> {
            tensor(values, [values.len()], &device.clone().autodiff(), dtype).require_grad()
        };
        let params: Vec<Tensor<1>> = self.params.iter().map(leaf).collect();
        let curve = kernel(self.model.curve.name());
        let y = activate(x.clone(), params.clone(), curve, self.sharing);
        let shape: [usize; D] = self.shape[..].try_into().unwrap();
        let weights = tensor(&self.incoming, shape, &device.clone().autodiff(), dtype);
        let grads = (y.clone() * weights).sum().backward();
        let of_param = |p: &Tensor<1>| numbers(p.grad(&grads).expect("gradient of a parameter"));
        (
            numbers(y),
            numbers(x.grad(&grads).expect("gradient of x")),
            params.iter().map(of_param).collect(),
        )
    }

    /// Compares, and returns the largest error as a share of what is allowed.
    fn compare(&self, backend: &str, (y, dx, params): (Vec<f64>, Vec<f64>, Vec<Vec<f64>>)) -> f64 {
        let Self { model, sharing, .. } = self;
        let (max, normal, epsilon) = range(model.dtype);
        let is_host = is_host(backend);
        // GPUs may flush everything below the smallest normal number to zero.
        let tiny = if is_host {
            4.0 * normal * epsilon
        } else {
            2.0 * normal
        };
        let mut worst: f64 = 0.0;
        let mut singles = vec![0; params.first().map_or(0, Vec::len)];
        if !params.is_empty() {
            self.units.iter().for_each(|unit| singles[*unit] += 1);
        }
        let mut sums: Vec<Vec<Sum>> = params
            .iter()
            .map(|p| vec![Sum::default(); p.len()])
            .collect();

        for (i, x) in self.xs.iter().copied().enumerate() {
            let (unit, g) = (self.units[i], self.incoming[i]);
            let own: Vec<f64> = self.params.iter().map(|values| values[unit]).collect();
            if x.is_nan() {
                assert!(
                    y[i].is_nan(),
                    "{} on {backend}: NaN gives {}",
                    model.curve.name(),
                    y[i]
                );
                sums.iter_mut().for_each(|sums| sums[unit].is_open = true);
                continue;
            }
            let mut all = vec![model.figures(x, &own)];
            if !is_host && x.abs() < normal.max(f32::MIN_POSITIVE.into()) {
                all.push(model.figures(0.0, &own));
            }
            let flushed = if is_host {
                0.0
            } else {
                flushed(x, &own, model.dtype)
            };
            let tiny = tiny + flushed;
            let naive = model.naive(x, &own);
            let mut check = |k: usize, got: f64, factor: f64| {
                let error = |figures: &Vec<Figure>| figures[k].error(got, factor, tiny, max);
                let best = all.iter().map(error).fold(f64::INFINITY, f64::min);
                let naively = naive.as_ref().map_or(0.0, error);
                let figure = all[0][k];
                assert!(
                    best <= 1.0 && naively <= 1.0,
                    "{}, {:?} on {backend}, per {sharing}, x = {x:e}, parameters {own:?}, figure \
                     {k} times {factor}: {got:e}, where {figure:?}; as printed: {:?}",
                    model.curve.name(),
                    model.dtype,
                    naive.as_ref().map(|naive| naive[k]),
                );
                worst = worst.max(best).max(naively);
            };
            check(0, y[i], 1.0);
            check(1, dx[i], g);
            for (j, grads) in params.iter().enumerate() {
                if singles[unit] == 1 {
                    check(j + 2, grads[unit], g);
                } else {
                    sums[j][unit].add(all[0][j + 2], g, tiny, all.len() > 1);
                }
            }
        }
        for (j, sums) in sums.iter().enumerate() {
            for (unit, sum) in sums
                .iter()
                .enumerate()
                .filter(|(unit, _)| singles[*unit] > 1)
            {
                let got = params[j][unit];
                // In single precision at least, and in pieces.
                let computed = epsilon.min(f64::from(f32::EPSILON));
                let allowed = sum.allowed + 64.0 * computed * sum.size + epsilon * sum.exact.abs();
                assert!(
                    sum.is_open
                        // A partial sum may overflow.
                        || sum.size * 4.0 >= max.min(f32::MAX.into())
                        || (got - sum.exact).abs() <= allowed + tiny,
                    "{}, {:?} on {backend}, per {sharing}, gradient {unit} of parameter {j}: \
                     {got:e}, where {sum:?}",
                    model.curve.name(),
                    model.dtype,
                );
            }
        }
        worst
    }
}

/// The gradient of a parameter that several elements share.
#[derive(Debug, Clone, Default)]
struct Sum {
    exact: f64,
    /// Of the terms without their signs.
    size: f64,
    allowed: f64,
    /// Whether a term may be NaN or, on a GPU, come from 0 instead of a subnormal x.
    is_open: bool,
}

impl Sum {
    fn add(&mut self, figure: Figure, factor: f64, tiny: f64, is_flushed: bool) {
        let term = figure.exact * factor;
        let size = figure.size.max(figure.exact.abs()) * factor.abs();
        self.is_open |= is_flushed || !term.is_finite();
        self.exact += term;
        self.size += size;
        self.allowed += figure.relative * size + tiny;
    }
}

fn run_on<const D: usize>(solved: &Solved, device: &Device) -> (Vec<f64>, Vec<f64>, Vec<Vec<f64>>) {
    solved.run::<D>(device)
}

/// What a GPU loses when it flushes an exponential to zero: the smallest normal number of the type it computes
/// in, times what that exponential is multiplied with.
fn flushed(x: f64, params: &[f64], dtype: DType) -> f64 {
    // Between these, e⁻ˣ is below the normal numbers, and not zero even without flushing.
    let subnormal = match dtype {
        DType::F64 => 708.0..746.0,
        _ => 87.0..104.0,
    };
    let parts = params.iter().filter(|p| **p != 0.0);
    let exponents = parts.clone().flat_map(|p| [x * p, x / p]).chain([x]);
    let mut exponents = exponents.flat_map(|e| [e.abs(), 2.0 * e.abs()]);
    if !exponents.any(|e| subnormal.contains(&e)) {
        return 0.0;
    }
    let largest = parts.fold(1.0, |s: f64, p| s.max(p.abs()).max(1.0 / p.abs()));
    2.0 * common::smallest_computed(dtype) * (1.0 + x.abs()) * largest.powi(2)
}

/// Whether a CPU computes.
fn is_host(backend: &str) -> bool {
    matches!(backend, "flex" | "ndarray")
}

/// Random problems for the curve called `name`.
fn survives(name: &str) {
    let entries = fixture::entries();
    let entry = entries.iter().find(|entry| entry.name == name).unwrap();
    let curve: &dyn Curve = kernel(name);
    for (backend, device) in common::devices() {
        // The same problems in every run; nothing to remember between runs.
        let mut runner = TestRunner::new(ProptestConfig {
            // Launching kernels takes longer than computing a few numbers.
            cases: if is_host(backend) { 192 } else { 40 },
            rng_seed: RngSeed::Fixed(name.bytes().map(u64::from).sum()),
            failure_persistence: None,
            max_shrink_iters: 64,
            ..ProptestConfig::default()
        });
        // In single and double precision, and in half.
        let worst = [const { Cell::new(0.0) }; 2];
        let result = runner.run(&problems(), |problem| {
            if device.supports_dtype(problem.dtype) {
                let solved = solve(curve, entry, &problem);
                let results = with_rank!(solved.shape.len(), run_on(&solved, &device));
                let is_half = matches!(problem.dtype, DType::F16 | DType::BF16);
                let worst = &worst[usize::from(is_half)];
                worst.set(f64::max(worst.get(), solved.compare(backend, results)));
            }
            Ok(())
        });
        result.unwrap_or_else(|error| panic!("{error}"));
        let [full, half] = worst.map(Cell::into_inner);
        println!("{backend} {name}: {full:.2} of what is allowed; half precision {half:.2}");
    }
}

macro_rules! survive {
    ($($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                survives(stringify!($name));
            }
        )+

        /// No curve is forgotten above.
        #[test]
        fn every_curve_is_tested() {
            let tested: BTreeSet<&str> = [$(stringify!($name)),+].into();
            let family: BTreeSet<&str> = curves::all().map(|curve| curve.name()).collect();
            assert_eq!(tested, family);
        }
    };
}

survive! {
    prelu dprelu srelu sparse_relu flexible_relu apl pact shilu blu star_relu softplus swish acon_c
    delu learnable_elu pelu mpelu pselu pcelu pdelu ptelu preu isrlu
    poly_relu xielu dyt derf rational
    relu leaky_relu elu selu sigmoid tanh relu_squared gelu mish golu telu sugar
}

/// Where a formula once gave NaN or infinity, or lost its digits.
#[test]
fn what_once_failed_does_not() {
    const MAX: f64 = f32::MAX as f64;
    let table: [(&str, &[f64], f64); 16] = [
        // Terms that overflow although their sum or their half does not.
        ("acon_c", &[-2.5, 31654.0, 0.0], MAX),
        ("acon_c", &[3.5, 0.25, 0.0], 1.25e38),
        ("ptelu", &[3e-4, 0.0], -MAX),
        ("isrlu", &[0.0], -8e12),
        // Divisors that overflow although the quotient is a number.
        ("isrlu", &[1.0], -8e12),
        ("blu", &[1.0], -1.6e19),
        // Arguments too small for all their digits, with results that are not.
        ("mpelu", &[1e6, 1e-6], -1e-36),
        ("ptelu", &[1e6, -1e-6], -1.2e-38),
        ("pelu", &[1e6, 1e6], -3.5e-39),
        ("pelu", &[1e6, 0.5], 1e-45),
        ("pcelu", &[1e6], -1.2e-38),
        ("pselu", &[1e6, 1e-6], -1e-36),
        ("learnable_elu", &[1e6], -1e-45),
        ("pdelu", &[-1e6], -7e-45),
        // Factors too small for all their digits, with results that are not.
        ("pdelu", &[1e6], -9.9997),
        ("softplus", &[1e-6], -9e7),
    ];
    let entries = fixture::entries();
    for (name, params, x) in table {
        let entry = entries.iter().find(|entry| entry.name == name).unwrap();
        let single = |value: f64| vec![rounded(value, DType::F32)];
        let solved = Solved {
            model: Model {
                curve: kernel(name),
                entry,
                dtype: DType::F32,
            },
            sharing: Sharing::Layer,
            memory: single(x),
            memory_shape: vec![1],
            moves: vec![],
            shape: vec![1],
            xs: single(x),
            units: vec![0],
            params: params.iter().copied().map(single).collect(),
            incoming: vec![1.0],
        };
        for (backend, device) in common::devices() {
            solved.compare(backend, solved.run::<1>(&device));
        }
    }
}
