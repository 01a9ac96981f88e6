//! What is random while training, on every backend: RReLU's slopes and alpha dropout.

use crate::common::{Numbers, devices, numbers, tensor};
use burn::module::Module;
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::{AlphaDropoutConfig, RReluConfig};

const COUNT: usize = 1 << 14;

fn input(device: &Device) -> Tensor<3> {
    let mut random = Numbers(5);
    let xs: Vec<f64> = (0..COUNT).map(|_| random.between(-3.0, 3.0)).collect();
    tensor(&xs, [8, 16, COUNT / 128], device, DType::F32)
}

#[test]
fn rrelu_goes_back_with_the_slopes_it_went_forward_with() {
    for (backend, device) in devices() {
        for device in [
            device.clone().autodiff(),
            device.autodiff().gradient_checkpointing(),
        ] {
            let rrelu = RReluConfig::new().init();
            let x = input(&device).require_grad();
            let y = rrelu.forward(x.clone());
            assert_eq!(y.dims(), x.dims());
            let grads = y.clone().sum().backward();
            let slopes = numbers(x.grad(&grads).unwrap());
            let (mut sum, mut count) = (0.0, 0.0);
            for ((x, y), slope) in numbers(x).into_iter().zip(numbers(y)).zip(slopes) {
                assert!((y - slope * x).abs() <= 1e-6, "{backend}: {x} {y}");
                if x > 0.0 {
                    assert_eq!(slope, 1.0, "{backend}");
                } else {
                    assert!(
                        (0.124_999..0.333_334).contains(&slope),
                        "{backend}: {slope}"
                    );
                    sum += slope;
                    count += 1.0;
                }
            }
            // Six standard errors of the mean of uniform numbers.
            let (mean, width) = (11.0 / 48.0, 5.0 / 24.0);
            let error = 6.0 * width / f64::sqrt(12.0 * count);
            assert!(
                (sum / count - mean).abs() < error,
                "{backend}: {}",
                sum / count
            );
        }
    }
}

#[test]
fn alpha_dropout_drops_what_gets_no_gradient() {
    for (backend, device) in devices() {
        let device = device.autodiff();
        let dropout = AlphaDropoutConfig::new(0.25).init();
        let x = input(&device).require_grad();
        let y = dropout.forward(x.clone());
        let grads = y.clone().sum().backward();
        let grads = numbers(x.grad(&grads).unwrap());
        // The paper's formulas.
        let dropped = -1.758_099_340_847_376_6;
        let a = (0.75 + dropped * dropped * 0.75 * 0.25f64).powf(-0.5);
        let b = -a * 0.25 * dropped;
        let mut count = 0;
        for ((x, y), grad) in numbers(x).into_iter().zip(numbers(y)).zip(grads) {
            if grad == 0.0 {
                assert!((y - (a * dropped + b)).abs() < 1e-5, "{backend}: {y}");
                count += 1;
            } else {
                assert!((grad - a).abs() < 1e-5, "{backend}: {grad}");
                assert!((y - (a * x + b)).abs() < 1e-5, "{backend}: {x} {y}");
            }
        }
        // Six standard deviations of a binomial count.
        let n = COUNT as f64;
        let off = (f64::from(count) - 0.25 * n).abs();
        assert!(off < 6.0 * (n * 0.25 * 0.75).sqrt(), "{backend}: {count}");
    }
}

#[test]
fn nothing_is_random_without_training() {
    for (backend, device) in devices() {
        let autodiff = device.clone().autodiff();
        let rrelu = RReluConfig::new().init();
        let dropout = AlphaDropoutConfig::new(0.5).init();
        for (rrelu, dropout, device) in [
            (rrelu.clone(), dropout.clone(), &device),
            (rrelu.valid(), dropout.valid(), &device),
            (rrelu.clone().freeze(), dropout.clone().freeze(), &autodiff),
        ] {
            let x = input(device);
            let xs = numbers(x.clone());
            for (x, y) in xs.iter().zip(numbers(rrelu.forward(x.clone()))) {
                let expected = if *x > 0.0 { *x } else { x * 11.0 / 48.0 };
                assert!((y - expected).abs() < 1e-6, "{backend}: {x} {y}");
            }
            assert_eq!(numbers(dropout.forward(x)), xs, "{backend}");
        }
    }
}
