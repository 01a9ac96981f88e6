//! A handful of tensors that crosses Burn's dispatch as one value.

use burn::backend::{Backend, ExtensionType, tensor::FloatTensor};

/// Up to nine tensors: the parameters of a curve, or the gradients that a backward pass yields.
///
/// Burn's fusion takes tensors one by one or in an enum of ours, but not in a `Vec`.
#[derive(ExtensionType, Debug, Clone)]
#[extension_type(fusion: cfg(feature = "cube"))]
pub enum Bundle<B: Backend> {
    /// None.
    Zero,
    /// One tensor.
    One(FloatTensor<B>),
    /// Two tensors.
    Two(FloatTensor<B>, FloatTensor<B>),
    /// Three tensors.
    Three(FloatTensor<B>, FloatTensor<B>, FloatTensor<B>),
    /// Four tensors.
    Four(
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
    ),
    /// Five tensors.
    Five(
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
    ),
    /// Six tensors.
    Six(
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
    ),
    /// Seven tensors.
    Seven(
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
    ),
    /// Eight tensors.
    Eight(
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
    ),
    /// Nine tensors.
    Nine(
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
        FloatTensor<B>,
    ),
}

/// Conversions to and from vectors, for the bundle and for what fusion knows of it.
macro_rules! conversions {
    ($(#[$gate:meta])? impl[$($generics:tt)*] $Bundle:ty, $Item:ty) => {
        $(#[$gate])?
        impl<$($generics)*> $Bundle {
            /// Bundles `items`.
            ///
            /// # Panics
            ///
            /// If there are more than nine.
            pub fn from_vec(items: Vec<$Item>) -> Self {
                let count = items.len();
                let mut items = items.into_iter();
                let mut next = || items.next().expect("counted");
                match count {
                    0 => Self::Zero,
                    1 => Self::One(next()),
                    2 => Self::Two(next(), next()),
                    3 => Self::Three(next(), next(), next()),
                    4 => Self::Four(next(), next(), next(), next()),
                    5 => Self::Five(next(), next(), next(), next(), next()),
                    6 => Self::Six(next(), next(), next(), next(), next(), next()),
                    7 => Self::Seven(next(), next(), next(), next(), next(), next(), next()),
                    8 => Self::Eight(next(), next(), next(), next(), next(), next(), next(), next()),
                    9 => Self::Nine(next(), next(), next(), next(), next(), next(), next(), next(), next()),
                    _ => panic!("a bundle holds at most nine tensors, not {count}"),
                }
            }

            /// The tensors in order.
            pub fn into_vec(self) -> Vec<$Item> {
                match self {
                    Self::Zero => vec![],
                    Self::One(a) => vec![a],
                    Self::Two(a, b) => vec![a, b],
                    Self::Three(a, b, c) => vec![a, b, c],
                    Self::Four(a, b, c, d) => vec![a, b, c, d],
                    Self::Five(a, b, c, d, e) => vec![a, b, c, d, e],
                    Self::Six(a, b, c, d, e, f) => vec![a, b, c, d, e, f],
                    Self::Seven(a, b, c, d, e, f, g) => vec![a, b, c, d, e, f, g],
                    Self::Eight(a, b, c, d, e, f, g, h) => vec![a, b, c, d, e, f, g, h],
                    Self::Nine(a, b, c, d, e, f, g, h, i) => vec![a, b, c, d, e, f, g, h, i],
                }
            }
        }
    };
}

conversions!(impl[B: Backend] Bundle<B>, FloatTensor<B>);
conversions!(
    #[cfg(feature = "cube")]
    impl[] BundleMetadata,
    burn::backend::fusion::custom::TensorSpec
);
