//! The notation of a curve's text, and its three dialects.
//!
//! A formula is written with `+ - * /`, unary `-` and the functions below; the same tokens compile
//! once against [`host`] and, where a GPU backend is enabled, once against CubeCL.
//! [`trace`] is the host dialect over a recording number: running a formula once yields its list of
//! operations.
//!
//! | function | meaning |
//! |---|---|
//! | `lit(0.5)` | a constant; write it to the right of an operator: `x * lit(0.5)` |
//! | `gt(a, b)`, `le(a, b)` | comparisons, false if either is NaN |
//! | `select(c, a, b)` | `a` where `c` holds, else `b`; both are evaluated, so both must be finite |
//! | `min(a, b)` | the smaller; NaN if `a` is |
//! | `exp(a)`, `exp_m1(a)` | eᵃ, and eᵃ − 1 with all its digits for small a |
//!
//! There is no `if`: a selection without branches is what both SIMD and GPU lanes want.

#[cfg(feature = "cube")]
pub mod cube;
pub mod host;
pub mod trace;

mod exp;
