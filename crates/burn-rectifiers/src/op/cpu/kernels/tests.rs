use super::*;

/// The instructions that this machine has.
fn available() -> impl Iterator<Item = Level> {
    let all = [Level::Portable, Level::Avx2, Level::Avx512];
    all.into_iter().filter(|simd| *simd <= Level::best())
}

/// Rows apart from each other give what they give one by one, and what lies between is left alone.
fn rows_give_what_they_give_alone<C: Formula<N>, const N: usize>(simd: Level) {
    for (width, pitch, rows, cut) in [
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
        // An interpreter takes minutes for the wide ones.
        if cfg!(miri) && width > 100 {
            continue;
        }
        // The last row ends early.
        let len = (rows - 1) * pitch + width - cut;
        let xs: Vec<f32> = (0..len)
            .map(|i| (i * 37 % 101) as f32 / 25.0 - 2.0)
            .collect();
        let values: [Vec<f32>; N] = core::array::from_fn(|j| {
            let value = |c: usize| 0.5 + ((c + j + 2) % 8) as f32;
            (0..width).map(value).collect()
        });
        let all = values.each_ref().map(Vec::as_slice);
        let params = Params::new(&all, Arrangement::Columns { width, pitch });
        let mut ys = vec![9.0; len];
        value_f32::<C, N>(simd, Block::between(&xs, &mut ys), params);
        let mut gs = vec![1.5; len];
        let mut sums = [(); N].map(|()| vec![0.0; width]);
        let mut places = sums.each_mut().map(Vec::as_mut_slice);
        grads_f32::<C, N>(simd, Block::over(&mut gs), &xs, params, &mut places);

        let mut expected = [vec![9.0; len], vec![1.5; len]];
        let mut sums_alone = [(); N].map(|()| vec![0.0; width]);
        for start in (0..len).step_by(pitch) {
            let row = start..(start + width).min(len);
            let alone = params.part(row.clone());
            let y = Block::between(&xs[row.clone()], &mut expected[0][row.clone()]);
            value_f32::<C, N>(simd, y, alone);
            let mut places = sums_alone.each_mut().map(|sums| &mut sums[..row.len()]);
            let g = Block::over(&mut expected[1][row.clone()]);
            grads_f32::<C, N>(simd, g, &xs[row], alone, &mut places);
        }
        assert_eq!([ys, gs], expected, "{simd}, {rows} rows of {width}");
        for (sum, expected) in sums.concat().iter().zip(sums_alone.concat()) {
            // Terms that are added in single precision are 100 at most.
            let rounding = 100.0 * rows as f64 * f64::from(f32::EPSILON);
            assert!((sum - expected).abs() <= rounding, "{sum} and {expected}");
        }
    }
}

#[test]
fn columns_are_walked_wherever_rows_begin() {
    use crate::curves::{PReluCurve as PRelu, PeluCurve as Pelu, SReluCurve as SRelu};
    for simd in available() {
        rows_give_what_they_give_alone::<PRelu, 1>(simd);
        rows_give_what_they_give_alone::<Pelu, 2>(simd);
        rows_give_what_they_give_alone::<SRelu, 4>(simd);
    }
}

/// Reading here and writing there gives what working in place gives, wherever blocks and rows
/// begin and end.
#[test]
fn places_and_cuts_do_not_matter() {
    use crate::curves::LearnableEluCurve as Elu;
    let xs: Vec<f32> = (0..1000).map(|i| (i as f32 - 500.0) / 100.0).collect();
    let alphas: Vec<f32> = (0..5).map(|c| c as f32 / 4.0).collect();
    // An interpreter takes minutes for each.
    let rows = if cfg!(miri) { 1 } else { 7 };
    for inner in [33, 1, 3, 31, 32, 200, 5000].into_iter().take(rows) {
        let arrangement = Arrangement::Runs {
            first: 3,
            start: 0,
            inner,
        };
        let values = [&alphas[..]];
        let params = Params::new(&values, arrangement);
        let alone = |(i, x): (usize, &f32)| {
            let (alpha, mut y) = ([alphas[(3 + i / inner) % 5]], [*x]);
            let values = [&alpha[..]];
            let params = Params::new(&values, Arrangement::own(1));
            value_f32::<Elu, 1>(Level::Portable, Block::over(&mut y), params);
            y[0]
        };
        let naive: Vec<f32> = xs.iter().enumerate().map(alone).collect();
        let mut whole = vec![0.0; 1000];
        value_f32::<Elu, 1>(Level::Portable, Block::between(&xs, &mut whole), params);
        assert_eq!(whole, naive, "runs of {inner}");

        let mut in_place = xs.clone();
        let mut gs = vec![1.0; 1000];
        let mut sums = vec![0.0; params.units(1000)];
        let mut all = vec![0.0; params.units(1000)];
        for cut in [0..1, 1..40, 40..41, 41..640, 640..640, 640..1000] {
            let part = params.part(cut.clone());
            let units = params.units_in(cut.clone());
            let data = Block::over(&mut in_place[cut.clone()]);
            value_f32::<Elu, 1>(Level::Portable, data, part);
            let data = Block::over(&mut gs[cut.clone()]);
            let sums = &mut [&mut sums[units]];
            grads_f32::<Elu, 1>(Level::Portable, data, &xs[cut], part, sums);
        }
        assert_eq!(in_place, naive, "runs of {inner}, cut");
        let mut whole = vec![1.0; 1000];
        let places = &mut [&mut all[..]];
        grads_f32::<Elu, 1>(
            Level::Portable,
            Block::over(&mut whole),
            &xs,
            params,
            places,
        );
        assert_eq!(whole, gs, "runs of {inner}, cut");
        for (sum, all) in sums.iter().zip(&all) {
            // Which terms are added in single precision, four by four, depends on where a block begins.
            // They all have the same sign.
            let rounding = f64::from(f32::EPSILON) * all.abs();
            assert!((sum - all).abs() <= rounding, "{sum} and {all}");
        }
    }
}
