//! The element types of CPU tensors, and the precision that kernels compute each in.

use super::half::Half;
use super::params::Tile;
use super::{Block, Params};
use crate::op::Kernel;
use crate::simd::Level;
use ::half::slice::HalfFloatSliceExt;
use ::half::{bf16, f16};
use core::ops::Range;

/// A precision that kernels compute in.
pub(crate) trait Acc: Copy + Default + Send + Sync + 'static {}
impl Acc for f32 {}
impl Acc for f64 {}

/// The type of a tensor's elements.
pub(crate) trait Element: Copy + Default + Send + Sync + 'static {
    /// The precision to compute in.
    type Acc: Acc;

    /// For each x of `data`, f(x).
    fn value(curve: &dyn Kernel, data: Block<Self>, params: Params<Self::Acc>);
    /// Gradients, computed in [`Acc`](Self::Acc); see [`CpuKernel::grads`](crate::op::CpuKernel::grads).
    fn grads(
        curve: &dyn Kernel,
        gs: Block<Self>,
        xs: &[Self],
        params: Params<Self::Acc>,
        sums: &mut [&mut [f64]],
    );
    /// Parameters in the precision to compute in, if that is another.
    fn widen_all(params: &[&[Self]]) -> Vec<Vec<Self::Acc>>;
    /// `params` themselves, or what [`widen_all`](Self::widen_all) made of them.
    fn acc_slices<'a>(params: &[&'a [Self]], wide: &'a [Vec<Self::Acc>]) -> Vec<&'a [Self::Acc]>;
    /// Rounds a sum.
    fn from_f64(value: f64) -> Self;
}

macro_rules! full {
    ($float:ty, $kernel:ident) => {
        impl Element for $float {
            type Acc = $float;

            fn value(curve: &dyn Kernel, data: Block<Self>, params: Params<Self>) {
                curve.$kernel().value(data, params)
            }
            fn grads(
                curve: &dyn Kernel,
                gs: Block<Self>,
                xs: &[Self],
                params: Params<Self>,
                sums: &mut [&mut [f64]],
            ) {
                curve.$kernel().grads(gs, xs, params, sums)
            }
            fn widen_all(_: &[&[Self]]) -> Vec<Vec<Self>> {
                vec![]
            }
            fn acc_slices<'a>(params: &[&'a [Self]], _: &'a [Vec<Self>]) -> Vec<&'a [Self]> {
                params.to_vec()
            }
            fn from_f64(value: f64) -> Self {
                value as $float
            }
        }
    };
}
full!(f32, cpu_f32);
full!(f64, cpu_f64);

/// Elements of half precision that are widened at a time at most: few enough for the first-level cache.
const MAX_WIDENED: usize = 1024;

/// Room for so many numbers, from the beginning of a line of memory on: no vector lies in two.
#[repr(align(64))]
struct Room([f32; MAX_WIDENED]);

impl Room {
    const NEW: Self = Self([0.0; MAX_WIDENED]);
}

/// Lays the rows of `tile` beside each other, in single precision.
fn widen<'a, H: Half>(tile: &Tile, row: impl Fn(Range<usize>) -> &'a [H], to: &mut [f32]) {
    for (range, to) in tile.rows().zip(to.chunks_exact_mut(tile.first.len())) {
        H::widen(Level::used(), row(range), to);
    }
}

/// Rounds the results for `tile` to where they go.
fn narrow<H: Half>(tile: &Tile, from: &[f32], to: &mut Block<H>) {
    for (range, from) in tile.rows().zip(from.chunks_exact(tile.first.len())) {
        // SAFETY: `H::narrow` writes numbers to all of it, and rows of a tile leave out what lies between them.
        let to = unsafe { to.output(range) };
        H::narrow(Level::used(), from, to);
    }
}

macro_rules! half {
    ($half:ty) => {
        impl Element for $half {
            type Acc = f32;

            fn value(curve: &dyn Kernel, mut data: Block<Self>, params: Params<f32>) {
                let mut wide = Room::NEW;
                for tile in params.tiles(data.len(), MAX_WIDENED) {
                    let xs = &mut wide.0[..tile.len()];
                    widen(&tile, |row| data.input(row), xs);
                    let params = params.part(tile.first.clone());
                    curve.cpu_f32().value(Block::over(xs), params);
                    narrow(&tile, xs, &mut data);
                }
            }
            fn grads(
                curve: &dyn Kernel,
                mut gs: Block<Self>,
                xs: &[Self],
                params: Params<f32>,
                sums: &mut [&mut [f64]],
            ) {
                let (mut wide_gs, mut wide_xs) = (Room::NEW, Room::NEW);
                let count = sums.len();
                for tile in params.tiles(gs.len(), MAX_WIDENED) {
                    let len = tile.len();
                    let (wide_gs, wide_xs) = (&mut wide_gs.0[..len], &mut wide_xs.0[..len]);
                    widen(&tile, |row| gs.input(row), wide_gs);
                    widen(&tile, |row| &xs[row], wide_xs);
                    let mut own = params.sums_in(tile.first.clone(), sums);
                    let params = params.part(tile.first.clone());
                    let (kernel, block) = (curve.cpu_f32(), Block::over(wide_gs));
                    kernel.grads(block, wide_xs, params, &mut own[..count]);
                    narrow(&tile, wide_gs, &mut gs);
                }
            }
            fn widen_all(params: &[&[Self]]) -> Vec<Vec<f32>> {
                params.iter().map(|param| param.to_f32_vec()).collect()
            }
            fn acc_slices<'a>(_: &[&'a [Self]], wide: &'a [Vec<f32>]) -> Vec<&'a [f32]> {
                wide.iter().map(Vec::as_slice).collect()
            }
            fn from_f64(value: f64) -> Self {
                <$half>::from_f64(value)
            }
        }
    };
}
half!(f16);
half!(bf16);

#[cfg(test)]
mod tests {
    use super::super::Arrangement;
    use super::*;
    use crate::curves::PeluCurve;

    /// Elements of half precision give what their numbers in single precision give, rounded; and what lies between rows is left
    /// alone.
    fn are_widened<H: Element<Acc = f32> + Half>(of: fn(f32) -> H, to: fn(H) -> f32) {
        let runs = |first, start, inner| Arrangement::Runs {
            first,
            start,
            inner,
        };
        let columns = |width, pitch| Arrangement::Columns { width, pitch };
        for (arrangement, len) in [
            (runs(0, 0, 1), 1),
            (runs(1, 5, 70), 3000),
            (runs(2, 0, 1024), 4096),
            (columns(1, 1), 9),
            (columns(31, 31), 310),
            // Several rows at a time, with gaps, the last one cut short.
            (columns(300, 400), 9 * 400 + 20),
            (columns(300, 400), 9 * 400 + 300),
            // Longer rows than are widened at a time.
            (columns(2500, 2600), 2 * 2600 + 1100),
            (Arrangement::own(0), 0),
        ] {
            let is_in = |i: usize| match arrangement {
                Arrangement::Columns { width, pitch } => i % pitch < width,
                Arrangement::Runs { .. } => true,
            };
            let count = match arrangement {
                Arrangement::Columns { width, .. } => width,
                Arrangement::Runs { .. } => 3,
            };
            let alpha: Vec<f32> = (0..count).map(|i| 0.5 + (i % 7) as f32 / 8.0).collect();
            let beta: Vec<f32> = (0..count).map(|i| 0.25 + (i % 5) as f32 / 4.0).collect();
            let values = [&alpha[..], &beta[..]];
            let params = Params::new(&values, arrangement);
            let xs: Vec<H> = (0..len).map(|i| of((i % 83) as f32 / 8.0 - 7.0)).collect();
            let gs: Vec<H> = (0..len).map(|i| of((i % 31) as f32 / 8.0 - 1.0)).collect();
            let wide = |halves: &[H]| halves.iter().map(|x| to(*x)).collect::<Vec<f32>>();

            let run = |data: &mut [H], wide: &mut [f32]| {
                H::value(&PeluCurve, Block::over(data), params);
                f32::value(&PeluCurve, Block::over(wide), params);
            };
            let (mut halves, mut singles) = (xs.clone(), wide(&xs));
            run(&mut halves, &mut singles);
            let check = |halves: &[H], singles: &[f32], before: &[H]| {
                for (i, (half, single)) in halves.iter().zip(singles).enumerate() {
                    let expected = if is_in(i) { of(*single) } else { before[i] };
                    assert_eq!(to(*half), to(expected), "{arrangement:?} at {i}");
                }
            };
            check(&halves, &singles, &xs);

            let units = params.units(len);
            let sums = || vec![vec![0.0; units]; 2];
            let (mut of_halves, mut of_singles) = (sums(), sums());
            fn places(sums: &mut [Vec<f64>]) -> Vec<&mut [f64]> {
                sums.iter_mut().map(Vec::as_mut_slice).collect()
            }
            let (mut halves, mut singles) = (gs.clone(), wide(&gs));
            let block = Block::over(&mut halves);
            H::grads(&PeluCurve, block, &xs, params, &mut places(&mut of_halves));
            let (block, xs) = (Block::over(&mut singles), wide(&xs));
            f32::grads(&PeluCurve, block, &xs, params, &mut places(&mut of_singles));
            check(&halves, &singles, &gs);
            for (a, b) in of_halves.concat().into_iter().zip(of_singles.concat()) {
                assert!(
                    (a - b).abs() <= 1e-6 * (a.abs() + 100.0),
                    "{arrangement:?}: {a}, {b}"
                );
            }
        }
    }

    #[test]
    fn halves_are_widened() {
        are_widened(f16::from_f32, f16::to_f32);
        are_widened(bf16::from_f32, bf16::to_f32);
    }
}
