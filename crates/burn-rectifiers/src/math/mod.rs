//! The notation of a curve's text, and its two readings.
//!
//! A formula is written with `+ - * /`, unary `-` and the functions of [`notation`]. It is generic over
//! the numbers it works on. Over packed `f32`, and over `f64`, it compiles to the loops
//! of the CPU kernels; over the recording [`Sym`](crate::curve::Sym), running it once yields its list of
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
//! | `recip(a)`, `over_shared(a, b)` | 1 / a, and a / b where b is a parameter, or `recip(b)` needed anyway: the reciprocal is taken once |
//! | `ln_1p_share(a)` | ln(1 + a) / a for a from 0 to 1; 1 for a = 0 |
//! | `logistic(a)`, `logistic_times(a, b)` | 1 / (1 + e⁻ᵃ) and b times that, exact in both tails |
//! | `tanh(a)` | the hyperbolic tangent |
//! | `erf(a)`, `erfcx(a)` | the error function, and e^(a²)·(1 − erf(a)) for a ≥ 0 |
//! | `softplus(a)` | ln(1 + eᵃ) |
//! | `decay(a)` | eᵃ for a ≤ 0, from which follow, without another exponential and with all digits where eᵃ itself has none left, |
//! | `.value()`, `.minus_one()` | eᵃ and eᵃ − 1, in two thirds of the time of `exp` and `exp_m1`, |
//! | `.exponent()` | a, but finite where eᵃ is 0, so that their product is 0 there, |
//! | `.gate()` | 1 / (1 + eᵃ), |
//! | `.logistic(u)`, `.logistic_times(u, b)`, `.tanh(u)`, `.erf(u)` | those above, for a = −\|u\|, a = −2·\|u\| for `tanh`, and a = −u² for `erf`, |
//! | `.scaled(b)`, `.times(b)`, `.times_both(b, c)` | b·eᵃ for b up to 10³⁰; b·eᵃ and b·c·eᵃ, which are 0 for a = −∞ whatever b and c, |
//! | `.intercept()`, `.remainder(a)` | and eᵃ − 1 − a·eᵃ and eᵃ − 1 − a, which are −a²/2 and a²/2 near zero |
//! | `root_1p_square(a)` | √(1 + a²) without overflow |
//! | `times(a, b)` | a·b, with 0·∞ = 0: the limit of a flat line, or of a tail |
//!
//! There is no `if`: a selection without branches is what both SIMD and GPU lanes want.
//!
//! An expression that value, slope and derivatives share, or two functions of the list, is computed once
//! if it is written the same way each time. A `decay` that they share goes before them, as
//! [`activation!`](crate::activation) says, and takes less time there.
//!
//! Where a formula has a loop, write it as one (`for i in 0..4`): what an adaptor of the standard library is given (`map`, `fold`)
//! is not always inlined, and then ten times as slow.
//!
//! Three habits keep a formula exact for every finite number and give the limit at ±∞:
//!
//! - Evaluate an exponential only where it is small: `decay(min(x, 0))`.
//! - Where a vanishing factor meets a growing one, write `times(vanishing, growing)`.
//! - Let NaN through: `select(le(x, lit(0.0)), lit(0.0), x)` is a ReLU that keeps it,
//!   `select(gt(x, lit(0.0)), x, lit(0.0))` one that turns it into 0 on CPUs. (Kernels on GPUs give NaN
//!   for NaN whatever the formula says, since some drivers do not tell the two apart.)

mod decay;
mod double;
mod erf;
mod exp;
mod in_range;
mod ln;
pub mod notation;
mod packed;
mod real;

pub use crate::simd::Arithmetic;
pub use real::{Decay, Real};
#[doc(hidden)]
pub use {decay::Squared, real::Form};
