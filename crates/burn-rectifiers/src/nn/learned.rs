//! A learned parameter that stays within its bounds.

use crate::{Bound, ParamInfo};
use burn::module::{
    Content, Devices, Module, ModuleDisplay, ModuleDisplayDefault, ModuleMapper, ModuleVisitor,
    Param,
};
use burn::nn::Initializer;
use burn::tensor::{Device, Tensor};
use core::ops::Deref;

/// A learned parameter of an activation: a [`Param`] that stays within its [`Bound`].
///
/// Whatever changes a parameter of a Burn module, an optimizer's step or a record that is loaded,
/// does so through [`Module::map`]. This module's `map` lets the change happen and then puts the
/// nearest allowed value in place of each that lies outside (a projection). So bounds hold after
/// every step, with every optimizer, whatever the learning rate, and nobody has to remember it.
/// Momentum is not told: an optimizer that keeps pushing outward keeps the parameter at its bound.
///
/// In records and for visitors it is the parameter itself, without a name of its own.
#[derive(Debug, Clone)]
pub struct Learned {
    param: Param<Tensor<1>>,
    bound: Bound,
}

impl Learned {
    /// `count` values that all start at `value`. `frozen` ones take no gradient, and optimizers
    /// keep no state for them.
    pub fn new(info: &ParamInfo, count: usize, value: f64, frozen: bool, device: &Device) -> Self {
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

    /// Puts `param` in its place, projected into the bounds.
    pub fn set(&mut self, param: Param<Tensor<1>>) {
        self.param = projected(param, self.bound);
    }

    /// How the parameter shows when its module is printed: its size, and what is special.
    pub(crate) fn describe(&self) -> String {
        let mut text = self.param.shape().to_string();
        if self.bound.is_some() {
            text += &format!(" {}", self.bound);
        }
        text
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

/// `param` with each value replaced by the nearest allowed one.
fn projected(param: Param<Tensor<1>>, bound: Bound) -> Param<Tensor<1>> {
    // What is not there yet starts inside.
    if !bound.is_some() || !param.is_initialized() {
        return param;
    }
    let (low, high) = bound.interval();
    param.map(|values| {
        // The projection is no part of the graph: what comes out is a leaf like what went in.
        let checkpointing = values.gradient_checkpointing_strategy();
        let gradient = values.is_require_grad();
        let values = values.without_autodiff();
        let values = match (low.is_finite(), high.is_finite()) {
            (true, true) => values.clamp(low, high),
            (true, false) => values.clamp_min(low),
            (false, _) => values.clamp_max(high),
        };
        match checkpointing {
            Some(strategy) => Tensor::from_inner(values)
                .with_gradient_checkpointing_strategy(strategy)
                .set_require_grad(gradient),
            None => values,
        }
    })
}

impl Module for Learned {
    fn visit<V: ModuleVisitor>(&self, visitor: &mut V) {
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
        self.changed(Module::materialize)
    }
}

impl ModuleDisplayDefault for Learned {
    fn content(&self, content: Content) -> Option<Content> {
        content.add_formatted(&self.describe()).optional()
    }
}

impl ModuleDisplay for Learned {}
