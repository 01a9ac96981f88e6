//! The macro that turns one page of mathematics into an activation.

/// Defines an activation: its curve, its fused kernels on every backend, its module and its config.
///
/// The formula, its slope and the derivative with respect to each parameter are written once, in
/// the notation of [`curve::math`](crate::curve::math). Parameters have a name, a default and a doc
/// comment that says what they do. An activation without parameters leaves out `config`, `params`
/// and `grads`.
///
/// A parameter that must stay within bounds says so after its default:
/// `a: 1.0 in Bound::at_least(0.1)`; see [`Bound`](crate::Bound). A curve whose E\[f(z)²\]
/// for standard normal z has a closed form can give it: `second_moment { (alpha * alpha + 1.0) / 2.0 }`.
///
/// An exponential that formula, slope and derivatives share is named before them: after
/// `decay e(x) { min(x, lit(0.0)) }`, they find [`decay`](crate::curve::math::host::decay) of that under the name
/// `e`. CPU kernels then compile the formulas twice. One version is for finite x with exponents from −40 to 0, as nearly
/// all are; there `e`, `times` and `over_shared` leave out the steps that guard against underflow and 0·∞, and take less
/// time. It asks that no other product or quotient of the formulas overflows for a finite x. The other version is right
/// for every x.
///
/// A crate that uses this macro depends on `burn` (for the derives). There are at most four
/// parameters, named neither like the variable nor `sharing` nor `frozen`; `grads` lists them in the
/// order of `params`. An activation of one's own is used through its module or [`activate`](crate::activate);
/// the names that [`find`](crate::find) and [`ActivationConfig`](crate::ActivationConfig) know are
/// those of this crate.
///
/// ```
/// burn_rectifiers::activation! {
///     /// A ReLU that both sides scale: β·x for x > 0, α·x elsewhere.
///     module DoubleSlope, config DoubleSlopeConfig, curve DoubleSlopeCurve;
///     name "double_slope";
///     formula "beta*x if x > 0, else alpha*x";
///     source "an example";
///     params {
///         /// slope for x <= 0
///         alpha: 0.25,
///         /// slope for x > 0
///         beta: 1.0,
///     }
///     value(x) { select(gt(x, lit(0.0)), beta * x, alpha * x) }
///     slope(x) { select(gt(x, lit(0.0)), beta, alpha) }
///     grads(x) {
///         alpha: { select(gt(x, lit(0.0)), lit(0.0), x) }
///         beta: { select(gt(x, lit(0.0)), x, lit(0.0)) }
///     }
/// }
///
/// use burn::tensor::{Device, Tensor};
/// let device = Device::flex();
/// let act = DoubleSlopeConfig::new(2).with_beta(2.0).init(&device);
/// let y = act.forward(Tensor::<2>::from_floats([[-4.0, 3.0]], &device));
/// y.into_data().assert_eq(&[[-1.0f32, 6.0]].into(), false);
/// ```
#[macro_export]
macro_rules! activation {
    (
        $(#[$doc:meta])*
        module $Module:ident, config $Config:ident, curve $Curve:ident;
        name $name:literal;
        formula $formula:literal;
        source $source:literal;
        params {
            $( $(#[doc = $param_doc:expr])+ $param:ident: $default:literal $(in $bound:expr)? ),+
            $(,)?
        }
        $( second_moment { $($moment:tt)* } )?
        $( decay $e:ident($xe:ident) { $($exponent:tt)* } )?
        value($xv:ident) { $($value:tt)* }
        slope($xs:ident) { $($slope:tt)* }
        grads($xg:ident) { $( $grad_of:ident: { $($grad:tt)* } )+ }
    ) => {
        $crate::__curve! {
            $Curve; $name; $formula; $source;
            { $( { $(#[doc = $param_doc])+ } $param $default { $($bound)? } )+ }
            { $($($moment)*)? }
            { $($e $xe { $($exponent)* })? }
            $xv { $($value)* }
            $xs { $($slope)* }
            $xg { $( $grad_of { $($grad)* } )+ }
        }
        $crate::__module! {
            { $(#[$doc])* } $Module $Config $Curve
            { $( { $(#[doc = $param_doc])+ } $param $default { $($bound)? } )+ }
        }
    };
    (
        $(#[$doc:meta])*
        module $Module:ident, curve $Curve:ident;
        name $name:literal;
        formula $formula:literal;
        source $source:literal;
        $( second_moment { $($moment:tt)* } )?
        $( decay $e:ident($xe:ident) { $($exponent:tt)* } )?
        value($xv:ident) { $($value:tt)* }
        slope($xs:ident) { $($slope:tt)* }
    ) => {
        $crate::__curve! {
            $Curve; $name; $formula; $source;
            {}
            { $($($moment)*)? }
            { $($e $xe { $($exponent)* })? }
            $xv { $($value)* }
            $xs { $($slope)* }
            x {}
        }
        $crate::__plain_module! { { $(#[$doc])* } $Module $Curve }
    };
}

/// The curve and its kernels: the part of [`activation!`] below the modules.
#[doc(hidden)]
#[macro_export]
macro_rules! __curve {
    (
        $Curve:ident; $name:literal; $formula:literal; $source:literal;
        { $( { $(#[doc = $param_doc:expr])+ } $param:ident $default:literal { $($bound:expr)? } )* }
        { $($moment:tt)* }
        { $($e:ident $xe:ident { $($exponent:tt)* })? }
        $xv:ident { $($value:tt)* }
        $xs:ident { $($slope:tt)* }
        $xg:ident { $( $grad_of:ident { $($grad:tt)* } )* }
    ) => {
        #[doc = concat!("The curve `", $name, "`: `", $formula, "` (", $source, ").")]
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $Curve;

        const _: () = {
            #[allow(unused_imports)]
            use $crate::Bound;
            const PARAMS: &[$crate::ParamInfo] = &[$( $crate::ParamInfo {
                name: stringify!($param),
                default: $default,
                bound: $crate::__private::last(&[Bound::NONE $(, $bound)?]),
                doc: concat!($($param_doc),+).trim_ascii(),
            } ),*];
            const N: usize = PARAMS.len();
            const _: () = $crate::__private::assert_same_names(
                PARAMS,
                &[$(stringify!($grad_of)),*],
            );

            impl $crate::Curve for $Curve {
                fn name(&self) -> &'static str {
                    $name
                }
                fn formula(&self) -> &'static str {
                    $formula
                }
                fn source(&self) -> &'static str {
                    $source
                }
                fn params(&self) -> &'static [$crate::ParamInfo] {
                    PARAMS
                }
                fn value_at(&self, x: f64, params: &[f64]) -> f64 {
                    use $crate::curve::Formula;
                    let params = $crate::curve::params_of::<N>(self, params);
                    $Curve::value(x, $Curve::decay(x, params), params)
                }
                fn slope_at(&self, x: f64, params: &[f64]) -> f64 {
                    use $crate::curve::Formula;
                    let params = $crate::curve::params_of::<N>(self, params);
                    $Curve::slope(x, $Curve::decay(x, params), params)
                }
                fn grads_at(&self, x: f64, params: &[f64]) -> Vec<f64> {
                    use $crate::curve::Formula;
                    let params = $crate::curve::params_of::<N>(self, params);
                    $Curve::grads(x, $Curve::decay(x, params), params).to_vec()
                }
                #[allow(unused_variables)]
                fn second_moment(&self, params: &[f64]) -> Option<f64> {
                    let [$($param),*] = $crate::curve::params_of::<N>(self, params);
                    $crate::__optional!($($moment)*)
                }
            }

            // The text, read over plain numbers.
            #[allow(unused_imports)]
            use $crate::curve::math::host::*;

            #[allow(unused_variables)]
            impl $crate::curve::Formula<N> for $Curve {
                const DECAYS: bool = !<[&str]>::is_empty(&[$(stringify!($e))?]);
                #[inline(always)]
                fn exponent<T: Real>(x: T, [$($param),*]: [T; N]) -> T {
                    let exponent = x;
                    $( let exponent = { let $xe = x; $($exponent)* }; )?
                    exponent
                }
                #[inline(always)]
                fn value<T: Real>($xv: T, e: T::Decay, [$($param),*]: [T; N]) -> T {
                    $( let $e = e; )?
                    $($value)*
                }
                #[inline(always)]
                fn slope<T: Real>($xs: T, e: T::Decay, [$($param),*]: [T; N]) -> T {
                    $( let $e = e; )?
                    $($slope)*
                }
                #[inline(always)]
                fn grads<T: Real>($xg: T, e: T::Decay, [$($param),*]: [T; N]) -> [T; N] {
                    $( let $e = e; )?
                    [$( { $($grad)* } ),*]
                }
            }

            // Never inlined: another crate that inlined these would compile all loops once more.
            impl $crate::op::Kernel for $Curve {
                #[inline(never)]
                fn host_f32(&self) -> &'static dyn $crate::op::HostKernel<f32> {
                    &$crate::op::Host::<$Curve, N>::NEW
                }
                #[inline(never)]
                fn host_f64(&self) -> &'static dyn $crate::op::HostKernel<f64> {
                    &$crate::op::Host::<$Curve, N>::NEW
                }
                #[inline(never)]
                fn programs(&self) -> &'static $crate::op::Programs {
                    static PROGRAMS: std::sync::LazyLock<$crate::op::Programs> =
                        std::sync::LazyLock::new($crate::op::Programs::record::<$Curve, N>);
                    &PROGRAMS
                }
            }
        };
    };
}

/// `Some` of what is written there, if anything is.
#[doc(hidden)]
#[macro_export]
macro_rules! __optional {
    () => {
        None
    };
    ($($some:tt)+) => {
        Some({ $($some)+ })
    };
}
