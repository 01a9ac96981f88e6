//! A network that is trained: its loss, and the average of its weights if that is asked for.

use std::any::Any;
use std::collections::VecDeque;

use burn::{
    Tensor,
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    nn::loss::CrossEntropyLossConfig,
    optim::{
        GradientsParams, ModuleOptimizer, MultiGradientsParams,
        lr_scheduler::module_lr_scheduler::ModuleLearningRate,
    },
    tensor::{Device, Int},
    train::{ClassificationOutput, InferenceStep, TrainOutput, TrainStep},
};
use burn_rectifiers_data::CifarBatch;

use super::{net::Net, settings::Settings};

/// The images of a step, or those of them that a device sees.
#[derive(Debug, Clone)]
pub struct TrainBatch {
    /// The images.
    pub batch: CifarBatch,
    /// What part of the step they are, above 0 and up to 1.
    pub share: f64,
}

/// A network with what burn-train has to know to train it.
#[derive(Module, Debug)]
pub struct Trainee {
    /// What learns.
    net: Net,
    /// The exponential moving average of its weights and of the statistics of its normalizations.
    average: Option<Net>,
    #[module(skip)]
    label_smoothing: f64,
    #[module(skip)]
    decay: f64,
}

impl Trainee {
    /// The network of a run as it is before training.
    ///
    /// # Panics
    ///
    /// If the activation is not in the family; [`Settings`] from a command line are.
    pub fn new(settings: &Settings, classes: usize, device: &Device) -> Self {
        let kind = (settings.activation.as_str(), settings.sharing);
        let net = || {
            Net::new(
                settings.architecture(),
                kind,
                classes,
                settings.seed,
                device,
            )
        };
        Self {
            net: net(),
            // Made anew, and not cloned: a clone would share the statistics.
            average: (settings.ema > 0.0).then(|| net().no_grad()),
            label_smoothing: settings.label_smoothing,
            decay: settings.ema,
        }
    }

    /// The network that is judged: the average, if there is one.
    pub fn judged(&self) -> &Net {
        self.average.as_ref().unwrap_or(&self.net)
    }

    /// The network that is judged, without what is around it.
    pub fn into_judged(self) -> Net {
        self.average.unwrap_or(self.net)
    }

    /// The average after a step of the network.
    fn averaged(self) -> Self {
        let Self {
            net,
            average,
            decay,
            ..
        } = &self;
        let Some(average) = average else { return self };
        let mut values = Values::default();
        // Also puts the statistics together that threads have collected.
        net.valid().visit(&mut values);
        let average = average.clone().map(&mut Towards {
            values: values.0,
            share: 1.0 - decay,
        });
        Self {
            average: Some(average),
            ..self
        }
    }
}

/// The tensors of a module in the order of its fields.
#[derive(Default)]
struct Values(VecDeque<Box<dyn Any>>);

impl ModuleVisitor for Values {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.push_back(Box::new(param.val()));
    }
}

/// Moves the tensors of a module towards those of another with the same fields by a share of the way.
struct Towards {
    values: VecDeque<Box<dyn Any>>,
    share: f64,
}

impl ModuleMapper for Towards {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let value = self
            .values
            .pop_front()
            .and_then(|value| value.downcast().ok());
        let value: Tensor<D> = *value.expect("both networks have the same fields");
        let (id, average, mapper) = param.consume();
        let average = average.inner();
        let average = average.clone() + (value - average) * self.share;
        Param::from_mapped_value(id, Tensor::from_inner(average).no_grad(), mapper)
    }
}

/// Mean cross-entropy of a batch, whose targets have this share of their probability spread over all classes (label
/// smoothing; Szegedy et al. 2016, arXiv:1512.00567).
pub(crate) fn cross_entropy(
    logits: Tensor<2>,
    targets: Tensor<1, Int>,
    smoothing: f64,
) -> Tensor<1> {
    let smoothing = (smoothing > 0.0).then_some(smoothing as f32);
    CrossEntropyLossConfig::new()
        .with_smoothing(smoothing)
        .init(&logits.device())
        .forward(logits, targets)
}

fn classify(net: &Net, batch: CifarBatch, smoothing: f64) -> ClassificationOutput {
    let output = net.forward(batch.images);
    let loss = cross_entropy(output.clone(), batch.targets.clone(), smoothing);
    ClassificationOutput::new(loss, output, batch.targets)
}

impl TrainStep for Trainee {
    type Input = TrainBatch;
    type Output = ClassificationOutput;

    fn step(&self, TrainBatch { batch, share }: TrainBatch) -> TrainOutput<ClassificationOutput> {
        let item = classify(&self.net, batch, self.label_smoothing);
        // The gradients of all devices are added.
        let loss = match share {
            1.0 => item.loss.clone(),
            share => item.loss.clone() * share,
        };
        TrainOutput::new(self, loss.backward(), item)
    }

    fn optimize(
        self,
        optimizer: &mut ModuleOptimizer,
        rate: ModuleLearningRate,
        gradients: GradientsParams,
    ) -> Self {
        optimizer.step(rate, self, gradients).averaged()
    }

    fn optimize_multi(
        self,
        optimizer: &mut ModuleOptimizer,
        rate: ModuleLearningRate,
        gradients: MultiGradientsParams,
    ) -> Self {
        optimizer.step_multi(rate, self, gradients).averaged()
    }
}

impl InferenceStep for Trainee {
    type Input = CifarBatch;
    type Output = ClassificationOutput;

    fn step(&self, batch: CifarBatch) -> ClassificationOutput {
        classify(self.judged(), batch, 0.0)
    }
}
