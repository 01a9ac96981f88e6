//! SplitMix64: a random generator of three lines whose output is the same on every platform.
//!
//! Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014; the
//! constants are those of Vigna's reference code. Written out here instead of taken from a crate,
//! because the pixels of every generated image depend on it: no dependency update may change them.

/// The golden-ratio increment of the state.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of random numbers. All floating-point results are exact multiples of a power of two
/// or come from `+ - * / sqrt`, which IEEE 754 defines to the last bit.
#[derive(Debug, Clone)]
pub(crate) struct Rng {
    state: u64,
}

impl Rng {
    /// The generator that belongs to a key, for example (seed, stream, index). Different keys give
    /// unrelated streams, which is what makes image `i` independent of all others.
    pub fn keyed(key: &[u64]) -> Self {
        let state = key.iter().fold(0, |state, part| {
            mix(state ^ mix(part.wrapping_add(GAMMA))).wrapping_add(GAMMA)
        });
        Self { state }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        mix(self.state)
    }

    /// An integer in `0..n`.
    pub fn below(&mut self, n: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(n)) >> 32) as u32
    }

    /// A number in `[0, 1)`.
    pub fn unit(&mut self) -> f32 {
        // 24 bits: every value is exact in f32.
        (self.bits() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// A number in `[low, high)`.
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// A random direction: a point of the unit circle. A point of the disc is drawn and scaled,
    /// because `sin` and `cos` differ between platforms in their last bit.
    pub fn direction(&mut self) -> (f32, f32) {
        loop {
            let (x, y) = (self.range(-1.0, 1.0), self.range(-1.0, 1.0));
            let square = x * x + y * y;
            if (0.01..=1.0).contains(&square) {
                let length = square.sqrt();
                return (x / length, y / length);
            }
        }
    }
}

/// SplitMix64's output function.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_reference_implementation() {
        // First outputs of Vigna's splitmix64.c for the state 1234567.
        let mut rng = Rng { state: 1_234_567 };
        assert_eq!(rng.bits(), 6_457_827_717_110_365_317);
        assert_eq!(rng.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn stays_in_range() {
        let mut rng = Rng::keyed(&[1, 2, 3]);
        for _ in 0..10_000 {
            assert!(rng.below(10) < 10);
            assert!((0.0..1.0).contains(&rng.unit()));
            let (x, y) = rng.direction();
            assert!((x * x + y * y - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn keys_are_ordered_and_unrelated() {
        let first = |key: &[u64]| Rng::keyed(key).bits();
        assert_ne!(first(&[1, 2]), first(&[2, 1]));
        assert_ne!(first(&[0]), first(&[0, 0]));
    }
}
