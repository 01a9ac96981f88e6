//! The notation of a curve's text, and its two readings.
//!
//! A formula is written with `+ - * /`, unary `-` and the functions of [`host`]. It is generic over
//! the numbers it works on. Over `f32`, [`Fused`](fused::Fused) and `f64` it compiles to the loops of
//! the CPU kernels; over the recording [`Sym`](trace::Sym), running it once yields its list of
//! operations, from which GPU kernels are generated.
//!
//! | function | meaning |
//! |---|---|
//! | `lit(0.5)` | a constant; write it to the right of an operator: `x * lit(0.5)` |
//! | `gt(a, b)`, `le(a, b)`, `eq(a, b)` | comparisons, false if either is NaN |
//! | `select(c, a, b)` | `a` where `c` holds, else `b`; both are evaluated, so both must be finite |
//! | `min(a, b)`, `max(a, b)` | the smaller and the larger; NaN if `a` is |
//! | `abs(a)`, `sqrt(a)` | \|a\| and √a |
//! | `exp(a)`, `exp_m1(a)` | eᵃ, and eᵃ − 1 with all its digits for small a |
//! | `ln_1p(a)` | ln(1 + a) with all its digits for small a |
//! | `logistic(a)`, `logistic_times(a, b)` | 1 / (1 + e⁻ᵃ) and b times that, exact in both tails |
//! | `tanh(a)`, `sech_times(a, b)` | the hyperbolic tangent, and b / cosh a |
//! | `exp_times(a, b)` | b·eᵃ for a ≤ 0, with all its digits where eᵃ alone is tiny |
//! | `exp_m1_rest(a)` | eᵃ − 1 − a·eᵃ, which is −a²/2 near zero |
//! | `root_1p_square(a)` | √(1 + a²) without overflow |
//! | `times(a, b)` | a·b, with 0·∞ = 0: the limit of a flat line, or of a tail |
//!
//! There is no `if`: a selection without branches is what both SIMD and GPU lanes want.
//!
//! Three habits keep a formula exact for every finite number and give the limit at ±∞:
//!
//! - Evaluate an exponential only where it is small: `exp(min(x, 0))`.
//! - Where a vanishing factor meets a growing one, write `times(vanishing, growing)`.
//! - Let NaN through: `select(le(x, lit(0.0)), lit(0.0), x)` is a ReLU that keeps it,
//!   `select(gt(x, lit(0.0)), x, lit(0.0))` one that turns it into 0.

pub mod fused;
pub mod host;
pub mod trace;

mod exp;
mod ln;
