//! The end of a run, on the terminal.

use std::fmt::Write;

use crate::training::summary::{LayerSummary, Summary};

/// The results in a few lines: accuracy and speed, then a row per layer and parameter.
pub fn render(summary: &Summary) -> String {
    let Summary {
        settings, timings, ..
    } = summary;
    let mut text = format!(
        "{}, {} on {}: test accuracy {:.3}, loss {:.3} after {} {} of {} images \
         ({:.0} images/s, {:.0} s)\n\n",
        settings.activation_title(),
        settings.data.name(),
        settings.backend.name(),
        summary.test_accuracy,
        summary.test_loss,
        settings.epochs,
        if settings.epochs == 1 {
            "epoch"
        } else {
            "epochs"
        },
        summary.train_images,
        timings.images_per_second,
        timings.seconds,
    );
    let rows = summary.layers.iter().flat_map(rows);
    aligned(
        &mut text,
        [HEADER.map(String::from)].into_iter().chain(rows).collect(),
    );
    text
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

fn rows(layer: &LayerSummary) -> Vec<[String; 8]> {
    let row = |rest: [String; 5]| {
        let dead = format!("{:.1} %", 100.0 * layer.dead_share);
        let [name, count, mean, min, max] = rest;
        [
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
fn aligned(text: &mut String, rows: Vec<[String; 8]>) {
    let widths: [usize; 8] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0));
    for row in &rows {
        let cells =
            row.iter()
                .zip(widths)
                .zip(HEADER)
                .map(|((cell, width), header)| match header {
                    "layer" | "parameter" => format!("{cell:<width$}"),
                    _ => format!("{cell:>width$}"),
                });
        let line = cells.collect::<Vec<_>>().join("  ");
        writeln!(text, "{}", line.trim_end()).expect("strings take everything");
    }
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
        let mut text = String::new();
        aligned(
            &mut text,
            [vec![HEADER.map(String::from)], rows(&layer), rows(&bare)].concat(),
        );
        assert_eq!(
            text,
            "layer    units    dead  parameter  values    mean      min     max\n\
             block 1     32  25.0 %  alpha          32  0.1000  -1.5000  0.5000\n\
             block 1     32  25.0 %  none\n"
        );
    }
}
