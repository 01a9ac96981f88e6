use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::*;
use crate::Normalization;

/// SHA-256 of the first hundred training images of seed 42. If this changes, everybody's
/// generated data changes: results are no longer comparable with earlier ones.
const FIRST_HUNDRED: &str = "e256763628655612ed95769b36141775b216df382d99793c51dd4ba7d84bdf57";

#[test]
fn the_first_hundred_images_are_known_to_the_byte() {
    let images = generate(42, 100, Stream::Train);
    let hash: String = Sha256::digest(images.bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(hash, FIRST_HUNDRED);
}

#[test]
fn more_images_keep_the_first_ones_and_threads_do_not_matter() {
    let many = generate(5, 333, Stream::Test);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let few = pool.install(|| generate(5, 77, Stream::Test));
    assert_eq!(many.take(77).bytes(), few.bytes());
    assert_eq!(many.take(77).labels(), few.labels());
}

#[test]
fn seeds_and_streams_share_no_image() {
    let sets = [(1, Stream::Train), (1, Stream::Test), (2, Stream::Train)]
        .map(|(seed, stream)| generate(seed, 200, stream));
    let mut images: Vec<&[u8]> = sets
        .iter()
        .flat_map(|set| set.bytes().chunks_exact(PIXELS))
        .collect();
    images.sort_unstable();
    images.dedup();
    assert_eq!(images.len(), 600);
}

#[test]
fn classes_are_balanced_and_named() {
    let images = generate(0, 1000, Stream::Train);
    for label in 0..10 {
        assert_eq!(images.labels().iter().filter(|&&l| l == label).count(), 100);
    }
    assert_eq!(images.classes().len(), 10);
}

#[test]
fn the_colours_do_not_betray_the_class() {
    let images = generate(0, 5000, Stream::Train);
    let all = Normalization::from_images(&images);
    for class in 0..10 {
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for index in (class..images.len()).step_by(10) {
            pixels.extend_from_slice(images.image(index));
            labels.push(class as u8);
        }
        let one = Normalization::from_images(&Images::new(pixels, labels, images.classes().into()));
        for channel in 0..3 {
            assert!(
                (one.mean[channel] - all.mean[channel]).abs() < 0.03,
                "class {class}"
            );
            assert!(
                (one.std[channel] - all.std[channel]).abs() < 0.03,
                "class {class}"
            );
        }
    }
}

#[test]
fn ten_thousand_images_take_less_than_two_seconds() {
    // The best of three: other tests run at the same time.
    let time = (0..3)
        .map(|seed| {
            let start = Instant::now();
            assert_eq!(generate(seed, 10_000, Stream::Train).len(), 10_000);
            start.elapsed()
        })
        .min()
        .unwrap();
    println!("10,000 images in {time:.2?}");
    assert!(
        time < Duration::from_secs(2),
        "10,000 images took {time:.2?}"
    );
}
