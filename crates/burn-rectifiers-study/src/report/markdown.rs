//! The report as Markdown, without its drawings.

use super::{
    Block, Document, Findings, Outcome, Section, Table,
    inline::{self, markdown, paragraph},
};

impl Document {
    /// The report as Markdown: text, verdicts and tables. Of figures, only what is said of them.
    pub fn markdown(&self) -> String {
        let mut parts = vec![format!("# {}", markdown(&self.title))];
        parts.extend(self.lead.iter().map(|text| paragraph(text)));
        if !self.verdicts.is_empty() {
            parts.push("## Verdicts".into());
            parts.push(self.verdict_table());
        }
        let mut count = Count::default();
        for section in &self.sections {
            count.section(section, 2, &mut parts);
        }
        if !self.appendix.is_empty() {
            parts.push("## Appendix".into());
        }
        for section in &self.appendix {
            count.section(section, 3, &mut parts);
        }
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n") + "\n"
    }

    fn verdict_table(&self) -> String {
        let rows = self.verdicts.iter().map(|verdict| {
            vec![
                verdict.number.to_string(),
                format!(
                    "**{}**: {}",
                    markdown(&verdict.title),
                    markdown(&verdict.claim)
                ),
                judgement(verdict.outcome),
                markdown(&verdict.words),
            ]
        });
        let header = ["", "claim", "verdict", "what was found"].map(String::from);
        grid(&header, &[true, false, false, false], rows)
    }
}

/// Figures and tables so far.
#[derive(Default)]
struct Count {
    figures: usize,
    tables: usize,
}

impl Count {
    fn section(&mut self, section: &Section, level: usize, parts: &mut Vec<String>) {
        let outcome = section
            .outcome
            .map(|outcome| format!(" ({})", judgement(outcome)));
        let title = markdown(&section.title);
        let outcome = outcome.unwrap_or_default();
        parts.push(format!("{} {title}{outcome}", "#".repeat(level)));
        for block in &section.blocks {
            match block {
                Block::Heading(text) => {
                    parts.push(format!("{} {}", "#".repeat(level + 1), markdown(text)));
                }
                Block::Text(text) => parts.push(paragraph(text)),
                Block::List(items) => parts.push(list(items)),
                Block::Findings(findings) => self.findings(findings, parts),
                Block::Figure(figure) => parts.push(self.figure(&figure.title, &figure.caption)),
                Block::Drawings(drawings) => {
                    parts.push(self.figure(&drawings.title, &drawings.caption));
                }
                Block::Images(images) => parts.push(paragraph(&images.caption)),
                Block::Table(table) => self.table(table, parts),
            }
        }
    }

    fn findings(&mut self, findings: &Findings, parts: &mut Vec<String>) {
        let Findings {
            explanation,
            columns,
            rows: judged,
        } = findings;
        if judged.is_empty() {
            return parts.push(explanation.clone());
        }
        self.tables += 1;
        parts.push(format!("**Table {}.** {explanation}", self.tables));
        let rows = judged.iter().map(|judged| {
            let claim = format!(
                "{} ({})",
                markdown(&judged.claim),
                markdown(&judged.compared)
            );
            let words = [claim.trim_start().to_string(), judgement(judged.outcome)];
            let numbers = judged.numbers.iter().map(|number| markdown(number));
            words.into_iter().chain(numbers).collect()
        });
        let words = ["claim", "verdict"].map(String::from).into_iter();
        let header: Vec<String> = words.chain(columns.iter().cloned()).collect();
        let right: Vec<bool> = (0..header.len()).map(|column| column > 1).collect();
        parts.push(grid(&header, &right, rows));
        let remarks = judged.iter().flat_map(|judged| &judged.remarks);
        let remarks: Vec<&str> = remarks.map(String::as_str).collect();
        parts.push(paragraph(&remarks.join(" ")));
    }

    fn table(&mut self, table: &Table, parts: &mut Vec<String>) {
        self.tables += 1;
        let caption = format!("**Table {}.** {}", self.tables, markdown(&table.caption));
        parts.push(caption.trim_end().into());
        let full = |row: &Vec<String>| {
            let cell = |column: usize| {
                row.get(column)
                    .map(|cell| markdown(cell))
                    .unwrap_or_default()
            };
            (0..table.width()).map(cell).collect::<Vec<_>>()
        };
        let right: Vec<bool> = (0..table.width())
            .map(|column| table.is_numeric(column))
            .collect();
        parts.push(grid(
            &full(&table.header),
            &right,
            table.rows.iter().map(full),
        ));
    }

    fn figure(&mut self, title: &str, caption: &str) -> String {
        self.figures += 1;
        let mut text = format!("**Figure {} (on the page).**", self.figures);
        let title = markdown(title.trim_end_matches('.'));
        if !title.is_empty() {
            text += &format!(" {title}.");
        }
        format!("{text} {}", markdown(caption)).trim_end().into()
    }
}

fn judgement(outcome: Outcome) -> String {
    format!("{} {}", outcome.symbol(), outcome.word())
}

fn list(items: &[String]) -> String {
    let items = items
        .iter()
        .map(|item| format!("- {}", inline::paragraph(item)));
    items.collect::<Vec<_>>().join("\n")
}

/// A table of cells that are Markdown already.
fn grid(header: &[String], right: &[bool], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |", cells.join(" | "))
    };
    let rule: Vec<&str> = right
        .iter()
        .map(|right| if *right { "--:" } else { "---" })
        .collect();
    let mut lines = vec![line(header), format!("|{}|", rule.join("|"))];
    lines.extend(rows.map(|row| line(&row)));
    lines.join("\n")
}
