//! The operation under Burn's fusion, which runs operations late, so that neighbours become one kernel.
//!
//! Ours are kernels that the fuser cannot look into, between a kernel of what came before and one of what
//! comes after. Where that costs more than it saves, the activation is composed instead.

use crate::curve::Program;
use crate::op::{Bundle, Rectify, RectifyBackward, Task, Wanted, composed};
use burn::backend::fusion::{Fusion, FusionBackend};
use burn::backend::{backend_extension, tensor::FloatTensor};
use burn_cubecl::CubeBackend;

/// The kernels, each an operation that the fuser cannot look into. Under fusion these methods are
/// generated; the bodies are what a backend does when it is the operation's turn.
#[backend_extension(Cube, Fusion)]
pub trait Opaque: RectifyBackward {
    /// See [`Rectify`].
    #[fusion(dtype = x, shape = x)]
    fn value(
        x: FloatTensor<Self>,
        #[extension_type] params: Bundle<Self>,
        task: Task,
    ) -> FloatTensor<Self> {
        Self::rectify(x, params, task)
    }

    /// See [`RectifyBackward`].
    #[fusion(meta = |x, params, _grad, _task, wanted| {
        let input = wanted.input.then(|| x.clone());
        let params = if wanted.params { params.clone().into_vec() } else { vec![] };
        crate::op::bundle::BundleMetadata::from_vec(input.into_iter().chain(params).collect())
    })]
    fn grads(
        x: FloatTensor<Self>,
        #[extension_type] params: Bundle<Self>,
        grad: FloatTensor<Self>,
        task: Task,
        wanted: Wanted,
    ) -> Bundle<Self> {
        Self::rectify_backward(x, params, grad, task, wanted)
    }
}

impl Opaque for CubeBackend {}

/// Steps of a program that the fuser joined with its neighbours in all graphs that were measured
/// (`docs/notes/fusion.md` has them). Given many more, and an exponential is many, it gave up on some, and
/// launched a kernel per operation.
const SHORT: usize = 8;

/// Whether the activation is better composed from operations that the fuser joins with what comes before
/// and after, than evaluated by a kernel of its own: if it has few operations and no parameters, which
/// the fuser would spread along the input and whose gradients it would sum less well.
fn is_joined(task: Task) -> bool {
    let programs = task.curve.programs();
    let is_short = |program: &Program| program.steps.len() <= SHORT && program.is_polynomial();
    task.curve.params().is_empty() && is_short(&programs.value) && is_short(&programs.slope)
}

impl<B: FusionBackend + Opaque> Rectify for Fusion<B> {
    fn rectify(x: FloatTensor<Self>, params: Bundle<Self>, task: Task) -> FloatTensor<Self> {
        if is_joined(task) {
            return composed::value::<Self>(x, params.into_vec(), task);
        }
        Self::value(x, params, task)
    }
}

impl<B: FusionBackend + Opaque> RectifyBackward for Fusion<B> {
    fn rectify_backward(
        x: FloatTensor<Self>,
        params: Bundle<Self>,
        grad: FloatTensor<Self>,
        task: Task,
        wanted: Wanted,
    ) -> Bundle<Self> {
        if is_joined(task) && wanted.input {
            let dx = composed::slope::<Self>(x, params.into_vec(), grad, task);
            return Bundle::from_vec(vec![dx]);
        }
        Self::grads(x, params, grad, task, wanted)
    }
}
