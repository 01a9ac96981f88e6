//! The pieces of a section as HTML.

use super::{
    Block, Document, Figure, Marks, Outcome, Panel, Table,
    draw::{self, Looks},
    inline::{self, plain},
    judged::{Judged, columns, explanation},
};
use crate::{
    base::{
        error::StudyError,
        html::{escaped, labelled},
    },
    statistics::Finding,
};

/// Writes blocks one after the other, and counts figures and tables.
pub(super) struct Blocks {
    looks: Looks,
    figures: usize,
    tables: usize,
}

impl Blocks {
    /// For the blocks of this document.
    pub(super) fn of(document: &Document) -> Self {
        Self {
            looks: Looks::of(document),
            figures: 0,
            tables: 0,
        }
    }

    /// The next block; `level` is that of a heading.
    pub(super) fn html(&mut self, block: &Block, level: usize) -> Result<String, StudyError> {
        Ok(match block {
            Block::Heading(text) => format!("<h{level}>{}</h{level}>\n", inline::html(text)),
            Block::Text(text) => paragraph(text),
            Block::List(items) => list("", items),
            Block::Findings(findings) => self.findings(findings),
            Block::Figure(figure) => self.figure(figure)?,
            Block::Table(table) => self.table(table),
        })
    }

    fn findings(&mut self, findings: &[Finding]) -> String {
        if findings.is_empty() {
            return paragraph(&explanation(findings));
        }
        self.tables += 1;
        let caption = format!("Table {}. {}", self.tables, explanation(findings));
        let mut rows = String::from("<thead>\n<tr><th>claim</th><th>verdict</th>");
        for column in columns(findings) {
            rows += &format!("<th class=\"number\">{column}</th>");
        }
        rows += "</tr>\n</thead>\n<tbody>\n";
        let mut remarks = Vec::new();
        for judged in findings.iter().map(Judged::from) {
            rows += &format!(
                "<tr><th scope=\"row\">{} <small>{}</small></th><td>{}</td>",
                inline::html(&judged.claim),
                escaped(&judged.compared),
                badge(judged.outcome)
            );
            for number in &judged.numbers {
                rows += &format!("<td class=\"number\">{}</td>", escaped(number));
            }
            rows += "</tr>\n";
            remarks.extend(judged.remarks);
        }
        rows += "</tbody>\n";
        let notes = match remarks.is_empty() {
            true => String::new(),
            false => list(" class=\"notes\"", &remarks),
        };
        boxed("findings", &caption, &rows, &notes)
    }

    fn table(&mut self, table: &Table) -> String {
        self.tables += 1;
        let caption = format!("Table {}. {}", self.tables, table.caption);
        let class = |column| match table.is_numeric(column) {
            true => " class=\"number\"",
            false => "",
        };
        let cell = |row: &[String], column: usize| {
            row.get(column)
                .map_or_else(String::new, |cell| inline::html(cell))
        };
        let columns = 0..table.width();
        let header = columns.clone().map(|column| {
            let text = cell(&table.header, column);
            format!("<th scope=\"col\"{}>{text}</th>", class(column))
        });
        let mut rows = format!(
            "<thead>\n<tr>{}</tr>\n</thead>\n",
            header.collect::<String>()
        );
        rows += "<tbody>\n";
        for row in &table.rows {
            let cells = columns.clone().map(|column| match column {
                0 => format!("<th scope=\"row\">{}</th>", cell(row, 0)),
                _ => format!("<td{}>{}</td>", class(column), cell(row, column)),
            });
            rows += &format!("<tr>{}</tr>\n", cells.collect::<String>());
        }
        rows += "</tbody>\n";
        boxed("plain", &caption, &rows, "")
    }

    fn figure(&mut self, figure: &Figure) -> Result<String, StudyError> {
        self.figures += 1;
        let mut panels = String::new();
        for panel in &figure.panels {
            panels += &self.panel(figure, panel)?;
        }
        let title = match figure.title.trim_end_matches('.') {
            "" => String::new(),
            title => format!(" {}.", inline::html(title)),
        };
        Ok(format!(
            "<figure id=\"figure-{number}\">\n{}<div class=\"panels\">\n{panels}</div>\n\
             <figcaption><strong>Figure {number}.{title}</strong> {}</figcaption>\n</figure>\n",
            draw::legend(figure, &self.looks),
            inline::html(&figure.caption),
            number = self.figures
        ))
    }

    fn panel(&self, figure: &Figure, panel: &Panel) -> Result<String, StudyError> {
        let drawn = draw::svg(panel, &self.looks);
        let svg = drawn.map_err(|error| StudyError::Io {
            action: "draw",
            path: plain(&figure.title).into(),
            reason: error.to_string(),
        })?;
        let title = match panel.title.as_str() {
            "" => String::new(),
            title => format!("<p class=\"title\">{}</p>\n", inline::html(title)),
        };
        let label = label(figure, panel);
        Ok(format!(
            "<div class=\"panel\">\n{title}{}</div>\n",
            labelled(&svg, &label)
        ))
    }
}

/// What a panel shows, for those who do not see it.
fn label(figure: &Figure, panel: &Panel) -> String {
    let titles = [&figure.title, &panel.title].map(|title| plain(title));
    let titles: Vec<&str> = titles
        .iter()
        .map(String::as_str)
        .filter(|title| !title.is_empty())
        .collect();
    let (x, names): (String, Vec<&str>) = match &panel.marks {
        Marks::Lines(lines) => (
            format!("{} against {}", panel.y.label, panel.x.label),
            lines.iter().map(|line| line.name.as_str()).collect(),
        ),
        Marks::Intervals(intervals) => (
            format!("intervals of {}", panel.x.label),
            intervals.rows.iter().map(|row| row.name.as_str()).collect(),
        ),
    };
    format!("{}: {x} for {}", titles.join(", "), names.join(", "))
}

fn list(attributes: &str, items: &[String]) -> String {
    let items = items
        .iter()
        .map(|item| format!("<li>{}</li>\n", inline::html(item)));
    format!("<ul{attributes}>\n{}</ul>\n", items.collect::<String>())
}

/// A table in a box of its own, which can be scrolled where the page is too narrow.
fn boxed(class: &str, caption: &str, rows: &str, notes: &str) -> String {
    format!(
        "<div class=\"table\">\n<p class=\"caption\">{}</p>\n\
         <div class=\"scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\">\n\
         <table class=\"{class}\">\n{rows}</table>\n</div>\n{notes}</div>\n",
        numbered(caption),
        escaped(&plain(caption))
    )
}

/// "Table 1." in bold, since the rest of a caption may be long.
fn numbered(caption: &str) -> String {
    let (number, rest) = caption.split_once(". ").unwrap_or((caption, ""));
    format!("<strong>{number}.</strong> {}", inline::html(rest))
}

/// A paragraph of text with marks.
pub(super) fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", inline::html(text))
}

/// An outcome as symbol and word.
pub(super) fn badge(outcome: Outcome) -> String {
    format!(
        "<span class=\"badge {}\">{} {}</span>",
        outcome.class(),
        outcome_symbol(outcome),
        outcome.word()
    )
}

fn outcome_symbol(outcome: Outcome) -> String {
    format!("<span aria-hidden=\"true\">{}</span>", outcome.symbol())
}
