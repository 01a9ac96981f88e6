//! The metrics for burn-train: a real training, whose logs must have the numbers that observers see.

use std::path::Path;
use std::sync::Arc;

use crate::common;
use crate::common::{Numbers, bits, tensor};
use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderBuilder, Progress};
use burn::data::dataset::InMemDataset;
use burn::module::{Module, Param};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::optim::SgdConfig;
use burn::tensor::{DType, Device, Int, Tensor};
use burn::train::metric::{
    AccuracyMetric, Adaptor, LossMetric, Metric, MetricMetadata, Numeric, NumericEntry,
};
use burn::train::{
    ClassificationOutput, ExecutionStrategy, InferenceStep, ItemLazy, Learner, MultiDeviceOptim,
    SupervisedTraining, TrainOutput, TrainStep,
};
use burn_rectifiers::metric::{
    ActivationInput, ActivationMeanMetric, ActivationVarianceMetric, DeadUnitsMetric,
    GradientInput, GradientNormMetric, Observed, Watch,
};
use burn_rectifiers::observe::{GradientNorms, Observation, Report, gradient_norms, observe};
use burn_rectifiers::{PRelu, PReluConfig, Relu};
use burn_rectifiers_study::train::QuietRenderer;
use tempfile::{TempDir, tempdir};

const INPUTS: usize = 3;
const BATCH: usize = 4;
const BATCHES: usize = 5;
const EPOCHS: usize = 2;

type Item = ([f64; INPUTS], i64);

#[derive(Clone)]
struct Rows;

#[derive(Clone, Debug)]
struct Data {
    x: Tensor<2>,
    targets: Tensor<1, Int>,
}

impl Batcher<Item, Data> for Rows {
    fn batch(&self, items: Vec<Item>, device: &Device) -> Data {
        let xs: Vec<f64> = items.iter().flat_map(|item| item.0).collect();
        let targets: Vec<i64> = items.iter().map(|item| item.1).collect();
        Data {
            x: tensor(&xs, [items.len(), INPUTS], device, DType::F32),
            targets: Tensor::from_data(&targets[..], device),
        }
    }
}

/// In each batch but the second, unit 1 of the ReLU is dead; in each but the fourth, unit 2.
fn rows() -> Vec<Item> {
    let mut source = Numbers(1);
    let row = |index: usize| {
        let mut x = [0.0; INPUTS].map(|_: f64| source.between(-1.0, 1.0));
        match (index / BATCH, index % BATCH) {
            (1, 2) => x[1] = 50.0,
            (3, 0) => x[2] = 50.0,
            _ => {}
        }
        (x, (index % 2) as i64)
    };
    (0..BATCHES * BATCH).map(row).collect()
}

#[derive(Module, Debug)]
struct Plain {
    first: Linear,
    relu: Relu,
    second: Linear,
    prelu: PRelu,
}

#[derive(Module, Debug)]
struct Net {
    first: Linear,
    relu: Relu,
    second: Linear,
    prelu: PRelu,
    watch: Watch,
}

impl Net {
    /// Unit 0 of the ReLU is alive, 1 and 2 wake up for an input of 50, 3 is always dead.
    fn new(watch: Watch, device: &Device) -> Self {
        let mut source = Numbers(2);
        let mut linear = |inputs, outputs| {
            let mut values =
                |count| -> Vec<f64> { (0..count).map(|_| source.between(-1.0, 1.0)).collect() };
            let mut linear = LinearConfig::new(inputs, outputs).init(device);
            linear.weight = param(&values(inputs * outputs), [inputs, outputs], device);
            linear.bias = Some(param(&values(outputs), [outputs], device));
            linear
        };
        let (mut first, second) = (linear(INPUTS, 4), linear(4, 2));
        let weights = [
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
        ];
        first.weight = param(&weights.concat(), [INPUTS, 4], device);
        first.bias = Some(param(&[0.5, -20.0, -20.0, -20.0], [4], device));
        Self {
            first,
            relu: Relu::new(),
            second,
            prelu: PReluConfig::new(2).init(device),
            watch,
        }
    }

    fn classify(&self, data: Data) -> ClassificationOutput {
        let x = self.relu.forward(self.first.forward(data.x));
        let output = self.prelu.forward(self.second.forward(x));
        let loss = CrossEntropyLossConfig::new().init(&output.device());
        let loss = loss.forward(output.clone(), data.targets.clone());
        ClassificationOutput::new(loss, output, data.targets)
    }

    fn output(&self, data: Data) -> TrainOutput<ClassificationOutput> {
        let item = self.classify(data);
        TrainOutput::new(self, item.loss.backward(), item)
    }
}

fn param<const D: usize>(values: &[f64], shape: [usize; D], device: &Device) -> Param<Tensor<D>> {
    Param::from_tensor(tensor(values, shape, device, DType::F32))
}

impl TrainStep for Net {
    type Input = Data;
    type Output = Observed<ClassificationOutput>;

    fn step(&self, data: Data) -> TrainOutput<Self::Output> {
        self.watch.train_step(self, || self.output(data))
    }
}

impl InferenceStep for Net {
    type Input = Data;
    type Output = Observed<ClassificationOutput>;

    fn step(&self, data: Data) -> Self::Output {
        self.watch.inference_step(|| self.classify(data))
    }
}

fn loader(rows: Vec<Item>) -> Arc<dyn DataLoader<Data>> {
    DataLoaderBuilder::new(Rows)
        .batch_size(BATCH)
        .build(InMemDataset::new(rows))
}

/// Two epochs, with all metrics. The batches come in order.
fn train(watch: Watch, lr: f64, device: &Device) -> (TempDir, Net) {
    train_on(watch, lr, std::slice::from_ref(device))
}

fn train_on(watch: Watch, lr: f64, devices: &[Device]) -> (TempDir, Net) {
    let folder = tempdir().unwrap();
    let training = SupervisedTraining::new(folder.path(), loader(rows()), loader(rows()))
        .metrics((LossMetric::new(), AccuracyMetric::new()))
        .metrics((DeadUnitsMetric::new(), DeadUnitsMetric::for_layer(1)))
        .metrics((
            ActivationMeanMetric::new(),
            ActivationMeanMetric::for_layer(0),
        ))
        .metrics((
            ActivationVarianceMetric::new(),
            ActivationVarianceMetric::for_layer(1),
            ActivationVarianceMetric::for_layer(7),
        ))
        .metric_train_numeric(GradientNormMetric::new())
        .metric_train_numeric(GradientNormMetric::for_layer("second"))
        .with_application_logger(None)
        .renderer(Box::new(QuietRenderer))
        .with_training_strategy(
            ExecutionStrategy::multi(devices.to_vec(), MultiDeviceOptim::OptimMainDevice).into(),
        )
        .num_epochs(EPOCHS);
    let model = Net::new(watch, &devices[0].clone().autodiff());
    let result = training.launch(Learner::new(model, SgdConfig::new().init(), lr));
    assert!(result.error.is_none());
    // The logs are written when the loggers are gone.
    drop(result.renderer);
    (folder, result.model)
}

/// The numbers of the steps, and that of the epoch.
fn log(folder: &Path, split: &str, epoch: usize, metric: &str) -> (Vec<f64>, f64) {
    let file = folder.join(format!("{split}/epoch-{epoch}/{metric}.log"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{e}: {file:?}"));
    let entries: Vec<_> = text
        .lines()
        .map(|line| NumericEntry::deserialize(line).unwrap())
        .collect();
    let (last, steps) = entries.split_last().unwrap();
    assert!(matches!(last, NumericEntry::Final(_)), "{text}");
    (
        steps.iter().map(NumericEntry::current).collect(),
        last.current(),
    )
}

fn near(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}: {found:?}");
    for (a, b) in found.iter().zip(expected) {
        assert!(
            (a - b).abs() <= 1e-9 * b.abs().max(1e-3),
            "{what}: {found:?} {expected:?}"
        );
    }
}

type Figure = fn(&[Observation]) -> f64;

/// What the metrics show, computed from what observers see.
const FIGURES: [(&str, Figure); 6] = [
    ("Dead_Units", |layers| {
        let sum = |f: fn(&Observation) -> usize| layers.iter().map(f).sum::<usize>() as f64;
        100.0 * sum(Observation::dead_units) / sum(|layer| layer.units().len())
    }),
    ("Dead_Units_Layer_1", |l| 100.0 * l[1].dead_share()),
    ("Activation_Mean", |l| {
        (l[0].total().output.mean() + l[1].total().output.mean()) / 2.0
    }),
    ("Activation_Mean_Layer_0", |l| l[0].total().output.mean()),
    ("Activation_Variance", |l| {
        (l[0].total().output.variance() + l[1].total().output.variance()) / 2.0
    }),
    ("Activation_Variance_Layer_1", |l| {
        l[1].total().output.variance()
    }),
];

#[test]
fn logs_have_what_observers_see() {
    for (backend, device) in common::devices() {
        // With a learning rate of zero the model stays what it is, in every epoch.
        let (folder, _) = train(Watch::new(), 0.0, &device);
        let net = Net::new(Watch::new(), &device.clone().autodiff());
        let device = device.autodiff();
        let mut report = Report::new();
        let (mut steps, mut totals, mut seconds) = (vec![], vec![], vec![]);
        for rows in rows().chunks(BATCH) {
            let data = Rows.batch(rows.to_vec(), &device);
            let (TrainOutput { grads, .. }, seen) = observe(|| net.output(data));
            let norms = gradient_norms(&net, &grads);
            totals.push(norms.total());
            seconds.push(norms.of("second").unwrap());
            report.add(&seen).unwrap();
            steps.push(seen);
        }
        // Three of four are dead, less the one that wakes up; of the data set, one is dead.
        let dead: Vec<usize> = steps.iter().map(|seen| seen[0].dead_units()).collect();
        assert_eq!(
            (dead, report.layers()[0].dead_units()),
            (vec![3, 2, 3, 2, 3], 1)
        );

        for epoch in 1..=EPOCHS {
            for split in ["train", "valid"] {
                for (name, figure) in FIGURES {
                    let (found, last) = log(folder.path(), split, epoch, name);
                    let expected: Vec<f64> = steps.iter().map(|seen| figure(seen)).collect();
                    let what = format!("{backend}: {split} {name} of epoch {epoch}");
                    near(&found, &expected, &what);
                    near(&[last], &[figure(report.layers())], &what);
                }
                // A layer that is not there has no numbers, and no log.
                let file = format!("{split}/epoch-{epoch}/Activation_Variance_Layer_7.log");
                assert!(!folder.path().join(file).exists());
            }
            for (name, expected) in [("", &totals), ("_second", &seconds)] {
                let name = format!("Gradient_Norm{name}");
                let (found, last) = log(folder.path(), "train", epoch, &name);
                near(&found, expected, &format!("{backend}: {name}"));
                near(
                    &[last],
                    &[expected.iter().sum::<f64>() / BATCHES as f64],
                    &name,
                );
                let valid = format!("valid/epoch-{epoch}/{name}.log");
                assert!(!folder.path().join(valid).exists());
            }
        }
    }
}

/// The first step and each second one after it are seen: 0, 2 and 4 in the first epoch, 1 and 3 in
/// the second, of which there are five steps each.
/// What each device sees is told, and an epoch is all of it.
#[test]
fn steps_on_several_devices_are_seen() {
    for (backend, device) in common::devices() {
        // With a learning rate of zero, all see the same model.
        let (one, _) = train(Watch::new(), 0.0, &device);
        let (two, _) = train_on(Watch::new(), 0.0, &[device.clone(), device.clone()]);
        for epoch in 1..=EPOCHS {
            for (metric, _) in FIGURES {
                // Means of layers are means of steps, which are others here.
                let is_union = metric.starts_with("Dead");
                let [one, two] =
                    [&one, &two].map(|folder| log(folder.path(), "train", epoch, metric));
                // The rows are split in halves, each of them in batches.
                let half = rows().len() / 2;
                let steps = half.div_ceil(BATCH) + (rows().len() - half).div_ceil(BATCH);
                assert_eq!(two.0.len(), steps, "{backend} {metric}");
                if is_union {
                    near(&[two.1], &[one.1], &format!("{backend} {metric}"));
                }
            }
        }
    }
}

#[test]
fn some_steps_are_enough() {
    let device = Device::flex();
    let (all, _) = train(Watch::new(), 0.0, &device);
    let (some, _) = train(Watch::new().every(2), 0.0, &device);
    for (epoch, seen) in [(1, &[0, 2, 4][..]), (2, &[1, 3])] {
        for split in ["train", "valid"] {
            let whole = log(all.path(), split, epoch, "Dead_Units").0;
            let (found, last) = log(some.path(), split, epoch, "Dead_Units");
            let expected: Vec<f64> = seen.iter().map(|&i| whole[i]).collect();
            near(&found, &expected, split);
            // Units that wake up in batches 1 and 3 alone are dead in the others.
            near(
                &[last],
                &[if epoch == 1 { 50.0 } else { 100.0 / 6.0 }],
                split,
            );
        }
        let norms = log(all.path(), "train", epoch, "Gradient_Norm").0;
        let (found, last) = log(some.path(), "train", epoch, "Gradient_Norm");
        let expected: Vec<f64> = seen.iter().map(|&i| norms[i]).collect();
        near(&found, &expected, "Gradient_Norm");
        near(
            &[last],
            &[expected.iter().sum::<f64>() / seen.len() as f64],
            "mean",
        );
    }
    let (none, _) = train(Watch::new().every(0), 0.0, &device);
    for epoch in [1, 2] {
        let logs = none.path().join(format!("train/epoch-{epoch}"));
        assert!(logs.join("Loss.log").exists());
        assert!(!logs.join("Dead_Units.log").exists());
        assert!(!logs.join("Gradient_Norm.log").exists());
    }
}

#[test]
fn training_is_the_same_unseen() {
    for (backend, device) in common::devices() {
        let [seen, unseen] = [1, 0].map(|every| {
            let (folder, net) = train(Watch::new().every(every), 0.05, &device);
            let metrics = ["Loss", "Accuracy"].map(|m| log(folder.path(), "valid", 2, m));
            let weights = [bits(net.first.weight.val()), bits(net.second.weight.val())];
            (metrics, weights, bits(net.prelu.alpha.val()))
        });
        assert_eq!(seen, unseen, "{backend}");
        let start = Net::new(Watch::new(), &device);
        assert_ne!(seen.1[1], bits(start.second.weight.val()), "{backend}");
    }
}

#[test]
fn watches_leave_no_trace_in_records() {
    let device = Device::flex();
    let net = Net::new(Watch::new(), &device);
    let plain = Plain {
        first: LinearConfig::new(INPUTS, 4).init(&device),
        relu: Relu::new(),
        second: LinearConfig::new(4, 2).init(&device),
        prelu: PReluConfig::new(2).with_alpha(0.5).init(&device),
    };
    assert_eq!(net.num_params(), plain.num_params());
    let weights = bits(plain.first.weight.val());
    let folder = tempdir().unwrap();
    let file = folder.path().join("plain.bpk");
    plain.clone().save_file(&file).unwrap();
    let net = net.load_file(&file);
    assert_eq!(bits(net.first.weight.val()), weights);
    let file = folder.path().join("net.bpk");
    net.save_file(&file).unwrap();
    assert_eq!(bits(plain.load_file(&file).first.weight.val()), weights);
}

fn metadata() -> MetricMetadata {
    MetricMetadata {
        progress: Progress::new(1, 1, None),
        iteration: None,
        lr: None,
    }
}

fn seen(xs: &[f64], units: usize) -> ActivationInput {
    let x: Tensor<2> = tensor(xs, [xs.len() / units, units], &Device::flex(), DType::F32);
    ActivationInput::new(observe(|| Relu::new().forward(x)).1)
}

fn current(metric: &impl Numeric) -> [Option<f64>; 2] {
    [metric.value(), metric.running_value()].map(|entry| entry.map(|entry| entry.current()))
}

#[test]
fn the_last_number_is_shown_until_the_next() {
    let mut metric = DeadUnitsMetric::new();
    let update = |metric: &mut DeadUnitsMetric, input: &ActivationInput| {
        metric.update(input, &metadata()).unwrap()
    };
    let entry = update(&mut metric, &ActivationInput::none());
    assert!(entry.is_not_available() && entry.formatted.contains("N/A %"));
    assert_eq!(current(&metric), [None, None]);
    let entry = update(&mut metric, &seen(&[-1.0, 2.0, -1.0, -3.0], 4));
    assert_eq!(
        (&entry.serialized[..], current(&metric)),
        ("75", [Some(75.0); 2])
    );
    let entry = update(&mut metric, &seen(&[-1.0, -2.0, -1.0, -3.0], 4));
    assert_eq!(entry.formatted, "epoch 75.00 % - batch 100.00 %");
    assert_eq!(current(&metric), [Some(100.0), Some(75.0)]);
    let entry = update(&mut metric, &ActivationInput::none());
    assert_eq!(entry.formatted, "epoch 75.00 % - batch 100.00 %");
    assert!(entry.is_not_available());
    assert_eq!(current(&metric), [None, Some(75.0)]);
    assert_eq!(metric.compute().unwrap().serialized, "75,final");
    assert_eq!(metric.final_value().current(), 75.0);
    // An epoch does not know those before it.
    metric.clear();
    update(&mut metric, &seen(&[-1.0, -2.0, -1.0, 3.0], 4));
    assert_eq!(current(&metric), [Some(75.0); 2]);
}

#[test]
fn what_activations_really_do_is_shown() {
    let mut metric = ActivationMeanMetric::new();
    let entry = metric.update(&seen(&[f64::NAN, 1.0], 2), &metadata());
    assert_eq!(entry.unwrap().serialized, "NaN");
    assert!(current(&metric)[0].unwrap().is_nan());
    // Units that change in number: the epoch is that of both ways, [3, 5] and [1, 0, 5].
    let mut metric = DeadUnitsMetric::new();
    for (xs, units) in [
        (&[3.0, -5.0][..], 2),
        (&[1.0, -1.0, -5.0], 3),
        (&[-1.0, 1.0], 2),
    ] {
        metric.update(&seen(xs, units), &metadata()).unwrap();
    }
    assert_eq!(current(&metric), [Some(50.0), Some(40.0)]);
    // No activation at all.
    let entry = metric.update(&ActivationInput::new(vec![]), &metadata());
    assert!(entry.unwrap().is_not_available());
}

#[test]
fn gradients_of_nothing_have_no_norm() {
    let mut metric = GradientNormMetric::new();
    for input in [
        GradientInput::none(),
        GradientInput::new(GradientNorms::default()),
    ] {
        let entry = metric.update(&input, &metadata()).unwrap();
        assert!(entry.is_not_available());
    }
    assert!(metric.compute().unwrap().is_not_available());
}

/// Outputs of one's own do without `Observed`.
#[test]
fn any_output_can_carry_observations() {
    struct Own(ActivationInput);
    impl ItemLazy for Own {
        fn sync(self) -> Result<Self, burn::tensor::ExecutionError> {
            Ok(self)
        }
    }
    impl Adaptor<ActivationInput> for Own {
        fn adapt(&self) -> ActivationInput {
            self.0.clone()
        }
    }
    let own = Own(seen(&[-1.0, 1.0], 2)).sync().unwrap();
    let mut metric = DeadUnitsMetric::for_layer(0);
    metric.update(&own.adapt(), &metadata()).unwrap();
    assert_eq!(current(&metric), [Some(50.0); 2]);
    assert_eq!(metric.name().as_str(), "Dead Units Layer 0");
}
