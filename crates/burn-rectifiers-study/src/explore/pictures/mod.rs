//! Curves in pictures, drawn from their formulas in double precision.

mod effect;
mod graph;
mod trace;

pub(super) use effect::{effects, variants};
pub(super) use graph::{Graph, interval};
