//! The network: three blocks of convolution, activation and pooling, then a linear classifier.

use burn::{
    Tensor,
    module::{Module, ModuleVisitor, Param},
    nn::{
        Linear,
        conv::Conv2d,
        loss::{CrossEntropyLoss, CrossEntropyLossConfig},
        pool::{MaxPool2d, MaxPool2dConfig},
    },
    optim::GradientsParams,
    tensor::{Device, TensorData},
    train::{ClassificationOutput, InferenceStep, TrainOutput, TrainStep},
};
use burn_rectifiers::Activation;
use burn_rectifiers_data::{CHANNELS, CifarBatch, SIDE};

use super::Builder;
use crate::training::settings::Settings;

/// Convolution 3×3, activation, max-pooling 2×2.
#[derive(Module, Debug)]
pub struct Block {
    /// Keeps height and width.
    pub conv: Conv2d,
    /// The unit under test.
    pub activation: Activation,
    /// Halves height and width.
    pub pool: MaxPool2d,
}

/// A small convolutional network for images of 32×32.
///
/// The blocks have `width`, 2·`width` and 4·`width` channels. No normalization: what the activation
/// does to the signal is what shall be seen.
#[derive(Module, Debug)]
pub struct Cnn {
    /// From the image inwards.
    pub blocks: Vec<Block>,
    /// From the last feature map, flattened, to the classes.
    pub classifier: Linear,
    /// What is minimized.
    pub loss: CrossEntropyLoss,
}

/// Path and value of every parameter, or its gradient, and the path of the module that is being visited.
#[derive(Default)]
struct Values<'a> {
    gradients: Option<&'a GradientsParams>,
    path: Vec<String>,
    found: Vec<(String, TensorData)>,
}

impl ModuleVisitor for Values<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = match self.gradients {
            None => Some(param.val()),
            Some(gradients) => gradients.get::<D>(param.id),
        };
        if let Some(value) = value {
            self.found.push((self.path.join("."), value.into_data()));
        }
    }
}

impl Cnn {
    /// The path of every parameter, such as `blocks.0.conv.weight`, and its value.
    pub(crate) fn values(&self) -> Vec<(String, TensorData)> {
        self.collected(Values::default())
    }

    /// The path of every parameter that has a gradient among these, and that gradient.
    pub(crate) fn gradients(&self, gradients: &GradientsParams) -> Vec<(String, TensorData)> {
        self.collected(Values {
            gradients: Some(gradients),
            ..Values::default()
        })
    }

    fn collected(&self, mut values: Values) -> Vec<(String, TensorData)> {
        self.visit(&mut values);
        values.found
    }

    /// A network whose initial weights follow from the seed alone, whatever the device.
    ///
    /// # Panics
    ///
    /// If the activation is not in the family; [`Settings`] from a command line are.
    pub fn new(settings: &Settings, classes: usize, device: &Device) -> Self {
        let (activation, sharing) = (&settings.activation, settings.sharing);
        let mut build = Builder::new(activation, sharing, false, settings.seed, device);
        Self::build(settings.width, classes, &mut build)
    }

    pub(super) fn build(width: usize, classes: usize, build: &mut Builder) -> Self {
        let (mut channels, mut side) = (CHANNELS, SIDE);
        let blocks = [1, 2, 4]
            .map(|times| {
                let width = times * width;
                let block = Block {
                    conv: build.conv([channels, width], 3, 1),
                    activation: build.activation(&[width, side, side]),
                    pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
                };
                (channels, side) = (width, side / 2);
                block
            })
            .into();
        Self {
            blocks,
            classifier: build.classifier(channels * side * side, classes),
            loss: CrossEntropyLossConfig::new().init(build.device()),
        }
    }

    /// Logits `[batch, classes]` of images `[batch, 3, 32, 32]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let mut x = images;
        for block in &self.blocks {
            let y = block.activation.forward(block.conv.forward(x));
            x = block.pool.forward(y);
        }
        self.classifier.forward(x.flatten(1, 3))
    }

    fn classify(&self, batch: CifarBatch) -> ClassificationOutput {
        let output = self.forward(batch.images);
        let loss = self.loss.forward(output.clone(), batch.targets.clone());
        ClassificationOutput::new(loss, output, batch.targets)
    }
}

impl TrainStep for Cnn {
    type Input = CifarBatch;
    type Output = ClassificationOutput;

    fn step(&self, batch: CifarBatch) -> TrainOutput<ClassificationOutput> {
        let item = self.classify(batch);
        TrainOutput::new(self, item.loss.backward(), item)
    }
}

impl InferenceStep for Cnn {
    type Input = CifarBatch;
    type Output = ClassificationOutput;

    fn step(&self, batch: CifarBatch) -> ClassificationOutput {
        self.classify(batch)
    }
}
