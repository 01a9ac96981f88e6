//! The floor on the CPU: what it takes to move the bytes, on all cores.

use std::hint::black_box;

use rayon::prelude::*;

/// Words per piece of work, and below how many of them one core does it alone: as few as the kernels
/// of the library take.
const PIECE: usize = 1 << 14;
const PARALLEL: usize = 1 << 15;

/// Copies `from` into fresh memory.
pub(super) fn copy(from: &[f32]) -> Vec<f32> {
    if from.len() < PARALLEL {
        return from.to_vec();
    }
    let mut to = Vec::with_capacity(from.len());
    to.spare_capacity_mut()[..from.len()]
        .par_chunks_mut(PIECE)
        .zip(from.par_chunks(PIECE))
        .for_each(|(to, from)| {
            to.write_copy_of_slice(from);
        });
    // SAFETY: the loop wrote as many elements as `from` has, for which `Vec::with_capacity` made room: it cut both
    // alike, and `write_copy_of_slice` writes a piece as a whole.
    unsafe { to.set_len(from.len()) };
    to
}

/// Reads one word of each line of the caches.
pub(super) fn read(words: &[f32]) {
    const LINE: usize = 16;
    let some = |piece: &[f32]| piece.iter().step_by(LINE).sum::<f32>();
    black_box(words.par_chunks(PIECE).map(some).sum::<f32>());
}

/// Adds `from` to `to`.
pub(super) fn add(to: &mut [f32], from: &[f32]) {
    if to.len() < PARALLEL {
        return add_here(to, from);
    }
    to.par_chunks_mut(PIECE)
        .zip(from.par_chunks(PIECE))
        .for_each(|(to, from)| add_here(to, from));
}

/// Adds with the widest vectors that are common.
fn add_here(to: &mut [f32], from: &[f32]) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn wide(to: &mut [f32], from: &[f32]) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the condition says that the machine has AVX2, which is all that `wide` is compiled for.
            return unsafe { wide(to, from) };
        }
    }
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_moves_the_bytes() {
        for len in [3, PARALLEL - 1, 5 * PIECE + 7] {
            let from: Vec<f32> = (0..len).map(|i| i as f32).collect();
            let mut to = copy(&from);
            assert_eq!(to, from);
            add(&mut to, &from);
            assert!(to.iter().zip(&from).all(|(to, from)| *to == 2.0 * from));
        }
    }
}
