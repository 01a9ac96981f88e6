//! The operation under automatic differentiation.

use super::{Bundle, Rectify, RectifyBackward, Task, Wanted};
use burn::backend::Backend;
use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::retro_forward::RetroForward;
use burn::backend::autodiff::checkpoint::state::BackwardStates;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;

impl<B: Backend + RectifyBackward, C: CheckpointStrategy> Rectify for Autodiff<B, C> {
    fn rectify(x: FloatTensor<Self>, params: Bundle<Self>, task: Task) -> FloatTensor<Self> {
        let params = params.into_vec();
        // Burn compiles the operation for each number of parents.
        match params.len() {
            0 => record::<B, C, 1>(x, params, task),
            1 => record::<B, C, 2>(x, params, task),
            2 => record::<B, C, 3>(x, params, task),
            3 | 4 => record::<B, C, 5>(x, params, task),
            5..=8 => record::<B, C, 9>(x, params, task),
            9..=14 => record::<B, C, 15>(x, params, task),
            count => panic!("an activation has at most fourteen parameters, not {count}"),
        }
    }
}

/// Evaluates the activation and, if a gradient may be asked for, records how to get it. There is place for `N` parents: the
/// input, the parameters, and the input again where there are fewer.
fn record<B: Backend + RectifyBackward, C: CheckpointStrategy, const N: usize>(
    x: FloatTensor<Autodiff<B>>,
    params: Vec<FloatTensor<Autodiff<B>>>,
    task: Task,
) -> FloatTensor<Autodiff<B>> {
    debug_assert!(params.len() < N);
    let guards: [_; N] =
        core::array::from_fn(|i| match i.checked_sub(1).and_then(|i| params.get(i)) {
            Some(param) => param.node(),
            None => x.node(),
        });
    let x_id = x.id();
    let values: Vec<_> = params.iter().map(|p| p.primitive().clone()).collect();

    let again = Again::<B> {
        x: x_id,
        params: values.clone(),
        task,
    };
    match (Derivative::<N> { task })
        .prepare::<C>(guards)
        .memory_bound()
        .retro_forward(again)
        .parents(core::iter::once(&x).chain(params.iter().filter(|param| param.is_tracked())))
        .stateful()
    {
        OpsKind::Tracked(mut prep) => {
            let saved = Saved::<B> {
                x: prep.checkpoint(&x),
                params: values.clone(),
            };
            let y = B::rectify(x.into_primitive(), Bundle::from_vec(values), task);
            prep.finish(saved, y)
        }
        OpsKind::UnTracked(prep) => {
            // Nothing is kept: give up the parameters, and the input may be overwritten.
            drop(params);
            prep.finish(B::rectify(
                x.into_primitive(),
                Bundle::from_vec(values),
                task,
            ))
        }
    }
}

/// What the backward pass needs: the input, which the checkpointer holds or recomputes, and the
/// parameters.
#[derive(Debug, Clone)]
struct Saved<B: Backend> {
    x: NodeId,
    params: Vec<FloatTensor<B>>,
}

#[derive(Debug)]
struct Derivative<const N: usize> {
    task: Task,
}

impl<B: Backend + RectifyBackward, const N: usize> Backward<B, N> for Derivative<N> {
    type State = Saved<B>;

    fn backward(
        self,
        ops: Ops<Saved<B>, N>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let x = checkpointer.retrieve_node_output(ops.state.x);
        let grad = grads.consume::<B>(&ops.node);
        let [input, params @ ..] = &ops.parents[..=ops.state.params.len()] else {
            unreachable!("the input is the first parent");
        };
        let wanted = Wanted {
            input: input.is_some(),
            params: params.iter().any(Option::is_some),
        };
        let saved = Bundle::from_vec(ops.state.params);
        let mut results = B::rectify_backward(x, saved, grad, self.task, wanted)
            .into_vec()
            .into_iter();
        if let Some(node) = input {
            grads.register::<B>(node.id, results.next().expect("gradient of the input"));
        }
        for (node, result) in params.iter().zip(results) {
            if let Some(node) = node {
                grads.register::<B>(node.id, result);
            }
        }
    }
}

/// How to compute the output again, for gradient checkpointing.
#[derive(Debug)]
struct Again<B: Backend> {
    x: NodeId,
    params: Vec<FloatTensor<B>>,
    task: Task,
}

impl<B: Backend + RectifyBackward> RetroForward for Again<B> {
    fn forward(&self, states: &mut BackwardStates, out_node: NodeId) {
        let x = states.get_state::<FloatTensor<B>>(&self.x);
        let params = Bundle::from_vec(self.params.clone());
        states.save(out_node, B::rectify(x, params, self.task));
    }
}
