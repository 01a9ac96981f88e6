//! The figures for people.

use super::{
    data_type::DataType,
    evaluation::{Answer, Row},
    list::{bound, surrogate, wrapped},
    question::Question,
};
use crate::base::{columns::aligned, digits::significant};

/// What the activation is, then a row per point.
pub(super) fn render(question: &Question, answer: &Answer) -> String {
    let curve = question.curve;
    let mut text = wrapped(&format!("{}: {}", curve.name(), curve.formula()), 0);
    text += &surrogate(curve, 0);
    text += &wrapped(curve.source(), 0);
    for (info, value) in curve.params().iter().zip(&answer.params) {
        let value = shortest(*value, answer.dtype);
        let facts = format!("default {}{}", info.default, bound(info));
        text += &wrapped(
            &format!("{} = {value} ({facts}): {}", info.name, info.doc),
            2,
        );
    }
    text += &format!("{} on {}\n\n", answer.dtype.name(), question.backend.name());
    text + &figures(answer)
}

/// A row per point.
fn figures(answer: &Answer) -> String {
    let derivatives = answer.names.iter().map(|name| format!("d/d{name}"));
    let header = ["x", "value", "slope"].map(String::from);
    let header: Vec<String> = header.into_iter().chain(derivatives).collect();
    let cells = |row: &Row| {
        let x = shortest(row.x, answer.dtype);
        let figures = [row.value, row.slope].into_iter().chain(row.grads.clone());
        [x].into_iter()
            .chain(figures.map(|figure| significant(figure, 6)))
            .collect()
    };
    let mut rows = vec![header];
    rows.extend(answer.rows.iter().map(cells));

    aligned(&rows, |_| false)
}

/// Every digit, since this is what the computation started from.
fn shortest(value: f64, dtype: DataType) -> String {
    let text = match dtype {
        DataType::F64 => format!("{value:?}"),
        _ => format!("{:?}", value as f32),
    };
    text.strip_suffix(".0").unwrap_or(&text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let row = |x, value| Row {
            x,
            value,
            slope: 0.25,
            grads: vec![x],
        };
        let answer = Answer {
            dtype: DataType::F32,
            names: vec!["alpha"],
            params: vec![0.25],
            rows: vec![
                row(-100.0, -25.0),
                row(f64::NAN, f64::NAN),
                row(1e-8f32.into(), 1e-8),
            ],
        };
        assert_eq!(
            figures(&answer),
            "   x  value  slope  d/dalpha\n\
             -100    -25   0.25      -100\n \
             nan    nan   0.25       nan\n\
             1e-8   1e-8   0.25      1e-8\n"
        );
    }
}
