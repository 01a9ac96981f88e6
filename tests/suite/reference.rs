//! Every activation gives the reference figures, on every backend, in every type that it has, for
//! every way to share parameters.
//!
//! `cargo test --test suite reference:: -- --nocapture` prints the worst errors.

use std::collections::BTreeSet;

use crate::common;
use crate::common::fixture::{self, Case, Point, largest_terms, terms_as_printed};
use crate::common::{Precision, REFERENCE_NOISE, kernel, numbers, rounded, tensor};
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::op::{Kernel, compose};
use burn_rectifiers::{Sharing, curves, op::activate};

/// A tensor that holds all points of all its cases, in some arrangement.
struct Grid {
    sharing: Sharing,
    shape: [usize; 3],
    /// For each element: its case, its figures, and which value of the parameters it uses.
    cells: Vec<(usize, Point, usize)>,
    cases: Vec<Case>,
    /// For each parameter, the values in order.
    params: Vec<Vec<f64>>,
}

impl Grid {
    /// `cell` tells case, point and parameter value of the element at an index.
    fn new(
        sharing: Sharing,
        shape: [usize; 3],
        cases: &[Case],
        cell: impl Fn([usize; 3]) -> (usize, usize, usize),
    ) -> Self {
        let mut cells = vec![];
        let mut owner = vec![];
        for index in indices(shape) {
            let (case, point, unit) = cell(index);
            cells.push((case, cases[case].points[point].clone(), unit));
            owner.resize(owner.len().max(unit + 1), 0);
            owner[unit] = case;
        }
        let count = cases[0].params.len();
        let values = |j: usize| owner.iter().map(|case| cases[*case].params[j]).collect();
        Self {
            sharing,
            shape,
            cells,
            cases: cases.to_vec(),
            params: (0..count).map(values).collect(),
        }
    }

    /// The arrangements of `cases`. Each case is a channel of its own where there are channels, so
    /// that a mix-up of channels is seen; the second sample has the points backwards, so that a
    /// mix-up of samples is.
    fn all(cases: &[Case]) -> Vec<Self> {
        let (c, p) = (cases.len(), cases[0].points.len());
        let turned = |sample: usize, i: usize| if sample == 0 { i } else { p - 1 - i };
        let mut grids = vec![
            // Short rows of neighbours with the same parameter, and long ones.
            Self::new(
                Sharing::Channel { axis: 1 },
                [2, c, p],
                cases,
                |[n, i, j]| (i, turned(n, j), i),
            ),
            Self::new(
                Sharing::Channel { axis: 1 },
                [2, c, 3 * p],
                cases,
                |[n, i, j]| (i, turned(n, j % p), i),
            ),
            Self::new(
                Sharing::Channel { axis: 2 },
                [2, p, c],
                cases,
                |[n, j, i]| (i, turned(n, j), i),
            ),
            // One sample: the gradient of each parameter is one term, checked exactly.
            Self::new(Sharing::Element, [1, c, p], cases, |[_, i, j]| {
                (i, j, i * p + j)
            }),
            Self::new(Sharing::Element, [2, c, p], cases, |[_, i, j]| {
                (i, j, i * p + j)
            }),
        ];
        grids.extend(cases.iter().map(|case| {
            let one = std::slice::from_ref(case);
            Self::new(Sharing::Layer, [2, 1, p], one, |[n, _, j]| {
                (0, turned(n, j), 0)
            })
        }));
        grids
    }
}

/// All indices of a shape in row-major order.
fn indices([a, b, c]: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
    (0..a).flat_map(move |i| (0..b).flat_map(move |j| (0..c).map(move |k| [i, j, k])))
}

/// The cases as `dtype` has them: figures at the rounded points. What the type holds exactly keeps
/// the figures of the fixture.
fn cases_in(dtype: DType, name: &str, cases: &[Case]) -> Vec<Case> {
    let curve = kernel(name);
    let mut cases = cases.to_vec();
    for case in &mut cases {
        // Sums of larger numbers do not fit into f16.
        let fits = |x: f64| dtype != DType::F16 || x.abs() <= 1000.0;
        case.points.retain(|point| fits(point.x));
        let given = case.params.clone();
        for p in &mut case.params {
            *p = rounded(*p, dtype);
        }
        for point in &mut case.points {
            let x = rounded(point.x, dtype);
            if x != point.x || case.params != given {
                *point = Point {
                    x,
                    value: curve.value_at(x, &case.params),
                    slope: curve.slope_at(x, &case.params),
                    grads: curve.grads_at(x, &case.params),
                };
            }
        }
    }
    cases
}

/// The largest error seen, in units of the last place, and where.
#[derive(Default)]
struct Worst(f64, String);

impl Worst {
    /// Notes the error of `got`, in units of `size`, and fails if it is more than `allowed`.
    fn check(
        &mut self,
        precision: &Precision,
        (got, exact, size): (f64, f64, f64),
        allowed: f64,
        what: impl Fn() -> String,
    ) {
        if precision.overflows(size) {
            return;
        }
        let error = (got - exact).abs();
        // Not `error > allowed`: a NaN must fail.
        assert!(
            error <= allowed,
            "{}: {got:e} instead of {exact:e}, off by {error:e} where {allowed:e} is allowed",
            what()
        );
        let ulps = precision.ulps(error, size);
        if ulps > self.0 && error > REFERENCE_NOISE {
            *self = Self(ulps, what());
        }
    }
}

/// How activations are evaluated, and what that may cost.
#[derive(Clone, Copy)]
struct Way {
    evaluate: fn(Tensor<3>, Vec<Tensor<1>>, &'static dyn Kernel, Sharing) -> Tensor<3>,
    /// The largest terms that are added where they may cancel, in value, slope and derivatives.
    terms: fn(&str, f64, &[f64]) -> Vec<f64>,
    /// How often the error of a fused kernel is allowed.
    errors: f64,
}

/// By the kernels of this library.
const FUSED: Way = Way {
    evaluate: activate,
    terms: largest_terms,
    errors: 1.0,
};

/// From Burn's primitive operations: its differentiation of a formula adds terms that cancel.
const COMPOSED: Way = Way {
    evaluate: compose,
    terms: terms_as_printed,
    errors: 4.0,
};

/// Forward and backward on one arrangement, with the incoming gradients `weights`.
fn check(
    (name, way): (&str, Way),
    grid: &Grid,
    weights: Option<&[f64]>,
    device: &Device,
    dtype: DType,
    precision: &Precision,
    worst: &mut Worst,
) {
    let device = device.clone().autodiff();
    let xs: Vec<f64> = grid.cells.iter().map(|(_, point, _)| point.x).collect();
    let x = tensor(&xs, grid.shape, &device, dtype).require_grad();
    let params: Vec<_> = grid
        .params
        .iter()
        .map(|p| tensor(p, [p.len()], &device, dtype).require_grad())
        .collect();

    let y = (way.evaluate)(x.clone(), params.clone(), kernel(name), grid.sharing);
    assert_eq!(y.dtype(), dtype);
    // Without weights, the incoming gradient is 1 everywhere.
    let loss = match weights {
        Some(weights) => y.clone() * tensor(weights, grid.shape, &device, dtype),
        None => y.clone(),
    };
    let grads = loss.backward();
    let y = numbers(y);
    let dx = numbers(x.grad(&grads).expect("gradient of x"));

    let weight = |i: usize| weights.map_or(1.0, |weights| weights[i]);
    for (i, (case, point, _)) in grid.cells.iter().enumerate() {
        let params = &grid.cases[*case].params;
        let what = |figure: &'static str| {
            let sharing = grid.sharing;
            let x = point.x;
            move || format!("{figure} of {name} at {x:e}, parameters {params:?} per {sharing}")
        };
        let sizes = (way.terms)(name, point.x, params);
        let mut check =
            |figure: f64, size: f64, factor: f64, got: f64, what: &dyn Fn() -> String| {
                let (exact, size) = (figure * factor, size.max(figure.abs()));
                let allowed = way.errors * precision.allowed(name, size, factor, point.x, params);
                worst.check(precision, (got, exact, size * factor), allowed, what);
            };
        check(point.value, sizes[0], 1.0, y[i], &what("value"));
        check(point.slope, sizes[1], weight(i), dx[i], &what("slope"));
    }

    for (j, param) in params.iter().enumerate() {
        let got = numbers(param.grad(&grads).expect("gradient of a parameter"));
        assert_eq!(got.len(), grid.params[j].len());
        for (unit, got) in got.into_iter().enumerate() {
            let own = || {
                let cells = grid.cells.iter().enumerate();
                cells.filter(move |(_, cell)| cell.2 == unit)
            };
            let terms = || own().map(|(i, (_, point, _))| point.grads[j] * weight(i));
            let exact: f64 = terms().sum();
            let sizes = || {
                own().map(|(i, (case, point, _))| {
                    let params = &grid.cases[*case].params;
                    let size = (way.terms)(name, point.x, params)[j + 2];
                    (i, point.x, params, size.max(point.grads[j].abs()))
                })
            };
            // The terms of a sum may cancel: its error is measured by their size.
            let size: f64 = sizes()
                .map(|(i, _, _, size)| (size * weight(i)).abs())
                .sum();
            let mut allowed: f64 = sizes()
                .map(|(i, x, params, size)| {
                    way.errors * precision.allowed(name, size, weight(i), x, params)
                })
                .sum();
            allowed += match own().count() {
                1 => precision.allowed_term(),
                _ => precision.allowed_sum(terms()),
            };
            let sharing = grid.sharing;
            worst.check(precision, (got, exact, size), allowed, || {
                format!("gradient of parameter {j} of {name}, value {unit} per {sharing}")
            });
        }
    }
}

/// All activations, all arrangements, on all devices that have `dtype`.
fn gives_the_figures(dtype: DType) {
    let fused = common::devices()
        .into_iter()
        .map(|(name, device)| (name, device, FUSED));
    let composed = ("composed", Device::flex(), COMPOSED);
    for (backend, device, way) in fused.chain([composed]) {
        if !device.supports_dtype(dtype) {
            println!("{backend} does not compute in {dtype:?}");
            continue;
        }
        let precision = Precision::of(backend, dtype);
        for entry in fixture::entries() {
            let mut worst = Worst::default();
            for grid in Grid::all(&cases_in(dtype, &entry.name, &entry.cases())) {
                // Short enough to be exact in any type; with both signs, and zeros.
                let weight = |i: usize| ((i * 37 % 31) as f64 - 15.0) / 16.0;
                let weights: Vec<f64> = (0..grid.cells.len()).map(weight).collect();
                for weights in [None, Some(&weights[..])] {
                    check(
                        (&entry.name, way),
                        &grid,
                        weights,
                        &device,
                        dtype,
                        &precision,
                        &mut worst,
                    );
                }
            }
            let Worst(ulps, place) = worst;
            let report = format!(
                "{backend} {dtype:?} {}: {ulps:.2} ulp ({place})",
                entry.name
            );
            println!("{report}");
            assert!(
                precision.achieved().is_none_or(|limit| ulps <= limit),
                "{report}"
            );
        }
    }
}

#[test]
fn in_single_precision() {
    gives_the_figures(DType::F32);
}

#[test]
fn in_double_precision() {
    gives_the_figures(DType::F64);
}

#[test]
fn in_half_precision() {
    gives_the_figures(DType::F16);
}

#[test]
fn in_brain_float() {
    gives_the_figures(DType::BF16);
}

/// The scalar forms are what other tests compare with, so they must be right themselves.
#[test]
fn scalar_forms_give_the_figures() {
    let precision = Precision::of("flex", DType::F64);
    for entry in fixture::entries() {
        let curve = kernel(&entry.name);
        for case in entry.cases() {
            for point in &case.points {
                let (x, params) = (point.x, &case.params);
                let grads = curve.grads_at(x, params);
                assert_eq!(grads.len(), point.grads.len());
                let got = [curve.value_at(x, params), curve.slope_at(x, params)];
                let got = got.into_iter().chain(grads);
                let exact = [point.value, point.slope].into_iter();
                let exact = exact.chain(point.grads.iter().copied());
                let sizes = largest_terms(&entry.name, x, params);
                for ((got, exact), size) in got.zip(exact).zip(sizes) {
                    let allowed =
                        precision.allowed(&entry.name, size.max(exact.abs()), 1.0, x, params);
                    assert!(
                        (got - exact).abs() <= allowed,
                        "{} at {x:e} with {params:?}: {got:e} instead of {exact:e}",
                        entry.name
                    );
                }
            }
        }
    }
}

/// The fixture and the family are the same activations with the same parameters.
#[test]
fn the_fixture_covers_the_family() {
    let entries = fixture::entries();
    let names: BTreeSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let family: BTreeSet<&str> = curves::all().map(|curve| curve.name()).collect();
    let missing: Vec<_> = family.difference(&names).collect();
    assert!(missing.is_empty(), "no figures in the fixture: {missing:?}");
    for entry in entries
        .iter()
        .filter(|entry| family.contains(&entry.name[..]))
    {
        let params = kernel(&entry.name).params().iter();
        let params: Vec<_> = params
            .map(|p| (p.name.to_string(), p.default, p.bound.to_string()))
            .collect();
        let expected: Vec<_> = entry
            .params()
            .map(|(name, default, bound)| (name.to_string(), default, bound.to_string()))
            .collect();
        assert_eq!(params, expected, "{}", entry.name);
        assert!(entry.cases().iter().all(|case| case.points.len() >= 40));
    }
}
