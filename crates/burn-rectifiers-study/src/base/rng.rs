//! Random numbers on the host.

use rand::{SeedableRng, rngs::StdRng};

/// The generator for one purpose (at most 16 bytes) of a run, at one `index` such as the epoch.
/// Streams of different purposes, seeds or indices are unrelated.
pub(crate) fn stream(purpose: &str, seed: u64, index: u64) -> StdRng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&index.to_le_bytes());
    key[16..16 + purpose.len()].copy_from_slice(purpose.as_bytes());
    StdRng::from_seed(key)
}
