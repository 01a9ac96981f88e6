//! The part of [`activation!`](crate::activation) that compiles curves for backends.

/// The kernels of a curve with the given parameters.
#[cfg(feature = "cpu")]
#[doc(hidden)]
#[macro_export]
macro_rules! __kernel {
    ($Curve:ident; $($param:ident)*) => {
        const _: () = {
            const N: usize = <[&str]>::len(&[$(stringify!($param)),*]);

            // Never inlined: another crate that inlined these would compile all loops once more.
            impl $crate::op::Kernel for $Curve {
                #[inline(never)]
                fn cpu_f32(&self) -> &'static dyn $crate::op::CpuKernel<f32> {
                    &$crate::op::CompiledCurve::<$Curve, N>::NEW
                }
                #[inline(never)]
                fn cpu_f64(&self) -> &'static dyn $crate::op::CpuKernel<f64> {
                    &$crate::op::CompiledCurve::<$Curve, N>::NEW
                }
                #[inline(never)]
                fn programs(&self) -> &'static $crate::curve::Programs {
                    static PROGRAMS: std::sync::LazyLock<$crate::curve::Programs> =
                        std::sync::LazyLock::new($crate::curve::Programs::record::<$Curve, N>);
                    &PROGRAMS
                }
            }
        };
    };
}

/// The kernels of a curve with the given parameters, in a library without those for CPUs. (A `cfg` inside of the macro would
/// ask for features of the crate that calls it.)
#[cfg(not(feature = "cpu"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __kernel {
    ($Curve:ident; $($param:ident)*) => {
        const _: () = {
            const N: usize = <[&str]>::len(&[$(stringify!($param)),*]);

            // Never inlined: another crate that inlined these would compile all loops once more.
            impl $crate::op::Kernel for $Curve {
                #[inline(never)]
                fn programs(&self) -> &'static $crate::curve::Programs {
                    static PROGRAMS: std::sync::LazyLock<$crate::curve::Programs> =
                        std::sync::LazyLock::new($crate::curve::Programs::record::<$Curve, N>);
                    &PROGRAMS
                }
            }
        };
    };
}
