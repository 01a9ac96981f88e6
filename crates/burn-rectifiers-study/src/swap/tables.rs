//! What came of it, on the terminal.

use super::{Difference, Tolerance, Trace};
use crate::base::{columns::aligned, digits::significant};

/// A row per backend.
pub(super) fn backends(traces: &[Trace]) -> String {
    aligned(&backend_rows(traces), |column| column == 0)
}

/// A row per pair.
pub(super) fn pairs(pairs: &[Difference], tolerance: &Tolerance) -> String {
    aligned(&pair_rows(pairs, tolerance), |column| {
        matches!(column, 0 | 6)
    })
}

/// With a head.
pub(super) fn backend_rows(traces: &[Trace]) -> Vec<Vec<String>> {
    let head = [
        "backend",
        "images/s",
        "kernels/step",
        "peak memory",
        "first loss",
        "last loss",
    ];
    let rows = traces.iter().map(|trace| {
        let loss = |loss: Option<&f64>| loss.map_or(String::new(), |loss| format!("{loss:.4}"));
        vec![
            trace.backend.name().to_string(),
            format!("{:.0}", trace.images_per_second),
            trace
                .kernels_per_step
                .map_or("-".into(), |count| count.to_string()),
            trace
                .peak_memory
                .map_or("?".into(), |bytes| format!("{:.0} MB", bytes as f64 / 1e6)),
            loss(trace.losses.first()),
            loss(trace.losses.last()),
        ]
    });
    let head = head.map(String::from).to_vec();
    std::iter::once(head).chain(rows).collect()
}

/// With a head, and the tolerance as the last row.
pub(super) fn pair_rows(pairs: &[Difference], tolerance: &Tolerance) -> Vec<Vec<String>> {
    let head = [
        "largest differences",
        "gradients, step 1",
        "losses, steps 1-10",
        "losses, all",
        "weights, end",
        "predictions",
        "verdict",
    ];
    let number = |value: f64| significant(value, 2);
    let rows = pairs.iter().map(|pair| {
        vec![
            pair.names.join(" and "),
            number(pair.gradients),
            number(pair.first_losses),
            number(pair.losses),
            number(pair.weights),
            format!("{} of {}", pair.predictions, pair.images),
            match pair.verdict(tolerance) {
                Ok(()) => "agree".into(),
                Err(_) => "DIFFER".to_string(),
            },
        ]
    });
    let tolerated = vec![
        "tolerance".to_string(),
        number(tolerance.gradients),
        number(tolerance.first_losses),
        number(tolerance.losses),
    ];
    let head = head.map(String::from).to_vec();
    std::iter::once(head)
        .chain(rows)
        .chain([tolerated])
        .collect()
}
