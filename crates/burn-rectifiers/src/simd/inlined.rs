//! What adaptors of the standard library do, always inlined.
//!
//! Those of arrays and iterators are left to the compiler, which inlines some. In one that is not, no instruction of its
//! caller may be used, so that each operation on a register becomes a call, with its operands in memory: ten times as
//! slow. So code that computes with registers has loops, or these.

use super::arithmetic::Arithmetic;

/// `function` of each number, like `array::map`.
#[inline(always)]
pub(crate) fn mapped<A: Copy, B: Copy, const N: usize>(
    array: [A; N],
    mut function: impl FnMut(A) -> B,
) -> [B; N] {
    let Some(first) = array.first() else {
        return array.map(function); // of nothing
    };
    let mut all = [function(*first); N];
    for i in 1..N {
        all[i] = function(array[i]);
    }
    all
}

/// c₀ + c₁·x + c₂·x² + …, of at least one coefficient, by Horner's rule.
#[inline(always)]
pub(crate) fn horner<T: Arithmetic>(coefficients: &[f64], x: T) -> T {
    let last = coefficients.len() - 1;
    let mut sum = T::lit(coefficients[last]);
    for i in (0..last).rev() {
        sum = sum.mul_add(x, T::lit(coefficients[i]));
    }
    sum
}
