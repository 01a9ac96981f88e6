//! The pieces of a section as HTML.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::{
    Block, Document, Drawing, Drawings, Figure, Findings, Image, Images, Marks, Outcome, Panel,
    Table,
    draw::{self, Looks},
    inline::{self, plain},
};
use crate::base::{
    error::StudyError,
    html::{escaped, labelled},
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
            Block::Drawings(drawings) => self.drawings(drawings),
            Block::Images(images) => gallery(images),
            Block::Table(table) => self.table(table),
        })
    }

    fn findings(&mut self, findings: &Findings) -> String {
        if findings.rows.is_empty() {
            return paragraph(&findings.explanation);
        }
        self.tables += 1;
        let caption = format!("Table {}. {}", self.tables, findings.explanation);
        let mut rows = String::from("<thead>\n<tr><th>claim</th><th>verdict</th>");
        for column in &findings.columns {
            rows += &format!("<th class=\"number\">{}</th>", escaped(column));
        }
        rows += "</tr>\n</thead>\n<tbody>\n";
        let mut remarks = Vec::new();
        for judged in &findings.rows {
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
            remarks.extend(judged.remarks.iter().cloned());
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
        let panels = format!(
            "{}<div class=\"panels\">\n{panels}</div>\n",
            draw::legend(figure, &self.looks)
        );
        Ok(self.captioned(&panels, &figure.title, &figure.caption))
    }

    /// Drawings as a figure with its number.
    fn captioned(&self, panels: &str, title: &str, caption: &str) -> String {
        let title = match title.trim_end_matches('.') {
            "" => String::new(),
            title => format!(" {}.", inline::html(title)),
        };
        format!(
            "<figure id=\"figure-{number}\">\n{panels}<figcaption><strong>Figure {number}.{title}</strong> \
             {}</figcaption>\n</figure>\n",
            inline::html(caption),
            number = self.figures
        )
    }

    fn drawings(&mut self, drawings: &Drawings) -> String {
        self.figures += 1;
        let panel = |drawing: &Drawing| {
            let svg = labelled(&as_wide_as_its_panel(&drawing.svg), &drawing.label);
            format!("<div class=\"panel\">\n{svg}</div>\n")
        };
        let panels: String = drawings.panels.iter().map(panel).collect();
        let panels = format!("<div class=\"panels\">\n{panels}</div>\n");
        self.captioned(&panels, &drawings.title, &drawings.caption)
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

/// The drawing without a size of its own, which its first tag tells.
fn as_wide_as_its_panel(svg: &str) -> String {
    let (tag, rest) = svg.split_once('>').unwrap_or((svg, ""));
    let attributes = tag.split(' ').filter(|attribute| {
        let sizes = ["width=", "height="];
        !sizes.iter().any(|size| attribute.starts_with(size))
    });
    format!("{}>{rest}", attributes.collect::<Vec<_>>().join(" "))
}

/// Images with what is written below each, and a caption.
fn gallery(images: &Images) -> String {
    let item = |image: &Image| {
        let words = inline::html(&image.words);
        format!(
            "<li><img src=\"{}\" alt=\"\" width=\"{side}\" height=\"{side}\">{words}</li>\n",
            data_uri(image),
            side = image.side
        )
    };
    let items: String = images.images.iter().map(item).collect();
    format!(
        "<div class=\"table\">\n<p class=\"caption\">{}</p>\n<ul class=\"images\">\n{items}</ul>\n</div>\n",
        inline::html(&images.caption)
    )
}

/// The image as a bitmap in an address: the simplest format that browsers know.
fn data_uri(image: &Image) -> String {
    let side = image.side as u32;
    let row = (3 * side).next_multiple_of(4);
    let mut bytes = b"BM".to_vec();
    let header = [54 + row * side, 0, 54, 40, side, side];
    header
        .iter()
        .for_each(|field| bytes.extend(field.to_le_bytes()));
    // One plane of 24 bits per pixel, not compressed.
    bytes.extend([1, 0, 24, 0]);
    bytes.extend([0; 24]);
    // From the lowest row up, blue first, rows filled up to whole words.
    for pixels in image.pixels.chunks(image.side.max(1)).rev() {
        let end = bytes.len() + row as usize;
        pixels
            .iter()
            .for_each(|[red, green, blue]| bytes.extend([blue, green, red]));
        bytes.resize(end, 0);
    }
    format!("data:image/bmp;base64,{}", BASE64_STANDARD.encode(bytes))
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
