//! Whatever Burn does to the parameters of a module, it does to those of this crate: every public operation over Burn's `PRelu`
//! and over activations with and without bounds, side by side.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common;
use crate::common::{numbers, tensor};
use burn::module::{
    Lora, Module, ModuleMapper, ModuleVisitor, Param, ParamGroup, ParamId, QLora, Quantizer,
    Reparameterization, Reparameterizer,
};
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::quantization::{Calibration, QuantScheme, QuantValue};
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::{PRelu, PReluConfig, Pelu, PeluConfig};

/// The least a and b of PELU.
const LEAST: f64 = 0.1;

/// A module with learned parameters of 32 channels.
trait Subject: Module + Clone {
    fn name() -> &'static str;
    fn new(device: &Device) -> Self;
    fn evaluate(&self, x: Tensor<2>) -> Tensor<2>;
}

macro_rules! subject {
    ($Module:ty, $name:literal, $config:expr) => {
        impl Subject for $Module {
            fn name() -> &'static str {
                $name
            }
            fn new(device: &Device) -> Self {
                $config.init(device)
            }
            fn evaluate(&self, x: Tensor<2>) -> Tensor<2> {
                self.forward(x)
            }
        }
    };
}
subject!(
    burn::nn::PRelu,
    "Burn's PRelu",
    burn::nn::PReluConfig::new().with_num_parameters(32)
);
subject!(PRelu, "PRelu", PReluConfig::new(32));
subject!(Pelu, "Pelu", PeluConfig::new(32));

/// Values between 0.1 and 1 for all parameters.
struct Vary;

impl ModuleMapper for Vary {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|values| {
            let grad = values.is_require_grad();
            let count = values.shape().num_elements();
            let all: Vec<f64> = (0..count)
                .map(|i| 0.1 + 0.9 * i as f64 / count as f64)
                .collect();
            let varied: Tensor<1> = tensor(&all, [count], &values.device(), values.dtype());
            let varied = varied.reshape(values.shape());
            if grad { varied.require_grad() } else { varied }
        })
    }
}

/// Every value becomes this one.
struct Fill(f64);

impl ModuleMapper for Fill {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let value = self.0;
        param.map(|values| {
            let filled = values.zeros_like() + value;
            if values.is_require_grad() {
                filled.require_grad()
            } else {
                filled
            }
        })
    }
}

/// A parameter times a learned factor.
#[derive(Module, Debug)]
struct Scale {
    scale: Param<Tensor<1>>,
}

impl Reparameterization for Scale {
    const NAME: &'static str = "scale";

    fn apply<const D: usize>(&self, base: Tensor<D>) -> Tensor<D> {
        base * self.scale.val().reshape([1; D])
    }
}

struct Scaled(f64);

impl Reparameterizer for Scaled {
    type Reparam = Scale;

    fn reparameterize<const D: usize>(
        &mut self,
        _path: &str,
        param: Param<Tensor<D>>,
    ) -> (Param<Tensor<D>>, Option<Scale>) {
        let scale = tensor(&[self.0], [1], &param.lazy_device(), DType::F32);
        let scale = Param::from_tensor(scale);
        (param, Some(Scale { scale }))
    }
}

/// Casts all parameters.
struct Cast(DType);

impl ModuleMapper for Cast {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let dtype = self.0;
        param.map(|values| values.cast(dtype))
    }
}

/// What can be seen of the parameters from outside.
#[derive(Debug, PartialEq, Default)]
struct Seen {
    ids: Vec<ParamId>,
    /// For each: whether quantized, and otherwise its type.
    kinds: Vec<String>,
    trained: Vec<bool>,
    reparameterizations: Vec<String>,
    paths: Vec<String>,
    path: Vec<String>,
}

impl ModuleVisitor for Seen {
    fn enter_module(&mut self, name: &str, container_type: &str) {
        self.path.push(name.into());
        if container_type == "Reparameterization" {
            self.reparameterizations.push(name.into());
        }
    }
    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.ids.push(param.id);
        self.paths.push(self.path.join("."));
        self.kinds.push(match param.dtype() {
            DType::QFloat(_) => "quantized".into(),
            dtype => format!("{dtype:?}"),
        });
        self.trained.push(param.is_require_grad());
    }
}

fn seen(module: &impl Module) -> Seen {
    let mut seen = Seen::default();
    module.visit(&mut seen);
    seen
}

fn scheme(device: &Device) -> QuantScheme {
    let scheme = device.settings().quantization.scheme;
    scheme.with_value(QuantValue::Q8S)
}

fn quantizer(device: &Device) -> Quantizer {
    Quantizer::new(Calibration::MinMax, scheme(device))
}

type Operation<M> = fn(M, &Device) -> M;

/// Everything that Burn 0.22 offers to do with a module, by name.
fn operations<M: Subject>() -> Vec<(&'static str, Operation<M>)> {
    fn first_path(module: &impl Module) -> String {
        seen(module).paths[0].clone()
    }
    vec![
        ("nothing", |m, _| m),
        ("quantize_weights", |m, device| {
            m.quantize_weights(&mut quantizer(device))
        }),
        ("quantize_weights_group", |m, device| {
            let path = ParamGroup::from_path(first_path(&m));
            m.quantize_weights_group(&mut quantizer(device), path)
        }),
        ("quantize_weights, then valid", |m, device| {
            m.quantize_weights(&mut quantizer(device)).valid()
        }),
        ("quantize_weights, then fork", |m, device| {
            m.quantize_weights(&mut quantizer(device)).fork(device)
        }),
        ("quantize_weights, then a record", |m, device| {
            let record = m.quantize_weights(&mut quantizer(device)).into_record();
            M::new(device).load_record(record)
        }),
        ("quantize_weights, then materialize", |m, device| {
            m.quantize_weights(&mut quantizer(device)).materialize()
        }),
        ("apply_lora", |m, _| m.apply_lora(Lora::new(2, 4.0))),
        ("apply_qlora", |m, device| {
            m.apply_qlora(QLora::new(Lora::new(2, 4.0), quantizer(device)))
        }),
        ("apply_reparameterization", |m, _| {
            m.apply_reparameterization(Scaled(1.0))
        }),
        ("apply_reparameterization, then valid", |m, _| {
            m.apply_reparameterization(Scaled(1.0)).valid()
        }),
        ("apply_reparameterization, then fork", |m, device| {
            m.apply_reparameterization(Scaled(1.0)).fork(device)
        }),
        ("apply_reparameterization, then to_device", |m, device| {
            m.apply_reparameterization(Scaled(1.0)).to_device(device)
        }),
        ("apply_reparameterization, then a record", |m, device| {
            let record = m.apply_reparameterization(Scaled(1.0)).into_record();
            let target = M::new(device).apply_reparameterization(Scaled(3.0));
            target.load_record(record)
        }),
        ("apply_reparameterization, then materialize", |m, _| {
            m.apply_reparameterization(Scaled(1.0)).materialize()
        }),
        (
            "apply_reparameterization, then quantize_weights",
            |m, device| {
                m.apply_reparameterization(Scaled(1.0))
                    .quantize_weights(&mut quantizer(device))
            },
        ),
        ("freeze", |m, _| m.freeze()),
        ("freeze, then unfreeze", |m, _| m.freeze().unfreeze()),
        ("freeze by path", |m, _| {
            let path = first_path(&m);
            m.freeze_group(ParamGroup::from_path(path))
        }),
        ("freeze by predicate", |m, _| {
            let path = first_path(&m);
            m.freeze_group(ParamGroup::from_predicate(path))
        }),
        ("freeze by id", |m, _| {
            let ids = ParamGroup::ids_from_module(m.clone());
            m.freeze_group(ids)
        }),
        ("set_require_grad", |m, _| m.set_require_grad(false)),
        ("no_grad", |m, _| m.no_grad()),
        ("fork", |m, device| m.fork(device)),
        ("to_device", |m, device| m.to_device(device)),
        ("valid", |m, _| m.valid()),
        ("valid, then train", |m, _| m.valid().train()),
        ("freeze, valid, train", |m, _| m.freeze().valid().train()),
        ("materialize", |m, _| m.materialize()),
        ("a record", |m, device| {
            M::new(device).load_record(m.into_record())
        }),
        ("a record of a group", |m, device| {
            let path = ParamGroup::from_predicate("");
            M::new(device).load_record(m.into_record_group(path))
        }),
        ("half precision", |m, _| m.map(&mut Cast(DType::F16))),
        ("half precision, then a record", |m, device| {
            M::new(device).load_record(m.map(&mut Cast(DType::F16)).into_record())
        }),
    ]
}

/// What came of an operation: what is seen of the first parameter, and whether the module is what it was.
#[derive(Debug, PartialEq)]
struct Outcome {
    kind: String,
    trained: bool,
    reparameterized: bool,
    same_ids: bool,
    /// The largest difference to what the module gave before, in hundredths, or a panic.
    forward: Result<u32, String>,
    /// Whether `x` gets a gradient.
    backward: Option<bool>,
}

fn outcome<M: Subject>(device: &Device, operation: Operation<M>) -> Outcome {
    let before = M::new(device).map(&mut Vary);
    let ids = seen(&before).ids;
    let xs: Vec<f64> = (0..128).map(|i| f64::from(i) / 32.0 - 2.0).collect();
    let expected = numbers(before.evaluate(tensor(&xs, [4, 32], device, DType::F32)));
    let result = catch_unwind(AssertUnwindSafe(|| {
        let after = operation(before, device);
        let Seen {
            ids: now,
            kinds,
            trained,
            reparameterizations,
            ..
        } = seen(&after);
        let dtype = if kinds[0] == "F16" {
            DType::F16
        } else {
            DType::F32
        };
        let on = after.devices()[0].clone();
        let is_autodiff = on.is_autodiff();
        let x: Tensor<2> = tensor(&xs, [4, 32], &on, dtype);
        let x = if is_autodiff { x.require_grad() } else { x };
        let y = after.evaluate(x.clone());
        let backward = is_autodiff.then(|| {
            let grads = y.clone().sum().backward();
            let first = GradientsParams::from_grads(grads, &after);
            // A step of an optimizer goes through the same mapper.
            let mut sgd: ModuleOptimizer = SgdConfig::new().init();
            let stepped = sgd.step(1e-6, after.clone(), first);
            let _ = stepped.evaluate(x.clone());
            true
        });
        let differences = numbers(y).into_iter().zip(&expected);
        let largest = differences.fold(0.0, |most: f64, (y, expected)| {
            most.max((y - expected).abs())
        });
        Outcome {
            kind: kinds[0].clone(),
            trained: trained[0],
            reparameterized: !reparameterizations.is_empty(),
            same_ids: now[0] == ids[0],
            forward: Ok((100.0 * largest).round() as u32),
            backward,
        }
    }));
    result.unwrap_or_else(|panic| Outcome {
        kind: "?".into(),
        trained: false,
        reparameterized: false,
        same_ids: false,
        forward: Err(common::message(panic)),
        backward: None,
    })
}

#[test]
fn ours_come_out_as_burns_do() {
    let mut table = String::new();
    let mut failures = Vec::new();
    for (backend, device) in common::devices() {
        for device in [device.clone(), device.autodiff()] {
            let kind = if device.is_autodiff() {
                "autodiff"
            } else {
                "plain"
            };
            let burns = operations::<burn::nn::PRelu>();
            let ours = operations::<PRelu>();
            let bounded = operations::<Pelu>();
            for ((burns, ours), bounded) in burns.into_iter().zip(ours).zip(bounded) {
                let name = burns.0;
                let expected = outcome(&device, burns.1);
                let outcomes = [
                    (PRelu::name(), outcome(&device, ours.1)),
                    (Pelu::name(), outcome(&device, bounded.1)),
                ];
                table += &format!("{backend}, {kind}: {name}: {expected:?}\n");
                for (subject, outcome) in outcomes {
                    let near = match (&expected.forward, &outcome.forward) {
                        (Ok(burns), Ok(ours)) => *ours <= *burns + 2,
                        // What Burn's own cannot do, ours may.
                        (Err(_), _) => continue,
                        _ => false,
                    };
                    let forward = outcome.forward.clone();
                    let same = Outcome {
                        forward: expected.forward.clone(),
                        ..outcome
                    };
                    if !(near && same == expected) {
                        failures.push(format!(
                            "{backend}, {kind}: {name}: {subject}: {forward:?}\n    {same:?}\n    {expected:?}"
                        ));
                    }
                }
            }
        }
    }
    println!("{table}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Bounds hold for what is used, however the values are kept.
#[test]
fn bounds_hold_in_every_form() {
    for (backend, device) in common::devices() {
        let x: Tensor<2> = Tensor::ones([1, 32], &device) * -1.0;
        // With a = b = 1 at their bounds, PELU would be far from this.
        let at_bounds = PeluConfig::new(32)
            .with_a(LEAST)
            .with_b(LEAST)
            .init(&device);
        let expected = numbers(at_bounds.forward(x.clone()));
        for (form, module) in [
            (
                "dense",
                PeluConfig::new(32).init(&device).map(&mut Fill(-5.0)),
            ),
            (
                "reparameterized",
                PeluConfig::new(32)
                    .init(&device)
                    .apply_reparameterization(Scaled(-5.0)),
            ),
            (
                "reparameterized, materialized",
                PeluConfig::new(32)
                    .init(&device)
                    .apply_reparameterization(Scaled(-5.0))
                    .materialize(),
            ),
        ] {
            let values = numbers(module.forward(x.clone()));
            assert_eq!(values, expected, "{backend}: {form}");
            assert!(
                numbers(module.a.val())
                    .into_iter()
                    .all(|a| a >= LEAST * 0.999),
                "{backend}: {form}"
            );
        }
        // A value near the bound, beside a large one, is quantized to 0.
        let mut module = PeluConfig::new(32).init(&device);
        let mut values = vec![LEAST; 32];
        values[0] = 1000.0;
        let values: Tensor<1> = tensor(&values, [32], &device, DType::F32);
        module.a.set(Param::from_tensor(values));
        let module = module.quantize_weights(&mut quantizer(&device));
        let used = numbers(module.a.val());
        assert!(
            matches!(module.a.base().dtype(), DType::QFloat(_)),
            "{backend}"
        );
        assert!(
            used.iter().all(|a| *a >= LEAST * 0.999),
            "{backend}: {used:?}"
        );
    }
}

/// A parameter that a factor has carried out of bounds comes back.
#[test]
fn gradients_go_through_the_projection() {
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        let module = PeluConfig::new(1)
            .with_sharing(burn_rectifiers::Sharing::Layer)
            .init(&device);
        let module = module.apply_reparameterization(Scaled(-2.0));
        let x: Tensor<2> = tensor(&[1.0], [1, 1], &device, DType::F32);
        let grads = module.forward(x).sum().backward();
        let scale = module.a.reparameterization::<Scale>().expect("kept");
        let gradient = scale.scale.val().grad(&grads);
        assert!(gradient.is_some_and(|g| numbers(g)[0] != 0.0), "{backend}");
    }
}
