//! How far activations are above the floor: the time that moving their bytes takes.
//!
//! Forward reads x and writes y, as a copy does; backward reads x and the incoming gradient and writes
//! over the latter, as an addition in place does. On CPUs the floor is such a copy and addition on all
//! cores, with the same allocator; elsewhere it is Burn's multiplication by one, and addition. A GPU is
//! given several passes before it is waited for, as in training.

use burn::{
    backend::{Dispatch, DispatchTensor},
    tensor::{DType, Device, Distribution, Tensor, activation},
};
use burn_rectifiers::{
    Sharing,
    op::{Bundle, Kernel, RectifyBackward, Task, Wanted, activate},
};
use serde::Serialize;

use super::{Layout, median, memory, time};
use crate::base::backend::Backend;

/// What to time in one type on one backend.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What computes.
    pub backend: Backend,
    /// The shape.
    pub layout: Layout,
    /// The type of the elements.
    pub dtype: DType,
    /// The activations.
    pub curves: Vec<&'static dyn Kernel>,
    /// `layer`, `channel` (the layout's axis) or `element`.
    pub sharings: Vec<Sharing>,
    /// How often.
    pub rounds: usize,
}

/// How many times its floor a pass should take at most, where products, sums and comparisons are all it
/// takes, and elsewhere.
pub const POLYNOMIAL_BOUND: f64 = 1.15;
/// See [`POLYNOMIAL_BOUND`].
pub const OTHER_BOUND: f64 = 1.5;

/// Medians of one activation, in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What computed.
    pub backend: &'static str,
    /// The shape.
    pub shape: String,
    /// `F32` and the like.
    pub dtype: String,
    /// Who shares parameters.
    pub sharing: String,
    /// The activation.
    pub curve: &'static str,
    /// Whether products, sums and comparisons are all it takes, as in the piecewise linear ones.
    pub is_polynomial: bool,
    /// Waiting for the device to do nothing.
    pub nothing: f64,
    /// The floor of the forward pass.
    pub copy: f64,
    /// The forward pass.
    pub forward: f64,
    /// Of its times, over those of the copy beside it.
    pub forward_over_copy: f64,
    /// The floor of the backward pass.
    pub add: f64,
    /// The backward pass, gradients of all parameters included.
    pub backward: f64,
    /// Of its times, over those of the addition beside it.
    pub backward_over_add: f64,
    /// Forward and backward under autodiff, above the same without an activation.
    pub graph: f64,
    /// Forward and backward of Burn's own under autodiff, if it has one.
    pub burn_graph: Option<f64>,
    /// The forward pass of Burn's own.
    pub burn_forward: Option<f64>,
}

impl Row {
    /// How many times its floor a pass should take at most.
    pub fn bound(&self) -> f64 {
        match self.is_polynomial {
            true => POLYNOMIAL_BOUND,
            false => OTHER_BOUND,
        }
    }
}

/// Times what `plan` says on `device`, and calls `done` after each row.
pub fn measure(plan: &Plan, device: &Device, mut done: impl FnMut(Row)) {
    let data = Data::new(plan, device);
    for &curve in &plan.curves {
        // Without parameters there is nothing to share.
        let sharings = match curve.params().is_empty() {
            true => &[Sharing::Layer][..],
            false => &plan.sharings,
        };
        for &sharing in sharings {
            done(data.row(plan, curve, sharing));
        }
    }
}

/// The times of one round, in milliseconds. NaN for what Burn does not have.
struct Sample {
    nothing: f64,
    copy: f64,
    forward: f64,
    add: f64,
    backward: f64,
    graph: f64,
    burn_graph: f64,
    burn_forward: f64,
}

/// Elements that are timed together at least on a CPU, so that a clock can tell.
const ENOUGH: usize = 1 << 16;

/// Milliseconds that copies timed together take on a GPU, next to which waiting for it counts little, as far as
/// the next two numbers allow.
const LONG: f64 = 10.0;

/// Bytes of results of one kind at most, as all are kept until the clock has stopped.
const MOST: usize = 2 << 30;

/// How often something small is done in a row at most.
const OFTEN: usize = 256;

struct Data {
    device: Device,
    x: Tensor<4>,
    grad: Tensor<4>,
    /// As many words as the tensors have, on a CPU.
    words: Vec<f32>,
    /// The same number of others, of which fresh sums are made.
    others: Vec<f32>,
    /// How often something is done in a row.
    times: usize,
    is_host: bool,
}

impl Data {
    fn new(plan: &Plan, device: &Device) -> Self {
        let normal = |mean| {
            Tensor::random(
                plan.layout.shape,
                Distribution::Normal(mean, 1.0),
                (device, plan.dtype),
            )
        };
        let is_host = matches!(plan.backend, Backend::Flex | Backend::Ndarray);
        let len = plan.layout.elements();
        let bytes = len * plan.dtype.size();
        let words = || vec![0.5; if is_host { bytes.div_ceil(4) } else { 0 }];
        let mut data = Self {
            device: device.clone(),
            x: normal(0.0),
            grad: normal(0.5),
            words: words(),
            others: words(),
            times: (ENOUGH / len).clamp(1, OFTEN),
            is_host,
        };
        if !is_host {
            data.repeat(bytes);
        }
        data
    }

    /// Finds how often to do something in a row on a GPU, with tensors of so many bytes.
    fn repeat(&mut self, bytes: usize) {
        let most = (MOST / bytes).clamp(1, OFTEN);
        self.times = 1;
        self.copy(); // Compiles, and takes memory.
        while self.times < most && self.copy() * (self.times as f64) < LONG {
            self.times = most.min(2 * self.times);
        }
    }

    /// Gradients that nobody else holds.
    fn grads(&self) -> Vec<Tensor<4>> {
        let fresh = |_| {
            let grad = self.grad.clone() * 1.0;
            self.device.flush().expect("the device works");
            grad
        };
        let grads = (0..self.times).map(fresh).collect();
        self.device.sync().expect("the device works");
        grads
    }

    /// Reads what all passes read, so that as much of it is in the caches for a pass as for its floor.
    fn touch(&self) {
        if self.is_host {
            memory::read(&self.words);
            drop(self.x.clone().sum().into_data());
        }
    }

    /// Milliseconds that one of `work` takes. Giving memory back is not part of it.
    fn time<T, R>(&self, inputs: Vec<T>, mut work: impl FnMut(T) -> R) -> f64 {
        self.touch();
        let count = inputs.len() as f64;
        let once = |input| {
            let result = work(input);
            // Otherwise Burn's fusion would do several at once, and read x only once.
            self.device.flush().expect("the device works");
            result
        };
        let (time, _results) = time(&self.device, || {
            inputs.into_iter().map(once).collect::<Vec<_>>()
        });
        time / count
    }

    fn copy(&self) -> f64 {
        if self.is_host {
            return self.time(vec![(); self.times], |()| memory::copy(&self.words));
        }
        self.time(vec![(); self.times], |()| self.x.clone() * 1.0)
    }

    fn add(&self) -> f64 {
        if self.is_host {
            let sums = vec![self.others.clone(); self.times];
            return self.time(sums, |mut sum| {
                memory::add(&mut sum, &self.words);
                sum
            });
        }
        self.time(self.grads(), |grad| grad + self.x.clone())
    }

    fn row(&self, plan: &Plan, curve: &'static dyn Kernel, sharing: Sharing) -> Row {
        let task = Task { curve, sharing };
        let count = task.view(&plan.layout.shape).count;
        let params: Vec<Tensor<1>> = (curve.params().iter())
            .map(|info| Tensor::full([count], info.default, (&self.device, plan.dtype)))
            .collect();
        // The first round warms up: kernels are compiled, memory is paged in.
        self.sample(plan, task, &params);
        let samples: Vec<Sample> = (0..plan.rounds)
            .map(|_| self.sample(plan, task, &params))
            .collect();
        let of = |time: &dyn Fn(&Sample) -> f64| median(samples.iter().map(time).collect());
        let known = |time: &dyn Fn(&Sample) -> f64| Some(of(time)).filter(|time| time.is_finite());
        Row {
            backend: plan.backend.name(),
            shape: plan.layout.to_string(),
            dtype: format!("{:?}", plan.dtype),
            sharing: sharing.to_string(),
            curve: curve.name(),
            is_polynomial: is_polynomial(curve),
            nothing: of(&|s| s.nothing),
            copy: of(&|s| s.copy),
            forward: of(&|s| s.forward),
            forward_over_copy: of(&|s| s.forward / s.copy),
            add: of(&|s| s.add),
            backward: of(&|s| s.backward),
            backward_over_add: of(&|s| s.backward / s.add),
            graph: of(&|s| s.graph),
            burn_graph: known(&|s| s.burn_graph),
            burn_forward: known(&|s| s.burn_forward),
        }
    }

    fn sample(&self, plan: &Plan, task: Task, params: &[Tensor<1>]) -> Sample {
        let apply = |x: Tensor<4>, params: &[Tensor<1>]| {
            activate(x, params.to_vec(), task.curve, task.sharing)
        };
        let (nothing, ()) = time(&self.device, || ());
        let copy = self.copy();
        let forward = self.time(vec![(); self.times], |()| apply(self.x.clone(), params));
        let add = self.add();
        let backward = self.time(self.grads(), |grad| backward(&self.x, params, grad, task));

        // Under autodiff, without an activation, with ours, and with Burn's.
        let tracked: Vec<_> = params
            .iter()
            .map(|p| p.clone().autodiff().require_grad())
            .collect();
        let bare = self.graph(|x| x);
        let graph = self.graph(|x| apply(x, &tracked)) - bare;
        let burns = burns(task, plan.layout);
        let (burn_graph, burn_forward) = match burns {
            None => (f64::NAN, f64::NAN),
            Some(burns) => (
                self.graph(|x| burns(x, &tracked)) - bare,
                self.time(vec![(); self.times], |()| burns(self.x.clone(), params)),
            ),
        };
        Sample {
            nothing,
            copy,
            forward,
            add,
            backward,
            graph,
            burn_graph,
            burn_forward,
        }
    }

    /// Milliseconds of a small graph, forward and backward.
    fn graph(&self, f: impl Fn(Tensor<4>) -> Tensor<4>) -> f64 {
        self.time(vec![(); self.times], |()| {
            let x = self.x.clone().autodiff().require_grad();
            let grads = f(x.clone() * 1.0).sum().backward();
            x.grad(&grads)
        })
    }
}

/// The backward pass of ours alone.
fn backward(x: &Tensor<4>, params: &[Tensor<1>], grad: Tensor<4>, task: Task) -> Bundle<Dispatch> {
    let params: Vec<DispatchTensor> = params.iter().cloned().map(Tensor::into_dispatch).collect();
    let wanted = Wanted {
        input: true,
        params: !params.is_empty(),
    };
    let (x, grad) = (x.clone().into_dispatch(), grad.into_dispatch());
    <Dispatch as RectifyBackward>::rectify_backward(x, Bundle::from_vec(params), grad, task, wanted)
}

type Burns = fn(Tensor<4>, &[Tensor<1>]) -> Tensor<4>;

/// What Burn offers for the same.
fn burns(task: Task, layout: Layout) -> Option<Burns> {
    Some(match task.curve.name() {
        "relu" => |x, _| activation::relu(x),
        "leaky_relu" => |x, _| activation::leaky_relu(x, 0.01),
        // Per channel of axis 1, or one for all.
        "prelu" if task.sharing == Sharing::Layer || layout.axis == 1 => {
            if task.sharing == Sharing::Element {
                return None;
            }
            |x, params| activation::prelu(x, params[0].clone())
        }
        "elu" => |x, _| activation::elu(x, 1.0),
        "selu" => |x, _| activation::selu(x),
        "sigmoid" => |x, _| activation::sigmoid(x),
        "tanh" => |x, _| activation::tanh(x),
        _ => return None,
    })
}

/// Whether value and slopes take products, sums and comparisons alone.
fn is_polynomial(curve: &dyn Kernel) -> bool {
    let programs = curve.programs();
    programs.value.is_polynomial() && programs.slopes.is_polynomial()
}
