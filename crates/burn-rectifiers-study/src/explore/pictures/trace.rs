//! A function as lines: points where it bends, gaps where it jumps.

/// A line without gaps.
pub(super) type Line = Vec<(f64, f64)>;

/// Intervals to begin with.
const INTERVALS: usize = 40;

/// An interval is halved at most so many times, which makes the side of a jump look vertical.
const HALVINGS: u32 = 12;

/// How far a line may be from the function, as a share of the picture's height.
const TOLERANCE: f64 = 1.0 / 2000.0;

/// A step higher than this share of the picture's height is a jump.
const JUMP: f64 = 1.0 / 50.0;

/// The lines that show `f` between `low` and `high`. Where `f` is not finite, there is none.
pub(super) fn trace(f: impl Fn(f64) -> f64, low: f64, high: f64) -> Vec<Line> {
    let at = |x: f64| (x, f(x));
    let grid = (0..=INTERVALS).map(|i| low + (high - low) * (i as f64 / INTERVALS as f64));
    // Most kinks are at 0, which is then the corner of the line itself.
    let mut grid: Vec<f64> = grid.chain([0.0f64.clamp(low, high)]).collect();
    grid.sort_by(f64::total_cmp);
    grid.dedup();
    let grid: Line = grid.into_iter().map(at).collect();
    let (bottom, top) = crate::base::style::extent(grid.iter().map(|point| point.1));
    let height = (top - bottom).max(1e-3);
    let tolerance = TOLERANCE * height;

    let mut points = vec![grid[0]];
    for pair in grid.windows(2) {
        between(&at, pair[0], pair[1], tolerance, HALVINGS, &mut points);
        points.push(pair[1]);
    }
    let narrow = 1.5 * (high - low) / INTERVALS as f64 / f64::from(1 << HALVINGS);
    let jumps =
        |a: (f64, f64), b: (f64, f64)| b.0 - a.0 < narrow && (b.1 - a.1).abs() > JUMP * height;
    points
        .chunk_by(|a, b| a.1.is_finite() && b.1.is_finite() && !jumps(*a, *b))
        .filter(|line| line.len() > 1)
        .map(|line| thinned(line, tolerance / 2.0))
        .collect()
}

/// The parts of `line` that lie between `low` and `high`.
pub(super) fn clipped(line: &[(f64, f64)], low: f64, high: f64) -> Vec<Line> {
    let mut parts: Vec<Line> = Vec::new();
    for pair in line.windows(2) {
        let [(x, y), (to_x, to_y)] = [pair[0], pair[1]];
        // Where the straight line through both crosses a height, as a share of the way.
        let share = |height: f64| ((height - y) / (to_y - y)).clamp(0.0, 1.0);
        let (enter, leave) = match to_y == y {
            true if (low..=high).contains(&y) => (0.0, 1.0),
            true => continue,
            false => {
                let (a, b) = (share(low), share(high));
                (a.min(b), a.max(b))
            }
        };
        if enter >= leave {
            continue;
        }
        let place = |t: f64| match t {
            0.0 => (x, y),
            1.0 => (to_x, to_y),
            t => (x + t * (to_x - x), y + t * (to_y - y)),
        };
        let start = place(enter);
        match parts.last_mut() {
            Some(part) if part.last() == Some(&start) => part.push(place(leave)),
            _ => parts.push(vec![start, place(leave)]),
        }
    }
    parts
}

/// The line without points that it passes anyway: coordinates in pictures are rounded, which would
/// make a straight line of many points waver.
fn thinned(line: &[(f64, f64)], tolerance: f64) -> Line {
    let mut kept = vec![line[0]];
    let mut start = 0;
    for end in 2..line.len() {
        let ((x, y), last) = (line[start], line[end]);
        let slope = (last.1 - y) / (last.0 - x);
        let mut passed = line[start + 1..end].iter();
        if passed.any(|point| (y + slope * (point.0 - x) - point.1).abs() > tolerance) {
            start = end - 1;
            kept.push(line[start]);
        }
    }
    kept.extend(line.last());
    kept
}

/// Adds the points between `a` and `b` that a straight line would miss.
fn between(
    at: &impl Fn(f64) -> (f64, f64),
    a: (f64, f64),
    b: (f64, f64),
    tolerance: f64,
    halvings: u32,
    points: &mut Line,
) {
    let middle = at(0.5 * (a.0 + b.0));
    let straight = (middle.1 - 0.5 * (a.1 + b.1)).abs() <= tolerance;
    // A NaN is not straight.
    if straight || halvings == 0 {
        return;
    }
    between(at, a, middle, tolerance, halvings - 1, points);
    points.push(middle);
    between(at, middle, b, tolerance, halvings - 1, points);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest distance of the lines from `f`, looked for at many places.
    fn distance(lines: &[Line], f: impl Fn(f64) -> f64) -> f64 {
        let pairs = lines.iter().flat_map(|line| line.windows(2));
        pairs.fold(0.0, |worst, pair| {
            let ((x, y), (dx, dy)) = (pair[0], (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1));
            let places = (0..=16).map(|i| f64::from(i) / 16.0);
            let off = places.map(|t| (y + t * dy - f(x + t * dx)).abs());
            off.fold(worst, f64::max)
        })
    }

    #[test]
    fn bends_are_followed_wherever_they_are() {
        let kink = |x: f64| (x - 0.337).max(0.0) * 3.0;
        for f in [&kink as &dyn Fn(f64) -> f64, &f64::exp, &|x| {
            (3.0 * x).sin()
        }] {
            let lines = trace(f, -2.0, 2.0);
            assert_eq!(lines.len(), 1);
            let (bottom, top) = crate::base::style::extent(lines[0].iter().map(|point| point.1));
            let height = top - bottom;
            assert!(distance(&lines, f) < 0.001 * height);
            assert!(lines[0].len() < 200, "{}", lines[0].len());
        }
        let corner = [(-2.0, 2.0), (0.0, 0.0), (4.0, 4.0)];
        assert_eq!(trace(f64::abs, -2.0, 4.0), [corner]);
        // Elsewhere, a kink needs no more than its ends and the two points around it.
        assert!(trace(kink, -2.0, 2.0)[0].len() <= 4);
        assert_eq!(trace(|x| 0.1 * x, -2.0, 2.0), [[(-2.0, -0.2), (2.0, 0.2)]]);
    }

    #[test]
    fn a_jump_is_a_gap() {
        for place in [0.0, 0.337] {
            let step = |x: f64| if x > place { 1.0 } else { 0.0 };
            let lines = trace(step, -2.0, 2.0);
            assert_eq!(lines.len(), 2, "{lines:?}");
            assert!(lines[0].iter().all(|point| point.1 == 0.0));
            assert!(lines[1].iter().all(|point| point.1 == 1.0));
            assert!((lines[1][0].0 - place).abs() < 1e-3);
        }
    }

    #[test]
    fn what_is_too_high_or_too_low_is_cut() {
        let line = [(0.0, 0.0), (1.0, 4.0), (2.0, -4.0), (3.0, -4.0), (4.0, 0.0)];
        let parts = [
            vec![(0.0, 0.0), (0.5, 2.0)],
            vec![(1.25, 2.0), (1.75, -2.0)],
            vec![(3.5, -2.0), (4.0, 0.0)],
        ];
        assert_eq!(clipped(&line, -2.0, 2.0), parts);
        assert_eq!(clipped(&line, -4.0, 4.0), [line]);
        assert!(clipped(&line, 5.0, 6.0).is_empty());
    }

    #[test]
    fn nothing_is_drawn_where_there_is_nothing() {
        let lines = trace(f64::sqrt, -1.0, 1.0);
        assert!(lines.iter().flatten().all(|point| point.0 >= 0.0));
        assert!(trace(|_| f64::NAN, -1.0, 1.0).is_empty());
    }
}
