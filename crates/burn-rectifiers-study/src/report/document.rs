//! The text of a report.

use serde::Serialize;

use super::{Figure, Outcome};

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// What it is called.
    pub title: String,
    /// Paragraphs that come before everything else.
    pub lead: Vec<String>,
    /// The claims, each with what came of it.
    pub verdicts: Vec<ClaimVerdict>,
    /// How that was found.
    pub sections: Vec<Section>,
    /// What few will read: settings, every number.
    pub appendix: Vec<Section>,
}

/// A claim of the literature, and what came of it. It links to its section: the one whose id is
/// `claim-` and its number or, if there is none, the first with its title in the section's title.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimVerdict {
    /// Counted from 1.
    pub number: usize,
    /// In a few words, such as "Dying ReLU".
    pub title: String,
    /// What is claimed.
    pub claim: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The outcome in a sentence.
    pub words: String,
    /// What it rests on, a line per comparison.
    pub comparisons: Vec<String>,
}

/// A part of the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// The name by which links find it, unique in the document.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What came of the claim it is about, if it is about one.
    pub outcome: Option<Outcome>,
    /// What it says.
    pub blocks: Vec<Block>,
}

impl Section {
    /// About no claim.
    pub fn new(id: &str, title: &str, blocks: Vec<Block>) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            outcome: None,
            blocks,
        }
    }
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A heading within the section.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// Items, in no order that matters.
    List(Vec<String>),
    /// Claims, judged.
    Findings(Findings),
    /// Drawings of lines and intervals.
    Figure(Figure),
    /// Drawings of any kind.
    Drawings(Drawings),
    /// Small images.
    Images(Images),
    /// Numbers.
    Table(Table),
}

/// Claims about comparisons, each with what is to be said of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Findings {
    /// What the numbers are.
    pub explanation: String,
    /// What each number is called.
    pub columns: Vec<String>,
    /// In the order in which they are shown.
    pub rows: Vec<Judged>,
}

/// A claim about a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// What is claimed, or nothing if nobody said.
    pub claim: String,
    /// What was compared, and where the claim begins to hold.
    pub compared: String,
    /// What follows.
    pub outcome: Outcome,
    /// One per column.
    pub numbers: Vec<String>,
    /// What is to be said below the table.
    pub remarks: Vec<String>,
}

/// Drawings that belong together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawings {
    /// What they are called.
    pub title: String,
    /// What they show, and how to read them.
    pub caption: String,
    /// As many beside each other as fit.
    pub panels: Vec<Drawing>,
}

/// A drawing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawing {
    /// What it shows, for those who do not see it.
    pub label: String,
    /// An SVG document.
    pub svg: String,
}

/// Small images that belong together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Images {
    /// What they show.
    pub caption: String,
    /// One after the other.
    pub images: Vec<Image>,
}

/// A small image.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Image {
    /// What is written below it.
    pub words: String,
    /// Pixels in a row, and in a column.
    pub side: usize,
    /// Red, green and blue of each pixel, row after row.
    pub pixels: Vec<[u8; 3]>,
}

/// Rows and columns. Columns of numbers are aligned at the right, the first column never is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The names of the columns.
    pub header: Vec<String>,
    /// Cells by row; rows that are too short are filled up.
    pub rows: Vec<Vec<String>>,
}

impl Document {
    /// The section a verdict is about.
    pub(super) fn section_of(&self, verdict: &ClaimVerdict) -> Option<&Section> {
        let id = format!("claim-{}", verdict.number);
        let mut sections = self.sections.iter();
        let named = sections.clone().find(|section| section.id == id);
        named.or_else(|| sections.find(|section| section.title.contains(&verdict.title)))
    }

    /// Every section, those of the appendix last.
    pub(super) fn all_sections(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().chain(&self.appendix)
    }
}

impl Table {
    /// With columns of these names.
    pub fn new(caption: impl Into<String>, header: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self {
            caption: caption.into(),
            header: header.iter().map(|name| name.to_string()).collect(),
            rows,
        }
    }

    /// Number of columns: that of the widest row.
    pub(super) fn width(&self) -> usize {
        let rows = self.rows.iter().map(Vec::len);
        rows.fold(self.header.len(), usize::max)
    }

    /// Whether a column holds numbers, and nothing else that is not empty.
    pub(crate) fn is_numeric(&self, column: usize) -> bool {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let mut cells = cells.map(|cell| cell.trim()).filter(|cell| !is_blank(cell));
        column > 0 && cells.clone().next().is_some() && cells.all(is_number)
    }
}

/// What stands for a number that is not there.
fn is_blank(cell: &str) -> bool {
    matches!(cell, "" | "-" | "–" | "—" | "n/a")
}

/// Whether a cell begins like a number, whatever unit, interval or mark follows.
fn is_number(cell: &str) -> bool {
    let bare = cell.trim_start_matches(['*', '`', '[', '(', '<', '>', '≤', '≥', '≈', '~', ' ']);
    let bare = bare.trim_start_matches(['+', '-', '−', '±']);
    let bare = bare.to_lowercase();
    bare.starts_with(|c: char| c.is_ascii_digit() || c == '∞')
        || bare.starts_with("nan")
        || bare.starts_with("inf")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_numbers_are_recognized() {
        let row = |cells: [&str; 5]| cells.map(String::from).to_vec();
        let table = Table {
            caption: String::new(),
            header: row(["1", "2", "3", "4", "5"]),
            rows: vec![
                row(["1", "**+1.5** %", "relu", "–", ""]),
                row(["2", "< 0.0001", "1", "[−1, 2]", ""]),
            ],
        };
        let numeric = [false, true, false, true, false];
        assert_eq!(
            [0, 1, 2, 3, 4].map(|column| table.is_numeric(column)),
            numeric
        );
    }
}
