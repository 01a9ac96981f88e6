//! What the activation tests share: the devices to test on, tensors from numbers and back, and how
//! exact a result must be.

#![allow(dead_code)] // Each test file uses its own part.

pub mod fixture;
pub mod formula;
pub mod layout;
pub mod process;
pub mod spy;

use std::any::Any;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use burn::tensor::{DType, Device, Tensor, TensorData, bf16, f16};
use burn_rectifiers::{curve::ParamInfo, op::Kernel};
use burn_rectifiers_study::Backend;
use clap::ValueEnum;

/// Every backend that is compiled in, by name, tried out once per process.
///
/// A backend without a device, such as a GPU one on a machine without a GPU, is left out with a
/// printed reason. On a CI machine, which sets `CI`, that is a failure: a test that silently stops
/// running is worse than one that fails.
pub fn devices() -> Vec<(&'static str, Device)> {
    static DEVICES: OnceLock<Vec<(&'static str, Device)>> = OnceLock::new();
    let open = || {
        let mut devices = vec![];
        let backends = Backend::value_variants().iter();
        for backend in backends.filter(|backend| backend.is_at_hand()) {
            match backend.device() {
                Ok(device) => devices.push((backend.name(), device)),
                Err(error) => {
                    let message = format!("no device for {}: {error}", backend.name());
                    assert!(std::env::var_os("CI").is_none(), "{message}");
                    // Not `println!`: the test harness would swallow it.
                    let _ = writeln!(std::io::stderr(), "skipped: {message}");
                }
            }
        }
        devices
    };
    DEVICES.get_or_init(open).clone()
}

/// The message of the panic that `f` ends in.
#[track_caller]
pub fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(_) => panic!("nothing was wrong"),
        Err(panic) => message(panic),
    }
}

/// What a panic says.
pub fn message(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().unwrap_or(&"?").to_string(),
    }
}

/// The devices that run the kernels for host memory.
pub fn host_devices() -> Vec<(&'static str, Device)> {
    let is_host = |name| matches!(name, "flex" | "ndarray");
    devices().into_iter().filter(|d| is_host(d.0)).collect()
}

/// The kernel of the curve called `name`.
pub fn kernel(name: &str) -> &'static dyn Kernel {
    burn_rectifiers::curves::find(name).unwrap()
}

/// A tensor of `shape` with `values` in row-major order, each rounded once to `dtype`.
pub fn tensor<const D: usize>(
    values: &[f64],
    shape: [usize; D],
    device: &Device,
    dtype: DType,
) -> Tensor<D> {
    let values: Vec<f64> = values.to_vec();
    Tensor::from_data(TensorData::new(values, shape), (device, dtype))
}

/// A value that the parameter may take, near zero, exact in any type.
pub fn allowed_value(info: &ParamInfo, source: &mut Numbers) -> f64 {
    let value = (source.between(-2.0, 2.0) * 128.0).round() / 128.0;
    match info.bound.interval() {
        (low, high) if high.is_finite() => value.clamp(low, high),
        (low, _) if low.is_finite() => (low.max(0.125) * 8.0).ceil() / 8.0 + value.abs(),
        _ => value,
    }
}

/// The elements in row-major order. Every type's values are exact in f64.
pub fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

/// The elements as bits, so that −0 differs from 0 and a NaN equals itself.
pub fn bits<const D: usize>(tensor: Tensor<D>) -> Vec<u64> {
    numbers(tensor).into_iter().map(f64::to_bits).collect()
}

/// `value` as it is after one rounding to `dtype`.
pub fn rounded(value: f64, dtype: DType) -> f64 {
    match dtype {
        DType::F64 => value,
        DType::F32 => (value as f32).into(),
        DType::F16 => f16::from_f64(value).into(),
        DType::BF16 => bf16::from_f64(value).into(),
        other => panic!("{other:?} is no floating-point type"),
    }
}

/// The figures come from subtractions with 60 digits: where those cancel to less than this, the
/// figure is 0 or noise (the slope of tanh at −100 is given as 0, and is 5.5e-87).
pub const REFERENCE_NOISE: f64 = 1e-50;

/// The smallest normal number of the type that results of type `dtype` are computed in.
pub fn smallest_computed(dtype: DType) -> f64 {
    match dtype {
        DType::F64 => f64::MIN_POSITIVE,
        _ => f32::MIN_POSITIVE.into(),
    }
}

/// How exact the results of one backend in one type must be.
#[derive(Debug, Clone, Copy)]
pub struct Precision {
    dtype: DType,
    /// Distance from 1 to the next number.
    epsilon: f64,
    /// Absolute error that is forgiven, for results too small for all their digits.
    tiny: f64,
    /// Whether the kernels for host memory compute.
    is_host: bool,
    /// What a GPU may flush to zero on the way: the smallest normal number of the type it computes in.
    flushed: f64,
}

impl Precision {
    /// For results of type `dtype` from the backend called `backend`.
    pub fn of(backend: &str, dtype: DType) -> Self {
        // Digits, smallest normal number, both as powers of two.
        let (digits, normal) = match dtype {
            DType::F64 => (52, -1022),
            DType::F32 => (23, -126),
            DType::F16 => (10, -14),
            DType::BF16 => (7, -126),
            other => panic!("{other:?} is no floating-point type"),
        };
        let power = |n: i32| 2f64.powi(n / 2) * 2f64.powi(n - n / 2);
        let is_gpu = !matches!(backend, "flex" | "ndarray");
        Self {
            dtype,
            is_host: matches!(backend, "flex" | "ndarray"),
            epsilon: power(-digits),
            // GPUs may flush everything below the smallest normal number to zero.
            tiny: match is_gpu {
                true => power(normal),
                false => 2.0 * power(normal - digits),
            },
            flushed: if is_gpu {
                smallest_computed(dtype)
            } else {
                0.0
            },
        }
    }

    /// The largest error of a figure of magnitude `size` at `x` with `params`, times `factor`.
    ///
    /// `name` is that of the curve, and `size` that of the figure itself, or of the largest term that its formula adds. Relative
    /// to it, the error is (4 + 2·|x|·s)·ε, with s the largest of 1, |p| and 1/|p|: four
    /// units for the arithmetic, and what the exponential of a GPU may lose for large arguments.
    /// Half precision is computed in single and rounded once, so one unit is enough.
    ///
    /// What an exponential loses below the normal numbers is multiplied along with it: by parameters, and
    /// where a GPU may have flushed it to zero, by x, as in the gradient of b in a·(eˣᐟᵇ − 1).
    pub fn allowed(&self, name: &str, size: f64, factor: f64, x: f64, params: &[f64]) -> f64 {
        let largest = params.iter().fold(1.0, |s, p| p.abs().max(s));
        let relative = match self.dtype {
            DType::F16 | DType::BF16 => 1.0,
            _ => 4.0 + 2.0 * fixture::reach(name, x, params, f64::INFINITY),
        };
        let lost = (self.tiny + self.flushed * x.abs()) * largest;
        let tiny = lost * factor.abs().max(1.0) + REFERENCE_NOISE;
        relative * self.epsilon * (size * factor).abs() + tiny
    }

    /// The largest error of a sum of rounded `terms`, beyond that of the terms: sums are taken in
    /// short pieces of single precision at least, and rounded at the end.
    pub fn allowed_sum(&self, terms: impl Iterator<Item = f64>) -> f64 {
        let (sum, size) = terms.fold((0.0, 0.0), |(s, a), t| (s + t, a + t.abs()));
        let computed = self.epsilon.min(f64::from(f32::EPSILON));
        64.0 * computed * size + self.epsilon * f64::abs(sum) + self.allowed_term()
    }

    /// The largest error of a gradient of a parameter, beyond that of its only term: sums take a quarter of each, so that a
    /// small one loses up to two bits.
    pub fn allowed_term(&self) -> f64 {
        1.5 * self.tiny
    }

    /// Whether numbers of this size are infinite in half precision, whose figures go further.
    pub fn overflows(&self, size: f64) -> bool {
        rounded(size, self.dtype).is_infinite()
    }

    /// What the kernels for host memory achieve in half precision, in units of the last place: it
    /// shows that results are computed in single precision and rounded once.
    pub fn achieved(&self) -> Option<f64> {
        let is_half = matches!(self.dtype, DType::F16 | DType::BF16);
        (self.is_host && is_half).then_some(0.51)
    }

    /// `error` in units of the last place of `exact`.
    pub fn ulps(&self, error: f64, exact: f64) -> f64 {
        let exponent = exact.abs().log2().floor().exp2();
        error / (self.epsilon * exponent).max(self.tiny / 2.0)
    }
}

/// A small deterministic source of numbers (SplitMix64).
pub struct Numbers(pub u64);

impl Numbers {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        (self.bits() % count as u64) as usize
    }

    /// A number between `low` and `high` that is exact in single precision.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.bits() >> 11) as f64 / (1u64 << 53) as f64;
        rounded(low + unit * (high - low), DType::F32)
    }
}

/// Calls `$function::<RANK>($args)` for a rank known at run time.
#[macro_export]
macro_rules! with_rank {
    ($rank:expr, $function:ident($($arg:expr),* $(,)?)) => {
        match $rank {
            1 => $function::<1>($($arg),*),
            2 => $function::<2>($($arg),*),
            3 => $function::<3>($($arg),*),
            4 => $function::<4>($($arg),*),
            5 => $function::<5>($($arg),*),
            6 => $function::<6>($($arg),*),
            rank => unreachable!("rank {rank}"),
        }
    };
}
