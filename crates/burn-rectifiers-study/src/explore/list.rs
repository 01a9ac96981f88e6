//! The family on a terminal.

use burn_rectifiers::curve::{Curve, ParamInfo};

/// Lines are at most so long.
const WIDTH: usize = 100;

/// An entry per curve: name and formula, below it the parameters, then the source.
pub(super) fn render<'a>(curves: impl ExactSizeIterator<Item = &'a dyn Curve>) -> String {
    let curves: Vec<_> = curves.collect();
    let names = curves.iter().map(|curve| curve.name().len());
    let indent = names.max().unwrap_or(0).max("name".len()) + 2;
    let mut text = format!(
        "{:<indent$}formula; parameters and their defaults; source\n",
        "name"
    );
    for curve in &curves {
        let mut entry = wrapped(curve.formula(), indent) + &surrogate(*curve, indent);
        for info in curve.params() {
            entry += &wrapped(&parameter(info), indent);
        }
        entry += &wrapped(curve.source(), indent);
        text += &format!("\n{:<indent$}{}", curve.name(), entry.trim_start());
    }
    text += &format!(
        "\n{} activations; `cargo run --example explore -- NAME` evaluates one.\n",
        curves.len()
    );
    text
}

/// The function that the backward pass takes the slope of, if it is another.
pub(super) fn surrogate(curve: &dyn Curve, indent: usize) -> String {
    let line = |other| wrapped(&format!("backward: the slope of {other}"), indent);
    curve.surrogate().map(line).unwrap_or_default()
}

/// A parameter in a few words.
fn parameter(info: &ParamInfo) -> String {
    format!(
        "{} = {}{}: {}",
        info.name,
        info.default,
        bound(info),
        info.doc
    )
}

/// What follows the default of a parameter.
pub(super) fn bound(info: &ParamInfo) -> String {
    match info.bound.is_some() {
        true => format!(", {}", info.bound),
        false => String::new(),
    }
}

/// The words of `text` in lines that begin after `indent` spaces.
pub(super) fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is one from the start");
        let length = indent + line.chars().count() + 1 + word.chars().count();
        match line.is_empty() {
            true => line.push_str(word),
            false if length <= WIDTH => *line += &format!(" {word}"),
            // What continues a line stands further to the right.
            false => lines.push(format!("  {word}")),
        }
    }
    let lines = lines.iter().map(|line| format!("{:indent$}{line}\n", ""));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_short_and_complete() {
        let words = "activation ".repeat(40);
        let text = wrapped(&words, 20);
        assert!(text.lines().count() > 3);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(text.lines().all(|line| line.starts_with(&" ".repeat(20))));
        assert_eq!(text.split_whitespace().count(), 40);
        assert_eq!(wrapped("alone", 3), "   alone\n");
    }
}
