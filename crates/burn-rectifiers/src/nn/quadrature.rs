//! Numerical integration against the standard normal density.

/// Error relative to the whole at which the integration stops.
const TOLERANCE: f64 = 1e-12;

/// Bisections after which it stops in any case. A kink takes about 20, a jump about 40.
const MOST_BISECTIONS: usize = 1000;

/// E\[f(z)²\] for standard normal z, by adaptive Gauss–Kronrod integration.
///
/// The pieces with the largest estimated error are halved until the estimates add up to less than
/// 10⁻¹² of the result, so kinks and jumps may be anywhere. What the first pieces miss altogether
/// stays missed: a spike narrower than 1/100, away from zero, on an otherwise smooth function.
pub(super) fn mean_square(f: impl Fn(f64) -> f64) -> f64 {
    // The density is shared between the factors, so that neither overflow nor underflow of one of
    // them alone decides.
    let density = |x: f64| {
        let root = f(x) * (-x * x / 4.0).exp();
        root * root / (2.0 * core::f64::consts::PI).sqrt()
    };
    let mut pieces: Vec<Piece> = breaks()
        .windows(2)
        .map(|ends| Piece::new(&density, ends[0], ends[1]))
        .collect();
    for _ in 0..MOST_BISECTIONS {
        let integral: f64 = pieces.iter().map(|piece| piece.integral).sum();
        let error: f64 = pieces.iter().map(|piece| piece.error).sum();
        // Also false if something is infinite or NaN: then there is nothing to refine.
        if !(error > TOLERANCE * integral && integral.is_finite()) {
            break;
        }
        let worst = pieces
            .iter_mut()
            .max_by(|a, b| a.error.total_cmp(&b.error))
            .expect("there are pieces");
        let middle = worst.low / 2.0 + worst.high / 2.0;
        if !(worst.low < middle && middle < worst.high) {
            // Nothing lies between: no finer estimate is possible here.
            worst.error = 0.0;
            continue;
        }
        let upper = Piece::new(&density, middle, worst.high);
        *worst = Piece::new(&density, worst.low, middle);
        pieces.push(upper);
    }
    pieces.iter().map(|piece| piece.integral).sum()
}

/// The ends of the first pieces, in order, from −40 to 40: the density beyond is below 10⁻³⁴⁷. They
/// get shorter toward zero, where most activations bend, and some very sharply.
fn breaks() -> Vec<f64> {
    let near = (-16..0).map(|exponent| f64::from(exponent).exp2());
    let middle = (2..16).map(|halves| f64::from(halves) / 2.0);
    let far = (4..=20).map(|twos| f64::from(twos) * 2.0);
    let positive: Vec<f64> = near.chain(middle).chain(far).collect();
    let negative = positive.iter().rev().map(|x| -x);
    let positive = positive.iter().copied();
    negative.chain([0.0]).chain(positive).collect()
}

/// Nodes of the 15-point Kronrod rule on \[−1, 1\] from the outermost to the centre; every second
/// one is also a node of the 7-point Gauss rule (Piessens et al. 1983, QUADPACK, `qk15`).
#[allow(clippy::excessive_precision)]
const NODES: [f64; 8] = [
    0.991455371120812639206854697526329,
    0.949107912342758524526189684047851,
    0.864864423359769072789712788640926,
    0.741531185599394439863864773280788,
    0.586087235467691130294144691693013,
    0.405845151377397166906606412076961,
    0.207784955007898467600689403773245,
    0.0,
];

/// Kronrod's weights, in the order of [`NODES`].
#[allow(clippy::excessive_precision)]
const KRONROD: [f64; 8] = [
    0.022935322010529224963732008058970,
    0.063092092629978553290700663189204,
    0.104790010322250183839876322541518,
    0.140653259715525918745189590510238,
    0.169004726639267902826583426598550,
    0.190350578064785409913256402421014,
    0.204432940075298892414161999234649,
    0.209482141084727828012999174891714,
];

/// Gauss's weights, for the nodes with odd index.
#[allow(clippy::excessive_precision)]
const GAUSS: [f64; 4] = [
    0.129484966168869693270611432679082,
    0.279705391489276667901467771423780,
    0.381830050505118944950369775488975,
    0.417959183673469387755102040816327,
];

/// An interval, the integral over it, and how wrong that may be.
struct Piece {
    low: f64,
    high: f64,
    integral: f64,
    error: f64,
}

impl Piece {
    fn new(f: &impl Fn(f64) -> f64, low: f64, high: f64) -> Self {
        let (centre, half) = (low / 2.0 + high / 2.0, (high - low) / 2.0);
        let (mut kronrod, mut gauss) = (0.0, 0.0);
        for (i, (node, weight)) in NODES.iter().zip(KRONROD).enumerate() {
            let both = match *node {
                0.0 => f(centre),
                node => f(centre - half * node) + f(centre + half * node),
            };
            kronrod += weight * both;
            if i % 2 == 1 {
                gauss += GAUSS[i / 2] * both;
            }
        }
        Self {
            low,
            high,
            integral: kronrod * half,
            error: (kronrod - gauss).abs() * half,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(found: f64, exact: f64) {
        let error = (found / exact - 1.0).abs();
        assert!(error < 1e-10, "{found} instead of {exact}: {error:e}");
    }

    #[test]
    fn pieces_cover_the_line_without_gaps() {
        let breaks = breaks();
        assert_eq!((breaks[0], breaks[breaks.len() - 1]), (-40.0, 40.0));
        assert!(breaks.windows(2).all(|ends| ends[0] < ends[1]));
        assert_close(mean_square(|_| 1.0), 1.0);
    }

    #[test]
    fn smooth_functions() {
        assert_close(mean_square(|x| x * x * x), 15.0);
        // E[e^(2az)] = e^(2a²)
        for a in [-3.0f64, 0.5, 8.0] {
            assert_close(mean_square(|x| (a * x).exp()), (2.0 * a * a).exp());
        }
        // E[cos²(az)] = (1 + e^(−2a²))/2
        for a in [1.0f64, 30.0] {
            let exact = (1.0 + (-2.0 * a * a).exp()) / 2.0;
            assert_close(mean_square(|x| (a * x).cos()), exact);
        }
    }

    /// The integral of the square of a line a + b·x from `low` to infinity, given P(z > low).
    fn line_above(low: f64, tail: f64, a: f64, b: f64) -> f64 {
        let density = (-low * low / 2.0).exp() / (2.0 * core::f64::consts::PI).sqrt();
        a * a * tail + 2.0 * a * b * density + b * b * (tail + low * density)
    }

    #[test]
    fn kinks_and_jumps_anywhere() {
        // P(z > x) to all digits.
        for (x, tail) in [
            (1.0, 0.158_655_253_931_457_05),
            (0.1, 0.460_172_162_722_971),
            (2.5, 0.006_209_665_325_776_135),
            (10.0, 7.619_853_024_160_525e-24),
        ] {
            assert_close(mean_square(|z| if z > x { 1.0 } else { 0.0 }), tail);
            let kinked = mean_square(|z| if z > x { z - x } else { 0.0 });
            // Cancels for large x, so not to the same digits.
            let exact = line_above(x, tail, -x, 1.0);
            let digits = if x > 5.0 { 1e-8 } else { 1e-10 };
            assert!((kinked / exact - 1.0).abs() < digits, "{kinked} {exact}");
        }
    }

    #[test]
    fn steep_functions() {
        // What tanh(sx)² lacks to 1 is 1/cosh²(sx), whose integral over the line is 2/s; the
        // density is nearly constant where that is not small.
        for s in [1e3, 1e5] {
            let lost = 1.0 - mean_square(|x: f64| (s * x).tanh());
            let expected = 2.0 / (s * (2.0 * core::f64::consts::PI).sqrt());
            assert!((lost / expected - 1.0).abs() < 1e-5, "{lost} {expected}");
        }
    }

    #[test]
    fn what_has_no_finite_mean_square_says_so() {
        assert_eq!(mean_square(|_| 0.0), 0.0);
        assert!(mean_square(|_| f64::NAN).is_nan());
        assert_eq!(mean_square(|x| (x * x).exp()), f64::INFINITY);
    }
}
