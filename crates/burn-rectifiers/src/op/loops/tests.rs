use super::*;
use crate::curve::Curve;

/// Numbers of all sizes and both signs.
fn numbers<T: Real>() -> Vec<T> {
    let ordinary = (0..4099).map(|i| (i as f64 - 2050.0) / 21.0);
    let powers = (-150..128).map(|n| f64::from(n).exp2());
    let special = [0.0, f64::INFINITY, f64::NAN].into_iter().chain(powers);
    ordinary
        .chain(special.flat_map(|x| [x, -x]))
        .map(T::lit)
        .collect()
}

/// The instructions that this machine has.
fn available() -> impl Iterator<Item = Simd> {
    let all = [Simd::Portable, Simd::Avx2, Simd::Avx512];
    all.into_iter().filter(|simd| *simd <= Simd::best())
}

/// Values of a curve's parameters.
fn values<C: Curve>(curve: &C, lanes: Lanes) -> Vec<Vec<f32>> {
    let count = match lanes {
        Lanes::Columns { width, .. } => width,
        Lanes::Rows { .. } => 7,
    };
    (curve.params().iter().enumerate())
        .map(|(j, info)| {
            let shift = |i: usize| ((i * 7 + j) % 16) as f64 / 16.0;
            let value = |i| info.bound.project(info.default + shift(i)) as f32;
            (0..count).map(value).collect()
        })
        .collect()
}

/// What a curve's loops over single precision give: values, slopes, and sums of parameter gradients.
fn results<C: Formula<N> + Curve + Default, const N: usize>(
    simd: Simd,
    lanes: Lanes,
) -> [Vec<f64>; 3] {
    let xs: Vec<f32> = numbers();
    let len = xs.len();
    let params = values(&C::default(), lanes);
    let params: Vec<&[f32]> = params.iter().map(Vec::as_slice).collect();
    let params = Params::new(&params, lanes);

    let mut ys = vec![0.0; len];
    value_f32::<C, N>(simd, Block::between(&xs, &mut ys), params);
    let mut gs = vec![1.5; len];
    let mut sums = vec![vec![0.0; params.units(len)]; N];
    let mut places: Vec<&mut [f64]> = sums.iter_mut().map(Vec::as_mut_slice).collect();
    grads_f32::<C, N>(simd, Block::over(&mut gs), &xs, params, &mut places);

    let mut alone = vec![1.5; len];
    grads_f32::<C, N>(simd, Block::over(&mut alone), &xs, params, &mut []);
    assert_eq!(bits(&widened(&alone)), bits(&widened(&gs)));
    [widened(&ys), widened(&gs), sums.concat()]
}

/// By how much a unit in the last place of x changes values and slopes (times 1.5, as above).
fn changes<C: Curve>(curve: C, lanes: Lanes) -> [Vec<f64>; 2] {
    let params = values(&curve, lanes);
    let at = |i: usize| -> Vec<f64> {
        let of = |values: &Vec<f32>| {
            let unit = match lanes {
                Lanes::Columns { stride, .. } => i % stride,
                Lanes::Rows {
                    first,
                    start,
                    inner,
                } => (first + (start + i) / inner) % values.len(),
            };
            f64::from(values[unit])
        };
        params.iter().map(of).collect()
    };
    let change = |f: fn(&C, f64, &[f64]) -> f64| {
        let xs = numbers::<f32>().into_iter().map(f64::from).enumerate();
        xs.map(|(i, x)| {
            let near = x * (1.0 + f64::from(f32::EPSILON));
            (f(&curve, near, &at(i)) - f(&curve, x, &at(i))).abs()
        })
        .collect()
    };
    [
        change(C::value_at),
        change(|c, x, at| 1.5 * c.slope_at(x, at)),
    ]
}

fn widened(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|x| f64::from(*x)).collect()
}

/// NaN is NaN, whichever operand's bits it carries.
fn bits(numbers: &[f64]) -> Vec<u64> {
    let bits = |x: &f64| if x.is_nan() { !0 } else { x.to_bits() };
    numbers.iter().map(bits).collect()
}

/// Wide vectors give the same bits as each other; and what the portable loops give, but for what rounding twice
/// instead of once changes at most, and no less than a unit in the last place of x would.
fn agree<C: Formula<N> + Curve + Default, const N: usize>(_: C) {
    let name = C::default().name();
    let rows = Lanes::Rows {
        first: 5,
        start: 70,
        inner: 777,
    };
    let columns = Lanes::Columns {
        width: 333,
        stride: 333,
    };
    for lanes in [rows, columns] {
        let portable = results::<C, N>(Simd::Portable, lanes);
        let changes = changes(C::default(), lanes);
        let wide = [Simd::Avx2, Simd::Avx512];
        let wide: Vec<_> = wide.into_iter().filter(|s| *s <= Simd::best()).collect();
        let wide: Vec<_> = wide.iter().map(|s| results::<C, N>(*s, lanes)).collect();
        for (what, portable) in portable.iter().enumerate() {
            if let [narrow, wide] = &wide[..] {
                assert_eq!(bits(&narrow[what]), bits(&wide[what]), "{name}");
            }
            for wide in &wide {
                for (i, (a, b)) in portable.iter().zip(&wide[what]).enumerate() {
                    let size = a.abs().max(b.abs());
                    let change = changes.get(what).map_or(0.0, |changes| changes[i]);
                    let change = if change.is_finite() { change } else { 0.0 };
                    let close = (a - b).abs() <= 1e-5 * size + 1e-37 + change || a == b;
                    let both_nan = a.is_nan() && b.is_nan();
                    assert!(close || both_nan, "{name}, {what}, {i}: {a} and {b}");
                }
            }
        }
    }
}

macro_rules! for_all {
    (learned: $($file:ident $Module:ident $Config:ident $Curve:ident),+;
     fixed: $($fixed_file:ident $Fixed:ident $FixedCurve:ident),+;) => {
        $(check(crate::curve::$Curve);)+
        $(check(crate::curve::$FixedCurve);)+
    };
}

#[test]
fn instruction_sets_agree() {
    use agree as check;
    crate::curve::for_family!(for_all);
}

#[test]
fn careful_and_fast_ways_agree() {
    use neighbours_do_not_matter as check;
    crate::curve::for_family!(for_all);
}

#[test]
fn infinities_are_never_tame() {
    use infinities_need_care as check;
    crate::curve::for_family!(for_all);
}

/// What an element gives does not depend on whether the exponentials of its neighbours need care.
fn neighbours_do_not_matter<C: Formula<N> + Curve + Default, const N: usize>(_: C) {
    let params = values(&C::default(), Lanes::own(1));
    let params: Vec<&[f32]> = params.iter().map(Vec::as_slice).collect();
    let lanes = Lanes::Rows {
        first: 0,
        start: 0,
        inner: 1000,
    };
    let params = Params::new(&params, lanes);
    let ordinary: Vec<f32> = (0..200).map(|i| (i as f32 - 100.0) / 17.0).collect();
    let mut mixed = ordinary.clone();
    let far = [-1e30, 1e30, f32::NEG_INFINITY, f32::NAN, -90.0, 60.0];
    for (x, far) in mixed.iter_mut().step_by(23).zip(far.iter().cycle()) {
        *x = *far;
    }
    for simd in available() {
        let run = |xs: &[f32]| {
            let (mut ys, mut gs) = (vec![0.0; xs.len()], vec![1.5; xs.len()]);
            value_f32::<C, N>(simd, Block::between(xs, &mut ys), params);
            let mut sums = vec![[0.0]; N];
            let mut places: Vec<&mut [f64]> = sums.iter_mut().map(|sum| &mut sum[..]).collect();
            grads_f32::<C, N>(simd, Block::over(&mut gs), xs, params, &mut places);
            [ys, gs]
        };
        for (alone, among) in run(&ordinary).iter().zip(run(&mixed)) {
            for i in (0..200).filter(|i| i % 23 != 0) {
                let name = C::default().name();
                let pair = [alone[i], among[i]].map(f32::to_bits);
                assert_eq!(pair[0], pair[1], "{name}, {simd} at {}", ordinary[i]);
            }
        }
    }
}

/// What an infinite element gives does not depend on whether its neighbours are finite, even where parameters are 0.
fn infinities_need_care<C: Formula<N> + Curve + Default, const N: usize>(_: C) {
    let curve = C::default();
    let zeros: Vec<_> = (curve.params().iter())
        .map(|info| [info.bound.project(0.0) as f32])
        .collect();
    let zeros: Vec<&[f32]> = zeros.iter().map(|zero| &zero[..]).collect();
    let lanes = Lanes::Rows {
        first: 0,
        start: 0,
        inner: 1000,
    };
    let params = Params::new(&zeros, lanes);
    for simd in available() {
        let run = |xs: [f32; 64]| {
            let (mut ys, mut gs) = ([0.0; 64], [1.5; 64]);
            value_f32::<C, N>(simd, Block::between(&xs, &mut ys), params);
            grads_f32::<C, N>(simd, Block::over(&mut gs), &xs, params, &mut []);
            widened(&[ys[41], gs[41]])
        };
        for infinity in [f32::INFINITY, f32::NEG_INFINITY] {
            let mut among = [0.5; 64];
            among[41] = infinity;
            let [alone, among] = [[infinity; 64], among].map(run);
            let name = curve.name();
            assert_eq!(bits(&alone), bits(&among), "{name}, {simd} at {infinity}");
        }
    }
}

/// Rows apart from each other give what they give one by one, and what lies between is left alone.
fn rows_give_what_they_give_alone<C: Formula<N>, const N: usize>(simd: Simd) {
    for (width, stride, rows, cut) in [
        (1, 1, 9, 0),
        (7, 7, 3, 2),
        (32, 32, 4, 0),
        (33, 50, 5, 32),
        (70, 71, 8, 69),
        (110, 130, 9, 7),
        (100, 400, 1, 40),
        // Wider than what is walked at a time.
        (1111, 1111, 11, 1050),
        (1100, 1300, 8, 7),
    ] {
        // The last row ends early.
        let len = (rows - 1) * stride + width - cut;
        let xs: Vec<f32> = (0..len)
            .map(|i| (i * 37 % 101) as f32 / 25.0 - 2.0)
            .collect();
        let values: [Vec<f32>; N] = core::array::from_fn(|j| {
            let value = |c: usize| 0.5 + ((c + j + 2) % 8) as f32;
            (0..width).map(value).collect()
        });
        let all = values.each_ref().map(Vec::as_slice);
        let params = Params::new(&all, Lanes::Columns { width, stride });
        let mut ys = vec![9.0; len];
        value_f32::<C, N>(simd, Block::between(&xs, &mut ys), params);
        let mut gs = vec![1.5; len];
        let mut sums = [(); N].map(|()| vec![0.0; width]);
        let mut places = sums.each_mut().map(Vec::as_mut_slice);
        grads_f32::<C, N>(simd, Block::over(&mut gs), &xs, params, &mut places);

        let mut expected = [vec![9.0; len], vec![1.5; len]];
        let mut by_rows = [(); N].map(|()| vec![0.0; width]);
        for start in (0..len).step_by(stride) {
            let row = start..(start + width).min(len);
            let alone = params.part(row.clone());
            let y = Block::between(&xs[row.clone()], &mut expected[0][row.clone()]);
            value_f32::<C, N>(simd, y, alone);
            let mut places = by_rows.each_mut().map(|sums| &mut sums[..row.len()]);
            let g = Block::over(&mut expected[1][row.clone()]);
            grads_f32::<C, N>(simd, g, &xs[row], alone, &mut places);
        }
        assert_eq!([ys, gs], expected, "{simd}, {rows} rows of {width}");
        for (sum, expected) in sums.concat().iter().zip(by_rows.concat()) {
            // Terms that are added in single precision are 100 at most.
            let rounding = 100.0 * rows as f64 * f64::from(f32::EPSILON);
            assert!((sum - expected).abs() <= rounding, "{sum} and {expected}");
        }
    }
}

#[test]
fn columns_are_walked_wherever_rows_begin() {
    use crate::curve::{PReluCurve as PRelu, PeluCurve as Pelu, SReluCurve as SRelu};
    for simd in available() {
        rows_give_what_they_give_alone::<PRelu, 1>(simd);
        rows_give_what_they_give_alone::<Pelu, 2>(simd);
        rows_give_what_they_give_alone::<SRelu, 4>(simd);
    }
}

/// Reading here and writing there gives what working in place gives, wherever stretches and rows
/// begin and end.
#[test]
fn places_and_cuts_do_not_matter() {
    use crate::curve::LearnableEluCurve as Elu;
    let xs: Vec<f32> = (0..1000).map(|i| (i as f32 - 500.0) / 100.0).collect();
    let alphas: Vec<f32> = (0..5).map(|c| c as f32 / 4.0).collect();
    for inner in [1, 3, 31, 32, 33, 200, 5000] {
        let lanes = Lanes::Rows {
            first: 3,
            start: 0,
            inner,
        };
        let params = Params::new(&[&alphas], lanes);
        let alone = |(i, x): (usize, &f32)| {
            let (alpha, mut y) = ([alphas[(3 + i / inner) % 5]], [*x]);
            let params = Params::new(&[&alpha], Lanes::own(1));
            value_f32::<Elu, 1>(Simd::Portable, Block::over(&mut y), params);
            y[0]
        };
        let naive: Vec<f32> = xs.iter().enumerate().map(alone).collect();
        let mut whole = vec![0.0; 1000];
        value_f32::<Elu, 1>(Simd::Portable, Block::between(&xs, &mut whole), params);
        assert_eq!(whole, naive, "rows of {inner}");

        let mut in_place = xs.clone();
        let mut gs = vec![1.0; 1000];
        let mut sums = vec![0.0; params.units(1000)];
        let mut all = vec![0.0; params.units(1000)];
        for cut in [0..1, 1..40, 40..41, 41..640, 640..640, 640..1000] {
            let part = params.part(cut.clone());
            let units = params.units_in(cut.clone());
            let data = Block::over(&mut in_place[cut.clone()]);
            value_f32::<Elu, 1>(Simd::Portable, data, part);
            let data = Block::over(&mut gs[cut.clone()]);
            let sums = &mut [&mut sums[units]];
            grads_f32::<Elu, 1>(Simd::Portable, data, &xs[cut], part, sums);
        }
        assert_eq!(in_place, naive, "rows of {inner}, cut");
        let mut whole = vec![1.0; 1000];
        let places = &mut [&mut all[..]];
        grads_f32::<Elu, 1>(Simd::Portable, Block::over(&mut whole), &xs, params, places);
        assert_eq!(whole, gs, "rows of {inner}, cut");
        for (sum, all) in sums.iter().zip(&all) {
            // Which terms are added in single precision, four by four, depends on where a stretch begins.
            // They all have the same sign.
            let rounding = f64::from(f32::EPSILON) * all.abs();
            assert!((sum - all).abs() <= rounding, "{sum} and {all}");
        }
    }
}
