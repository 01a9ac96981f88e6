//! The figures for machines.

use serde::{Serialize, Serializer};

use super::{
    data_type::DataType,
    evaluation::{Answer, Row},
    figure::Figure,
};

/// A list with an object per point, one a line.
pub(super) fn render(answer: &Answer) -> String {
    let line = |row: &Row| {
        let point = Point::new(row, answer);
        serde_json::to_string(&point).expect("numbers and strings become JSON")
    };
    let lines: Vec<String> = answer.rows.iter().map(line).collect();
    format!("[{}]", lines.join(",\n "))
}

#[derive(Serialize)]
struct Point<'a> {
    x: Figure,
    value: Figure,
    slope: Figure,
    grads: Grads<'a>,
}

impl<'a> Point<'a> {
    fn new(row: &'a Row, answer: &'a Answer) -> Self {
        let figure = |value| Figure(value, answer.dtype);
        Self {
            x: figure(row.x),
            value: figure(row.value),
            slope: figure(row.slope),
            grads: Grads {
                names: &answer.names,
                values: &row.grads,
                dtype: answer.dtype,
            },
        }
    }
}

/// The parameter derivatives by name, in the order of the parameters.
struct Grads<'a> {
    names: &'a [&'static str],
    values: &'a [f64],
    dtype: DataType,
}

impl Serialize for Grads<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = self.values.iter().map(|value| Figure(*value, self.dtype));
        serializer.collect_map(self.names.iter().zip(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_and_no_more() {
        let row = Row {
            x: 0.1f32.into(),
            value: f64::NEG_INFINITY,
            slope: f64::NAN,
            grads: vec![1e-30f32.into(), -0.0],
        };
        let mut answer = Answer {
            dtype: DataType::F32,
            names: vec!["b", "a"],
            params: vec![0.0, 0.0],
            rows: vec![row.clone()],
        };
        assert_eq!(
            render(&answer),
            r#"[{"x":0.1,"value":"-inf","slope":"nan","grads":{"b":1e-30,"a":-0.0}}]"#
        );
        answer.dtype = DataType::F64;
        answer.rows = vec![row.clone(), row];
        let text = render(&answer);
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains(r#""x":0.10000000149011612,"#), "{text}");
    }
}
