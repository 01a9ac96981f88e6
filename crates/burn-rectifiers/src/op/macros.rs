//! The part of [`activation!`](crate::activation) that compiles curves for backends.

/// The kernels of a curve with the given parameters.
#[doc(hidden)]
#[macro_export]
macro_rules! __kernel {
    ($Curve:ident; $($param:ident)*) => {
        const _: () = {
            const N: usize = <[&str]>::len(&[$(stringify!($param)),*]);

            // Never inlined: another crate that inlined these would compile all loops once more.
            impl $crate::op::Kernel for $Curve {
                $crate::__cpu_kernels! { $Curve N }
                #[inline(never)]
                fn programs(&self) -> &'static $crate::curve::Programs {
                    static PROGRAMS: std::sync::LazyLock<$crate::curve::Programs> =
                        std::sync::LazyLock::new($crate::curve::Programs::record::<$Curve, N>);
                    &PROGRAMS
                }
                fn origin(&self) -> (&'static str, core::any::TypeId) {
                    (module_path!(), core::any::TypeId::of::<Self>())
                }
            }
        };
    };
}

/// The methods of a kernel that give its loops for CPUs.
#[cfg(feature = "cpu")]
#[doc(hidden)]
#[macro_export]
macro_rules! __cpu_kernels {
    ($Curve:ident $N:ident) => {
        #[inline(never)]
        fn cpu_f32(&self) -> &'static dyn $crate::op::CpuKernel<f32> {
            &$crate::op::CompiledCurve::<$Curve, $N>::NEW
        }
        #[inline(never)]
        fn cpu_f64(&self) -> &'static dyn $crate::op::CpuKernel<f64> {
            &$crate::op::CompiledCurve::<$Curve, $N>::NEW
        }
    };
}

/// A library without loops for CPUs has no such methods. (A `cfg` in the macro above would ask for features of the crate that
/// calls it.)
#[cfg(not(feature = "cpu"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __cpu_kernels {
    ($Curve:ident $N:ident) => {};
}
