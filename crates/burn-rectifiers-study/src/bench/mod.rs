//! Timing activations, side by side.
//!
//! These machines are shared and noisy, so what is compared is timed alternately, and every figure is
//! the median over rounds: of times, or of ratios of times taken one right after the other.

pub mod floor;
mod layout;
mod memory;
pub mod step;

pub use layout::Layout;

use std::time::Instant;

use burn::tensor::Device;

/// Milliseconds that `work` takes until the device has done it, what it gives thrown away included.
pub fn time<R>(device: &Device, work: impl FnOnce() -> R) -> f64 {
    let start = Instant::now();
    drop(work());
    device.sync().expect("the device works");
    start.elapsed().as_secs_f64() * 1e3
}

/// The middle one, or the upper of the two.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
