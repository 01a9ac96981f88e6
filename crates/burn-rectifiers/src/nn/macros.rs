//! The part of [`activation!`](crate::activation) that writes modules and configs.

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
                /// One value per unit that has its own, flat (see [`Sharing`]($crate::Sharing)).
                pub $param: $crate::nn::Learned,
            )+
            /// Who shares a parameter.
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
                $crate::activate(input, vec![$(self.$param.val()),+], &$Curve, self.sharing)
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
            /// no state for them.
            #[config(default = "Default::default()")]
            pub frozen: Vec<String>,
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
            /// If a value lies outside the bounds of its parameter, or `frozen` names a parameter
            /// that does not exist.
            pub fn init(&self, device: &burn::tensor::Device) -> $Module {
                self.try_init(device).unwrap_or_else(|error| panic!("{error}"))
            }

            #[doc = concat!("Creates the [`", stringify!($Module), "`] module on `device`.")]
            ///
            /// # Errors
            ///
            /// If a value lies outside the bounds of its parameter, or `frozen` names a parameter
            /// that does not exist.
            pub fn try_init(
                &self,
                device: &burn::tensor::Device,
            ) -> Result<$Module, $crate::ActivationError> {
                let values = [$(self.$param),+];
                let start = $crate::nn::Start::new(&$Curve, &values, &self.frozen)?;
                let mut parameters = start.parameters(self.num_parameters, device);
                Ok($Module {
                    $($param: parameters.next().expect(stringify!($param)),)+
                    sharing: self.sharing,
                })
            }

            /// The same with other values before training, in the order of the curve's parameters:
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
                $crate::activate(input, vec![], &$Curve, $crate::Sharing::Layer)
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
