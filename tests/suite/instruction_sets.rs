//! The CPU kernels give the same on every instruction set that this machine has: bit for bit on AVX2 and AVX-512, and
//! on what every processor has but for what rounding twice instead of once changes.
//!
//! A process decides once which instructions it uses, so each set gets a process of its own: this program again, with
//! `BURN_RECTIFIERS_SIMD` set.

use crate::architecture::without_comments_and_tests;
use crate::common::fixture::largest_terms;
use crate::common::layout;
use crate::common::process::run_again;
use crate::common::{Numbers, Precision, allowed_value, kernel, numbers, rounded, tensor};
use burn::tensor::{DType, Device};
use burn_rectifiers::op::Kernel;
use burn_rectifiers::{Sharing, curves, op::activate};
use std::fs;
use std::path::Path;

const TYPES: [DType; 4] = [DType::F32, DType::F64, DType::F16, DType::BF16];

/// Where a process that is run again leaves its results.
const RESULTS: &str = "RECTIFIERS_TEST_RESULTS";

/// An activation with some data.
struct Case {
    curve: &'static dyn Kernel,
    sharing: Sharing,
    shape: [usize; 3],
    dtype: DType,
    xs: Vec<f64>,
    params: Vec<Vec<f64>>,
}

impl Case {
    /// All activations in all types: long runs of elements that share a parameter, columns with a parameter each, and
    /// one parameter for all. Inputs are of all sizes and both signs.
    fn all() -> impl Iterator<Item = Self> {
        let arrangements = [
            (Sharing::Channel { axis: 1 }, [1, 7, 777]),
            (Sharing::Channel { axis: 2 }, [2, 7, 333]),
            (Sharing::Element, [2, 3, 777]),
            (Sharing::Layer, [1, 7, 777]),
        ];
        let kernels = curves::all().map(|curve| kernel(curve.name()));
        kernels.flat_map(move |curve| {
            arrangements.into_iter().flat_map(move |(sharing, shape)| {
                TYPES.map(|dtype| Self::new(curve, sharing, shape, dtype))
            })
        })
    }

    fn new(curve: &'static dyn Kernel, sharing: Sharing, shape: [usize; 3], dtype: DType) -> Self {
        let ordinary = (0..4099).map(|i| (f64::from(i) - 2050.0) / 21.0);
        let powers = (-150..128).map(|n| f64::from(n).exp2());
        let special = [0.0, f64::INFINITY, f64::NAN].into_iter().chain(powers);
        let xs = ordinary.chain(special.flat_map(|x| [x, -x]));
        let xs: Vec<f64> = xs.map(|x| rounded(x, dtype)).collect();
        let xs = xs.iter().cycle().take(shape.iter().product()).copied();
        let count = layout::count(sharing, &shape);
        let mut source = Numbers(7);
        let mut values = |info| {
            (0..count)
                .map(|_| allowed_value(info, &mut source))
                .collect()
        };
        Self {
            curve,
            sharing,
            shape,
            dtype,
            xs: xs.collect(),
            params: curve.params().iter().map(&mut values).collect(),
        }
    }

    /// Which value of the parameters element `i` uses.
    fn unit(&self, i: usize) -> usize {
        let [_, b, c] = self.shape;
        layout::unit(self.sharing, &[i / (b * c), i / c % b, i % c], &self.shape)
    }

    /// y, dx where the incoming gradient is 1.5 and the gradient of each parameter.
    fn results(&self) -> Vec<Vec<f64>> {
        let device = Device::flex().autodiff();
        let x = tensor(&self.xs, self.shape, &device, self.dtype).require_grad();
        let params: Vec<_> = (self.params.iter())
            .map(|p| tensor(p, [p.len()], &device, self.dtype).require_grad())
            .collect();
        let y = activate(x.clone(), params.clone(), self.curve, self.sharing);
        let grads = (y.clone() * 1.5).backward();
        let dx = numbers(x.grad(&grads).unwrap());
        let params = params.iter().map(|p| numbers(p.grad(&grads).unwrap()));
        [numbers(y), dx].into_iter().chain(params).collect()
    }

    /// The parameters of element `i`.
    fn params_at(&self, i: usize) -> Vec<f64> {
        let unit = self.unit(i);
        self.params.iter().map(|p| p[unit]).collect()
    }

    fn name(&self) -> String {
        format!(
            "{} per {} in {:?}",
            self.curve.name(),
            self.sharing,
            self.dtype
        )
    }
}

/// NaN is NaN, whichever operand's bits it carries.
fn bits(numbers: &[f64]) -> Vec<u64> {
    let bits = |x: &f64| if x.is_nan() { !0 } else { x.to_bits() };
    numbers.iter().map(bits).collect()
}

/// Leaves all results in a file, for [`they_agree`].
#[test]
#[ignore = "does nothing on its own: they_agree runs it on each instruction set"]
fn results() {
    let Some(path) = std::env::var_os(RESULTS) else {
        return;
    };
    let bytes = |numbers: Vec<f64>| bits(&numbers).into_iter().flat_map(u64::to_le_bytes);
    let all = Case::all().flat_map(|case| case.results().concat());
    std::fs::write(path, bytes(all.collect()).collect::<Vec<u8>>()).unwrap();
}

#[test]
fn they_agree() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = ["portable", "avx2", "avx512"].map(|limit| {
        let path = folder.path().join(limit);
        run_again(limit, &["instruction_sets::results"], &[(RESULTS, &path)]);
        let bytes = std::fs::read(path).unwrap();
        let (words, []) = bytes.as_chunks::<8>() else {
            panic!("cut off")
        };
        words
            .iter()
            .map(|word| u64::from_le_bytes(*word))
            .collect::<Vec<u64>>()
            .into_iter()
    });
    for case in Case::all() {
        let len = case.xs.len();
        let lens = [len, len]
            .into_iter()
            .chain(case.params.iter().map(Vec::len));
        for (which, len) in lens.enumerate() {
            let [portable, avx2, avx512] =
                all.each_mut().map(|all| all.take(len).collect::<Vec<_>>());
            assert_eq!(avx2, avx512, "{}, result {which}", case.name());
            if case.dtype == DType::F64 {
                assert_eq!(portable, avx2, "{}, result {which}", case.name());
            }
            check(&case, which, &portable, &avx2);
        }
    }
    assert!(all.into_iter().all(|mut rest| rest.next().is_none()));
}

/// `portable` is `wide` but for the errors that both may have.
fn check(case: &Case, which: usize, portable: &[u64], wide: &[u64]) {
    let precision = Precision::of("flex", case.dtype);
    // The error of element `i`, or of the term that it adds to the gradient of a parameter, and the term.
    let error = |i: usize| {
        let (x, at) = (case.xs[i], case.params_at(i));
        let (exact, factor) = match which {
            0 => (case.curve.value_at(x, &at), 1.0),
            1 => (case.curve.slope_at(x, &at), 1.5),
            _ => (case.curve.grads_at(x, &at)[which - 2], 1.5),
        };
        let size = largest_terms(case.curve.name(), x, &at)[which].max(exact.abs());
        let allowed = precision.allowed(case.curve.name(), size, factor, x.clamp(-1e30, 1e30), &at);
        (allowed, exact * factor)
    };
    let mut sums = vec![(0.0, vec![]); portable.len()];
    if which >= 2 {
        // What is the same needs no bound.
        let differs = |i: &usize| portable[case.unit(*i)] != wide[case.unit(*i)];
        for i in (0..case.xs.len()).filter(differs) {
            let (allowed, term) = error(i);
            let sum = &mut sums[case.unit(i)];
            sum.0 += allowed;
            sum.1.push(term);
        }
    }
    for (i, (a, b)) in portable.iter().zip(wide).enumerate() {
        let (a, b) = (f64::from_bits(*a), f64::from_bits(*b));
        if a == b || a.is_nan() && b.is_nan() {
            continue;
        }
        let allowed = match which {
            0 | 1 => error(i).0,
            _ => sums[i].0 + precision.allowed_sum(sums[i].1.iter().copied()),
        };
        let (what, allowed) = (case.name(), 2.0 * allowed);
        assert!(
            (a - b).abs() <= allowed,
            "{what}, result {which}, {i}: {a:e} and {b:e}, where {allowed:e} is allowed"
        );
    }
}

/// What an element gives does not depend on whether its neighbours are out of the range in which exponentials need no
/// care.
#[test]
fn neighbours_do_not_matter() {
    let ordinary: Vec<f64> = (0..200).map(|i| (f64::from(i) - 100.0) / 17.0).collect();
    let far = [-1e30, 1e30, f64::NEG_INFINITY, f64::NAN, -90.0, 60.0];
    let mut mixed = ordinary.clone();
    for (x, far) in mixed.iter_mut().step_by(23).zip(far.iter().cycle()) {
        *x = *far;
    }
    for curve in curves::all() {
        let params = curve
            .params()
            .iter()
            .map(|info| info.bound.project(info.default + 0.25));
        let params: Vec<f64> = params.collect();
        let [alone, among] = [&ordinary, &mixed].map(|xs| elementwise(curve.name(), xs, &params));
        for (alone, among) in alone.iter().zip(among) {
            for i in (0..200).filter(|i| i % 23 != 0) {
                let pair = [alone[i], among[i]].map(f64::to_bits);
                assert_eq!(pair[0], pair[1], "{} at {}", curve.name(), ordinary[i]);
            }
        }
    }
}

/// What an infinite element gives does not depend on whether its neighbours are finite, even where parameters are 0.
#[test]
fn infinities_are_never_in_range() {
    for curve in curves::all() {
        let params = curve.params().iter().map(|info| info.bound.project(0.0));
        let params: Vec<f64> = params.collect();
        for infinity in [f64::INFINITY, f64::NEG_INFINITY] {
            let mut among = [0.5; 64];
            among[41] = infinity;
            let [alone, among] = [[infinity; 64], among].map(|xs| {
                let [ys, gs] = elementwise(curve.name(), &xs, &params);
                bits(&[ys[41], gs[41]])
            });
            assert_eq!(alone, among, "{} at {infinity}", curve.name());
        }
    }
}

/// y and dx in single precision where the incoming gradient is 1.5, with one value of each parameter.
fn elementwise(name: &str, xs: &[f64], params: &[f64]) -> [Vec<f64>; 2] {
    let device = Device::flex().autodiff();
    let x = tensor(xs, [xs.len()], &device, DType::F32).require_grad();
    let param = |p: &f64| tensor(&[*p], [1], &device, DType::F32).require_grad();
    let params = params.iter().map(param).collect();
    let y = activate(x.clone(), params, kernel(name), Sharing::Layer);
    let grads = (y.clone() * 1.5).backward();
    [numbers(y), numbers(x.grad(&grads).unwrap())]
}

/// What is true of the widest vectors is true of narrower ones.
#[test]
fn narrower_vectors_do_as_well() {
    for limit in ["avx2", "portable"] {
        let tests = [
            "instruction_sets::neighbours_do_not_matter",
            "instruction_sets::infinities_are_never_in_range",
            // In the other types, `they_agree` compares with the widest.
            "reference::in_single_precision",
            "reference::in_half_precision",
        ];
        run_again(limit, &tests, &[]);
    }
}

/// Adaptors of the standard library are not always inlined, and what is not is not compiled for the instructions: each
/// operation on a register is a call then. So formulas, and what they are made of, have none.
#[test]
fn formulas_have_no_adaptors() {
    const ADAPTORS: [&str; 6] = [".map(", ".reduce(", ".fold(", ".sum(", ".zip(", "from_fn("];
    let source = Path::new("crates/burn-rectifiers/src");
    let files = ["math", "family"].into_iter().flat_map(|folder| {
        let files = fs::read_dir(source.join(folder)).unwrap();
        files.map(|file| file.unwrap().path())
    });
    let mut formulas = 0;
    for file in files {
        let code = without_comments_and_tests(&fs::read_to_string(&file).unwrap());
        let marks = ["T: Real", "T: Arithmetic", "S: Packed", "activation! {"];
        if !marks.iter().any(|mark| code.contains(mark)) {
            continue;
        }
        formulas += 1;
        let found = ADAPTORS.iter().find(|adaptor| code.contains(**adaptor));
        assert!(found.is_none(), "{}: {found:?}", file.display());
    }
    assert!(formulas > 40, "{formulas} files");
}
