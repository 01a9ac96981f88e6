//! Tables on a terminal.

/// The rows with their cells below each other, two spaces apart: to the left in columns for which `is_text` says so, to
/// the right in others.
pub(crate) fn aligned(rows: &[Vec<String>], is_text: impl Fn(usize) -> bool) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(column, (cell, width))| match is_text(column) {
            true => format!("{cell:<width$}"),
            false => format!("{cell:>width$}"),
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let row = |cells: [&str; 3]| cells.map(String::from).to_vec();
        let rows = [row(["name", "β", "n"]), row(["a", "-0.25", ""])];
        let text = aligned(&rows, |column| column == 0);
        assert_eq!(text, "name      β  n\na     -0.25\n");
        assert_eq!(aligned(&[], |_| true), "");
    }
}
