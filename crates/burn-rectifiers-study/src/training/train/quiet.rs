//! A renderer that shows nothing.

use burn::train::{
    logger::TrainingProgressLogger,
    metric::MetricDefinition,
    renderer::{MetricState, MetricsRenderer, MetricsRendererTraining},
};

/// Shows nothing of an evaluation apart from training, which there is none of here.
macro_rules! ignores_evaluation {
    ($Renderer:ty) => {
        impl burn::train::renderer::MetricsRendererEvaluation for $Renderer {
            fn update_test(
                &mut self,
                _: burn::train::renderer::EvaluationName,
                _: burn::train::renderer::MetricState,
            ) {
            }
        }

        impl burn::train::logger::EvaluationProgressLogger for $Renderer {
            fn start_global_progress(&mut self, _: usize) {}
            fn start_test(&mut self, _: &str, _: usize) {}
            fn update_test_progress(&mut self, _: usize) {}
            fn end_test(&mut self) {}
            fn end_global_progress(&mut self) {}
            fn log_event_evaluation(&mut self, _: String) {}
        }
    };
}
pub(super) use ignores_evaluation;

/// Shows nothing of a training.
pub struct QuietRenderer;

impl MetricsRenderer for QuietRenderer {
    fn manual_close(&mut self) {}
    fn register_metric(&mut self, _: MetricDefinition) {}
}

impl MetricsRendererTraining for QuietRenderer {
    fn update_train(&mut self, _: MetricState) {}
    fn update_valid(&mut self, _: MetricState) {}
}

impl TrainingProgressLogger for QuietRenderer {
    fn start(&mut self, _: usize, _: usize, _: Option<usize>, _: Option<&str>) {}
    fn update_epoch(&mut self, _: usize) {}
    fn start_split(&mut self, _: &str, _: usize) {}
    fn update_split(&mut self, _: usize) {}
    fn end_split(&mut self) {}
    fn end(&mut self) {}
    fn log_event_training(&mut self, _: String) {}
}

ignores_evaluation!(QuietRenderer);
