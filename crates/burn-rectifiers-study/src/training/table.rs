//! The end of a run, on the terminal.

use crate::base::columns::aligned;
use crate::training::summary::{LayerSummary, Summary};

/// The results in a few lines: accuracy and speed, then a row per layer and parameter.
pub fn render(summary: &Summary) -> String {
    let Summary {
        settings, timings, ..
    } = summary;
    let text = format!(
        "{}, {} on {}: test accuracy {:.3}, loss {:.3} after {} {} of {} images \
         ({:.0} images/s, {:.0} s)\n\n",
        settings.activation_title(),
        settings.data.name(),
        settings.backend.name(),
        summary.test_accuracy,
        summary.test_loss,
        summary.epoch,
        if summary.epoch == 1 {
            "epoch"
        } else {
            "epochs"
        },
        summary.train_images,
        timings.images_per_second,
        timings.seconds,
    );
    text + &table(&summary.layers)
}

const HEADER: [&str; 8] = [
    "layer",
    "units",
    "dead",
    "parameter",
    "values",
    "mean",
    "min",
    "max",
];

fn rows(layer: &LayerSummary) -> Vec<Vec<String>> {
    let row = |rest: [String; 5]| {
        let dead = format!("{:.1} %", 100.0 * layer.dead_share);
        let [name, count, mean, min, max] = rest;
        vec![
            layer.layer.clone(),
            layer.units.to_string(),
            dead,
            name,
            count,
            mean,
            min,
            max,
        ]
    };
    if layer.parameters.is_empty() {
        return vec![row(["none", "", "", "", ""].map(String::from))];
    }
    let parameters = layer.parameters.iter();
    parameters
        .map(|(name, p)| {
            let number = |value: f64| format!("{value:.4}");
            row([
                name.clone(),
                p.count.to_string(),
                number(p.mean),
                number(p.min),
                number(p.max),
            ])
        })
        .collect()
}

/// Numbers to the right, names to the left.
fn table(layers: &[LayerSummary]) -> String {
    let header = HEADER.map(String::from).to_vec();
    let rows = layers.iter().flat_map(rows);
    let rows: Vec<_> = [header].into_iter().chain(rows).collect();
    aligned(&rows, |column| {
        ["layer", "parameter"].contains(&HEADER[column])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::summary::ParameterSummary;

    #[test]
    fn columns_line_up() {
        let parameter = ParameterSummary {
            count: 32,
            initial: 0.25,
            mean: 0.1,
            min: -1.5,
            max: 0.5,
        };
        let layer = LayerSummary {
            layer: "block 1".into(),
            units: 32,
            dead_units: 8,
            dead_share: 0.25,
            parameters: [("alpha".to_string(), parameter)].into(),
        };
        let bare = LayerSummary {
            parameters: [].into(),
            ..layer.clone()
        };
        assert_eq!(
            table(&[layer, bare]),
            "layer    units    dead  parameter  values    mean      min     max\n\
             block 1     32  25.0 %  alpha          32  0.1000  -1.5000  0.5000\n\
             block 1     32  25.0 %  none\n"
        );
    }
}
