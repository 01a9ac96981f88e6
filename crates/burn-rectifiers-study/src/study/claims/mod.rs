//! What is claimed, and how each claim is put to the test: one file per claim.

mod cost;
mod depth;
mod dying;
mod hypothesis;
mod learnable;
mod question;
mod shift;
mod sparse;
#[cfg(test)]
mod tests;

pub use cost::COST;
pub use hypothesis::{Hypothesis, Words, sentence};
pub use question::{Question, comparisons, judged, outcome};

/// All claims, by number.
pub fn all() -> Vec<Box<dyn Question>> {
    vec![
        Box::new(dying::Dying),
        Box::new(depth::Depth),
        Box::new(shift::Shift),
        Box::new(sparse::Sparse),
        Box::new(learnable::Learnable),
        Box::new(cost::Cost),
    ]
}
