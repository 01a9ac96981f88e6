//! What a model's activations have learned, as a page for browsers.

use burn_rectifiers::observe::{Observation, Parameter, Report};

use super::{activations, parameters};
use crate::base::{
    digits::significant,
    error::StudyError,
    style::{self, Area},
};
use crate::report::{Block, Document, Drawing, Drawings, Section, Table};

/// Size of a drawing, in pixels as shown.
const SIZE: (u32, u32) = (460, 380);

/// A page about the activations of any model: how many units are dead, what inputs and outputs are, each learned curve
/// over the histogram of its inputs, and the parameters by depth. It is one file and needs no network.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_rectifiers::{PReluConfig, observe::Report};
/// use burn_rectifiers_study::pictures;
///
/// let prelu = PReluConfig::new(2).init(&Device::flex()); // your model, trained or loaded
/// let mut report = Report::new();
/// report.watch(|| prelu.forward(Tensor::<2>::from_floats([[-1.0, 2.0]], &Device::flex())));
/// let page = pictures::page("My model", &report)?;
/// std::fs::write(std::env::temp_dir().join("model.html"), page).unwrap();
/// # Ok::<(), burn_rectifiers_study::StudyError>(())
/// ```
///
/// # Errors
///
/// If the report has seen no activations.
pub fn page(title: &str, report: &Report) -> Result<String, StudyError> {
    if report.layers().is_empty() {
        let reason = "the report has seen no activations".into();
        return Err(StudyError::Picture { reason });
    }
    let learned = parameters_by_depth(report, 0, None)?;
    let curves = curves(report, ToString::to_string)?;
    let mut sections = vec![
        Section::new(
            "table",
            "Inputs x and outputs f(x)",
            vec![table(report, ToString::to_string)],
        ),
        Section::new("curves", "Learned curves", vec![curves]),
    ];
    sections.extend(
        learned.map(|block| Section::new("parameters", "Parameters by depth", vec![block])),
    );
    let document = Document {
        title: title.into(),
        lead: vec![summary(report)],
        verdicts: vec![],
        sections,
        appendix: vec![],
    };
    document.html()
}

/// How many units there are, and how many of them are dead.
pub(crate) fn summary(report: &Report) -> String {
    let layers = report.layers();
    let units: usize = layers.iter().map(|layer| layer.units().len()).sum();
    let dead: usize = layers.iter().map(Observation::dead_units).sum();
    format!(
        "{} in {}, {dead} of them dead: their slope was zero at every input of {}.",
        counted(units, "unit"),
        counted(layers.len(), "activation"),
        counted(report.batches() as usize, "batch"),
    )
}

/// `3 units`, `1 batch`.
fn counted(count: usize, what: &str) -> String {
    let plural = if what.ends_with("ch") { "es" } else { "s" };
    format!("{count} {what}{}", if count == 1 { "" } else { plural })
}

/// The learned curves of a report, each activation called what `name` says.
pub(crate) fn curves(
    report: &Report,
    name: impl Fn(&Observation) -> String,
) -> Result<Block, StudyError> {
    let panel = |layer: &Observation| {
        let title = activations::panel_title(&name(layer), layer);
        drawing(SIZE, &title, |area| activations::panel(area, &title, layer))
    };
    let panels = report
        .layers()
        .iter()
        .map(panel)
        .collect::<Result<_, _>>()?;
    Ok(Block::Drawings(Drawings {
        title: "Learned curves".into(),
        caption: "Each over the histogram of its inputs, from which one in a thousand is left out."
            .into(),
        panels,
    }))
}

/// The parameters of a report by depth, if there are any. Activations are counted from `first`, and called `layer` or,
/// without a name, what they are.
pub(crate) fn parameters_by_depth(
    report: &Report,
    first: usize,
    layer: Option<&str>,
) -> Result<Option<Block>, StudyError> {
    let learned = parameters::by_depth(report, first);
    if learned.is_empty() {
        return Ok(None);
    }
    let panel = |parameter: &parameters::ByDepth| {
        let layer = match layer {
            Some(layer) => layer.to_string(),
            None => format!("{} activation", parameter.activation),
        };
        let title = format!("{} of each {layer}", parameter.info.name);
        drawing(SIZE, &title, |area| {
            parameters::panel(area, parameter, &layer)
        })
    };
    let panels = learned.iter().map(panel).collect::<Result<_, _>>()?;
    Ok(Some(Block::Drawings(Drawings {
        title: "Learned parameters by depth".into(),
        caption: format!("From the input inwards; the first is number {first}."),
        panels,
    })))
}

/// A drawing of this size or smaller, with words for those who do not see it.
pub(crate) fn drawing(
    size: (u32, u32),
    label: &str,
    draw: impl FnOnce(&Area) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<Drawing, StudyError> {
    let svg = style::document(size, draw).map_err(|error| StudyError::Picture {
        reason: error.to_string(),
    })?;
    let label = label.into();
    Ok(Drawing { label, svg })
}

/// What each activation of a report has done, each called what `name` says.
pub(crate) fn table(report: &Report, name: impl Fn(&Observation) -> String) -> Block {
    let header = [
        "activation",
        "units",
        "dead",
        "x mean",
        "x std. dev.",
        "x > 0",
        "f(x) mean",
        "f(x) std. dev.",
        "f(x) = 0",
        "parameters: mean [least, greatest]",
    ];
    let row = |layer: &Observation| {
        let (all, dead) = (layer.total(), layer.dead_units());
        let percent = |share: f64| format!("{} %", significant(100.0 * share, 3));
        let number = |value: f64| significant(value, 3);
        let parameters: Vec<String> = layer.parameters().iter().map(parameter).collect();
        vec![
            name(layer),
            layer.units().len().to_string(),
            match dead {
                0 => "0".into(),
                dead => format!("**{dead}**"),
            },
            number(all.input.mean()),
            number(all.input.variance().sqrt()),
            percent(all.positive_share()),
            number(all.output.mean()),
            number(all.output.variance().sqrt()),
            percent(all.zero_share()),
            parameters.join(", "),
        ]
    };
    let rows = report.layers().iter().map(row).collect();
    let caption = "What the activations have seen and made of it";
    Block::Table(Table::new(caption, &header, rows))
}

/// `alpha 0.21 [−0.1, 0.4]`.
fn parameter(parameter: &Parameter) -> String {
    let values = &parameter.values;
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let number = |value: f64| significant(value, 3);
    match values.len() {
        1 => format!("{} {}", parameter.name, number(mean)),
        _ => format!(
            "{} {} [{}, {}]",
            parameter.name,
            number(mean),
            number(low),
            number(high)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, Tensor};
    use burn_rectifiers::{PReluConfig, Pelu, PeluConfig, Relu};

    #[test]
    fn a_page_tells_of_all_activations() {
        let device = Device::flex();
        let (prelu, pelu): (_, Pelu) = (
            PReluConfig::new(3).init(&device),
            PeluConfig::new(3).init(&device),
        );
        let mut report = Report::new();
        let x = Tensor::<2>::from_floats([[-1.0, 2.0, -3.0], [-0.5, 1.0, -1.0]], &device);
        report.watch(|| pelu.forward(Relu::new().forward(prelu.forward(x.clone()))));
        report.watch(|| pelu.forward(Relu::new().forward(prelu.forward(x))));
        let page = page("A <model>", &report).unwrap();
        assert!(page.contains("<h1>A &lt;model&gt;</h1>"), "{page}");
        assert!(
            page.contains("9 units in 3 activations, 2 of them dead"),
            "{page}"
        );
        assert!(page.contains("every input of 2 batches"), "{page}");
        for part in [
            "0: prelu",
            "1: relu",
            "2: pelu",
            "alpha 0.25 [0.25, 0.25]",
            "b of each pelu activation",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        // Three curves, and alpha, a and b.
        assert_eq!(page.matches("<svg ").count(), 6);
        assert!(
            !page.contains("http://")
                || page.matches("http://").count() == page.matches("http://www.w3.org").count()
        );
    }

    #[test]
    fn nothing_seen_is_an_error() {
        let error = page("empty", &Report::new()).unwrap_err().to_string();
        assert!(error.contains("no activations"), "{error}");
    }
}
