//! The activations of a model over many batches.

use super::{Observation, Observer};
use core::fmt;
use serde::Serialize;

/// What the activations of a model did over a data set, batch by batch.
///
/// The n-th call of a batch belongs to the n-th of every other. A unit is dead if it was dead in
/// every batch. Shows as a table, one line per activation:
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_rectifiers::{Relu, observe::Report};
///
/// let mut report = Report::new();
/// for batch in [[[-1.0, -4.0, 2.0]], [[-3.0, 4.0, 2.0]]] {
///     report.watch(|| Relu::new().forward(Tensor::<2>::from_floats(batch, &Device::flex())));
/// }
/// assert_eq!(report.layers()[0].dead_units(), 1);
/// assert_eq!(
///     report.to_string(),
///     "activation  units  dead  x mean   x var   x > 0  y mean   y var   y = 0\n\
///      0: relu         3     1  0.0000  8.3333  50.0 %  1.3333  2.2222  50.0 %\n"
/// );
/// ```
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    #[serde(skip)]
    observer: Observer,
    batches: u64,
    layers: Vec<Observation>,
}

impl Report {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing seen yet; [`watch`](Self::watch) looks in this way.
    pub fn with_observer(observer: Observer) -> Self {
        Self {
            observer,
            ..Self::default()
        }
    }

    /// Runs `f`, one forward pass, and adds what its activations did.
    ///
    /// # Panics
    ///
    /// Where [`add`](Self::add) gives an error.
    pub fn watch<R>(&mut self, f: impl FnOnce() -> R) -> R {
        let (result, seen) = self.observer.observe(f);
        self.add(&seen)
            .unwrap_or_else(|mismatch| panic!("{mismatch}"));
        result
    }

    /// Adds what [`observe`](super::observe) saw of one batch.
    ///
    /// # Errors
    ///
    /// If the activations or their numbers of units are not those of the batches before. The report
    /// stays as it was.
    pub fn add(&mut self, batch: &[Observation]) -> Result<(), Mismatch> {
        if self.batches == 0 {
            self.layers = batch.to_vec();
        } else {
            self.compare(batch)?;
            let pairs = self.layers.iter_mut().zip(batch);
            pairs.for_each(|(layer, seen)| layer.merge(seen));
        }
        self.batches += 1;
        Ok(())
    }

    fn compare(&self, batch: &[Observation]) -> Result<(), Mismatch> {
        for index in 0..self.layers.len().max(batch.len()) {
            let site = |layers: &[Observation]| match layers.get(index) {
                Some(layer) => layer.site(),
                None => "nothing".into(),
            };
            let (expected, found) = (site(&self.layers), site(batch));
            if expected != found {
                return Err(Mismatch { expected, found });
            }
        }
        Ok(())
    }

    /// How many batches were added.
    pub fn batches(&self) -> u64 {
        self.batches
    }

    /// The activations, in the order of their calls.
    pub fn layers(&self) -> &[Observation] {
        &self.layers
    }
}

/// A batch went through other activations than those before it, so the two cannot be added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    expected: String,
    found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, found } = self;
        write!(
            f,
            "where earlier batches had `{expected}`, this one has `{found}`; use a report for each \
             way through the model, and check which axis the units lie along"
        )
    }
}

impl core::error::Error for Mismatch {}

const HEADER: [&str; 9] = [
    "activation",
    "units",
    "dead",
    "x mean",
    "x var",
    "x > 0",
    "y mean",
    "y var",
    "y = 0",
];

impl fmt::Display for Report {
    /// x is the input, y the output.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![HEADER.map(String::from)];
        rows.extend(self.layers.iter().map(row));
        let widths: [usize; HEADER.len()] =
            core::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap());
        for row in &rows {
            write!(f, "{:<1$}", row[0], widths[0])?;
            for (cell, width) in row.iter().zip(widths).skip(1) {
                write!(f, "  {cell:>width$}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn row(layer: &Observation) -> [String; HEADER.len()] {
    let total = layer.total();
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    [
        layer.to_string(),
        layer.units().len().to_string(),
        layer.dead_units().to_string(),
        number(total.input.mean()),
        number(total.input.variance()),
        percent(total.positive_share()),
        number(total.output.mean()),
        number(total.output.variance()),
        percent(total.zero_share()),
    ]
}

/// Four digits at least, whatever the size.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size != 0.0 && !(1e-3..1e5).contains(&size) => format!("{value:.3e}"),
        _ => format!("{value:.4}"),
    }
}
