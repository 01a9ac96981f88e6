//! Many threads that share a module and a device get what one thread gets.
//!
//! `RECTIFIERS_THREAD_SECONDS=60` has them compute for so long on each backend, besides a few rounds.

use std::thread;
use std::time::Instant;

use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::{Activation, ActivationConfig, Rectifier};

use crate::common::{Numbers, bits, devices, process::asked_for, tensor};

const THREADS: usize = 16;
const ROUNDS: usize = 12;
/// Large enough for several tasks, so that threads meet in the kernels too.
const SHAPE: [usize; 4] = [8, 6, 24, 32];

/// The bits of the value, of the gradient of the input and of those of all parameters.
fn results(module: &Activation, x: &[f64], device: &Device) -> Vec<Vec<u64>> {
    let x: Tensor<4> = tensor(x, SHAPE, device, DType::F32).require_grad();
    let y = module.forward(x.clone());
    let grads = (y.clone() * y.clone()).sum().backward();
    let parameters = module.parameters().into_iter();
    let parameters = parameters.map(|(_, param)| bits(param.val().grad(&grads).unwrap()));
    [bits(y), bits(x.grad(&grads).unwrap())]
        .into_iter()
        .chain(parameters)
        .collect()
}

#[test]
fn threads_that_share_a_module_compute_what_one_does() {
    let seconds = asked_for("RECTIFIERS_THREAD_SECONDS").unwrap_or(0);
    for (backend, device) in devices() {
        let device = device.autodiff();
        let modules: Vec<Activation> = ["prelu", "learnable_elu", "srelu", "swish"]
            .map(|name| {
                let features = SHAPE[1..].to_vec();
                ActivationConfig::new(name.into(), features).init(&device)
            })
            .into();
        let mut source = Numbers(3);
        let inputs: Vec<Vec<f64>> = (0..4)
            .map(|_| {
                let count = SHAPE.iter().product();
                (0..count).map(|_| source.between(-4.0, 4.0)).collect()
            })
            .collect();
        let alone: Vec<_> = modules
            .iter()
            .flat_map(|module| inputs.iter().map(|x| results(module, x, &device)))
            .collect();
        let (modules, inputs, alone, device) = (&modules, &inputs, &alone, &device);
        let begin = Instant::now();
        let goes_on = |round| round < ROUNDS || begin.elapsed().as_secs() < seconds;
        thread::scope(|scope| {
            for thread in 0..THREADS {
                scope.spawn(move || {
                    for round in (0..).take_while(|round| goes_on(*round)) {
                        let case = (thread * 7 + round * 5) % alone.len();
                        let (module, x) = (&modules[case / 4], &inputs[case % 4]);
                        let together = results(module, x, device);
                        assert!(together == alone[case], "{backend}, {}", module.name());
                    }
                });
            }
        });
    }
}
