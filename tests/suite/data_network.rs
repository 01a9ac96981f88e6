//! A small network learns the generated images through Burn's own loader.

use burn::{
    data::{
        dataloader::{DataLoader, DataLoaderBuilder},
        dataset::Dataset,
    },
    module::Module,
    nn::{
        Linear, LinearConfig, PRelu, PReluConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
        loss::CrossEntropyLossConfig,
        pool::{MaxPool2d, MaxPool2dConfig},
    },
    optim::{AdamConfig, GradientsParams},
    tensor::{Device, Tensor},
};
use burn_rectifiers_data::{
    Augment, CifarBatch, CifarBatcher, CifarItem, Normalization, Training, synthetic,
};

#[derive(Module, Debug)]
struct Block {
    conv: Conv2d,
    activation: PRelu,
    pool: MaxPool2d,
}

impl Block {
    fn new(inputs: usize, outputs: usize, device: &Device) -> Self {
        Self {
            conv: Conv2dConfig::new([inputs, outputs], [3, 3])
                .with_padding(PaddingConfig2d::Same)
                .init(device),
            activation: PReluConfig::new().with_num_parameters(outputs).init(device),
            pool: MaxPool2dConfig::new([2, 2]).init(),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.pool
            .forward(self.activation.forward(self.conv.forward(x)))
    }
}

#[derive(Module, Debug)]
struct Network {
    blocks: Vec<Block>,
    output: Linear,
}

impl Network {
    fn new(device: &Device) -> Self {
        let widths = [3, 32, 64, 128];
        Self {
            blocks: widths
                .windows(2)
                .map(|pair| Block::new(pair[0], pair[1], device))
                .collect(),
            output: LinearConfig::new(128 * 4 * 4, 10).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.blocks.iter().fold(x, |x, block| block.forward(x));
        self.output.forward(x.flatten(1, 3))
    }
}

/// Takes minutes, so it is left out of the daily run: `cargo test --test suite data_network:: -- --ignored`.
#[test]
#[ignore = "trains a network for minutes"]
fn a_small_network_passes_eighty_percent() {
    let device = Device::flex().autodiff();
    device.seed(1);
    let data = synthetic::split(42, 5000, 2000);
    let batcher = CifarBatcher::new(Normalization::from_images(&data.train));
    let train = DataLoaderBuilder::new(batcher.clone())
        .batch_size(64)
        .shuffle(1)
        .num_workers(1)
        .set_device(device.clone())
        .build(Training::new(data.train, Augment::default(), 1));
    let test = DataLoaderBuilder::new(batcher)
        .batch_size(500)
        .set_device(device.clone())
        .build(data.test);

    let mut model = Network::new(&device);
    let mut optimizer = AdamConfig::new().init();
    let loss = CrossEntropyLossConfig::new().init(&device);
    let mut accuracy = 0.0;
    for epoch in 1..=8 {
        for batch in train.iter() {
            let batch: CifarBatch = batch.unwrap();
            let loss = loss.forward(model.forward(batch.images), batch.targets);
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            model = optimizer.step(1e-3, model, gradients);
        }
        let mut right = 0;
        for batch in test.iter() {
            let batch: CifarBatch = batch.unwrap();
            let found = model.forward(batch.images).argmax(1).flatten::<1>(0, 1);
            right += found.equal(batch.targets).int().sum().into_scalar::<i64>();
        }
        accuracy = right as f64 / 2000.0;
        println!("epoch {epoch}: test accuracy {accuracy:.3}");
    }
    assert!(accuracy > 0.8, "only {accuracy}");
}

/// What a loader yields in one pass, image by image, in the order of their labels and bytes.
fn epoch(loader: &dyn DataLoader<CifarBatch>) -> Vec<Vec<u32>> {
    let mut images = Vec::new();
    for batch in loader.iter() {
        let values: Vec<f32> = batch.unwrap().images.into_data().try_to_vec().unwrap();
        let bits = |image: &[f32]| image.iter().map(|value| value.to_bits()).collect();
        images.extend(
            values
                .chunks_exact(3072)
                .map(bits)
                .collect::<Vec<Vec<u32>>>(),
        );
    }
    images.sort_unstable();
    images
}

#[test]
fn augmentation_does_not_depend_on_workers_batch_size_or_order() {
    let data = synthetic::split(7, 150, 0).train;
    let batcher = CifarBatcher::new(Normalization::from_images(&data));
    let loader = |workers: usize, batch: usize, shuffle: Option<u64>| {
        let mut builder = DataLoaderBuilder::new(batcher.clone())
            .batch_size(batch)
            .num_workers(workers)
            .set_device(Device::flex());
        if let Some(seed) = shuffle {
            builder = builder.shuffle(seed);
        }
        builder.build(Training::new(data.clone(), Augment::default(), 3))
    };
    let reference = loader(0, 10, None);
    let (first, second) = (epoch(&*reference), epoch(&*reference));
    assert_ne!(first, second);
    for (workers, batch, shuffle) in [(0, 64, Some(1)), (1, 64, Some(1)), (3, 7, Some(2))] {
        let other = loader(workers, batch, shuffle);
        assert_eq!(epoch(&*other), first, "{workers} workers, first epoch");
        assert_eq!(epoch(&*other), second, "{workers} workers, second epoch");
    }
}

#[test]
fn a_batch_carries_images_and_labels_in_order() {
    let data = synthetic::split(7, 25, 0).train;
    let batcher = CifarBatcher::new(Normalization {
        mean: [0.0; 3],
        std: [1.0; 3],
    });
    let loader = DataLoaderBuilder::new(batcher)
        .batch_size(10)
        .set_device(Device::flex())
        .build(data.clone());
    let batches: Vec<CifarBatch> = loader.iter().map(Result::unwrap).collect();
    let shapes: Vec<_> = batches.iter().map(|batch| batch.images.dims()).collect();
    assert_eq!(shapes, [[10, 3, 32, 32], [10, 3, 32, 32], [5, 3, 32, 32]]);
    let labels = batches[2]
        .targets
        .clone()
        .into_data()
        .iter::<i64>()
        .collect::<Vec<_>>();
    assert_eq!(labels, [0, 1, 2, 3, 4]);
    let item: CifarItem = Dataset::get(&data, 10).unwrap();
    let first: Vec<f32> = batches[1]
        .images
        .clone()
        .narrow(0, 0, 1)
        .into_data()
        .try_to_vec()
        .unwrap();
    let expected: Vec<f32> = item
        .pixels
        .iter()
        .map(|&byte| f32::from(byte) / 255.0)
        .collect();
    assert_eq!(first, expected);
}
