//! The generated images are a task worth its name: a linear classifier fails, a small network
//! succeeds.

use burn_rectifiers_data::{Images, Normalization, PIXELS, SIDE, synthetic};

/// Ten rows of weights and a bias each, trained with Adam on the cross entropy.
struct Softmax {
    weights: Vec<f32>,
    mean: Vec<f32>,
    square: Vec<f32>,
    steps: i32,
}

/// Weights of one class, and its bias.
const ROW: usize = PIXELS + 1;
const CLASSES: usize = 10;

impl Softmax {
    fn new() -> Self {
        let zeros = vec![0.0; CLASSES * ROW];
        Self {
            weights: zeros.clone(),
            mean: zeros.clone(),
            square: zeros,
            steps: 0,
        }
    }

    fn scores(&self, image: &[f32]) -> [f32; CLASSES] {
        std::array::from_fn(|class| {
            let row = &self.weights[class * ROW..][..ROW];
            // Eight sums at once, so that the compiler can use vector instructions.
            let mut sums = [0.0; 8];
            for (weights, values) in row[..PIXELS].chunks_exact(8).zip(image.chunks_exact(8)) {
                for lane in 0..8 {
                    sums[lane] += weights[lane] * values[lane];
                }
            }
            sums.iter().sum::<f32>() + row[PIXELS]
        })
    }

    fn step(&mut self, images: &[&[f32]], labels: &[u8], rate: f32) {
        let mut gradient = vec![0.0; CLASSES * ROW];
        for (image, &label) in images.iter().zip(labels) {
            let scores = self.scores(image);
            let highest = scores.iter().copied().fold(f32::MIN, f32::max);
            let powers = scores.map(|score| (score - highest).exp());
            let total: f32 = powers.iter().sum();
            for class in 0..CLASSES {
                let target = if class == usize::from(label) {
                    1.0
                } else {
                    0.0
                };
                let error = (powers[class] / total - target) / images.len() as f32;
                let row = &mut gradient[class * ROW..][..ROW];
                row.iter_mut()
                    .zip(*image)
                    .for_each(|(sum, value)| *sum += error * value);
                row[PIXELS] += error;
            }
        }
        self.steps += 1;
        let (mean_left, square_left) = (
            1.0 - 0.9f32.powi(self.steps),
            1.0 - 0.999f32.powi(self.steps),
        );
        for (i, gradient) in gradient.into_iter().enumerate() {
            self.mean[i] += 0.1 * (gradient - self.mean[i]);
            self.square[i] += 0.001 * (gradient * gradient - self.square[i]);
            let scale = (self.square[i] / square_left).sqrt() + 1e-8;
            self.weights[i] -= rate * self.mean[i] / mean_left / scale;
        }
    }

    fn accuracy(&self, inputs: &[f32], labels: &[u8]) -> f32 {
        let right = inputs
            .chunks_exact(PIXELS)
            .zip(labels)
            .filter(|(image, label)| {
                let scores = self.scores(image);
                let best = (0..CLASSES)
                    .max_by(|&a, &b| scores[a].total_cmp(&scores[b]))
                    .unwrap();
                best == usize::from(**label)
            });
        right.count() as f32 / labels.len() as f32
    }
}

fn inputs(images: &Images, normalization: &Normalization) -> Vec<f32> {
    let value = |(i, &byte): (usize, &u8)| {
        let channel = i / (SIDE * SIDE) % 3;
        (f32::from(byte) / 255.0 - normalization.mean[channel]) / normalization.std[channel]
    };
    images.bytes().iter().enumerate().map(value).collect()
}

#[test]
fn a_linear_classifier_on_the_pixels_fails() {
    let data = synthetic::split(42, 5000, 2000);
    let normalization = Normalization::from_images(&data.train);
    let train = inputs(&data.train, &normalization);
    let test = inputs(&data.test, &normalization);
    let images: Vec<&[f32]> = train.chunks_exact(PIXELS).collect();

    // As long as the test accuracy may still rise, and keeping the best of it on the way: no
    // stopping rule can do better.
    let mut model = Softmax::new();
    let mut curve = Vec::new();
    for epoch in 0..30 {
        for (images, labels) in images.chunks(100).zip(data.train.labels().chunks(100)) {
            model.step(images, labels, 1e-3 / (1.0 + epoch as f32 / 5.0));
        }
        curve.push(model.accuracy(&test, data.test.labels()));
    }
    let best = curve.iter().copied().fold(0.0, f32::max);
    let learned = model.accuracy(&train, data.train.labels());
    println!("linear classifier: training {learned:.3}, best test {best:.3}");
    // It has learned something, and more than it can use: the last epochs bring nothing new.
    assert!(
        learned > best + 0.1 && best > 0.2,
        "not trained: {learned}, {best}"
    );
    assert!(
        curve[29] <= best && best - curve[15] < 0.03,
        "still learning: {curve:?}"
    );
    assert!(best < 0.5, "too easy: a linear classifier reaches {best}");
}
