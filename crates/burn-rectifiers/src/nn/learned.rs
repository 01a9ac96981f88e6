//! A learned parameter that stays within its bounds.

use crate::curve::{Bound, ParamInfo};
use crate::op::is_quantized;
use burn::module::{
    Content, Devices, Module, ModuleDisplay, ModuleDisplayDefault, ModuleMapper, ModuleVisitor,
    Param,
};
use burn::nn::Initializer;
use burn::tensor::{DType, Device, Tensor};
use core::cell::Cell;
use core::ops::Deref;

/// A learned parameter of an activation: a [`Param`] that stays within its [`Bound`].
///
/// Whatever changes a parameter of a Burn module, an optimizer's step or a record that is loaded,
/// does so through [`Module::map`]. This module's `map` lets the change happen and then puts the
/// nearest allowed value in place of each that lies outside (a projection). So bounds hold after
/// every step, with every optimizer, whatever the learning rate, and nobody has to remember it.
/// Momentum is not told: an optimizer that keeps pushing outward keeps the parameter at its bound.
///
/// Quantized values, and those that a
/// [`Reparameterization`](burn::module::Reparameterization) computes, stay as they are. Those are projected when they are
/// [used](Self::val), with the gradient of the projected value.
///
/// In records and for visitors it is the parameter itself, without a name of its own.
#[derive(Debug, Clone)]
pub struct Learned {
    param: Param<Tensor<1>>,
    bound: Bound,
}

impl Learned {
    /// `count` values that all start at `value`, or at the nearest one that parameters are kept at.
    /// `frozen` ones take no gradient, and optimizers keep no state for them.
    pub fn new(info: &ParamInfo, count: usize, value: f64, frozen: bool, device: &Device) -> Self {
        let value = info.bound.project(value);
        let param = Initializer::Constant { value }.init([count], device);
        Self {
            param: if frozen {
                param.set_require_grad(false)
            } else {
                param
            },
            bound: info.bound,
        }
    }

    /// The values that the parameter may take.
    pub fn bound(&self) -> Bound {
        self.bound
    }

    /// The values that activations use: within the bounds, and ordinary numbers where they are quantized.
    pub fn val(&self) -> Tensor<1> {
        let values = self.param.val();
        let is_quantized = is_quantized(values.dtype());
        let values = if is_quantized {
            values.dequantize()
        } else {
            values
        };
        if !(self.bound.is_some() && (is_quantized || is_reparameterized(&self.param))) {
            return values;
        }
        // The gradient of a projected value is that at its place, as for all others: what is out of bounds comes back.
        let outside = values.clone().detach();
        clamp(outside.clone(), self.bound) + (values - outside)
    }

    /// [`val`](Self::val) for an input of type `dtype`, which quantized values take on.
    #[doc(hidden)]
    pub fn val_for(&self, dtype: DType) -> Tensor<1> {
        let values = self.val();
        match is_quantized(self.param.dtype()) {
            true => values.cast(dtype),
            false => values,
        }
    }

    /// Puts `param` in its place, projected into the bounds.
    pub fn set(&mut self, param: Param<Tensor<1>>) {
        self.param = projected(param, self.bound);
    }

    /// How the parameter shows when its module is printed: its size, and what is special.
    pub(crate) fn describe(&self) -> String {
        let mut text = self.param.lazy_shape().to_string();
        if self.bound.is_some() {
            text += &format!(" {}", self.bound);
        }
        if self.is_frozen() {
            text += " frozen";
        }
        text
    }

    /// Whether the parameter is set not to be trained. Off an autodiff device no tensor takes
    /// gradients, so the question is what `train` would bring back.
    fn is_frozen(&self) -> bool {
        !Module::train(self.param.clone()).is_require_grad()
    }

    /// This parameter after `change`.
    fn changed(self, change: impl FnOnce(Param<Tensor<1>>) -> Param<Tensor<1>>) -> Self {
        Self {
            param: change(self.param),
            bound: self.bound,
        }
    }
}

impl Deref for Learned {
    type Target = Param<Tensor<1>>;

    fn deref(&self) -> &Self::Target {
        &self.param
    }
}

/// `param` with each value replaced by the nearest allowed one: now, or when it comes to be. What is quantized or computed
/// from other parameters stays as it is.
fn projected(param: Param<Tensor<1>>, bound: Bound) -> Param<Tensor<1>> {
    if !bound.is_some() || is_reparameterized(&param) {
        return param;
    }
    let id = param.id;
    param.init_mapper(move |values| {
        if is_quantized(values.dtype()) {
            return values;
        }
        // The projection is no part of the graph: what comes out is a leaf like what went in.
        let clamped = clamp(values.clone().without_autodiff(), bound);
        let Some(strategy) = values.gradient_checkpointing_strategy() else {
            return clamped;
        };
        let clamped = Tensor::from_inner(clamped)
            .with_gradient_checkpointing_strategy(strategy)
            .set_require_grad(values.is_require_grad());
        match values.is_distributed() {
            true => clamped.set_distributed(id),
            false => clamped,
        }
    })
}

/// Whether the parameter is computed from others, such as the factors of an adapter.
fn is_reparameterized(param: &Param<Tensor<1>>) -> bool {
    /// Burn tells visitors, and nobody else.
    struct Finder(bool);

    impl ModuleVisitor for Finder {
        fn enter_module(&mut self, _name: &str, container_type: &str) {
            self.0 |= container_type == "Reparameterization";
        }
    }
    let mut finder = Finder(false);
    param.visit(&mut finder);
    finder.0
}

/// The nearest values within the bounds.
fn clamp(values: Tensor<1>, bound: Bound) -> Tensor<1> {
    let (low, high) = bound.interval();
    match (low.is_finite(), high.is_finite()) {
        (true, true) => values.clamp(low, high),
        (true, false) => values.clamp_min(low),
        (false, _) => values.clamp_max(high),
    }
}

std::thread_local! {
    /// Whether a visitor is at a learned parameter. It sees the parameter only.
    static VISITING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread's visitor is at a parameter of an activation.
pub(super) fn is_visiting() -> bool {
    VISITING.get()
}

impl Module for Learned {
    fn visit<V: ModuleVisitor>(&self, visitor: &mut V) {
        /// Also where a visitor panics.
        struct Leave(bool);

        impl Drop for Leave {
            fn drop(&mut self) {
                VISITING.set(self.0);
            }
        }
        let _leave = Leave(VISITING.replace(true));
        self.param.visit(visitor);
    }

    fn map<M: ModuleMapper>(self, mapper: &mut M) -> Self {
        let bound = self.bound;
        self.changed(|param| projected(Module::map(param, mapper), bound))
    }

    fn collect_devices(&self, devices: Devices) -> Devices {
        self.param.collect_devices(devices)
    }

    fn fork(self, device: &Device) -> Self {
        self.changed(|param| param.fork(device))
    }

    fn to_device(self, device: &Device) -> Self {
        self.changed(|param| param.to_device(device))
    }

    fn train(self) -> Self {
        self.changed(Module::train)
    }

    fn valid(&self) -> Self {
        Self {
            param: self.param.valid(),
            bound: self.bound,
        }
    }

    fn materialize(self) -> Self {
        let bound = self.bound;
        self.changed(|param| projected(Module::materialize(param), bound))
    }
}

impl ModuleDisplayDefault for Learned {
    fn content(&self, content: Content) -> Option<Content> {
        content.add_formatted(&self.describe()).optional()
    }
}

impl ModuleDisplay for Learned {}
