//! The element types of host tensors, and the precision that kernels compute each in.

use crate::op::{HostKernel, Kernel};
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

/// A precision that kernels compute in.
pub(crate) trait Acc: Copy + Default + Send + Sync + Into<f64> + 'static {}
impl Acc for f32 {}
impl Acc for f64 {}

/// The type of a tensor's elements.
pub(crate) trait Element: Copy + Send + Sync + 'static {
    /// The precision to compute in.
    type Acc: Acc;

    /// The loops of `curve` in that precision.
    fn kernel(curve: &dyn Kernel) -> &'static dyn HostKernel<Self::Acc>;
    /// Converts a slice to that precision.
    fn widen(from: &[Self], to: &mut [Self::Acc]);
    /// Rounds a slice back.
    fn narrow(from: &[Self::Acc], to: &mut [Self]);
    /// The slice itself, if that is its precision already.
    fn as_acc(slice: &[Self]) -> Option<&[Self::Acc]>;
    /// The slice itself, if that is its precision already.
    fn as_acc_mut(slice: &mut [Self]) -> Option<&mut [Self::Acc]>;
    /// Rounds a sum.
    fn from_f64(value: f64) -> Self;
}

macro_rules! full {
    ($float:ty, $kernel:ident) => {
        impl Element for $float {
            type Acc = $float;

            fn kernel(curve: &dyn Kernel) -> &'static dyn HostKernel<$float> {
                curve.$kernel()
            }
            fn widen(from: &[Self], to: &mut [$float]) {
                to.copy_from_slice(from);
            }
            fn narrow(from: &[$float], to: &mut [Self]) {
                to.copy_from_slice(from);
            }
            fn as_acc(slice: &[Self]) -> Option<&[$float]> {
                Some(slice)
            }
            fn as_acc_mut(slice: &mut [Self]) -> Option<&mut [$float]> {
                Some(slice)
            }
            fn from_f64(value: f64) -> Self {
                value as $float
            }
        }
    };
}
full!(f32, host_f32);
full!(f64, host_f64);

macro_rules! half {
    ($half:ty) => {
        impl Element for $half {
            type Acc = f32;

            fn kernel(curve: &dyn Kernel) -> &'static dyn HostKernel<f32> {
                curve.host_f32()
            }
            fn widen(from: &[Self], to: &mut [f32]) {
                from.convert_to_f32_slice(to);
            }
            fn narrow(from: &[f32], to: &mut [Self]) {
                to.convert_from_f32_slice(from);
            }
            fn as_acc(_: &[Self]) -> Option<&[f32]> {
                None
            }
            fn as_acc_mut(_: &mut [Self]) -> Option<&mut [f32]> {
                None
            }
            fn from_f64(value: f64) -> Self {
                <$half>::from_f64(value)
            }
        }
    };
}
half!(f16);
half!(bf16);
