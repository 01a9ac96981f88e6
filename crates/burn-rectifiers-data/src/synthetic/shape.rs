//! The ten classes: silhouettes, as signed distances.
//!
//! Each is its own mirror image, or drawn either way round, so that a horizontal flip never changes
//! the class; and each lies within the unit circle or a little beyond.

/// Class names, in label order.
pub(super) const NAMES: [&str; 10] = [
    "disc", "ring", "square", "triangle", "cross", "star", "crescent", "heart", "bar", "pair",
];

/// Signed distance of the point (x, y) to the silhouette of class `label`: negative inside,
/// about the distance to the edge outside. Exact enough to draw soft edges with.
pub(super) fn distance(label: u8, x: f32, y: f32) -> f32 {
    match label {
        0 => disc(x, y, 0.85),
        1 => (length(x, y) - 0.68).abs() - 0.2,
        2 => rectangle(x, y, 0.74, 0.74),
        3 => triangle(x, y),
        4 => rectangle(x, y, 0.95, 0.3).min(rectangle(x, y, 0.3, 0.95)),
        5 => star(x, y),
        6 => disc(x, y, 0.95).max(0.72 - length(x - 0.45, y)),
        7 => heart(x, y),
        8 => rectangle(x, y, 1.05, 0.3),
        _ => disc(x - 0.55, y, 0.42).min(disc(x + 0.55, y, 0.42)),
    }
}

fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

fn disc(x: f32, y: f32, radius: f32) -> f32 {
    length(x, y) - radius
}

fn rectangle(x: f32, y: f32, half_width: f32, half_height: f32) -> f32 {
    (x.abs() - half_width).max(y.abs() - half_height)
}

/// Equilateral, standing on its base (the y axis points down): the inner side of three lines.
fn triangle(x: f32, y: f32) -> f32 {
    const HALF_SQRT_3: f32 = 0.866_025_4;
    y.max(x.abs() * HALF_SQRT_3 - y * 0.5) - 0.52
}

/// A square on its tip with a disc on each of its two upper sides.
fn heart(x: f32, y: f32) -> f32 {
    const SQRT_HALF: f32 = 0.707_106_77;
    let (x, y) = (x.abs(), y - 0.12);
    let square = (x + y.abs()) * SQRT_HALF - 0.52;
    square.min(disc(x - 0.37, y + 0.37, 0.52))
}

/// Five points: the plane is folded onto one of ten equal wedges, in which the outline is a single
/// line from a tip to a notch.
fn star(x: f32, y: f32) -> f32 {
    // The mirror lines at 36° and 72°: (cos 36°, -sin 36°).
    const FOLD: (f32, f32) = (0.809_017, -0.587_785_25);
    const TIP: f32 = 1.05;
    const SHARPNESS: f32 = 0.42;
    let mut x = x.abs();
    let mut y = y;
    for fold_x in [FOLD.0, -FOLD.0] {
        let over = 2.0 * (fold_x * x + FOLD.1 * y).max(0.0);
        x -= over * fold_x;
        y -= over * FOLD.1;
    }
    x = x.abs();
    y -= TIP;
    let (edge_x, edge_y) = (-SHARPNESS * FOLD.1, SHARPNESS * FOLD.0 - 1.0);
    let along = (x * edge_x + y * edge_y) / (edge_x * edge_x + edge_y * edge_y);
    let along = along.clamp(0.0, TIP);
    let gap = length(x - edge_x * along, y - edge_y * along);
    if y * edge_x < x * edge_y { -gap } else { gap }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fraction of the square [-1.25, 1.25]² that each silhouette covers.
    fn area(label: u8) -> f32 {
        let cells = 100;
        let coordinate = |i: i32| (i as f32 + 0.5) / cells as f32 * 2.5 - 1.25;
        let inside = (0..cells * cells)
            .filter(|i| distance(label, coordinate(i % cells), coordinate(i / cells)) < 0.0)
            .count();
        inside as f32 / (cells * cells) as f32
    }

    #[test]
    fn every_silhouette_is_a_real_shape() {
        for (label, name) in NAMES.iter().enumerate() {
            let area = area(label as u8);
            assert!((0.1..0.5).contains(&area), "{name} covers {area}");
        }
    }

    #[test]
    fn every_silhouette_is_symmetric() {
        // About the vertical axis, or about the horizontal one.
        for label in 0..NAMES.len() as u8 {
            let symmetric = |flip: (f32, f32)| {
                (0..400).all(|i| {
                    let (x, y) = ((i % 20) as f32 / 8.0 - 1.2, (i / 20) as f32 / 8.0 - 1.2);
                    let there = distance(label, x * flip.0, y * flip.1);
                    (distance(label, x, y) - there).abs() < 1e-5
                })
            };
            assert!(
                symmetric((-1.0, 1.0)) || symmetric((1.0, -1.0)),
                "{}",
                NAMES[label as usize]
            );
        }
    }
}
