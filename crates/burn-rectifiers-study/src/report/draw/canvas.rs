//! A drawing of two axes, whatever is between them.

use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::ruler::Ruler;
use crate::base::style::{self, Area, Drawn, GREY, SCALE, px};

/// The width of a panel, in pixels as shown.
pub(super) const WIDTH: u32 = 380;

/// Sizes of text: names of axes, their numbers.
const SIZES: [u32; 2] = [16, 15];

/// Width of a character of an axis's numbers, about, in pixels as shown.
const CHARACTER: f64 = 6.9;

/// Width of a character of an axis's name, generously.
const NAME_CHARACTER: f64 = 7.0;

/// Height of a line of an axis's name.
const NAME_HEIGHT: u32 = 17;

/// Room at the right of the plot, at least.
const RIGHT: u32 = 12;

/// What is drawn between the axes.
pub(super) type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Ruler, Ruler>>;

/// Two axes with their names, and `height` pixels between top and bottom one. The name of the y
/// axis stands above it, from left to right, so that it can be long.
pub(super) struct Canvas<'a> {
    pub(super) x: (&'a str, Ruler),
    pub(super) y: (&'a str, Ruler),
    pub(super) height: u32,
}

impl Canvas<'_> {
    pub(super) fn draw(
        self,
        plot: impl FnOnce(&mut Plot, &Area) -> Result<(), Box<dyn std::error::Error>>,
    ) -> Drawn {
        let [(x_name, x), (y_name, y)] = [self.x, self.y];
        let (x_name, y_name) = (wrapped(x_name), wrapped(y_name));
        // However long the texts are, at least a quarter of the width is for what is drawn.
        let left = ((CHARACTER * y.widest() as f64) as u32 + 16).min(WIDTH / 2);
        // The last number of the x axis is centred at the end.
        let last = x.ticks.last().map_or(0, |tick| tick.1.chars().count());
        let right = ((0.5 * CHARACTER * last as f64) as u32 + 4).clamp(RIGHT, WIDTH / 4);
        let top = 8 + NAME_HEIGHT * y_name.len() as u32;
        let bottom = 26 + NAME_HEIGHT * x_name.len() as u32;
        let (width, height) = (WIDTH, top + self.height + bottom);
        let length = WIDTH.saturating_sub(left + right);
        let x = x.without_collisions(length.into(), CHARACTER);
        style::document((width, height), |root| {
            let name = |text: &str, at: (u32, u32), anchor| {
                let style = style::text(SIZES[0]).pos(Pos::new(anchor, VPos::Top));
                root.draw(&Text::new(
                    text.to_string(),
                    (px(at.0) as i32, px(at.1) as i32),
                    style,
                ))
            };
            for (line, text) in (0..).zip(&y_name) {
                name(text, (4, 3 + NAME_HEIGHT * line), HPos::Left)?;
            }
            for (line, text) in (0..).zip(&x_name) {
                let y = height - bottom + 24 + NAME_HEIGHT * line;
                // In the middle of the plot, unless that is too far to the right.
                let half = (0.5 * NAME_CHARACTER * text.chars().count() as f64) as u32;
                let middle = (left + length / 2).min(WIDTH.saturating_sub(half + 2));
                name(text, (middle, y), HPos::Center)?;
            }
            let mut chart = ChartBuilder::on(root)
                .margin_top(px(top))
                .margin_right(px(right))
                .margin_bottom(px(bottom - 24))
                .x_label_area_size(px(24))
                .y_label_area_size(px(left))
                .build_cartesian_2d(x, y)?;
            style::styled_mesh(&mut chart, SIZES).draw()?;
            plot(&mut chart, root)
        })
    }
}

/// A drawing in which there is nothing to see.
pub(super) fn no_data(height: u32) -> Drawn {
    style::document((WIDTH, height), |root| {
        let middle = Pos::new(HPos::Center, VPos::Center);
        let text = style::text(SIZES[0]).color(&GREY).pos(middle);
        let at = (px(WIDTH / 2) as i32, px(height / 2) as i32);
        root.draw(&Text::new("no data", at, text))?;
        let frame = GREY.stroke_width(SCALE);
        let corner = (px(WIDTH - 1) as i32, px(height - 1) as i32);
        root.draw(&Rectangle::new(
            [(px(1) as i32, px(1) as i32), corner],
            frame,
        ))?;
        Ok(())
    })
}

/// Lines that fit into a panel.
fn wrapped(text: &str) -> Vec<String> {
    let most = (f64::from(WIDTH - 8) / NAME_CHARACTER) as usize;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                *line += " ";
                *line += word;
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}
