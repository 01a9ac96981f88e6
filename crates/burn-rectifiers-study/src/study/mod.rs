//! The study: what is said about ReLU, put to the test.
//!
//! A [`Plan`] says which [`Trial`]s the [`claims`] need, a [`Runner`] runs those that the [`Store`]
//! does not hold yet, and what came of them is the [`Evidence`] that claims are judged by.

mod about;
mod arguments;
mod budget;
mod case;
pub mod claims;
mod collect;
mod condition;
mod cost;
mod document;
mod evidence;
mod findings;
mod outcome;
mod plan;
mod preview;
mod progress;
mod rates;
mod results;
mod run;
mod runner;
mod store;
mod training;
mod trial;
mod until_decided;

pub use arguments::Arguments;
pub use budget::{Budget, Practice, Scale};
pub use case::Case;
pub use condition::Condition;
pub use cost::{Costs, StepCost};
pub use evidence::Evidence;
pub use outcome::{Epoch, Layer, Outcome, Parameter};
pub use plan::{HARSH, Plan};
pub use progress::Progress;
pub use rates::Rates;
pub use run::run;
pub use runner::Runner;
pub use store::{Finished, Store};
pub use trial::{JudgedOn, Trial};
