//! The transformative form of a curve: α·f(β·x + γ) + δ, as a curve of its own.
//!
//! Made from the compiled curve f at run time, so that it exists for every curve, and fused all the
//! same. On the CPU, f's loops and the lines around them take turns on a block that stays in the
//! first-level cache; on GPUs, f's program is recorded again between the lines.

use super::Kernel;
#[cfg(feature = "cpu")]
use super::{CpuKernel, cpu::Around};
use crate::curve::{Bound, Curve, MAX_PARAMS, ParamInfo, Program, Programs};
use crate::math::notation::{lit, times};
use core::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// The parameters around f: α, β, γ, δ.
const AROUND: [ParamInfo; 4] = [
    parameter("alpha", 1.0, "factor of the output"),
    parameter("beta", 1.0, "factor of the input"),
    parameter("gamma", 0.0, "added to the input"),
    parameter("delta", 0.0, "added to the output"),
];

const fn parameter(name: &'static str, default: f64, doc: &'static str) -> ParamInfo {
    ParamInfo {
        name,
        default,
        bound: Bound::NONE,
        doc,
    }
}

/// The curve α·f(β·x + γ) + δ (Kunc & Kléma 2021, PLoS ONE 16; see their survey
/// arXiv:2402.09092), with the parameters α, β, γ, δ
/// followed by those of f, the names of which start with `inner.`.
///
/// Each f is transformed once; asking again gives the same curve.
///
/// # Panics
///
/// If `curve` has more than ten parameters, as one may have that is transformed already.
pub fn transformed(curve: &'static dyn Kernel) -> &'static dyn Kernel {
    // Unit values of different types may share an address, values of one type do not.
    type Key = (TypeId, usize);
    static KNOWN: LazyLock<Mutex<HashMap<Key, &'static Transformed>>> =
        LazyLock::new(Mutex::default);
    let key = (
        (curve as &dyn Any).type_id(),
        core::ptr::from_ref(curve).addr(),
    );
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    *known
        .entry(key)
        .or_insert_with(|| Box::leak(Box::new(Transformed::new(curve))))
}

#[derive(Debug)]
struct Transformed {
    inner: &'static dyn Kernel,
    name: &'static str,
    formula: &'static str,
    surrogate: Option<&'static str>,
    source: &'static str,
    params: &'static [ParamInfo],
    programs: &'static Programs,
    #[cfg(feature = "cpu")]
    cpu_f32: &'static Around<f32>,
    #[cfg(feature = "cpu")]
    cpu_f64: &'static Around<f64>,
}

impl Transformed {
    /// Curves live as long as the process, and so does what they are made of.
    fn new(inner: &'static dyn Kernel) -> Self {
        let (infos, name) = (inner.params(), inner.name());
        assert!(
            infos.len() <= MAX_PARAMS,
            "activation `{name}` has {} parameters; only one with at most {MAX_PARAMS} can be \
             transformed",
            infos.len()
        );
        let prefixed = |info: &ParamInfo| ParamInfo {
            name: format!("inner.{}", info.name).leak(),
            ..*info
        };
        let params: Vec<ParamInfo> = AROUND
            .into_iter()
            .chain(infos.iter().map(prefixed))
            .collect();
        let around = |f: &str| -> &'static str {
            format!("alpha*f(beta*x + gamma) + delta, f(x) = {f}").leak()
        };
        let source = format!("Kunc & Klema 2021 (PLoS ONE 16) around {}", inner.source());
        Self {
            inner,
            name: format!("transformative({name})").leak(),
            formula: around(inner.formula()),
            surrogate: inner.surrogate().map(around),
            source: source.leak(),
            params: params.leak(),
            programs: Box::leak(Box::new(programs(inner.programs(), infos.len()))),
            #[cfg(feature = "cpu")]
            cpu_f32: Box::leak(Box::new(Around(inner.cpu_f32()))),
            #[cfg(feature = "cpu")]
            cpu_f64: Box::leak(Box::new(Around(inner.cpu_f64()))),
        }
    }

    /// α, β, γ, δ and the parameters of f.
    fn split<'a>(&self, params: &'a [f64]) -> ([f64; 4], &'a [f64]) {
        assert!(
            params.len() == self.params.len(),
            "activation `{}` has {} parameter(s), but {} value(s) were given",
            self.name,
            self.params.len(),
            params.len()
        );
        let (around, inner) = params.split_first_chunk().expect("four at least");
        (*around, inner)
    }
}

impl Curve for Transformed {
    fn name(&self) -> &'static str {
        self.name
    }
    fn formula(&self) -> &'static str {
        self.formula
    }
    fn surrogate(&self) -> Option<&'static str> {
        self.surrogate
    }
    fn source(&self) -> &'static str {
        self.source
    }
    fn params(&self) -> &'static [ParamInfo] {
        self.params
    }
    fn value_at(&self, x: f64, params: &[f64]) -> f64 {
        let ([alpha, beta, gamma, delta], inner) = self.split(params);
        let y = self.inner.value_at(times(beta, x) + gamma, inner);
        times(alpha, y) + delta
    }
    fn slope_at(&self, x: f64, params: &[f64]) -> f64 {
        let ([alpha, beta, gamma, _], inner) = self.split(params);
        alpha * self.inner.slope_at(times(beta, x) + gamma, inner) * beta
    }
    fn grads_at(&self, x: f64, params: &[f64]) -> Vec<f64> {
        let ([alpha, beta, gamma, _], inner) = self.split(params);
        let u = times(beta, x) + gamma;
        let slope = alpha * self.inner.slope_at(u, inner);
        let around = [self.inner.value_at(u, inner), times(slope, x), slope, 1.0];
        let inner = self.inner.grads_at(u, inner).into_iter();
        around
            .into_iter()
            .chain(inner.map(|grad| times(alpha, grad)))
            .collect()
    }
}

impl Kernel for Transformed {
    #[cfg(feature = "cpu")]
    fn cpu_f32(&self) -> &'static dyn CpuKernel<f32> {
        self.cpu_f32
    }
    #[cfg(feature = "cpu")]
    fn cpu_f64(&self) -> &'static dyn CpuKernel<f64> {
        self.cpu_f64
    }
    fn programs(&self) -> &'static Programs {
        self.programs
    }
    fn origin(&self) -> (&'static str, TypeId) {
        self.inner.origin()
    }
}

/// The programs of the transformed curve, from those of f with `count` parameters.
fn programs(f: &Programs, count: usize) -> Programs {
    let count = AROUND.len() + count;
    let value = Program::record(count, |x, params| {
        let [alpha, beta, gamma, delta] = params[..4] else {
            unreachable!("α, β, γ, δ come first")
        };
        let y = f.value.replay(times(beta, x) + gamma, &params[4..])[0];
        vec![times(alpha, y) + delta]
    });
    let slope = Program::record(count, |x, params| {
        let [alpha, beta, gamma, _] = params[..4] else {
            unreachable!("α, β, γ, δ come first")
        };
        let slope = f.slope.replay(times(beta, x) + gamma, &params[4..])[0];
        vec![alpha * slope * beta]
    });
    let slopes = Program::record(count, |x, params| {
        let [alpha, beta, gamma, _] = params[..4] else {
            unreachable!("α, β, γ, δ come first")
        };
        let u = times(beta, x) + gamma;
        let y = f.value.replay(u, &params[4..])[0];
        let slopes = f.slopes.replay(u, &params[4..]);
        let slope = alpha * slopes[0];
        let mut outputs = vec![slope * beta, y, times(slope, x), slope, lit(1.0)];
        outputs.extend(slopes[1..].iter().map(|&grad| times(alpha, grad)));
        outputs
    });
    Programs {
        value,
        slope,
        slopes,
    }
}
