//! The element types of host tensors, and the precision that kernels compute each in.

use crate::op::{Block, Kernel, Params};
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

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
    /// The same for gradients; see [`HostKernel::grads`](crate::op::HostKernel::grads).
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
full!(f32, host_f32);
full!(f64, host_f64);

/// Halves that are widened at a time: few enough for the first-level cache.
const PIECE: usize = 256;

/// Room for a piece in both precisions.
struct Room<E> {
    narrow: [E; PIECE],
    wide: [f32; PIECE],
}

impl<E: Copy + Default> Room<E>
where
    [E]: HalfFloatSliceExt,
{
    fn new() -> Self {
        Self {
            narrow: [E::default(); PIECE],
            wide: [0.0; PIECE],
        }
    }

    /// Runs `f` on the numbers of a piece in single precision, and rounds its results.
    fn update(&mut self, mut piece: Block<E>, f: impl FnOnce(Block<f32>)) {
        let narrow = &mut self.narrow[..piece.len()];
        let wide = &mut self.wide[..piece.len()];
        piece.read(narrow);
        narrow.convert_to_f32_slice(wide);
        f(Block::over(wide));
        narrow.convert_from_f32_slice(wide);
        piece.write(narrow);
    }
}

macro_rules! half {
    ($half:ty) => {
        impl Element for $half {
            type Acc = f32;

            fn value(curve: &dyn Kernel, mut data: Block<Self>, params: Params<f32>) {
                let mut room = Room::new();
                for piece in params.pieces(data.len(), PIECE) {
                    room.update(data.part(piece.start, piece.end), |xs| {
                        curve.host_f32().value(xs, params.part(piece))
                    });
                }
            }
            fn grads(
                curve: &dyn Kernel,
                mut gs: Block<Self>,
                xs: &[Self],
                params: Params<f32>,
                sums: &mut [&mut [f64]],
            ) {
                let mut room = Room::new();
                let mut wide = [0.0; PIECE];
                let count = sums.len();
                for piece in params.pieces(gs.len(), PIECE) {
                    let wide = &mut wide[..piece.len()];
                    xs[piece.clone()].convert_to_f32_slice(wide);
                    let mut own = params.sums_in(piece.clone(), sums);
                    room.update(gs.part(piece.start, piece.end), |gs| {
                        let params = params.part(piece);
                        curve.host_f32().grads(gs, wide, params, &mut own[..count])
                    });
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
