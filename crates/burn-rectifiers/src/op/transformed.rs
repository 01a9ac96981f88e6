//! The transformative form of a curve: α·f(β·x + γ) + δ, as a curve of its own.
//!
//! Made from the compiled curve f at run time, so that it exists for every curve, and fused all the
//! same. On the CPU, f's loops and the lines around them take turns on a block that stays in the
//! first-level cache; on GPUs, f's program is recorded again between the lines.

use super::simd::simd;
use super::{HostKernel, Kernel, Lanes, Programs};
use crate::curve::math::host::{Real, times};
use crate::curve::math::trace::Program;
use crate::curve::{Bound, Curve, MAX_PARAMS, ParamInfo};
use core::any::Any;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Most parameters that a kernel can have: those of a curve, and the four around it.
pub(crate) const MAX_KERNEL_PARAMS: usize = MAX_PARAMS + AROUND.len();

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
/// If `curve` has more than four parameters: a transformed curve cannot be transformed again if it
/// has any of its own.
pub fn transformed(curve: &'static dyn Kernel) -> &'static dyn Kernel {
    // Unit values of different types may share an address, values of one type do not.
    type Key = (core::any::TypeId, usize);
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
    source: &'static str,
    params: &'static [ParamInfo],
    programs: &'static Programs,
    host_f32: &'static Around<f32>,
    host_f64: &'static Around<f64>,
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
        let formula = inner.formula();
        let formula = format!("alpha*f(beta*x + gamma) + delta, f(x) = {formula}");
        let source = format!("Kunc & Klema 2021 (PLoS ONE 16) around {}", inner.source());
        Self {
            inner,
            name: format!("transformative({name})").leak(),
            formula: formula.leak(),
            source: source.leak(),
            params: params.leak(),
            programs: Box::leak(Box::new(programs(inner.programs(), infos.len()))),
            host_f32: Box::leak(Box::new(Around(inner.host_f32()))),
            host_f64: Box::leak(Box::new(Around(inner.host_f64()))),
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
    fn host_f32(&self) -> &'static dyn HostKernel<f32> {
        self.host_f32
    }
    fn host_f64(&self) -> &'static dyn HostKernel<f64> {
        self.host_f64
    }
    fn programs(&self) -> &'static Programs {
        self.programs
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
        let mut outputs = vec![slope * beta, y, times(slope, x), slope, Real::lit(1.0)];
        outputs.extend(slopes[1..].iter().map(|&grad| times(alpha, grad)));
        outputs
    });
    Programs {
        value,
        slope,
        slopes,
    }
}

/// The loops of α·f(β·x + γ) + δ around those of f.
struct Around<T: 'static>(&'static dyn HostKernel<T>);

impl<T> core::fmt::Debug for Around<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Around")
    }
}

/// Elements that go through f's loops at a time, so that they stay in the first-level cache.
const BLOCK: usize = 512;

/// The part of a parameter that belongs to a block.
fn part<'a, T>(params: &[&'a [T]], start: usize, len: usize, lanes: Lanes) -> Vec<&'a [T]> {
    let part = |param: &&'a [T]| match lanes {
        Lanes::Shared => *param,
        Lanes::Own => &param[start..start + len],
    };
    params.iter().map(part).collect()
}

macro_rules! around {
    ($float:ty) => {
        impl HostKernel<$float> for Around<$float> {
            fn value(&self, xs: &mut [$float], params: &[&[$float]], lanes: Lanes) {
                for (block, xs) in xs.chunks_mut(BLOCK).enumerate() {
                    let params = part(params, block * BLOCK, xs.len(), lanes);
                    let [alpha, beta, gamma, delta] = params[..4] else {
                        unreachable!("α, β, γ, δ come first")
                    };
                    line(xs, beta, gamma, lanes);
                    self.0.value(xs, &params[4..], lanes);
                    line(xs, alpha, delta, lanes);
                }
            }

            fn grads(
                &self,
                gs: &mut [$float],
                xs: &[$float],
                params: &[&[$float]],
                param_grads: &mut [&mut [$float]],
                lanes: Lanes,
            ) {
                let mut us = [0.0; BLOCK];
                let blocks = gs.chunks_mut(BLOCK).zip(xs.chunks(BLOCK));
                for (block, (gs, xs)) in blocks.enumerate() {
                    let (start, len) = (block * BLOCK, gs.len());
                    let params = part(params, start, len, lanes);
                    let [alpha, beta, gamma, _] = params[..4] else {
                        unreachable!("α, β, γ, δ come first")
                    };
                    let us = &mut us[..len];
                    us.copy_from_slice(xs);
                    line(us, beta, gamma, lanes);

                    let mut param_grads: Vec<&mut [$float]> = param_grads
                        .iter_mut()
                        .map(|grad| &mut grad[start..start + len])
                        .collect();
                    let Some(([of_alpha, of_beta, of_gamma, of_delta], inner)) =
                        param_grads.split_first_chunk_mut()
                    else {
                        scale(gs, alpha, lanes);
                        self.0.grads(gs, us, &params[4..], &mut [], lanes);
                        scale(gs, beta, lanes);
                        continue;
                    };
                    of_delta.copy_from_slice(gs);
                    of_alpha.copy_from_slice(us);
                    self.0.value(of_alpha, &params[4..], lanes);
                    product(of_alpha, gs);
                    scale(gs, alpha, lanes);
                    self.0.grads(gs, us, &params[4..], inner, lanes);
                    of_gamma.copy_from_slice(gs);
                    of_beta.copy_from_slice(xs);
                    product(of_beta, gs);
                    scale(gs, beta, lanes);
                }
            }
        }
    };
}
around!(f32);
around!(f64);

/// Replaces each x by a·x + b.
fn line<T: Real>(xs: &mut [T], a: &[T], b: &[T], lanes: Lanes) {
    simd!([T: Real] [T] (xs: &mut [T], a: &[T], b: &[T], lanes: Lanes) -> () {
        match lanes {
            Lanes::Shared => {
                let (a, b) = (a[0], b[0]);
                for x in xs {
                    *x = times(a, *x) + b;
                }
            }
            Lanes::Own => {
                for ((x, a), b) in xs.iter_mut().zip(a).zip(b) {
                    *x = times(*a, *x) + *b;
                }
            }
        }
    })
}

/// Replaces each x by a·x.
fn scale<T: Real>(xs: &mut [T], a: &[T], lanes: Lanes) {
    simd!([T: Real] [T] (xs: &mut [T], a: &[T], lanes: Lanes) -> () {
        match lanes {
            Lanes::Shared => {
                let a = a[0];
                for x in xs {
                    *x = a * *x;
                }
            }
            Lanes::Own => {
                for (x, a) in xs.iter_mut().zip(a) {
                    *x = *a * *x;
                }
            }
        }
    })
}

/// Replaces each x by a·x, with the a of its place.
fn product<T: Real>(xs: &mut [T], a: &[T]) {
    simd!([T: Real] [T] (xs: &mut [T], a: &[T]) -> () {
        for (x, a) in xs.iter_mut().zip(a) {
            *x = times(*a, *x);
        }
    })
}
