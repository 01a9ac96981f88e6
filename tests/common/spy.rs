//! PReLU with a witness: a curve that counts what the host kernels are asked to do.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use burn_rectifiers::curve::{Curve, ParamInfo};
use burn_rectifiers::curves::PReluCurve;
use burn_rectifiers::{
    curve::Programs,
    op::{Block, CpuKernel, Kernel, Params},
};

/// Counts of its own for each `ID`, since tests run side by side.
#[derive(Debug)]
pub struct Spy<const ID: usize>;

#[derive(Debug)]
struct Counts {
    values: AtomicUsize,
    slopes: AtomicUsize,
    param_grads: AtomicUsize,
}

static COUNTS: [Counts; 8] = [const {
    Counts {
        values: AtomicUsize::new(0),
        slopes: AtomicUsize::new(0),
        param_grads: AtomicUsize::new(0),
    }
}; 8];

/// How many elements were evaluated since the last time somebody asked.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    pub values: usize,
    pub slopes: usize,
    /// Derivatives with respect to parameters.
    pub param_grads: usize,
}

impl<const ID: usize> Spy<ID> {
    /// What happened since the last call.
    pub fn seen() -> Seen {
        let counts = &COUNTS[ID];
        Seen {
            values: counts.values.swap(0, Relaxed),
            slopes: counts.slopes.swap(0, Relaxed),
            param_grads: counts.param_grads.swap(0, Relaxed),
        }
    }
}

impl<const ID: usize> Curve for Spy<ID> {
    fn name(&self) -> &'static str {
        "spy"
    }
    fn formula(&self) -> &'static str {
        PReluCurve.formula()
    }
    fn source(&self) -> &'static str {
        PReluCurve.source()
    }
    fn params(&self) -> &'static [ParamInfo] {
        PReluCurve.params()
    }
    fn value_at(&self, x: f64, params: &[f64]) -> f64 {
        PReluCurve.value_at(x, params)
    }
    fn slope_at(&self, x: f64, params: &[f64]) -> f64 {
        PReluCurve.slope_at(x, params)
    }
    fn grads_at(&self, x: f64, params: &[f64]) -> Vec<f64> {
        PReluCurve.grads_at(x, params)
    }
}

impl<const ID: usize> Kernel for Spy<ID> {
    fn cpu_f32(&self) -> &'static dyn CpuKernel<f32> {
        &Self
    }
    fn cpu_f64(&self) -> &'static dyn CpuKernel<f64> {
        PReluCurve.cpu_f64()
    }
    fn programs(&self) -> &'static Programs {
        PReluCurve.programs()
    }
}

// SAFETY: PReLU's kernel writes everything.
unsafe impl<const ID: usize> CpuKernel<f32> for Spy<ID> {
    fn value(&self, data: Block<f32>, params: Params<f32>) {
        COUNTS[ID].values.fetch_add(data.len(), Relaxed);
        PReluCurve.cpu_f32().value(data, params);
    }

    fn grads(&self, gs: Block<f32>, xs: &[f32], params: Params<f32>, sums: &mut [&mut [f64]]) {
        COUNTS[ID].slopes.fetch_add(xs.len(), Relaxed);
        COUNTS[ID]
            .param_grads
            .fetch_add(sums.len() * xs.len(), Relaxed);
        PReluCurve.cpu_f32().grads(gs, xs, params, sums);
    }
}
