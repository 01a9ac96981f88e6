//! Looking at an image: flip and crop, executed.

use std::ops::Range;

use crate::SIDE;

/// How an image is looked at: through a window of its own size that is moved over it, and
/// possibly mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct View {
    /// Mirror what is seen through the window.
    pub flip: bool,
    /// Pixels by which the window is moved to the right.
    pub right: i8,
    /// Pixels by which the window is moved down.
    pub down: i8,
}

impl View {
    /// The image as it is.
    pub const FULL: Self = Self {
        flip: false,
        right: 0,
        down: 0,
    };

    /// Writes what is seen of one channel, each byte replaced by its entry in `table`. What lies
    /// outside the image is left as it is in `out`.
    pub(crate) fn copy(self, plane: &[u8], table: &[f32; 256], out: &mut [f32]) {
        let (rows, from_row) = overlap(self.down);
        let (columns, from_column) = overlap(self.right);
        for row in 0..rows.len() {
            let start = (from_row + row) * SIDE + from_column;
            let source = &plane[start..start + columns.len()];
            let line = &mut out[(rows.start + row) * SIDE..][..SIDE];
            if self.flip {
                let mirrored = SIDE - columns.end..SIDE - columns.start;
                for (value, &byte) in line[mirrored].iter_mut().rev().zip(source) {
                    *value = table[usize::from(byte)];
                }
            } else {
                for (value, &byte) in line[columns.clone()].iter_mut().zip(source) {
                    *value = table[usize::from(byte)];
                }
            }
        }
    }
}

/// The part of the window that lies over the image when moved by `shift` along one axis, and where
/// in the image that part begins.
fn overlap(shift: i8) -> (Range<usize>, usize) {
    let by = usize::from(shift.unsigned_abs()).min(SIDE);
    if shift < 0 {
        (by..SIDE, 0)
    } else {
        (0..SIDE - by, by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The byte at (row, column) names its place.
    fn plane() -> Vec<u8> {
        (0..SIDE * SIDE)
            .map(|i| (i / SIDE * 8 + i % SIDE % 8) as u8)
            .collect()
    }

    /// Leaves every byte as it is.
    fn identity() -> [f32; 256] {
        std::array::from_fn(|byte| byte as f32)
    }

    fn seen(view: View, plane: &[u8]) -> Vec<f32> {
        let mut out = vec![-1.0; SIDE * SIDE];
        view.copy(plane, &identity(), &mut out);
        out
    }

    #[test]
    fn every_view_shows_the_right_pixels() {
        let plane = plane();
        for flip in [false, true] {
            for (right, down) in [
                (0, 0),
                (3, 0),
                (-3, 0),
                (0, 4),
                (0, -4),
                (-2, 31),
                (31, -31),
            ] {
                let out = seen(View { flip, right, down }, &plane);
                for (i, value) in out.into_iter().enumerate() {
                    let (row, column) = ((i / SIDE) as i32, (i % SIDE) as i32);
                    let column = if flip { 31 - column } else { column };
                    let (row, column) = (row + i32::from(down), column + i32::from(right));
                    let inside = (0..32).contains(&row) && (0..32).contains(&column);
                    let expected = if inside {
                        f32::from(plane[(row * 32 + column) as usize])
                    } else {
                        -1.0
                    };
                    assert_eq!(
                        value, expected,
                        "flip {flip}, right {right}, down {down}, at {i}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_flip_twice_is_no_flip() {
        let flip = View {
            flip: true,
            ..View::FULL
        };
        let once: Vec<u8> = seen(flip, &plane())
            .into_iter()
            .map(|value| value as u8)
            .collect();
        assert_ne!(once, plane());
        assert_eq!(seen(flip, &once), seen(View::FULL, &plane()));
    }
}
