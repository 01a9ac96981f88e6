//! What came of it, for browsers.

use super::{Arguments, Difference, Tolerance, Trace, tables};
use crate::base::error::StudyError;
use crate::report::{Axis, Block, Document, Figure, Line, Marks, Panel, Point, Section, Table};

/// A page that needs no other file.
pub(super) fn html(
    arguments: &Arguments,
    traces: &[Trace],
    pairs: &[Difference],
    tolerance: &Tolerance,
) -> Result<String, StudyError> {
    let names: Vec<_> = traces.iter().map(|trace| trace.backend.name()).collect();
    let lead = format!(
        "{} steps of {} generated images with Adam at {}, {} after every convolution, seed {}. The same weights, images \
         and order on each.",
        arguments.steps, arguments.batch_size, arguments.lr, arguments.activation, arguments.seed,
    );
    let mut sections = vec![Section::new(
        "losses",
        "Trainings",
        vec![
            table(
                "What each backend made of it",
                &tables::backend_rows(traces),
            ),
            losses(traces),
        ],
    )];
    if !pairs.is_empty() {
        let reasons = pairs
            .iter()
            .filter_map(|pair| pair.verdict(tolerance).err());
        let reasons = reasons.map(|reason| Block::Text(format!("**{reason}**")));
        let differences = table(
            "Differences of losses, relative to the loss; of gradients and weights, relative to the largest of the same \
             parameter",
            &tables::pair_rows(pairs, tolerance),
        );
        sections.push(Section::new(
            "differences",
            "Differences",
            [differences].into_iter().chain(reasons).collect(),
        ));
    }
    let document = Document {
        title: format!("One training on {}", names.join(", ")),
        lead: vec![lead],
        verdicts: vec![],
        sections,
        appendix: vec![],
    };
    document.html()
}

/// All losses over each other.
fn losses(traces: &[Trace]) -> Block {
    let line = |trace: &Trace| {
        let losses = (1..).zip(&trace.losses);
        Line {
            name: trace.backend.name().into(),
            points: losses
                .map(|(step, loss)| Point::at(f64::from(step), *loss))
                .collect(),
        }
    };
    Block::Figure(Figure {
        title: "Cross-entropy loss of each step".into(),
        caption: "Where one line is seen, the others are below it.".into(),
        panels: vec![Panel {
            title: String::new(),
            x: Axis::linear("step"),
            y: Axis::linear("loss"),
            marks: Marks::Lines(traces.iter().map(line).collect()),
        }],
    })
}

/// The first row is the head.
fn table(caption: &str, rows: &[Vec<String>]) -> Block {
    let (header, rows) = rows.split_first().expect("a head");
    Block::Table(Table {
        caption: caption.into(),
        header: header.clone(),
        rows: rows.to_vec(),
    })
}
