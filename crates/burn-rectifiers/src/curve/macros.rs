//! The part of [`activation!`](crate::activation) that writes curves.

use super::{Bound, MAX_PARAMS, ParamInfo};

/// The curve, without kernels and modules.
#[doc(hidden)]
#[macro_export]
macro_rules! __curve {
    (
        $Curve:ident; $name:literal; $formula:literal; { $($surrogate:literal)? }; $source:literal;
        { $( { $(#[doc = $param_doc:expr])+ } $param:ident $default:literal { $($bound:expr)? } )* }
        { $($moment:tt)* }
        { $($e:ident $xe:ident { $($exponent:tt)* })? }
        { $($q:ident $xq:ident { $($shared:tt)* })? }
        $xv:ident { $($value:tt)* }
        $xs:ident { $($slope:tt)* }
        $xg:ident { $( $grad_of:ident { $($grad:tt)* } )* }
    ) => {
        #[doc = concat!("The curve `", $name, "`: `", $formula, "` (", $source, ").")]
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $Curve;

        const _: () = {
            #[allow(unused_imports)]
            use $crate::curve::Bound;
            const PARAMS: &[$crate::curve::ParamInfo] = &[$( $crate::curve::ParamInfo {
                name: stringify!($param),
                default: $default,
                bound: $crate::curve::last(&[Bound::NONE $(, $bound)?]),
                doc: concat!($($param_doc),+).trim_ascii(),
            } ),*];
            const N: usize = PARAMS.len();
            const _: () = $crate::curve::assert_same_names(
                PARAMS,
                &[$(stringify!($grad_of)),*],
            );

            impl $crate::curve::Curve for $Curve {
                fn name(&self) -> &'static str {
                    $name
                }
                fn formula(&self) -> &'static str {
                    $formula
                }
                fn surrogate(&self) -> Option<&'static str> {
                    $crate::__optional!($($surrogate)?)
                }
                fn source(&self) -> &'static str {
                    $source
                }
                fn params(&self) -> &'static [$crate::curve::ParamInfo] {
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
            use $crate::math::notation::*;

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
                    $( let $q = { let $xq = $xv; $($shared)* }; )?
                    $($value)*
                }
                #[inline(always)]
                fn slope<T: Real>($xs: T, e: T::Decay, [$($param),*]: [T; N]) -> T {
                    $( let $e = e; )?
                    $( let $q = { let $xq = $xs; $($shared)* }; )?
                    $($slope)*
                }
                #[inline(always)]
                fn grads<T: Real>($xg: T, e: T::Decay, [$($param),*]: [T; N]) -> [T; N] {
                    $( let $e = e; )?
                    $( let $q = { let $xq = $xg; $($shared)* }; )?
                    [$( { $($grad)* } ),*]
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

/// The last of `bounds`: that of the parameter if it has one.
#[doc(hidden)]
pub const fn last(bounds: &[Bound]) -> Bound {
    bounds[bounds.len() - 1]
}

/// At compile time: `grads` names the parameters in the order of `params`.
#[doc(hidden)]
pub const fn assert_same_names(params: &[ParamInfo], grads: &[&str]) {
    assert!(
        params.len() == grads.len(),
        "`grads` must have one entry per parameter"
    );
    assert!(
        params.len() <= MAX_PARAMS,
        "an activation has at most MAX_PARAMS parameters"
    );
    let mut i = 0;
    while i < params.len() {
        let (a, b) = (params[i].name.as_bytes(), grads[i].as_bytes());
        let message = "`grads` must name the parameters in the order of `params`";
        assert!(a.len() == b.len(), "{}", message);
        let mut j = 0;
        while j < a.len() {
            assert!(a[j] == b[j], "{}", message);
            j += 1;
        }
        i += 1;
    }
}
