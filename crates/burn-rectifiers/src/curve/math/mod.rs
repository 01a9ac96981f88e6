//! The notation of a curve's text, and its two readings.
//!
//! A formula is written with `+ - * /`, unary `-` and the functions of [`host`]. It is generic over
//! the numbers it works on. Over `f32` and `f64` it compiles to the loops of the CPU kernels; over
//! the recording [`Sym`](trace::Sym), running it once yields its list of operations, from which GPU
//! kernels are generated.
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

pub mod host;
pub mod trace;

mod exp;
