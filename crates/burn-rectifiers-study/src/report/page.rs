//! The report as a page for browsers.

use super::{
    ClaimVerdict, Document, Outcome, Section,
    blocks::{Blocks, badge, paragraph},
    inline::{self, plain},
};
use crate::base::{
    error::StudyError,
    html::{self, escaped},
};

/// Drawings are light; in the dark they are inverted, and turned so that colours stay themselves.
const STYLE: &str = include_str!("report.css");

impl Document {
    /// The report as a page that needs no other file and no network.
    ///
    /// # Errors
    ///
    /// If a figure cannot be drawn.
    pub fn html(&self) -> Result<String, StudyError> {
        let mut blocks = Blocks::of(self);
        let lead: String = self.lead.iter().map(|text| paragraph(text)).collect();
        let mut body = format!(
            "<header>\n<h1>{}</h1>\n<div class=\"lead\">\n{lead}</div>\n</header>\n",
            inline::html(&self.title)
        );
        body += &self.contents();
        body += "<main>\n";
        body += &self.verdicts();
        for section in &self.sections {
            body += &html_of(section, 2, &mut blocks)?;
        }
        if !self.appendix.is_empty() {
            body += "<div class=\"appendix\" id=\"appendix\">\n<h2>Appendix</h2>\n";
            for section in &self.appendix {
                body += &html_of(section, 3, &mut blocks)?;
            }
            body += "</div>\n";
        }
        body += "</main>\n";
        Ok(html::page(&plain(&self.title), STYLE, &body))
    }

    /// A line of links that stays in sight.
    fn contents(&self) -> String {
        let link = |to: &str, text: &str| format!("<li><a href=\"#{to}\">{text}</a></li>\n");
        let mut links = String::new();
        if !self.verdicts.is_empty() {
            links += &link("verdicts", "Verdicts");
        }
        for section in &self.sections {
            let title = inline::html(&section.title);
            let text = match section.outcome {
                Some(outcome) => format!("{title} {}", symbol(outcome)),
                None => title,
            };
            links += &link(&anchor(&section.id), &text);
        }
        if !self.appendix.is_empty() {
            links += &link("appendix", "Appendix");
        }
        if links.is_empty() {
            return links;
        }
        format!("<nav aria-label=\"Contents\">\n<ul>\n{links}</ul>\n</nav>\n")
    }

    /// A card per claim.
    fn verdicts(&self) -> String {
        if self.verdicts.is_empty() {
            return String::new();
        }
        let card = |verdict: &ClaimVerdict| {
            let class = verdict.outcome.class();
            let title = format!("{}. {}", verdict.number, inline::html(&verdict.title));
            let title = match self.section_of(verdict) {
                Some(section) => format!("<a href=\"#{}\">{title}</a>", anchor(&section.id)),
                None => title,
            };
            format!(
                "<li class=\"card {class}\">\n<h3>{title}</h3>\n{}\n\
                 <p>{}</p>\n<p class=\"claim\">{}</p>\n{}</li>\n",
                badge(verdict.outcome),
                inline::html(&verdict.words),
                inline::html(&verdict.claim),
                comparisons(&verdict.comparisons)
            )
        };
        let cards: String = self.verdicts.iter().map(card).collect();
        format!(
            "<section id=\"verdicts\">\n<h2>Verdicts</h2>\n<ol class=\"cards\">\n{cards}</ol>\n\
             </section>\n"
        )
    }
}

/// Lines that unfold.
fn comparisons(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let line = |line: &String| format!("<li>{}</li>\n", inline::html(line));
    let items: String = lines.iter().map(line).collect();
    let count = match lines.len() {
        1 => "1 comparison".into(),
        count => format!("{count} comparisons"),
    };
    format!("<details>\n<summary>{count}</summary>\n<ul>\n{items}</ul>\n</details>\n")
}

fn html_of(section: &Section, level: usize, blocks: &mut Blocks) -> Result<String, StudyError> {
    let outcome = section
        .outcome
        .map(|outcome| format!(" {}", badge(outcome)));
    let mut text = format!(
        "<section id=\"{}\">\n<h{level}>{}{}</h{level}>\n",
        anchor(&section.id),
        inline::html(&section.title),
        outcome.unwrap_or_default()
    );
    for block in &section.blocks {
        text += &blocks.html(block, level + 1)?;
    }
    Ok(text + "</section>\n")
}

/// An outcome as a symbol, with the word for those who listen.
fn symbol(outcome: Outcome) -> String {
    format!(
        "<span class=\"symbol {}\" role=\"img\" aria-label=\"{}\">{}</span>",
        outcome.class(),
        outcome.word(),
        outcome.symbol()
    )
}

/// A name that can be linked to: without white space.
fn anchor(id: &str) -> String {
    let words: Vec<&str> = id.split_whitespace().collect();
    escaped(&words.join("-"))
}
