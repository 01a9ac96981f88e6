//! The GPU kernels. The curve is a program that is evaluated while they are compiled.
//!
//! A tensor is an array of vectors of `N` neighbours, loaded and stored whole. `F` is the type in
//! memory, `A` the one to compute in. Channel of element `i`: `i / inner % count`.
//!
//! Vectors are numbered without regard to gaps between rows; [`place`] says where one lies.

use super::eval::eval;
use crate::curve::Program;
use cubecl::prelude::*;

/// Partial sums that a unit loads at a time.
const LOADS: usize = 8;

/// How rows of neighbours lie, counted in vectors: a row has `len`, and begins so many after the one before.
#[derive(CubeType, CubeLaunch, Clone, Copy)]
pub(super) struct Pitches {
    len: usize,
    x: usize,
    g: usize,
    /// Of the result.
    out: usize,
    /// Whether any of them has gaps between its rows.
    #[cube(comptime)]
    gaps: bool,
}

/// Where vector number `at` lies if rows begin `pitch` vectors apart.
#[cube]
fn place(at: usize, pitch: usize, pitches: &Pitches) -> usize {
    let mut place = at;
    if comptime!(pitches.gaps) {
        place = at / pitches.len * pitch + at % pitches.len;
    }
    place
}

/// The parameters of one channel.
#[cube]
fn params_of<F: Float, A: Float>(params: &Sequence<Box<[F]>>, channel: usize) -> Sequence<A> {
    let mut own = Sequence::<A>::new();
    #[unroll]
    for j in 0..params.len() {
        own.push(A::cast_from(params.index(j)[channel]));
    }
    own
}

/// The parameters of each of the `lanes` of vector number `at`.
///
/// With `P` = 1, all lanes belong to one channel. Otherwise `P` is the number of lanes, and each belongs
/// to the channel after that of its neighbour: their parameters lie side by side and are loaded at once.
#[cube]
fn params_of_lanes<F: Float, A: Float, P: Size>(
    params: &Sequence<Box<[Vector<F, P>]>>,
    at: usize,
    count: usize,
    inner: usize,
    #[comptime] lanes: usize,
) -> Sequence<Sequence<A>> {
    let width = P::value();
    let mut index = at % (count / width);
    if comptime!(width == 1) {
        index = at * lanes / inner % count;
    }
    let mut loaded = Sequence::<Vector<F, P>>::new();
    #[unroll]
    for j in 0..params.len() {
        loaded.push(params.index(j)[index]);
    }
    let mut own = Sequence::<Sequence<A>>::new();
    #[unroll]
    for lane in 0..lanes {
        let mut of_lane = Sequence::<A>::new();
        let place = comptime!(lane % width);
        #[unroll]
        for j in 0..params.len() {
            of_lane.push(A::cast_from(loaded.index(j).extract(place)));
        }
        own.push(of_lane);
    }
    own
}

/// y = f(x). One unit per vector.
#[cube(launch_unchecked, address_type = "dynamic")]
pub(super) fn value_kernel<F: Float, A: Float, N: Size, P: Size>(
    x: &[Vector<F, N>],
    y: &mut [Vector<F, N>],
    params: Sequence<Box<[Vector<F, P>]>>,
    vectors: usize,
    count: usize,
    inner: usize,
    pitches: Pitches,
    #[comptime] program: Program,
    #[define(F, A)] _types: [ElemType; 2],
) {
    if ABSOLUTE_POS >= vectors {
        terminate!();
    }
    let own = params_of_lanes::<F, A, P>(&params, ABSOLUTE_POS, count, inner, N::value());
    let xs = x[place(ABSOLUTE_POS, pitches.x, &pitches)];
    let mut ys = xs;
    #[unroll]
    for lane in 0..N::value() {
        let input = A::cast_from(xs.extract(lane));
        let value = eval::<A>(input, own.index(lane), program.clone());
        ys.insert(lane, F::cast_from(*value.index(0)));
    }
    // Some drivers compile a selection by a comparison to a maximum, and theirs of NaN and 0 is 0.
    y[place(ABSOLUTE_POS, pitches.out, &pitches)] = select_many(xs.is_nan(), xs, ys);
}

/// dx = g·∂f/∂x. One unit per vector.
#[cube(launch_unchecked, address_type = "dynamic")]
pub(super) fn slope_kernel<F: Float, A: Float, N: Size, P: Size>(
    x: &[Vector<F, N>],
    g: &[Vector<F, N>],
    dx: &mut [Vector<F, N>],
    params: Sequence<Box<[Vector<F, P>]>>,
    vectors: usize,
    count: usize,
    inner: usize,
    pitches: Pitches,
    #[comptime] program: Program,
    #[define(F, A)] _types: [ElemType; 2],
) {
    if ABSOLUTE_POS >= vectors {
        terminate!();
    }
    let own = params_of_lanes::<F, A, P>(&params, ABSOLUTE_POS, count, inner, N::value());
    let xs = x[place(ABSOLUTE_POS, pitches.x, &pitches)];
    let gs = g[place(ABSOLUTE_POS, pitches.g, &pitches)];
    let mut out = gs;
    #[unroll]
    for lane in 0..N::value() {
        let slope = eval::<A>(
            A::cast_from(xs.extract(lane)),
            own.index(lane),
            program.clone(),
        );
        out.insert(
            lane,
            F::cast_from(A::cast_from(gs.extract(lane)) * *slope.index(0)),
        );
    }
    dx[place(ABSOLUTE_POS, pitches.out, &pitches)] = out;
}

/// dx = g·∂f/∂x, and g·∂f/∂p summed over a piece of one row (a run of neighbours of one channel).
///
/// One cube per piece; its sum for parameter `j` goes to `partial[j · cubes + cube]`.
#[cube(launch_unchecked, address_type = "dynamic")]
pub(super) fn rows_kernel<F: Float, A: Float, N: Size>(
    x: &[Vector<F, N>],
    g: &[Vector<F, N>],
    dx: &mut [Vector<F, N>],
    partial: &mut [A],
    params: Sequence<Box<[F]>>,
    cubes: usize,
    count: usize,
    row_vectors: usize,
    pieces: usize,
    piece_vectors: usize,
    pitches: Pitches,
    #[comptime] with_dx: bool,
    #[comptime] program: Program,
    #[comptime] units: usize,
    #[define(F, A)] _types: [ElemType; 2],
) {
    let unit = UNIT_POS as usize;
    let row = CUBE_POS / pieces;
    let start = row * row_vectors + CUBE_POS % pieces * piece_vectors;
    let row_end = (row + 1) * row_vectors;
    let mut end = select(
        start + piece_vectors < row_end,
        start + piece_vectors,
        row_end,
    );
    // Cubes beyond the last piece have nothing to do, but must reach the barriers.
    if CUBE_POS >= cubes {
        end = 0usize;
    }
    let own = params_of::<F, A>(&params, row % count);
    let mut sums = Array::<A>::new(params.len());
    #[unroll]
    for j in 0..params.len() {
        sums[j] = A::new(0.0_f32);
    }

    let mut at = start + unit;
    while at < end {
        let xs = x[place(at, pitches.x, &pitches)];
        let gs = g[place(at, pitches.g, &pitches)];
        let mut out = gs;
        #[unroll]
        for lane in 0..N::value() {
            let value = A::cast_from(xs.extract(lane));
            let grad = A::cast_from(gs.extract(lane));
            let slopes = eval::<A>(value, &own, program.clone());
            #[unroll]
            for j in 0..params.len() {
                sums[j] += grad * *slopes.index(j + 1);
            }
            if with_dx {
                out.insert(lane, F::cast_from(grad * *slopes.index(0)));
            }
        }
        if with_dx {
            dx[place(at, pitches.out, &pitches)] = out;
        }
        at += units;
    }

    #[unroll]
    for j in 0..params.len() {
        let sum = sum_of_cube::<A>(sums[j], units, 1usize);
        if unit == 0 && CUBE_POS < cubes {
            partial[j * cubes + CUBE_POS] = sum;
        }
    }
}

/// dx = g·∂f/∂x, and g·∂f/∂p summed down the columns of a band of a matrix whose rows repeat the
/// parameters.
///
/// One unit per column vector of a band; the sum for parameter `j` and column `c` goes to
/// `partial[(j · bands + band) · columns + c]`.
#[cube(launch_unchecked, address_type = "dynamic")]
pub(super) fn columns_kernel<F: Float, A: Float, N: Size, P: Size>(
    x: &[Vector<F, N>],
    g: &[Vector<F, N>],
    dx: &mut [Vector<F, N>],
    partial: &mut [A],
    params: Sequence<Box<[Vector<F, P>]>>,
    vectors: usize,
    count: usize,
    inner: usize,
    column_vectors: usize,
    bands: usize,
    band_rows: usize,
    pitches: Pitches,
    #[comptime] with_dx: bool,
    #[comptime] program: Program,
    #[define(F, A)] _types: [ElemType; 2],
) {
    let band = ABSOLUTE_POS / column_vectors;
    let column = ABSOLUTE_POS % column_vectors;
    if band >= bands {
        terminate!();
    }
    let own = params_of_lanes::<F, A, P>(&params, column, count, inner, N::value());
    let width = N::value();
    let slots = comptime!(params.len() * width);
    let mut sums = Array::<A>::new(slots);
    #[unroll]
    for i in 0..slots {
        sums[i] = A::new(0.0_f32);
    }

    for row in band * band_rows..(band + 1) * band_rows {
        let at = row * column_vectors + column;
        if at < vectors {
            let xs = x[place(at, pitches.x, &pitches)];
            let gs = g[place(at, pitches.g, &pitches)];
            let mut out = gs;
            #[unroll]
            for lane in 0..N::value() {
                let value = A::cast_from(xs.extract(lane));
                let grad = A::cast_from(gs.extract(lane));
                let slopes = eval::<A>(value, own.index(lane), program.clone());
                #[unroll]
                for j in 0..params.len() {
                    sums[j * N::value() + lane] += grad * *slopes.index(j + 1);
                }
                if with_dx {
                    out.insert(lane, F::cast_from(grad * *slopes.index(0)));
                }
            }
            if with_dx {
                dx[place(at, pitches.out, &pitches)] = out;
            }
        }
    }

    #[unroll]
    for j in 0..params.len() {
        let start = ((j * bands + band) * column_vectors + column) * N::value();
        #[unroll]
        for lane in 0..N::value() {
            partial[start + lane] = sums[j * N::value() + lane];
        }
    }
}

/// Sums `partial`, seen as `[params, .., count, inner]`, to one gradient per parameter and channel.
///
/// A cube takes `channels` neighbouring channels, and shares out the items of each among its `units` /
/// `channels` units: neighbouring units read neighbouring channels, which lie side by side if `inner` is 1.
#[cube(launch_unchecked, address_type = "dynamic")]
pub(super) fn total_kernel<F: Float, A: Float>(
    partial: &[A],
    mut grads: Sequence<Box<[F]>>,
    count: usize,
    inner: usize,
    items: usize,
    #[comptime] units: usize,
    #[comptime] channels: usize,
    #[define(F, A)] _types: [ElemType; 2],
) {
    let unit = UNIT_POS as usize;
    let channel = CUBE_POS * channels + unit % channels;
    // Units beyond the last channel have nothing to do, but must reach the barriers.
    let end = select(channel < count, items, 0usize);
    #[unroll]
    for j in 0..grads.len() {
        let mut sum = A::new(0.0_f32);
        let mut first = unit / channels;
        while first < end {
            // Several loads at a time, none of which waits for another.
            #[unroll]
            for k in 0..LOADS {
                let item = first + comptime!(k * units / channels);
                let is_inside = item < end;
                let item = select(is_inside, item, first);
                let repeat = item / inner * count * inner;
                let term = partial[j * items * count + repeat + channel * inner + item % inner];
                sum += select(is_inside, term, A::new(0.0_f32));
            }
            first += comptime!(LOADS * units / channels);
        }
        let sum = sum_of_cube::<A>(sum, units, channels);
        if unit < channels && channel < count {
            grads.index_mut(j)[channel] = F::cast_from(sum);
        }
    }
}

/// The sum of `value` over the units of a cube whose numbers leave the same remainder when divided by
/// `groups`, always in the same order, in the first `groups` units. Both numbers are powers of two.
#[cube]
fn sum_of_cube<A: Float>(value: A, #[comptime] units: usize, #[comptime] groups: usize) -> A {
    let mut sum = value;
    if comptime!(units > groups) {
        let unit = UNIT_POS as usize;
        let mut shared = Shared::<[A]>::new_slice(units);
        shared[unit] = value;
        let mut half = comptime!(units / 2).runtime();
        sync_cube();
        while half >= groups {
            if unit < half {
                let other = shared[unit + half];
                shared[unit] += other;
            }
            half /= 2;
            sync_cube();
        }
        sum = shared[unit % groups];
        // The memory may be used again right away.
        sync_cube();
    }
    sum
}
