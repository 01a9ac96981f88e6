//! One training, from the first weights to its outcome.

use burn::{
    Tensor,
    data::{dataloader::batcher::Batcher, dataset::Dataset},
    module::Module,
    optim::GradientsParams,
    tensor::{Device, Int},
};
use burn_rectifiers::{
    Activation, Rectifier,
    observe::{Observer, Report, gradient_norms},
};
use burn_rectifiers_data::{
    Augment, CifarBatcher, CifarItem, Images, Normalization, Split, Training,
};

use super::{Epoch, Layer, Outcome, Parameter, Trial, outcome::finite, trial::JudgedOn};
use crate::training::{net::Net, train::order, trainee::cross_entropy};

/// Images per forward pass when nothing is learned.
const JUDGED_AT_ONCE: usize = 250;

/// Images whose gradients are measured before and after training.
const GRADIENT_IMAGES: usize = 256;

/// Trains and judges the network of a trial. `go_on` is asked before every step, with the share of
/// the training that is done; when it answers no, there is no outcome.
pub fn train(
    trial: &Trial,
    data: &Split,
    device: &Device,
    mut go_on: impl FnMut(f64) -> bool,
) -> Option<Outcome> {
    if trial.net.is_random() {
        device.seed(trial.seed);
    }
    let lesson = Lesson::new(trial, data, device);
    let (activation, classes) = (trial.activation.as_str(), data.train.classes().len());
    let kind = (activation, trial.sharing);
    let device = device.clone().autodiff();
    let mut net = Net::new(trial.net, kind, classes, trial.seed, &device).train();
    let mut optimizer = trial.optimizer.with_decay(trial.weight_decay);
    let mut rates = trial.rates();
    let mut outcome = Outcome {
        before: trial.observed.then(|| lesson.judge(&net)),
        gradients_before: lesson.gradient_norms(&net),
        ..Outcome::default()
    };
    let steps = trial.steps() as f64;

    for epoch in 0..trial.epochs {
        let order = order(lesson.train.len(), trial.seed, epoch as u64);
        for numbers in order.chunks(trial.batch_size) {
            if !go_on(outcome.losses.len() as f64 / steps) {
                return None;
            }
            let (images, targets) = lesson.training_batch(numbers, &device);
            let loss = cross_entropy(net.forward(images), targets, 0.0);
            let value = loss.clone().into_scalar::<f32>();
            if !value.is_finite() {
                outcome.diverged_at = Some(outcome.losses.len() + 1);
                return Some(outcome);
            }
            outcome.losses.push(value);
            let gradients = GradientsParams::from_grads(loss.backward(), &net);
            net = optimizer.step(rates.step(), net, gradients);
        }
        let epoch = lesson.judge(&net);
        if epoch.loss.is_none() {
            outcome.diverged_at = Some(outcome.losses.len());
            return Some(outcome);
        }
        outcome.epochs.push(epoch);
    }
    outcome.gradients_after = lesson.gradient_norms(&net);
    outcome.parameters = parameters(&net);
    Some(outcome)
}

/// The images of a trial, and how they are shown.
struct Lesson<'a> {
    trial: &'a Trial,
    train: Training,
    judging: Images,
    batcher: CifarBatcher,
    device: &'a Device,
}

impl<'a> Lesson<'a> {
    fn new(trial: &'a Trial, data: &Split, device: &'a Device) -> Self {
        let images = data.train.take(trial.images);
        let (train, judging) = match trial.judged_on {
            JudgedOn::Test => (images, data.test.clone()),
            JudgedOn::Validation => images.split_at(trial.training_images()),
        };
        let augment = match trial.augmented {
            true => Augment::default(),
            false => Augment::NONE,
        };
        Self {
            trial,
            batcher: CifarBatcher::new(Normalization::from_images(&train)),
            train: Training::new(train, augment, trial.seed),
            judging,
            device,
        }
    }

    fn training_batch(&self, numbers: &[usize], device: &Device) -> (Tensor<4>, Tensor<1, Int>) {
        let item = |&number: &usize| self.train.get(number).expect("the order is of its images");
        let items = numbers.iter().map(item).collect();
        self.batch(items, numbers, "mask", device)
    }

    fn batch(
        &self,
        items: Vec<CifarItem>,
        numbers: &[usize],
        purpose: &str,
        device: &Device,
    ) -> (Tensor<4>, Tensor<1, Int>) {
        let batch = self.batcher.batch(items, device);
        let random = (purpose, self.trial.seed);
        let condition = self.trial.condition;
        (
            condition.apply(batch.images, numbers, random, device),
            batch.targets,
        )
    }

    /// Accuracy and loss on the judging images, and what the activations do there.
    fn judge(&self, net: &Net) -> Epoch {
        let net = net.valid();
        let mut report = Report::with_observer(Observer::new());
        let (mut loss, mut correct) = (0.0, 0);
        let numbers: Vec<usize> = (0..self.judging.len()).collect();
        for numbers in numbers.chunks(JUDGED_AT_ONCE) {
            let items = numbers
                .iter()
                .map(|&number| self.judging.item(number))
                .collect();
            let (images, targets) = self.batch(items, numbers, "judging mask", self.device);
            let logits = match self.trial.observed {
                true => report.watch(|| net.forward(images)),
                false => net.forward(images),
            };
            let right = logits
                .clone()
                .argmax(1)
                .flatten::<1>(0, 1)
                .equal(targets.clone());
            correct += right.int().sum().into_scalar::<i32>();
            let mean = f64::from(cross_entropy(logits, targets, 0.0).into_scalar::<f32>());
            loss += mean * numbers.len() as f64;
        }
        let count = self.judging.len() as f64;
        Epoch {
            accuracy: (f64::from(correct) / count) as f32,
            loss: finite(loss / count),
            layers: Layer::all(&report),
        }
    }

    /// The norm of the gradient of each convolution's weights, on the first training images.
    fn gradient_norms(&self, net: &Net) -> Vec<Option<f32>> {
        let device = self.device.clone().autodiff();
        let numbers: Vec<usize> = (0..self.train.len().min(GRADIENT_IMAGES)).collect();
        let images = self.train.images();
        let items = numbers.iter().map(|&number| images.item(number)).collect();
        let (images, targets) = self.batch(items, &numbers, "mask", &device);
        let loss = cross_entropy(net.forward(images), targets, 0.0);
        let gradients = GradientsParams::from_grads(loss.backward(), net);
        let norms = gradient_norms(net, &gradients);
        let weights = norms.parameters().iter();
        // Every field that holds convolutions is called `conv` or `convs`.
        let weights = weights.filter(|(path, _)| path.contains("conv") && path.ends_with("weight"));
        weights.map(|(_, norm)| finite(*norm)).collect()
    }
}

fn parameters(net: &Net) -> Vec<Vec<Parameter>> {
    let activations = net.activations();
    activations.into_iter().map(of_activation).collect()
}

fn of_activation(activation: &Activation) -> Vec<Parameter> {
    let all = activation.parameters().into_iter();
    all.map(|(name, values)| {
        let values: Vec<f64> = values.val().into_data().iter().collect();
        Parameter {
            name: name.into(),
            mean: finite(values.iter().sum::<f64>() / values.len() as f64),
            min: finite(values.iter().copied().fold(f64::INFINITY, f64::min)),
            max: finite(values.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        study::{Condition, trial::tests::trial},
        training::{net::Architecture, optimizer::Optimizer, schedule::Schedule},
    };
    use burn_rectifiers_data::synthetic;

    fn run(trial: &Trial) -> Outcome {
        let data = synthetic::split(1, trial.images, 30);
        train(trial, &data, &Device::flex(), |_| true).unwrap()
    }

    #[test]
    fn the_same_trial_twice_is_the_same_to_the_last_bit() {
        let trial = Trial {
            augmented: true,
            condition: Condition::sparse(50),
            ..trial()
        };
        let (one, two) = (run(&trial), run(&trial));
        assert_eq!(one, two);
        assert_ne!(run(&Trial { seed: 2, ..trial }), one);
    }

    #[test]
    fn an_outcome_has_everything() {
        let outcome = run(&trial());
        assert_eq!(outcome.losses.len(), 2 * 4);
        assert_eq!(
            (outcome.epochs.len(), outcome.epochs[1].layers.len()),
            (2, 3)
        );
        assert_eq!(outcome.gradients_before.len(), 3);
        assert!(outcome.gradients_after.iter().all(Option::is_some));
        assert_eq!(outcome.parameter("alpha").len(), 3);
        let text = serde_json::to_string(&outcome).unwrap();
        assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome);
    }

    #[test]
    fn a_network_with_normalization_learns_by_a_recipe() {
        let outcome = run(&Trial {
            net: Architecture::ResNet9 { width: 2 },
            optimizer: Optimizer::Sgd,
            schedule: Schedule::OneCycle,
            learning_rate: 0.1,
            weight_decay: 5e-4,
            epochs: 4,
            images: 100,
            ..trial()
        });
        assert!(outcome.end().unwrap().layers.len() == 8, "{outcome:?}");
        assert!(
            outcome.training_loss() < 0.9 * f64::from(outcome.losses[0]),
            "{outcome:?}"
        );
    }

    #[test]
    fn a_loss_falls() {
        let outcome = run(&Trial {
            epochs: 12,
            net: Architecture::Cnn { width: 4 },
            learning_rate: 5e-3,
            images: 100,
            ..trial()
        });
        assert!(
            outcome.training_loss() < 0.7 * f64::from(outcome.losses[0]),
            "{outcome:?}"
        );
    }

    #[test]
    fn divergence_is_an_outcome_and_a_stop_is_none() {
        let outcome = run(&Trial {
            learning_rate: 1e30,
            ..trial()
        });
        assert!(
            outcome.diverged_at.is_some() && outcome.accuracy().is_nan(),
            "{outcome:?}"
        );
        let data = synthetic::split(1, 50, 30);
        let mut steps = 0;
        let stopped = train(&trial(), &data, &Device::flex(), |_| {
            steps += 1;
            steps < 3
        });
        assert!(stopped.is_none() && steps == 3);
    }
}
