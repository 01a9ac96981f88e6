//! What modules are made of: learned parameters and their starting values, gains, fits, and modules that are no curve of
//! their own.

pub(crate) mod alpha_dropout;
pub(crate) mod error;
mod fit;
mod gain;
mod group;
mod learned;
mod macros;
mod quadrature;
pub(crate) mod rectifier;
mod start;
pub(crate) mod transformative;

pub(crate) use error::ActivationError;
pub use fit::{Fit, fit};
pub(crate) use gain::kaiming;
pub use gain::{gain, initializer, integrated_second_moment, try_gain};
pub use group::activation_parameters;
#[cfg(feature = "store")]
pub(crate) use group::learned_parameters;
pub use learned::Learned;
pub(crate) use rectifier::Rectifier;
#[doc(hidden)]
pub use rectifier::describe;
#[doc(hidden)]
pub use start::{Start, starting_values};
