//! Parameters stay within their bounds, whatever changes them: optimizers with any learning rate,
//! records, and code that sets them.

use crate::common;
use crate::common::{Numbers, bits, numbers, rounded, tensor};
use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::nn::Initializer;
use burn::optim::{
    AdamConfig, AdamWConfig, GradientsParams, ModuleOptimizer, RmsPropConfig, SgdConfig,
    momentum::MomentumConfig,
};
use burn::store::ModuleRecord;
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::{
    ActivationConfig, PRelu, PReluConfig, Rectifier, Sharing,
    curve::{MARGIN, ParamInfo},
    curves,
    nn::Learned,
};
use proptest::prelude::*;

burn_rectifiers::activation! {
    /// PELU: two parameters that must not come near zero.
    module Floored, config FlooredConfig, curve FlooredCurve;
    name "floored";
    formula "a/b*x if x > 0, else a*(exp(x/b) - 1)";
    source "a test";
    params {
        /// height
        a: 1.0 in Bound::at_least(0.1),
        /// width
        b: 1.0 in Bound::at_least(0.1),
    }
    value(x) { select(gt(x, lit(0.0)), a / b * x, a * exp_m1(min(x, lit(0.0)) / b)) }
    slope(x) { select(gt(x, lit(0.0)), a / b, a / b * exp(min(x, lit(0.0)) / b)) }
    grads(x) {
        a: { select(gt(x, lit(0.0)), x / b, exp_m1(min(x, lit(0.0)) / b)) }
        b: { select(gt(x, lit(0.0)), -(a * x / b / b), -(a * x / b / b * exp(min(x, lit(0.0)) / b))) }
    }
}

burn_rectifiers::activation! {
    /// PReLU whose slope stays between those of two straight lines.
    module Boxed, config BoxedConfig, curve BoxedCurve;
    name "boxed";
    formula "x if x > 0, else alpha*x";
    source "a test";
    params {
        /// slope for x <= 0
        alpha: 0.25 in Bound::between(-1.0, 1.0),
    }
    value(x) { select(gt(x, lit(0.0)), x, alpha * x) }
    slope(x) { select(gt(x, lit(0.0)), lit(1.0), alpha) }
    grads(x) { alpha: { select(gt(x, lit(0.0)), lit(0.0), x) } }
}

burn_rectifiers::activation! {
    /// PReLU whose negative side rises, beside a scale that may be anything.
    module Rising, config RisingConfig, curve RisingCurve;
    name "rising";
    formula "beta*x if x > 0, else alpha*x";
    source "a test";
    params {
        /// slope for x <= 0
        alpha: 0.25 in Bound::above(0.0),
        /// slope for x > 0
        beta: 1.0,
    }
    value(x) { select(gt(x, lit(0.0)), beta * x, alpha * x) }
    slope(x) { select(gt(x, lit(0.0)), beta, alpha) }
    grads(x) {
        alpha: { select(gt(x, lit(0.0)), lit(0.0), x) }
        beta: { select(gt(x, lit(0.0)), x, lit(0.0)) }
    }
}

/// Values per parameter.
const COUNT: usize = 3;

/// Modules with something to keep, each with `COUNT` values per parameter: those above, and all of
/// the family that have bounds.
macro_rules! for_bounded {
    ($device:expr, $check:ident($($arg:expr),*)) => {
        $check(FlooredConfig::new(COUNT).init($device), $($arg),*);
        $check(BoxedConfig::new(COUNT).init($device), $($arg),*);
        $check(RisingConfig::new(COUNT).init($device), $($arg),*);
        for curve in curves::all() {
            if curve.params().iter().any(|info| info.bound.is_some()) {
                let config = ActivationConfig::new(curve.name().into(), vec![COUNT]);
                $check(config.init($device), $($arg),*);
            }
        }
    };
}

/// The module with parameters of another type.
fn cast<M: Module>(module: M, dtype: DType) -> M {
    struct Cast(DType);
    impl ModuleMapper for Cast {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            param.map(|values| {
                let data = values.to_data().convert_dtype(self.0);
                Tensor::from_data(data, (&values.device(), self.0)).require_grad()
            })
        }
    }
    module.map(&mut Cast(dtype))
}

fn optimizer(kind: usize) -> ModuleOptimizer {
    match kind {
        0 => SgdConfig::new()
            .with_momentum(Some(MomentumConfig::new()))
            .init(),
        1 => AdamConfig::new().init(),
        2 => AdamWConfig::new().init(),
        3 => RmsPropConfig::new().init(),
        kind => unreachable!("optimizer {kind}"),
    }
}

/// Gradients that are exactly `values`, parameter after parameter, by way of a backward pass.
fn gradients<M: Rectifier>(module: &M, values: &[f64], device: &Device) -> GradientsParams {
    let parameters = module.parameters();
    let losses = parameters.iter().zip(values.chunks(COUNT));
    let losses = losses.map(|((_, param), values)| {
        (param.val() * tensor(values, [COUNT], device, param.val().dtype())).sum()
    });
    let loss = losses.reduce(|a, b| a + b).expect("a parameter");
    GradientsParams::from_grads(loss.backward(), module)
}

/// What a parameter may hold: the interval of its bound, with ends as `dtype` has them.
fn assert_within(param: &Learned, info: &ParamInfo, what: &str) {
    let (low, high) = info.bound.interval();
    let dtype = param.val().dtype();
    let (low, high) = (rounded(low, dtype), rounded(high, dtype));
    for value in numbers(param.val()) {
        assert!(
            value.is_finite() && (low..=high).contains(&value),
            "{what}: {} = {value} is not {}",
            info.name,
            info.bound
        );
    }
}

/// Some steps of an optimizer.
#[derive(Debug, Clone)]
struct Steps {
    optimizer: usize,
    rate: f64,
    /// Gradients of all parameters, step after step.
    gradients: Vec<Vec<f64>>,
}

impl Steps {
    /// Rates and gradients whose products `dtype` can hold.
    fn any(dtype: DType) -> impl Strategy<Value = Self> {
        let (rate, gradient) = match dtype {
            DType::F16 => (-3.0..2.0, 10.0),
            _ => (-3.0..30.0, 1e3),
        };
        let values = prop::collection::vec(-1.0..1.0f64, 4 * COUNT);
        let step = (values, -4.0..0.0f64).prop_map(move |(values, size)| {
            let scale = gradient * size.exp2();
            // Exact in the type, so that nobody has to agree on how ties are rounded.
            let round = |value: f64| rounded(value * scale, dtype);
            values.into_iter().map(round).collect()
        });
        let steps = prop::collection::vec(step, 4);
        (0..4usize, rate, steps).prop_map(|(optimizer, rate, gradients)| Self {
            optimizer,
            rate: 10f64.powf(rate),
            gradients,
        })
    }
}

/// Takes the steps and looks at the module after each.
fn takes<M: Rectifier>(module: M, steps: &Steps, dtype: DType, device: &Device) {
    let mut module = cast(module, dtype);
    let infos = module.curve().params();
    let ids = |module: &M| -> Vec<ParamId> { module.parameters().iter().map(|p| p.1.id).collect() };
    let before = ids(&module);
    let mut optimizer = optimizer(steps.optimizer);
    for (step, values) in steps.gradients.iter().enumerate() {
        let what = format!("{} after step {step}, {dtype:?}", module.curve().name());
        // What came out of the last step is a leaf that takes exactly these gradients.
        let grads = gradients(&module, values, device);
        for ((_, param), values) in module.parameters().iter().zip(values.chunks(COUNT)) {
            let got = numbers(grads.get::<1>(param.id).expect("a gradient"));
            let exact: Vec<f64> = values.iter().map(|value| rounded(*value, dtype)).collect();
            assert_eq!(got, exact, "{what}");
        }
        module = optimizer.step(steps.rate, module, grads);
        assert_eq!(ids(&module), before, "{what}");
        for ((_, param), info) in module.parameters().iter().zip(infos) {
            let value = param.val();
            assert_eq!(value.dtype(), dtype, "{what}");
            assert!(value.is_require_grad(), "{what}");
            let strategy = value.gradient_checkpointing_strategy();
            assert_eq!(strategy, device.gradient_checkpointing_strategy(), "{what}");
            if info.bound.is_some() {
                assert_within(param, info, &what);
            }
        }
    }
}

#[test]
fn no_optimizer_leaves_the_bounds() {
    for (backend, device) in common::devices() {
        for dtype in [DType::F32, DType::F64, DType::F16, DType::BF16] {
            if !device.supports_dtype(dtype) {
                continue;
            }
            // Half the runs under checkpointing: a strategy that got lost would stop the next pass.
            let stored = device.clone().autodiff();
            let devices = [stored.clone(), stored.gradient_checkpointing()];
            let config = ProptestConfig {
                failure_persistence: None,
                ..ProptestConfig::with_cases(if dtype == DType::F32 { 24 } else { 8 })
            };
            println!("{backend}, {dtype:?}: {} runs", config.cases);
            proptest!(config, |(steps in Steps::any(dtype), again in any::<bool>())| {
                let device = &devices[usize::from(again)];
                for_bounded!(device, takes(&steps, dtype, device));
            });
        }
    }
}

/// A step of gradient descent ends where it would have ended, or at the nearest allowed value.
#[test]
fn a_step_ends_at_the_nearest_allowed_value() {
    fn lands<M: Rectifier>(module: M, device: &Device, outside: &mut [usize; 2]) {
        let mut source = Numbers(7);
        let values: Vec<f64> = (0..4 * COUNT).map(|_| source.between(-4.0, 4.0)).collect();
        let grads = gradients(&module, &values, device);
        let before: Vec<_> = module
            .parameters()
            .iter()
            .map(|p| numbers(p.1.val()))
            .collect();
        let module = SgdConfig::new().init().step(0.5, module, grads);
        let infos = module.curve().params().iter();
        for (i, ((_, param), info)) in module.parameters().iter().zip(infos).enumerate() {
            for (j, value) in numbers(param.val()).into_iter().enumerate() {
                let free = before[i][j] - 0.5 * values[i * COUNT + j];
                let exact = info.bound.project(free);
                outside[0] += usize::from(free < exact);
                outside[1] += usize::from(free > exact);
                let what = (module.curve().name(), info.name);
                assert!(
                    (value - exact).abs() < 1e-6,
                    "{what:?}: {value}, not {exact}"
                );
            }
        }
    }
    for (_, device) in common::devices() {
        let device = device.autodiff();
        let mut outside = [0; 2];
        for_bounded!(&device, lands(&device, &mut outside));
        assert!(
            outside.iter().all(|count| *count > 0),
            "both ends are met: {outside:?}"
        );
    }
}

/// PReLU and its like have nothing to keep: no value changes, not even its bits.
#[test]
fn without_bounds_nothing_is_touched() {
    let odd = [f64::INFINITY, -1e-45, f64::from(f32::MAX), -0.0, 1e-39];
    for (backend, device) in common::devices() {
        let values = tensor(&odd, [odd.len()], &device, DType::F32);
        let before = bits(values.clone());
        let mut act = PReluConfig::new(odd.len()).init(&device);
        act.alpha.set(Param::from_tensor(values));
        assert_eq!(bits(act.alpha.val()), before, "{backend}, set");
        let act = act.no_grad().unfreeze().fork(&device);
        assert_eq!(bits(act.alpha.val()), before, "{backend}, map");
        let fresh = PReluConfig::new(odd.len()).init(&device);
        let act = fresh.load_record(act.into_record());
        assert_eq!(bits(act.alpha.val()), before, "{backend}, load");
    }
}

/// Parameters with the names of [`Floored`]'s, and no bounds: where a record may come from.
#[derive(Module, Debug)]
struct Free {
    a: Param<Tensor<1>>,
    b: Param<Tensor<1>>,
}

impl Free {
    fn new(device: &Device) -> Self {
        let param = |values: [f32; COUNT]| Param::from_data(values, device);
        Self {
            a: param([-5.0, 0.5, 1e30]),
            b: param([0.0, f32::NEG_INFINITY, 0.1]),
        }
    }
}

#[test]
fn a_record_is_projected_when_loaded() {
    let folder = tempfile::tempdir().unwrap();
    for (backend, device) in common::devices() {
        let path = folder.path().join(format!("{backend}.bpk"));
        Free::new(&device).save_file(&path).unwrap();
        let bytes = || Free::new(&device).into_record().into_bytes().unwrap();
        for device in [device.clone(), device.clone().autodiff()] {
            let fresh = |frozen: &[&str]| {
                let frozen = frozen.iter().map(|name| name.to_string()).collect();
                FlooredConfig::new(COUNT).with_frozen(frozen).init(&device)
            };
            for (loaded, trained) in [
                (fresh(&[]).load_file(&path), true),
                (fresh(&["a", "b"]).load_file(&path), false),
                (
                    fresh(&[]).load_record(ModuleRecord::from_bytes(bytes()).unwrap()),
                    true,
                ),
                (
                    fresh(&[]).load_record(Free::new(&device).into_record()),
                    true,
                ),
            ] {
                let floor = f64::from(0.1f32);
                let a: Vec<f64> = [0.1f32, 0.5, 1e30].map(f64::from).to_vec();
                assert_eq!(numbers(loaded.a.val()), a, "{backend}");
                assert_eq!(numbers(loaded.b.val()), [floor; 3], "{backend}");
                let trained = trained && device.is_autodiff();
                assert_eq!(loaded.a.val().is_require_grad(), trained, "{backend}");
            }
        }
    }
}

/// Records from before parameters had bounds, or from a module without them, fit, and the other
/// way round: a [`Learned`] adds nothing to the path.
#[test]
fn a_bound_leaves_no_trace_in_records() {
    #[derive(Module, Debug)]
    struct Plain {
        alpha: Param<Tensor<1>>,
    }
    for (_, device) in common::devices() {
        let plain = |value: f64| Plain {
            alpha: Initializer::Constant { value }.init([COUNT], &device),
        };
        let prelu: PRelu = PReluConfig::new(COUNT).init(&device);
        let prelu = prelu.load_record(plain(0.5).into_record());
        assert_eq!(numbers(prelu.alpha.val()), [0.5; COUNT]);
        let boxed = BoxedConfig::new(COUNT).init(&device);
        let boxed = boxed.load_record(prelu.into_record());
        assert_eq!(numbers(boxed.alpha.val()), [0.5; COUNT]);
        let plain = plain(0.0).load_record(boxed.into_record());
        assert_eq!(numbers(plain.alpha.val()), [0.5; COUNT]);
    }
}

#[test]
fn a_value_that_is_set_is_projected() {
    for (backend, device) in common::devices() {
        for device in [device.clone(), device.autodiff()] {
            let mut act = BoxedConfig::new(COUNT).init(&device);
            let values = [-7.0f32, 0.5, f32::INFINITY];
            act.alpha.set(Param::from_data(values, &device));
            assert_eq!(numbers(act.alpha.val()), [-1.0, 0.5, 1.0], "{backend}");
            assert_eq!(act.alpha.val().is_require_grad(), device.is_autodiff());

            // One that does not exist yet, and has to be made inside.
            act.alpha
                .set(Initializer::Constant { value: 9.0 }.init([COUNT], &device));
            let act = act.fork(&device);
            assert_eq!(numbers(act.alpha.val()), [1.0; COUNT], "{backend}, later");
            assert_eq!(act.alpha.val().is_require_grad(), device.is_autodiff());
        }
    }
}

/// Open bounds are kept with a margin from the first value on, so that no step and no record finds
/// another value than the one the module started with.
#[test]
fn a_start_too_close_to_an_open_bound_is_moved_at_once() {
    for (_, device) in common::devices() {
        let act = RisingConfig::new(COUNT).with_alpha(1e-9).init(&device);
        let start = numbers(act.alpha.val());
        assert_eq!(start, [MARGIN; COUNT]);
        let again = RisingConfig::new(COUNT).init(&device);
        let again = again.load_record(act.no_grad().into_record());
        assert_eq!(numbers(again.alpha.val()), start);
    }
}

/// A parameter whose gradient is to be reduced over several devices still is one after it was
/// projected. Burn has that for GPUs only.
#[test]
fn distributed_parameters_stay_distributed() {
    let is_gpu = |name| !matches!(name, "flex" | "ndarray");
    for (backend, device) in common::devices().into_iter().filter(|d| is_gpu(d.0)) {
        let mut act = BoxedConfig::new(COUNT).init(&device.autodiff());
        let (param, id) = (Param::clone(&act.alpha), act.alpha.id);
        act.alpha
            .set(param.map(|values| (values * 9.0).detach().set_distributed(id)));
        assert_eq!(numbers(act.alpha.val()), [1.0; COUNT], "{backend}");
        assert!(act.alpha.val().is_distributed(), "{backend}");
    }
}

/// Sharing and bounds have nothing to do with each other.
#[test]
fn every_sharing_keeps_its_bounds() {
    for (_, device) in common::devices() {
        let device = device.autodiff();
        for sharing in [
            Sharing::Layer,
            Sharing::Channel { axis: 1 },
            Sharing::Element,
        ] {
            let count = sharing.count(&[2, 3]);
            let act = BoxedConfig::new(count).with_sharing(sharing).init(&device);
            let x: Tensor<3> = tensor(&[-2.0; 12], [2, 2, 3], &device, DType::F32);
            let loss = act.forward(x).sum();
            let grads = GradientsParams::from_grads(loss.backward(), &act);
            // The loss falls where the slope grows.
            let act = SgdConfig::new().init().step(1e10, act, grads);
            assert_eq!(numbers(act.alpha.val()), vec![1.0; count]);
        }
    }
}
