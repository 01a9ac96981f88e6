//! How each line looks, by its name: the same in all figures.

use std::collections::BTreeMap;

use plotters::style::{RGBColor, ShapeStyle};

use super::Marker;
use crate::{
    base::style::{
        self, BLUE, DASH_DOT, DASHES, DOTS, Dash, GREY, INK, LONG_DASHES, OLIVE, ORANGE, PURPLE,
        RED, SOLID, TEAL, px,
    },
    report::{Block, Document, Figure, Marks},
};

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub(super) color: RGBColor,
    /// In pixels as shown.
    pub(super) width: u32,
    pub(super) dash: Dash,
    pub(super) marker: Marker,
}

const SKY: RGBColor = RGBColor(45, 160, 215);
const PINK: RGBColor = RGBColor(214, 80, 155);
const BROWN: RGBColor = RGBColor(122, 74, 34);
const GREEN: RGBColor = RGBColor(98, 160, 40);

const fn look(color: RGBColor, width: u32, dash: Dash, marker: Marker) -> Look {
    Look {
        color,
        width,
        dash,
        marker,
    }
}

/// Lines that are often compared differ in lightness or dashes too, not by hue alone.
const KNOWN: [(&str, Look); 12] = [
    ("relu", look(INK, 3, SOLID, Marker::Circle)),
    ("leaky_relu", look(GREY, 2, DASHES, Marker::Square)),
    ("prelu", look(BLUE, 2, SOLID, Marker::Up)),
    ("elu", look(ORANGE, 2, SOLID, Marker::Diamond)),
    ("learnable_elu", look(RED, 2, DASHES, Marker::Down)),
    ("pelu", look(TEAL, 2, SOLID, Marker::Square)),
    ("selu", look(PURPLE, 2, SOLID, Marker::Down)),
    ("srelu", look(SKY, 2, DASH_DOT, Marker::Diamond)),
    ("sparse_relu", look(OLIVE, 2, LONG_DASHES, Marker::Cross)),
    ("mpelu", look(PINK, 2, LONG_DASHES, Marker::Up)),
    ("sigmoid", look(BROWN, 2, DOTS, Marker::Circle)),
    ("tanh", look(GREEN, 2, DASH_DOT, Marker::Square)),
];

/// For other names.
const OTHERS: [Look; 6] = [
    look(RGBColor(190, 138, 0), 2, SOLID, Marker::Circle),
    look(RGBColor(24, 58, 130), 2, DOTS, Marker::Diamond),
    look(RGBColor(120, 20, 60), 2, LONG_DASHES, Marker::Square),
    look(RGBColor(0, 150, 160), 2, DASH_DOT, Marker::Up),
    look(RGBColor(96, 80, 205), 2, DOTS, Marker::Down),
    look(RGBColor(66, 92, 40), 2, DASHES, Marker::Cross),
];

/// How each line of a document looks.
pub(in crate::report) struct Looks(BTreeMap<String, Look>);

impl Looks {
    /// Activations look as they do in every document. Other names get what is free, in the order
    /// in which they appear.
    pub(in crate::report) fn of(document: &Document) -> Self {
        let mut names: Vec<&str> = Vec::new();
        for name in document.all_sections().flat_map(|section| {
            section.blocks.iter().flat_map(|block| match block {
                Block::Figure(figure) => figure_names(figure),
                _ => Vec::new(),
            })
        }) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let (known, others): (Vec<&str>, Vec<&str>) =
            names.into_iter().partition(|name| known(name).is_some());
        let absent = KNOWN.iter().filter(|(name, _)| !known.contains(name));
        let free = OTHERS.into_iter().chain(absent.map(|(_, look)| *look));
        // When all are taken, the colours return with other dashes.
        let more = (1..).flat_map(|turn| {
            let all = KNOWN.iter().map(|(_, look)| look).chain(&OTHERS);
            all.map(move |look| look.turned(turn))
        });
        let others = others.into_iter().zip(free.chain(more));
        let known = known
            .iter()
            .filter_map(|name| Some((*name, self::known(name)?)));
        Self(
            known
                .chain(others)
                .map(|(name, look)| (name.to_string(), look))
                .collect(),
        )
    }

    pub(super) fn get(&self, name: &str) -> Look {
        self.0.get(name).copied().unwrap_or(KNOWN[0].1)
    }
}

impl Look {
    /// Each colour with another dash, up to four times.
    fn turned(self, turn: usize) -> Self {
        let dashes = [SOLID, DOTS, DASHES, DASH_DOT, LONG_DASHES];
        let own = dashes.iter().position(|dash| *dash == self.dash);
        let dash = dashes[(own.unwrap_or(0) + turn) % dashes.len()];
        Self { dash, ..self }
    }

    pub(super) fn stroke(&self) -> ShapeStyle {
        style::broken(&self.color, px(self.width), self.dash)
    }
}

fn known(name: &str) -> Option<Look> {
    KNOWN
        .iter()
        .find(|known| known.0 == name)
        .map(|known| known.1)
}

/// The names of a figure's lines, each once, in order.
pub(super) fn figure_names(figure: &Figure) -> Vec<&str> {
    let mut names = Vec::new();
    for panel in &figure.panels {
        let Marks::Lines(lines) = &panel.marks else {
            continue;
        };
        for line in lines {
            if !names.contains(&line.name.as_str()) {
                names.push(&line.name);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Axis, Line, Panel, Scale, Section};

    fn looks(names: &[&str]) -> Looks {
        let axis = Axis {
            label: String::new(),
            scale: Scale::Linear,
            ticks: vec![],
        };
        let line = |name: &&str| Line {
            name: name.to_string(),
            points: vec![],
        };
        let panel = Panel {
            title: String::new(),
            x: axis.clone(),
            y: axis,
            marks: Marks::Lines(names.iter().map(line).collect()),
        };
        let figure = Figure {
            title: String::new(),
            caption: String::new(),
            panels: vec![panel],
        };
        Looks::of(&Document {
            title: String::new(),
            lead: vec![],
            verdicts: vec![],
            sections: vec![Section {
                id: String::new(),
                title: String::new(),
                outcome: None,
                blocks: vec![Block::Figure(figure)],
            }],
            appendix: vec![],
        })
    }

    #[test]
    fn activations_look_the_same_in_every_document() {
        let (few, many) = (
            looks(&["relu", "tanh"]),
            looks(&["new", "tanh", "elu", "relu"]),
        );
        assert_eq!(few.get("relu"), many.get("relu"));
        assert_eq!(few.get("tanh"), many.get("tanh"));
        assert_eq!(many.get("relu").color, INK);
    }

    #[test]
    fn no_two_lines_look_the_same() {
        let more: Vec<String> = (0..40).map(|index| index.to_string()).collect();
        let mut names = vec![
            "a", "b", "relu", "prelu", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l",
        ];
        names.extend(more.iter().map(String::as_str));
        let looks = looks(&names);
        for (index, name) in names.iter().enumerate() {
            for other in &names[..index] {
                let (a, b) = (looks.get(name), looks.get(other));
                assert!((a.color, a.dash) != (b.color, b.dash), "{name} and {other}");
            }
        }
    }
}
