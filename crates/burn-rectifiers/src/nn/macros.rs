//! The macro that turns one page of mathematics into an activation, and its part that writes modules and configs.

/// Defines an activation: its curve, its fused kernels on every backend, its module and its config.
///
/// The formula, its slope and the derivative with respect to each parameter are written once, in
/// the notation of [`math`](crate::math). Parameters have a name, a default and a doc
/// comment that says what they do. An activation without parameters leaves out `config`, `params`
/// and `grads`.
///
/// A parameter that must stay within bounds says so after its default:
/// `a: 1.0 in Bound::at_least(0.1)`; see [`Bound`](crate::curve::Bound). A curve whose E\[f(z)²\]
/// for standard normal z has a closed form can give it: `second_moment { (alpha * alpha + 1.0) / 2.0 }`.
///
/// An exponential that formula, slope and derivatives share is named before them: after
/// `decay e(x) { min(x, lit(0.0)) }`, they find [`decay`](crate::math::notation::decay) of that under the name
/// `e`. CPU kernels then compile the formulas twice. One version is for finite x with exponents from −40 to 0, as nearly
/// all are; there `e`, `times` and `over_shared` leave out the steps that guard against underflow and 0·∞, and take less
/// time. It asks that no other product or quotient of the formulas overflows for a finite x. The other version is right
/// for every x.
///
/// Anything else that they share may be named likewise, after that: `shared q(x) { x * x + alpha }`.
///
/// A curve may go back with the slope of another function, as straight-through estimators do. It names that function after
/// its formula, `surrogate "min(max(-1, x), 1)";`, and `slope` is the slope of that. Derivatives with respect to parameters
/// are those of the value.
///
/// A crate that uses this macro depends on `burn` (for the derives). There are at most ten
/// parameters, named neither like the variable nor `sharing`, `frozen` or `per_layer`; `grads` lists them in the
/// order of `params`. An activation of one's own is used through its module or [`activate`](crate::op::activate);
/// the names that [`find`](crate::curves::find) and [`ActivationConfig`](crate::ActivationConfig) know are
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
        $( surrogate $surrogate:literal; )?
        source $source:literal;
        params {
            $( $(#[doc = $param_doc:expr])+ $param:ident: $default:literal $(in $bound:expr)? ),+
            $(,)?
        }
        $( second_moment { $($moment:tt)* } )?
        $( decay $e:ident($xe:ident) { $($exponent:tt)* } )?
        $( shared $q:ident($xq:ident) { $($shared:tt)* } )?
        value($xv:ident) { $($value:tt)* }
        slope($xs:ident) { $($slope:tt)* }
        grads($xg:ident) { $( $grad_of:ident: { $($grad:tt)* } )+ }
    ) => {
        $crate::__curve! {
            $Curve; $name; $formula; { $($surrogate)? }; $source;
            { $( { $(#[doc = $param_doc])+ } $param $default { $($bound)? } )+ }
            { $($($moment)*)? }
            { $($e $xe { $($exponent)* })? }
            { $($q $xq { $($shared)* })? }
            $xv { $($value)* }
            $xs { $($slope)* }
            $xg { $( $grad_of { $($grad)* } )+ }
        }
        $crate::__kernel! { $Curve; $($param)+ }
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
        $( surrogate $surrogate:literal; )?
        source $source:literal;
        $( second_moment { $($moment:tt)* } )?
        $( decay $e:ident($xe:ident) { $($exponent:tt)* } )?
        $( shared $q:ident($xq:ident) { $($shared:tt)* } )?
        value($xv:ident) { $($value:tt)* }
        slope($xs:ident) { $($slope:tt)* }
    ) => {
        $crate::__curve! {
            $Curve; $name; $formula; { $($surrogate)? }; $source;
            {}
            { $($($moment)*)? }
            { $($e $xe { $($exponent)* })? }
            { $($q $xq { $($shared)* })? }
            $xv { $($value)* }
            $xs { $($slope)* }
            x {}
        }
        $crate::__kernel! { $Curve; }
        $crate::__plain_module! { { $(#[$doc])* } $Module $Curve }
    };
}

/// A module with learned parameters, and its config.
#[doc(hidden)]
#[macro_export]
macro_rules! __module {
    (
        { $(#[$doc:meta])* } $Module:ident $Config:ident $Curve:ident
        { $( { $(#[$param_doc:meta])+ } $param:ident $default:literal { $($bound:expr)? } )+ }
    ) => {
        $(#[$doc])*
        ///
        #[doc = concat!("Created with [`", stringify!($Config), "`].")]
        #[derive(burn::module::Module, Debug)]
        #[module(custom_display)]
        pub struct $Module {
            $(
                $(#[$param_doc])+
                ///
                /// One value per unit that has its own, flat (see [`Sharing`]($crate::Sharing)), or a single one for all.
                pub $param: $crate::nn::Learned,
            )+
            /// Who shares a parameter, unless it has a single value.
            #[module(skip)]
            pub sharing: $crate::Sharing,
        }

        impl $Module {
            /// Applies the activation to each element.
            ///
            /// # Shapes
            ///
            /// Input and output: any shape of any rank in which the axes that
            /// [`sharing`](Self::sharing) names have the size that the config was given. The default
            /// sharing, per channel along axis 1, asks for at least two axes.
            ///
            /// # Panics
            ///
            /// If the shape or the data type of `input` does not fit the parameters.
            pub fn forward<const D: usize>(
                &self,
                input: burn::tensor::Tensor<D>,
            ) -> burn::tensor::Tensor<D> {
                let params = vec![$(self.$param.val_for(input.dtype())),+];
                $crate::op::activate(input, params, &$Curve, self.sharing)
            }
        }

        impl $crate::Rectifier for $Module {
            fn curve(&self) -> &'static dyn $crate::op::Kernel {
                &$Curve
            }
            fn parameters(&self) -> Vec<(&'static str, &$crate::nn::Learned)> {
                vec![$( (stringify!($param), &self.$param) ),+]
            }
            fn sharing(&self) -> $crate::Sharing {
                self.sharing
            }
        }

        impl burn::module::ModuleDisplay for $Module {
            fn custom_settings(&self) -> Option<burn::module::DisplaySettings> {
                burn::module::DisplaySettings::new()
                    .with_new_line_after_attribute(false)
                    .optional()
            }

            fn custom_content(&self, content: burn::module::Content) -> Option<burn::module::Content> {
                $crate::nn::describe(self, content)
            }
        }

        #[doc = concat!("Configuration of [`", stringify!($Module), "`].")]
        #[derive(burn::config::Config, Debug)]
        pub struct $Config {
            /// How many units have parameters of their own: the number of channels for
            /// [`Sharing::Channel`]($crate::Sharing::Channel), the number of elements of one
            /// sample for [`Sharing::Element`]($crate::Sharing::Element), and 1 for
            /// [`Sharing::Layer`]($crate::Sharing::Layer).
            pub num_parameters: usize,
            /// Who shares a parameter.
            #[config(default = "Default::default()")]
            pub sharing: $crate::Sharing,
            /// Names of parameters that are not trained: they take no gradient, and optimizers keep
            /// no state for them. It is saved with the config; Burn's
            /// [`unfreeze`](burn::module::Module::unfreeze) trains them later.
            #[config(default = "Default::default()")]
            pub frozen: Vec<String>,
            /// Names of parameters that have one value for the whole layer, whatever the others share.
            #[config(default = "Default::default()")]
            pub per_layer: Vec<String>,
            $(
                $(#[$param_doc])+
                ///
                /// The value before training.
                #[config(default = $default)]
                pub $param: f64,
            )+
        }

        impl $Config {
            #[doc = concat!("Creates the [`", stringify!($Module), "`] module on `device`.")]
            ///
            /// # Panics
            ///
            /// If a value lies outside the bounds of its parameter, or `frozen` or `per_layer` names a
            /// parameter that does not exist.
            pub fn init(&self, device: &burn::tensor::Device) -> $Module {
                self.try_init(device).unwrap_or_else(|error| panic!("{error}"))
            }

            #[doc = concat!("Creates the [`", stringify!($Module), "`] module on `device`.")]
            ///
            /// # Errors
            ///
            /// If a value lies outside the bounds of its parameter, or `frozen` or `per_layer` names a
            /// parameter that does not exist.
            pub fn try_init(
                &self,
                device: &burn::tensor::Device,
            ) -> Result<$Module, $crate::ActivationError> {
                let values = [$(self.$param),+];
                let start = $crate::nn::Start::new(&$Curve, &values, &self.frozen, &self.per_layer)?;
                let mut parameters = start.parameters(self.num_parameters, device);
                Ok($Module {
                    $($param: parameters.next().expect(stringify!($param)),)+
                    sharing: self.sharing,
                })
            }

            /// This config with other values before training, in the order of the curve's parameters:
            /// those of a fit, for example.
            ///
            /// # Panics
            ///
            /// If there is not one value per parameter.
            pub fn with_values(mut self, values: &[f64]) -> Self {
                [$(self.$param),+] = values.try_into().unwrap_or_else(|_| {
                    let names = [$(stringify!($param)),+];
                    panic!("{} takes one value per parameter: {names:?}", stringify!($Module))
                });
                self
            }
        }
    };
}

/// A module without parameters.
#[doc(hidden)]
#[macro_export]
macro_rules! __plain_module {
    ( { $(#[$doc:meta])* } $Module:ident $Curve:ident ) => {
        $(#[$doc])*
        #[derive(burn::module::Module, Debug, Default)]
        pub struct $Module;

        impl $Module {
            /// Creates the module; there is nothing to configure.
            pub fn new() -> Self {
                Self
            }

            /// Applies the activation to each element of a tensor of any shape.
            pub fn forward<const D: usize>(
                &self,
                input: burn::tensor::Tensor<D>,
            ) -> burn::tensor::Tensor<D> {
                $crate::op::activate(input, vec![], &$Curve, $crate::Sharing::Layer)
            }
        }

        impl $crate::Rectifier for $Module {
            fn curve(&self) -> &'static dyn $crate::op::Kernel {
                &$Curve
            }
            fn parameters(&self) -> Vec<(&'static str, &$crate::nn::Learned)> {
                vec![]
            }
            fn sharing(&self) -> $crate::Sharing {
                $crate::Sharing::Layer
            }
        }
    };
}
