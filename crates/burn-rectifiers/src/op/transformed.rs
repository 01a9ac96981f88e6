//! The transformative form of a curve: α·f(β·x + γ) + δ, as a curve of its own.
//!
//! Made from the compiled curve f at run time, so that it exists for every curve, and fused all the
//! same. On the CPU, f's loops and the lines around them take turns on a block that stays in the
//! first-level cache; on GPUs, f's program is recorded again between the lines.

use super::{Block, HostKernel, Kernel, Lanes, Params, Programs};
use crate::curve::math::host::{Real, times};
use crate::curve::math::trace::Program;
use crate::curve::{Bound, Curve, MAX_PARAMS, ParamInfo};
use core::any::Any;
use core::ops::Range;
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
const PIECE: usize = 256;

/// The pieces of a stretch: neighbours that f's loops take at a time, and if they share parameters,
/// all the same.
fn pieces<T: Copy>(params: Params<T>, len: usize) -> impl Iterator<Item = Range<usize>> {
    params.pieces(len, PIECE).flat_map(move |piece| {
        let (mut start, end) = (piece.start, piece.end);
        core::iter::from_fn(move || {
            let row = match params.lanes() {
                Lanes::Columns { .. } => end - start,
                Lanes::Rows {
                    start: into, inner, ..
                } => inner - (into + start) % inner,
            };
            let part = start..(start + row).min(end);
            start = part.end;
            (!part.is_empty()).then_some(part)
        })
    })
}

macro_rules! around {
    ($float:ty) => {
        // SAFETY: `pieces` has every element of the stretch in one of its pieces, as `Params::tiles` has, and what
        // lies between rows in none. `Block::write` writes each piece as a whole.
        unsafe impl HostKernel<$float> for Around<$float> {
            fn value(&self, mut data: Block<$float>, params: Params<$float>) {
                let mut xs = [0.0; PIECE];
                for piece in pieces(params, data.len()) {
                    let (around, inner) = params.part(piece.clone()).split::<4>();
                    let [alpha, beta, gamma, delta] = Factor::all(around);
                    let mut data = data.part(piece.start, piece.end);
                    let xs = &mut xs[..piece.len()];
                    data.read(xs);
                    line(xs, beta, gamma);
                    self.0.value(Block::over(xs), inner);
                    line(xs, alpha, delta);
                    data.write(xs);
                }
            }

            fn grads(
                &self,
                mut gs: Block<$float>,
                xs: &[$float],
                params: Params<$float>,
                sums: &mut [&mut [f64]],
            ) {
                let (mut us, mut terms, mut grads) = ([0.0; PIECE], [0.0; PIECE], [0.0; PIECE]);
                for piece in pieces(params, gs.len()) {
                    let units = params.units_in(piece.clone());
                    let (around, inner) = params.part(piece.clone()).split::<4>();
                    let [alpha, beta, gamma, _] = Factor::all(around);
                    let mut gs = gs.part(piece.start, piece.end);
                    let (xs, len) = (&xs[piece.clone()], piece.len());
                    let (us, terms, grads) = (&mut us[..len], &mut terms[..len], &mut grads[..len]);
                    us.copy_from_slice(xs);
                    line(us, beta, gamma);
                    gs.read(grads);

                    let count = sums.len().saturating_sub(AROUND.len());
                    if let Some((of_around, of_inner)) = sums.split_first_chunk_mut::<4>() {
                        let [of_alpha, of_beta, of_gamma, of_delta] = of_around;
                        sum(&mut of_delta[units.clone()], grads);
                        terms.copy_from_slice(us);
                        self.0.value(Block::over(terms), inner);
                        product(terms, grads);
                        sum(&mut of_alpha[units.clone()], terms);
                        scale(grads, alpha);
                        let mut of_inner = params.sums_in(piece.clone(), of_inner);
                        let of_inner = &mut of_inner[..count];
                        self.0.grads(Block::over(grads), us, inner, of_inner);
                        sum(&mut of_gamma[units.clone()], grads);
                        terms.copy_from_slice(xs);
                        product(terms, grads);
                        sum(&mut of_beta[units], terms);
                    } else {
                        scale(grads, alpha);
                        self.0.grads(Block::over(grads), us, inner, &mut []);
                    }
                    scale(grads, beta);
                    gs.write(grads);
                }
            }
        }
    };
}
around!(f32);
around!(f64);

/// A parameter of a piece.
#[derive(Clone, Copy)]
enum Factor<'a, T> {
    One(T),
    Each(&'a [T]),
}

impl<'a, T: Copy> Factor<'a, T> {
    /// The first of `params`, for a piece of a row or for elements of their own.
    fn all<const N: usize>(params: Params<'a, T>) -> [Self; N] {
        core::array::from_fn(|j| match params.lanes() {
            Lanes::Rows { first, .. } => Self::One(params.values()[j][first]),
            Lanes::Columns { .. } => Self::Each(params.values()[j]),
        })
    }

    fn at(self, i: usize) -> T {
        match self {
            Self::One(value) => value,
            Self::Each(values) => values[i],
        }
    }
}

/// Replaces each x by a·x + b.
fn line<T: Real>(xs: &mut [T], a: Factor<T>, b: Factor<T>) {
    if let (Factor::One(a), Factor::One(b)) = (a, b) {
        return xs.iter_mut().for_each(|x| *x = times(a, *x) + b);
    }
    for (i, x) in xs.iter_mut().enumerate() {
        *x = times(a.at(i), *x) + b.at(i);
    }
}

/// Replaces each x by a·x.
fn scale<T: Real>(xs: &mut [T], a: Factor<T>) {
    if let Factor::One(a) = a {
        return xs.iter_mut().for_each(|x| *x = a * *x);
    }
    for (i, x) in xs.iter_mut().enumerate() {
        *x = a.at(i) * *x;
    }
}

/// Replaces each x by a·x, with the a of its place.
fn product<T: Real>(xs: &mut [T], a: &[T]) {
    for (x, a) in xs.iter_mut().zip(a) {
        *x = times(*a, *x);
    }
}

/// Adds terms to a sum each, or all to the only one.
fn sum<T: Copy + Into<f64>>(sums: &mut [f64], terms: &[T]) {
    if let [sum] = sums {
        return *sum += terms.iter().map(|term| (*term).into()).sum::<f64>();
    }
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += (*term).into();
    }
}
