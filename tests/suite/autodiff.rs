//! The activations as citizens of a graph: which gradients are computed, what may be overwritten,
//! gradient checkpointing, reproducibility, and numbers at the edge.

use crate::common;
use crate::common::spy::{Seen, Spy};
use crate::common::{Numbers, bits, kernel, numbers, tensor};
use burn::module::Module;
use burn::tensor::{DType, Device, Gradients, Tensor};
use burn_rectifiers::op::Kernel;
use burn_rectifiers::{LearnableEluConfig, PReluConfig, Sharing, curves, op::activate};

const CHANNEL: Sharing = Sharing::Channel { axis: 1 };

/// Numbers around the origin.
fn data(count: usize, seed: u64) -> Vec<f64> {
    let mut source = Numbers(seed);
    (0..count).map(|_| source.between(-3.0, 3.0)).collect()
}

/// [`data`] as a single-precision tensor.
fn random<const D: usize>(shape: [usize; D], seed: u64, device: &Device) -> Tensor<D> {
    tensor(
        &data(shape.iter().product(), seed),
        shape,
        device,
        DType::F32,
    )
}

fn gradient<const D: usize>(of: &Tensor<D>, grads: &Gradients) -> Vec<u64> {
    bits(of.grad(grads).expect("a gradient"))
}

fn assert_close(got: &[f64], exact: &[f64], what: &str) {
    assert_eq!(got.len(), exact.len(), "{what}");
    for (i, (got, exact)) in got.iter().zip(exact).enumerate() {
        let allowed = 1e-5 * exact.abs().max(1.0);
        assert!(
            (got - exact).abs() <= allowed,
            "{what}, element {i}: {got}, not {exact}"
        );
    }
}

#[test]
fn gradients_exist_where_they_were_asked_for() {
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        for name in ["prelu", "learnable_elu"] {
            let run = |of_x: bool, of_alpha: bool| {
                let x = random([2, 3, 5], 1, &device).set_require_grad(of_x);
                let alpha = random([3], 2, &device).set_require_grad(of_alpha);
                let y = activate(x.clone(), vec![alpha.clone()], kernel(name), CHANNEL);
                assert_eq!(y.is_tracked(), of_x || of_alpha);
                if !y.is_tracked() {
                    return (bits(y), None, None);
                }
                let grads = y.backward();
                let dx = x.grad(&grads).map(bits);
                let dalpha = alpha.grad(&grads).map(bits);
                (bits(y), dx, dalpha)
            };
            let (y, dx, dalpha) = run(true, true);
            assert!(dx.is_some() && dalpha.is_some());
            assert_eq!(run(true, false), (y.clone(), dx, None), "{backend}");
            assert_eq!(run(false, true), (y.clone(), None, dalpha), "{backend}");
            assert_eq!(run(false, false), (y, None, None), "{backend}");
        }
    }
}

#[test]
fn parameter_gradients_that_nobody_wants_are_not_computed() {
    for (_, device) in common::host_devices() {
        let device = device.autodiff();
        let run = |of_x, of_alpha| {
            Spy::<0>::seen();
            let x = random([2, 3, 5], 1, &device).set_require_grad(of_x);
            let alpha = random([3], 2, &device).set_require_grad(of_alpha);
            let y = activate(x, vec![alpha], &Spy::<0>, CHANNEL);
            if y.is_tracked() {
                y.backward();
            }
            Spy::<0>::seen()
        };
        let seen = |values, slopes, param_grads| Seen {
            values,
            slopes,
            param_grads,
        };
        assert_eq!(run(true, true), seen(30, 30, 30));
        assert_eq!(run(true, false), seen(30, 30, 0));
        assert_eq!(run(false, false), seen(30, 0, 0));
    }
}

#[test]
fn a_frozen_slope_gets_no_gradient() {
    for (_, device) in common::devices() {
        let device = device.autodiff();
        let prelu = PReluConfig::new(3).init(&device).no_grad();
        let x = random([2, 3, 5], 1, &device).require_grad();
        let grads = prelu.forward(x.clone()).backward();
        assert!(x.grad(&grads).is_some());
        assert!(prelu.alpha.val().grad(&grads).is_none());
    }
}

/// Activations and a product between them, then two in a row: the loss and all gradients.
/// `fixed` are the leaves without gradients: the input and the slopes of the first two activations.
fn network(device: &Device, fixed: [bool; 3]) -> Vec<Vec<u64>> {
    let x = random([6, 8], 1, device).set_require_grad(!fixed[0]);
    let w = random([8, 5], 2, device).require_grad();
    let scale = random([5], 3, device).require_grad();
    let first = LearnableEluConfig::new(8).with_alpha(0.7).init(device);
    let first = first.set_require_grad(!fixed[1]);
    let second = PReluConfig::new(1)
        .with_sharing(Sharing::Layer)
        .init(device)
        .set_require_grad(!fixed[2]);
    let h = first.forward(x.clone()).matmul(w.clone());
    let h = second.forward(h);
    // A slope that is itself a result.
    let slope = scale.clone().tanh();
    let y = activate(h, vec![slope], kernel("learnable_elu"), CHANNEL);
    let loss = (y.clone() * y).sum();
    let grads = loss.backward();
    let mut results = vec![bits(loss), gradient(&w, &grads), gradient(&scale, &grads)];
    results.extend(x.grad(&grads).map(bits));
    results.extend(first.alpha.val().grad(&grads).map(bits));
    results.extend(second.alpha.val().grad(&grads).map(bits));
    assert_eq!(results.len(), 6 - fixed.into_iter().filter(|f| *f).count());
    results
}

#[test]
fn checkpointing_changes_no_bit() {
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        for number in 0..8 {
            let fixed = [number & 1 != 0, number & 2 != 0, number & 4 != 0];
            let stored = network(&device, fixed);
            let again = network(&device.clone().gradient_checkpointing(), fixed);
            assert_eq!(stored, again, "{backend}, without gradients: {fixed:?}");
        }
    }
}

/// The first of two activations in a row: its result is what the second needs for its gradient.
/// Without checkpointing it is kept, with checkpointing it is computed a second time.
#[test]
fn checkpointing_computes_again_instead_of_storing() {
    for (backend, device) in common::host_devices() {
        let device = device.autodiff();
        let run = |device: &Device| {
            Spy::<1>::seen();
            let x = random([2, 3, 5], 1, device).require_grad();
            let alpha = || vec![random([3], 2, device).require_grad()];
            let h = activate(x, alpha(), &Spy::<1>, CHANNEL);
            let y = activate(h, alpha(), kernel("prelu"), CHANNEL);
            let forward = Spy::<1>::seen().values;
            y.backward();
            (forward, Spy::<1>::seen().values)
        };
        assert_eq!(run(&device), (30, 0), "{backend}");
        assert_eq!(run(&device.gradient_checkpointing()), (30, 30), "{backend}");
    }
}

/// The gradient of x is written over the incoming gradient where nobody else needs it. These
/// graphs all have somebody else.
#[test]
fn an_incoming_gradient_that_others_need_survives() {
    let xs = data(30, 1);
    let ws = data(30, 2);
    let alphas = [0.25, -0.5, 1.5];
    let elu = kernel("learnable_elu");
    let f = |i: usize| elu.value_at(xs[i], &[alphas[i / 5 % 3]]);
    let df = |i: usize| elu.slope_at(xs[i], &[alphas[i / 5 % 3]]);
    let g = |i: usize| kernel("prelu").slope_at(xs[i], &[alphas[i / 5 % 3]]);
    let all = |value: &dyn Fn(usize) -> f64| (0..30).map(value).collect::<Vec<_>>();

    for (backend, device) in common::devices() {
        let device = device.autodiff();
        let start = || {
            let x = tensor(&xs, [2, 3, 5], &device, DType::F32).require_grad();
            let w = tensor(&ws, [2, 3, 5], &device, DType::F32);
            (x, w)
        };
        let act = |x: &Tensor<3>, curve: &'static dyn Kernel| {
            let alpha = tensor(&alphas, [3], &device, DType::F32).require_grad();
            activate(x.clone(), vec![alpha], curve, CHANNEL)
        };
        let dx = |x: &Tensor<3>, loss: Tensor<3>| {
            let grads = loss.backward();
            // x itself is needed afterwards too.
            assert_eq!(numbers(x.clone()), xs, "{backend}: x was overwritten");
            numbers(x.grad(&grads).unwrap())
        };

        // The result is used twice, and computed twice.
        let (x, w) = start();
        let z = act(&x, elu);
        let loss = z.clone() * z.clone() + act(&x, elu) * w;
        let exact = all(&|i| (2.0 * f(i) + ws[i]) * df(i));
        assert_close(&dx(&x, loss), &exact, backend);
        assert_close(&numbers(z), &all(&f), backend);

        // A residual: the sum hands the same gradient to both sides.
        let (x, w) = start();
        let loss = (x.clone() + act(&x, elu)) * w;
        assert_close(&dx(&x, loss), &all(&|i| ws[i] * (1.0 + df(i))), backend);

        // Two activations of the same x, again with one gradient for both.
        let (x, w) = start();
        let loss = (act(&x, elu) + act(&x, kernel("prelu"))) * w;
        assert_close(&dx(&x, loss), &all(&|i| ws[i] * (df(i) + g(i))), backend);

        // The incoming gradient is also that of a leaf, which keeps it.
        let (x, w) = start();
        let bias = Tensor::<3>::zeros([2, 3, 5], &device).require_grad();
        let loss = (act(&x, elu) + bias.clone()) * w;
        let grads = loss.backward();
        assert_close(&numbers(bias.grad(&grads).unwrap()), &ws, backend);
        let exact = all(&|i| ws[i] * df(i));
        assert_close(&numbers(x.grad(&grads).unwrap()), &exact, backend);
    }
}

/// Without a graph, the result may be written over x, but only if nobody else holds x.
#[test]
fn inference_leaves_a_shared_input_alone() {
    let xs = data(60, 1);
    for (backend, plain) in common::devices() {
        for device in [plain.clone(), plain.autodiff()] {
            for curve in curves::all() {
                let alpha = curve.params().iter().map(|_| random([3], 2, &device));
                let act = |x| activate(x, alpha.clone().collect(), kernel(curve.name()), CHANNEL);
                let x: Tensor<3> = tensor(&xs, [4, 3, 5], &device, DType::F32);
                let view = x.clone().narrow(0, 1, 2);
                let y = act(x.clone());
                let y_of_view = act(view.clone());
                let name = curve.name();
                assert_eq!(
                    numbers(view),
                    xs[15..45],
                    "{backend}: {name} overwrote a view"
                );
                assert_eq!(numbers(x.clone()), xs, "{backend}: {name} overwrote x");
                assert_eq!(
                    bits(y.clone().narrow(0, 1, 2)),
                    bits(y_of_view),
                    "{backend}: {name}"
                );
                // Held by nobody else from here on.
                assert_eq!(bits(act(x)), bits(y), "{backend}: {name}");
            }
        }
    }
}

/// Forward and backward on shapes large enough to be shared among threads.
fn large(device: &Device) -> Vec<Vec<u64>> {
    let device = device.clone().autodiff();
    let mut results = vec![];
    for (sharing, count) in [
        (CHANNEL, 40),
        (Sharing::Channel { axis: 3 }, 17),
        (Sharing::Layer, 1),
        (Sharing::Element, 40 * 33 * 17),
    ] {
        let x = random([8, 40, 33, 17], 1, &device).require_grad();
        let w = random([8, 40, 33, 17], 2, &device);
        let alpha = random([count], 3, &device).require_grad();
        let y = activate(
            x.clone(),
            vec![alpha.clone()],
            kernel("learnable_elu"),
            sharing,
        );
        let grads = (y.clone() * w).backward();
        results.extend([bits(y), gradient(&x, &grads), gradient(&alpha, &grads)]);
    }
    results
}

#[test]
fn results_repeat_bit_for_bit() {
    for (backend, device) in common::devices() {
        assert!(large(&device) == large(&device), "{backend}");
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    for (backend, device) in common::host_devices() {
        let with_threads = |count| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(count);
            pool.build().unwrap().install(|| large(&device))
        };
        let one = with_threads(1);
        assert!(one == with_threads(2), "{backend}: two threads");
        assert!(one == with_threads(4), "{backend}: four threads");
    }
}

/// The floating-point types of a device, and the largest number and the smallest ones of each.
fn types(device: &Device) -> Vec<(DType, f64, [f64; 2])> {
    let powers = |normal: i32, digits: i32| [2f64.powi(normal), 2f64.powi(normal - digits)];
    let all = [
        (DType::F64, f64::MAX, [f64::MIN_POSITIVE, f64::from_bits(1)]),
        (DType::F32, f64::from(f32::MAX), powers(-126, 23)),
        (DType::F16, 65504.0, powers(-14, 10)),
        (
            DType::BF16,
            f64::from(f32::from_bits(0x7f7f_0000)),
            powers(-126, 7),
        ),
    ];
    all.into_iter()
        .filter(|(dtype, ..)| device.supports_dtype(*dtype))
        .collect()
}

#[test]
fn nan_in_is_nan_out() {
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        for (dtype, ..) in types(&device) {
            for curve in curves::all() {
                // Long enough for whole vectors, with NaN at a few places.
                let xs: Vec<f64> = data(300, 1)
                    .into_iter()
                    .enumerate()
                    .map(|(i, x)| if i % 7 == 3 { f64::NAN } else { x })
                    .collect();
                let x = tensor(&xs, [300], &device, dtype).require_grad();
                let params = curve
                    .params()
                    .iter()
                    .map(|_| tensor(&[0.5], [1], &device, dtype));
                let y = activate(x, params.collect(), kernel(curve.name()), Sharing::Layer);
                y.backward();
                for (i, y) in numbers(y).into_iter().enumerate() {
                    let name = curve.name();
                    assert_eq!(
                        y.is_nan(),
                        i % 7 == 3,
                        "{backend} {dtype:?}: {name} gives {y}"
                    );
                }
            }
        }
    }
}

#[test]
fn finite_inputs_give_finite_results() {
    for (backend, device) in common::devices() {
        let device = device.autodiff();
        for (dtype, max, small) in types(&device) {
            let mut xs = vec![0.0, 1e-30, 1.0, 11.0, 88.0, 89.0, 104.0, 710.0, 746.0, 1e4];
            xs.extend([max, max / 2.0, small[0], small[1], 3.0 * small[1]]);
            let xs: Vec<f64> = xs.into_iter().flat_map(|x| [x, -x]).collect();
            let n = xs.len();
            for curve in curves::all() {
                // Larger parameters than 1 would rightly overflow.
                for p in [0.0, 1e-3, 0.25, 1.0, -1.0] {
                    if !curve.params().iter().all(|info| info.bound.contains(p)) {
                        continue;
                    }
                    let x = tensor(&xs, [1, n], &device, dtype).require_grad();
                    let param = |_| tensor(&vec![p; n], [n], &device, dtype).require_grad();
                    let params: Vec<_> = curve.params().iter().map(param).collect();
                    let act = kernel(curve.name());
                    // One sample: the gradient of each parameter is one number too.
                    let y = activate(x.clone(), params.clone(), act, Sharing::Element);
                    let grads = y.backward();
                    let own = vec![p; params.len()];
                    let check = |what: &str, values: Vec<f64>, exact: &dyn Fn(f64) -> f64| {
                        for (x, value) in xs.iter().zip(values) {
                            // Squares overflow, and rightly so.
                            let overflows = exact(*x).abs() > max;
                            assert!(
                                value.is_finite() || (overflows && !value.is_nan()),
                                "{backend} {dtype:?}: {what} of {} at {x:e}, parameter {p}: {value}",
                                curve.name()
                            );
                        }
                    };
                    let (dx, x_of) = (x.grad(&grads).unwrap(), |x: f64| curve.slope_at(x, &own));
                    check("value", numbers(y), &|x| curve.value_at(x, &own));
                    check("gradient", numbers(dx), &x_of);
                    for (j, param) in params.iter().enumerate() {
                        let grad = numbers(param.grad(&grads).unwrap());
                        let exact = |x: f64| curve.grads_at(x, &own)[j];
                        check("parameter gradient", grad, &exact);
                    }
                }
            }
        }
    }
}

/// Why the exponential is evaluated at min(x, 0): Burn's own ELU evaluates it at x, and its
/// gradient is 0 · ∞ where that overflows. Should Burn mend this, the first half can go.
#[cfg(feature = "flex")]
#[test]
fn where_burns_own_elu_has_no_gradient_ours_has() {
    let gradient = |f: &dyn Fn(Tensor<1>) -> Tensor<1>| {
        let device = Device::flex().autodiff();
        let x = Tensor::<1>::from_floats([89.0], &device).require_grad();
        let grads = f(x.clone()).backward();
        numbers(x.grad(&grads).unwrap())[0]
    };
    let burns = gradient(&|x| burn::tensor::activation::elu(x, 1.0));
    let ours = gradient(&|x| burn_rectifiers::Elu::new().forward(x));
    assert!(
        burns.is_nan(),
        "Burn has mended its ELU: the gradient at 89 is {burns}"
    );
    assert_eq!(ours, 1.0);
}
