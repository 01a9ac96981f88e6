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

/// Milliseconds that `work` takes until the device has done it, and what it gives.
pub fn time<R>(device: &Device, work: impl FnOnce() -> R) -> (f64, R) {
    let start = Instant::now();
    let result = work();
    device.sync().expect("the device works");
    (start.elapsed().as_secs_f64() * 1e3, result)
}

/// The middle one, or the upper of the two.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Where the median of what the values were drawn from lies, with at least 95 % of confidence from six
/// values on, whatever its distribution: each value is above it as a coin shows heads.
pub fn median_interval(mut values: Vec<f64>) -> [f64; 2] {
    values.sort_by(f64::total_cmp);
    // How many may be left out at either end: few enough that a coin gives so few heads once in 40 times.
    let n = values.len();
    let (mut left_out, mut chance, mut term) = (0, 0.0, 0.5f64.powi(n as i32));
    while chance + term <= 0.025 && left_out < n / 2 {
        chance += term;
        term *= (n - left_out) as f64 / (left_out + 1) as f64;
        left_out += 1;
    }
    let least = left_out.saturating_sub(1);
    [values[least], values[n - 1 - least]]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ranks as in tables of confidence intervals for medians.
    #[test]
    fn intervals_of_medians_leave_out_as_many_as_tables_say() {
        for (n, least) in [
            (1, 1),
            (5, 1),
            (6, 1),
            (9, 2),
            (15, 4),
            (20, 6),
            (31, 10),
            (100, 40),
        ] {
            let values = (1..=n).rev().map(f64::from).collect();
            let expected = [f64::from(least), f64::from(n + 1 - least)];
            assert_eq!(median_interval(values), expected, "{n} values");
        }
    }
}
