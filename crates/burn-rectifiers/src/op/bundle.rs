//! A handful of tensors that crosses Burn's dispatch as one value.

use burn::backend::{Backend, ExtensionType, tensor::FloatTensor};

/// A variant for each number of tensors: how many there are, in a word, and a letter for one more than the variant before has.
macro_rules! for_each_count {
    ($generate:ident: $($given:tt)*) => {
        $generate! {
            { $($given)* } {} {}
            Zero, One a, Two b, Three c, Four d, Five e, Six f, Seven g, Eight h, Nine i, Ten j, Eleven k, Twelve l, Thirteen m,
            Fourteen n, Fifteen o,
        }
    };
}

/// The enum, one variant after the other.
macro_rules! declare {
    ({} { $($variants:tt)* } { $($tensors:tt)* } Zero, $($rest:tt)*) => {
        declare! { {} { #[doc = "Without tensors."] Zero, } {} $($rest)* }
    };
    ({} { $($variants:tt)* } { $($tensors:tt)* } $Count:ident $letter:ident, $($rest:tt)*) => {
        declare! {
            {}
            { $($variants)* #[doc = concat!(stringify!($Count), " tensors.")] $Count($($tensors)* FloatTensor<B>), }
            { $($tensors)* FloatTensor<B>, }
            $($rest)*
        }
    };
    ({} { $($variants:tt)* } { $($tensors:tt)* }) => {
        /// Up to fifteen tensors: the parameters of a curve, or the gradients that a backward pass yields.
        ///
        /// Burn's fusion takes tensors one by one or in an enum of ours, but not in a `Vec`.
        #[derive(ExtensionType, Debug, Clone)]
        #[extension_type(fusion: cfg(feature = "cube"))]
        pub enum Bundle<B: Backend> {
            $($variants)*
        }
    };
}
for_each_count!(declare:);

/// Conversions to and from vectors, for the bundle and for what fusion knows of it.
macro_rules! conversions {
    (
        { $(#[$gate:meta])? impl[$($generics:tt)*] $Bundle:ty, $Item:ty } { $($arms:tt)* } { $($letters:ident)* }
        $Count:ident $($letter:ident)?, $($rest:tt)*
    ) => {
        conversions! {
            { $(#[$gate])? impl[$($generics)*] $Bundle, $Item }
            { $($arms)* { $Count $($letters)* $($letter)? } }
            { $($letters)* $($letter)? }
            $($rest)*
        }
    };
    (
        { $(#[$gate:meta])? impl[$($generics:tt)*] $Bundle:ty, $Item:ty }
        { { Zero } $({ $Count:ident $($letter:ident)+ })* } { $($letters:ident)* }
    ) => {
        $(#[$gate])?
        impl<$($generics)*> $Bundle {
            /// Bundles `items`.
            ///
            /// # Panics
            ///
            /// If there are more than fifteen.
            pub fn from_vec(items: Vec<$Item>) -> Self {
                if items.is_empty() {
                    return Self::Zero;
                }
                $(
                    let items = match <[$Item; <[&str]>::len(&[$(stringify!($letter)),+])]>::try_from(items) {
                        Ok([$($letter),+]) => return Self::$Count($($letter),+),
                        Err(items) => items,
                    };
                )*
                panic!("a bundle holds at most fifteen tensors, not {}", items.len())
            }

            /// The tensors in order.
            pub fn into_vec(self) -> Vec<$Item> {
                match self {
                    Self::Zero => vec![],
                    $(Self::$Count($($letter),+) => vec![$($letter),+],)*
                }
            }
        }
    };
}

for_each_count!(conversions: impl[B: Backend] Bundle<B>, FloatTensor<B>);
for_each_count!(conversions:
    #[cfg(feature = "cube")]
    impl[] BundleMetadata,
    burn::backend::fusion::custom::TensorSpec
);
