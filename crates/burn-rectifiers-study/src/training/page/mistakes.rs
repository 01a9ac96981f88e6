//! What a network takes for what.

use burn_rectifiers_data::{CHANNELS, Images as Pictures, PIXELS, SIDE};
use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::base::digits::significant;
use crate::base::error::StudyError;
use crate::base::style::{self, Area, BLUE, SCALE, px};
use crate::pictures::drawing;
use crate::report::{Block, Drawings, Image, Images, Table};
use crate::training::probe::Judged;

/// Mistakes that are shown as images.
const SHOWN: usize = 24;

/// Pairs of classes in the table.
const PAIRS: usize = 10;

/// With more classes, a drawing has no room for their names.
const NAMED: usize = 20;

/// A confusion matrix, the most frequent mistakes, and the worst ones as images.
pub(super) fn blocks(images: &Pictures, judged: &[Judged]) -> Result<Vec<Block>, StudyError> {
    let classes = images.classes();
    let mut counts = vec![vec![0usize; classes.len()]; classes.len()];
    for one in judged {
        counts[one.label][one.class] += 1;
    }
    let side = if classes.len() <= NAMED { 560 } else { 640 };
    let title = "Confusion matrix: rows are what images show, columns what they were taken for";
    let matrix = drawing((side, side - 60), title, |area| {
        matrix(area, classes, &counts)
    })?;
    let mut blocks = vec![Block::Drawings(Drawings {
        title: "Confusion matrix".into(),
        caption: "A row per class that images show, a column per class that they were taken for; the darker, the greater the \
                  share of the row."
            .into(),
        panels: vec![matrix],
    })];
    let mut pairs: Vec<(usize, usize)> = (0..classes.len())
        .flat_map(|row| (0..classes.len()).map(move |column| (row, column)))
        .filter(|&(row, column)| row != column && counts[row][column] > 0)
        .collect();
    if pairs.is_empty() {
        blocks.push(Block::Text("There are no mistakes.".into()));
        return Ok(blocks);
    }
    pairs.sort_by_key(|&(row, column)| std::cmp::Reverse(counts[row][column]));
    let row = |&(row, column): &(usize, usize)| {
        let all: usize = counts[row].iter().sum();
        let share = 100.0 * counts[row][column] as f64 / all as f64;
        vec![
            format!("{} taken for {}", classes[row], classes[column]),
            counts[row][column].to_string(),
            format!("{} %", significant(share, 3)),
        ]
    };
    blocks.push(Block::Table(Table::new(
        "The most frequent mistakes",
        &["mistake", "images", "of its class"],
        pairs.iter().take(PAIRS).map(row).collect(),
    )));
    blocks.push(worst(images, judged));
    Ok(blocks)
}

/// Those with the greatest loss.
fn worst(images: &Pictures, judged: &[Judged]) -> Block {
    let classes = images.classes();
    let mut wrong: Vec<(usize, &Judged)> = judged
        .iter()
        .enumerate()
        .filter(|(_, one)| one.class != one.label)
        .collect();
    wrong.sort_by(|a, b| b.1.loss.total_cmp(&a.1.loss));
    let image = |&(index, one): &(usize, &Judged)| Image {
        words: format!(
            "**{}** taken for {}, loss {}",
            classes[one.label],
            classes[one.class],
            significant(one.loss, 3)
        ),
        side: SIDE,
        pixels: pixels(&images.bytes()[index * PIXELS..][..PIXELS]),
    };
    Block::Images(Images {
        caption: format!(
            "The worst of {} mistakes, those with the greatest loss: what each image shows, and what it was taken for.",
            wrong.len()
        ),
        images: wrong.iter().take(SHOWN).map(image).collect(),
    })
}

/// From one plane per channel to three bytes per pixel.
fn pixels(planes: &[u8]) -> Vec<[u8; CHANNELS]> {
    let size = SIDE * SIDE;
    let pixel = |at: usize| std::array::from_fn(|channel| planes[channel * size + at]);
    (0..size).map(pixel).collect()
}

fn matrix(
    area: &Area,
    classes: &[String],
    counts: &[Vec<usize>],
) -> Result<(), Box<dyn std::error::Error>> {
    let names = classes.len() <= NAMED;
    let count = classes.len() as i32;
    let (width, height) = area.dim_in_pixel();
    let [left, bottom] = if names {
        [px(92), px(72)]
    } else {
        [px(8), px(8)]
    }
    .map(|room| room as i32);
    let (right, top) = (width as i32 - px(6) as i32, px(6) as i32);
    let cell = (
        (right - left) / count,
        (height as i32 - bottom - top) / count,
    );
    let text = |size: u32, h: HPos, v: VPos| style::text(size).pos(Pos::new(h, v));
    for row in 0..count {
        let y = top + row * cell.1;
        let all = counts[row as usize].iter().sum::<usize>().max(1);
        for column in 0..count {
            let (x, number) = (
                left + column * cell.0,
                counts[row as usize][column as usize],
            );
            let corners = [(x, y), (x + cell.0, y + cell.1)];
            let share = number as f64 / all as f64;
            area.draw(&Rectangle::new(corners, BLUE.mix(share.sqrt()).filled()))?;
            area.draw(&Rectangle::new(corners, style::PALE.stroke_width(SCALE)))?;
            if names && number > 0 {
                let middle = (x + cell.0 / 2, y + cell.1 / 2);
                let style = text(13, HPos::Center, VPos::Center);
                let style = if share > 0.3 {
                    style.color(&WHITE)
                } else {
                    style
                };
                area.draw(&Text::new(number.to_string(), middle, style))?;
            }
        }
        if names {
            let name = &classes[row as usize];
            let at = (left - px(6) as i32, y + cell.1 / 2);
            area.draw(&Text::new(
                name.clone(),
                at,
                text(13, HPos::Right, VPos::Center),
            ))?;
            // Below the columns, turned so that long names do not meet.
            let at = (
                left + row * cell.0 + cell.0 / 2 + px(5) as i32,
                top + count * cell.1 + px(6) as i32,
            );
            let turned = style::text(13).pos(Pos::new(HPos::Left, VPos::Center));
            let turned = turned.transform(FontTransform::Rotate90);
            area.draw(&Text::new(name.clone(), at, turned))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn_rectifiers_data::synthetic;

    #[test]
    fn the_worst_mistakes_are_shown_and_counted() {
        let images = synthetic::split(0, 0, 30).test;
        let label = |index: usize| usize::from(images.labels()[index]);
        let judged: Vec<Judged> = (0..30)
            .map(|index| Judged {
                label: label(index),
                class: if index < 4 {
                    (label(index) + 1) % 10
                } else {
                    label(index)
                },
                loss: index as f64,
            })
            .collect();
        let blocks = blocks(&images, &judged).unwrap();
        let Some(Block::Images(shown)) = blocks.last() else {
            panic!("{blocks:?}")
        };
        assert_eq!(shown.images.len(), 4);
        assert!(
            shown.images[0].words.contains("loss 3"),
            "{}",
            shown.images[0].words
        );
        let first = &images.bytes()[3 * PIXELS..];
        let [red, green, blue] = [0, 1, 2].map(|channel| first[channel * 1024 + 5]);
        assert_eq!(shown.images[0].pixels[5], [red, green, blue]);
    }

    #[test]
    fn a_network_without_mistakes_has_none_to_show() {
        let images = synthetic::split(0, 0, 10).test;
        let judged = images.labels().iter().map(|&label| Judged {
            label: label.into(),
            class: label.into(),
            loss: 0.0,
        });
        let blocks = blocks(&images, &judged.collect::<Vec<_>>()).unwrap();
        assert_eq!(blocks.len(), 2);
    }
}
