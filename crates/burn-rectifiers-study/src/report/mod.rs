//! What a program has to tell, as plain data, and as one page for a browser or as Markdown.
//!
//! A [`Document`] says what is to be told and nothing about how. [`Document::html`] gives a page
//! that needs no other file: styles and drawings are in it, and it has no scripts.
//! [`Document::markdown`] gives the same text, verdicts and tables without the drawings.
//!
//! Texts may hold two marks, `code` between backticks and **bold** between double asterisks; all
//! else is shown as it stands.
//!
//! ```
//! use burn_rectifiers_study::report::{Block, ClaimVerdict, Document, Outcome, Section};
//!
//! let document = Document {
//!     title: "Two claims, tested".into(),
//!     lead: vec!["Five seeds each.".into()],
//!     verdicts: vec![ClaimVerdict {
//!         number: 1,
//!         title: "Dying ReLU".into(),
//!         claim: "Units of ReLU die, those of `prelu` do not.".into(),
//!         outcome: Outcome::Confirmed,
//!         words: "**31 %** of ReLU's units are dead, 0 % of PReLU's.".into(),
//!         comparisons: vec!["prelu − relu: −31 points".into()],
//!     }],
//!     sections: vec![Section {
//!         id: "claim-1".into(),
//!         title: "Dying ReLU".into(),
//!         outcome: Some(Outcome::Confirmed),
//!         blocks: vec![Block::Text("Counted after the last epoch.".into())],
//!     }],
//!     appendix: vec![],
//! };
//! assert!(document.html()?.contains("<code>prelu</code>"));
//! assert!(document.markdown().starts_with("# Two claims, tested\n"));
//! # Ok::<(), burn_rectifiers_study::StudyError>(())
//! ```

mod blocks;
mod document;
mod draw;
mod figure;
mod inline;
mod markdown;
mod outcome;
mod page;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use document::{
    Block, ClaimVerdict, Document, Drawing, Drawings, Findings, Image, Images, Judged, Section,
    Table,
};
pub use figure::{Axis, Figure, Interval, Intervals, Line, Marks, Panel, Point, Scale};
pub use outcome::Outcome;
