//! Chooses how to launch the kernels, and launches them.

use super::kernels::{
    PitchesLaunch, columns_kernel, rows_kernel, slope_kernel, total_kernel, value_kernel,
};
use crate::curve::Programs;
use crate::op::layout::Rows;
use crate::op::{Kernel, View, Wanted};
use burn::backend::cubecl::dtype_to_storage_type;
use burn::tensor::{DType, Shape};
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;
use cubecl::calculate_cube_count_elemwise;
use cubecl::ir::ElemType;
use cubecl::prelude::*;

/// Units per cube, if the device has as many.
const CUBE_UNITS: usize = 256;

/// Units per cube at least: what a GPU runs in step.
const MIN_CUBE_UNITS: usize = 32;

/// From this many neighbours of one channel on, a cube sums them; below, each unit sums a column.
const LONG_RUN: usize = 256;

/// Vectors that one unit takes of a piece of a row.
const VECTORS_PER_UNIT: usize = 8;

/// Units that keep a large GPU busy: columns are cut into bands until there are as many, ...
const BUSY_UNITS: usize = 1 << 18;

/// ... but a band has at least so many rows per parameter, next to which its sums are little to write and read.
const MIN_BAND_ROWS: usize = 16;

/// About what one unit adds of the partial sums of a channel, where units of a cube can share.
const SUMS_PER_UNIT: usize = 16;

/// What one unit adds at most, by the choice of bands, where a whole cube shares a channel: more would take
/// longer than bands gain.
const MAX_SUMS_PER_UNIT: usize = 128;

/// The rows of a tensor whose axes are in the order in which it lies in memory, if it has no other gaps.
pub(super) fn rows_of(x: &CubeTensor) -> Option<Rows> {
    let (shape, strides) = (x.meta.shape().iter(), x.meta.strides().iter());
    Rows::of(shape.zip(strides).map(|(&size, &stride)| (size, stride)))
}

/// f(x), for a tensor in memory order.
pub(super) fn value(
    curve: &dyn Kernel,
    x: CubeTensor,
    params: Vec<CubeTensor>,
    view: View,
) -> CubeTensor {
    let len = x.meta.num_elements();
    if len == 0 {
        return x;
    }
    check(&x, &params, view);
    let plan = Plan::new(&[&x], view, len);
    let (client, types) = (x.client.clone(), types(&x));
    let vectors = len / plan.width;
    let dim = CubeDim::new_1d(plan.units as u32);
    let cubes = calculate_cube_count_elemwise(&client, vectors, dim);
    let address = x.required_address_type();
    let (y, y_arg) = output(&x, 0, true);
    let pitches = plan.pitches([&x, &x, &y]);
    // SAFETY: units beyond `vectors` return, so that `Plan::pitches` keeps the others within the rows of x and of y,
    // and `Plan::new` has vectors fill those. The parameters have `count` values, as `check` asserts.
    unsafe {
        value_kernel::launch_unchecked(
            &client,
            cubes,
            dim,
            address,
            plan.width,
            plan.param_width(),
            x.into_buffer_arg(),
            y_arg,
            params_arg(&params),
            vectors,
            plan.view.count,
            plan.view.inner,
            pitches,
            curve.programs().value.clone(),
            types,
        );
    }
    y
}

/// The gradient of the input and those of the parameters, as far as they are wanted, for
/// tensors in memory order.
pub(super) fn grads(
    curve: &dyn Kernel,
    x: CubeTensor,
    params: Vec<CubeTensor>,
    grad: CubeTensor,
    view: View,
    wanted: Wanted,
) -> (Option<CubeTensor>, Vec<CubeTensor>) {
    let len = x.meta.num_elements();
    let wanted_params = wanted.params && !params.is_empty();
    if len == 0 {
        let zeros = |param: &CubeTensor| {
            let (device, shape) = (param.device.clone(), param.meta.shape().clone());
            burn_cubecl::ops::numeric::zeros(device, shape, param.dtype)
        };
        let params = match wanted_params {
            true => params.iter().map(zeros).collect(),
            false => vec![],
        };
        return (wanted.input.then_some(grad), params);
    }
    check(&x, &params, view);
    check_grad(&x, &grad);
    let (plan, programs) = (Plan::new(&[&x, &grad], view, len), curve.programs());
    if !wanted_params {
        let dx = wanted
            .input
            .then(|| slopes(programs, x, &params, grad, plan));
        return (dx, vec![]);
    }
    if plan.view.inner >= LONG_RUN {
        rows(programs, x, &params, grad, plan, wanted.input)
    } else {
        columns(programs, x, &params, grad, plan, wanted.input)
    }
}

/// Panics unless each parameter has one value per channel, of x's type: kernels check no index.
fn check(x: &CubeTensor, params: &[CubeTensor], view: View) {
    for param in params {
        assert!(
            param.meta.num_elements() == view.count && param.dtype == x.dtype,
            "a parameter has {} value(s) of {:?}, but there are {} channel(s) of {:?}",
            param.meta.num_elements(),
            param.dtype,
            view.count,
            x.dtype,
        );
    }
}

/// Panics unless the gradient has x's shape and type: kernels check no index.
fn check_grad(x: &CubeTensor, grad: &CubeTensor) {
    assert!(
        grad.meta.shape() == x.meta.shape() && grad.dtype == x.dtype,
        "the gradient is {:?} of {:?}, but x is {:?} of {:?}",
        grad.meta.shape(),
        grad.dtype,
        x.meta.shape(),
        x.dtype,
    );
}

/// How a tensor is read.
#[derive(Clone, Copy)]
struct Plan {
    view: View,
    len: usize,
    /// Elements per vector.
    width: usize,
    /// Units per cube, a power of two.
    units: usize,
}

impl Plan {
    /// For x, and the gradient if it is given.
    fn new(inputs: &[&CubeTensor], view: View, len: usize) -> Self {
        let view = view.merged();
        // The widest vectors that tile a row of one channel, or else a set of all channels, and where rows lie
        // apart, those and what they begin apart.
        let x = inputs[0];
        let row = if view.inner > 1 {
            view.inner
        } else {
            view.count
        };
        let width = x
            .client
            .io_optimized_vector_sizes(x.dtype.size())
            .filter(|width| row % width == 0)
            .filter(|width| {
                inputs.iter().map(|x| lying(x)).all(|rows| {
                    rows.are_dense() || rows.len % width == 0 && rows.pitch % width == 0
                })
            })
            .max()
            .unwrap_or(1);
        let most = x.client.properties().hardware.max_units_per_cube as usize;
        let units = CUBE_UNITS.min(1 << most.max(1).ilog2());
        Self {
            view,
            len,
            width,
            units,
        }
    }

    /// How many values of a parameter are loaded at once: one if a vector belongs to one channel as a whole,
    /// otherwise, where neighbours belong to neighbouring channels, one for each of them.
    fn param_width(&self) -> usize {
        match self.view.inner {
            1 => self.width,
            _ => 1,
        }
    }

    /// How the rows of x, of the gradient and of the result lie.
    fn pitches(&self, tensors: [&CubeTensor; 3]) -> PitchesLaunch {
        let rows = tensors.map(lying);
        let [x, g, out] = rows.map(|rows| rows.pitch / self.width);
        let gaps = rows.iter().any(|rows| !rows.are_dense());
        PitchesLaunch::new(rows[0].len / self.width, x, g, out, gaps)
    }
}

/// The rows of a tensor in memory order.
fn lying(x: &CubeTensor) -> Rows {
    rows_of(x).expect("in memory order")
}

/// What it takes to index any of them.
fn address_type(tensors: [&CubeTensor; 2]) -> AddressType {
    let [x, g] = tensors.map(CubeTensor::required_address_type);
    x.max(g)
}

/// dx alone.
fn slopes(
    programs: &Programs,
    x: CubeTensor,
    params: &[CubeTensor],
    grad: CubeTensor,
    plan: Plan,
) -> CubeTensor {
    let (client, types) = (x.client.clone(), types(&x));
    let vectors = plan.len / plan.width;
    let dim = CubeDim::new_1d(plan.units as u32);
    let cubes = calculate_cube_count_elemwise(&client, vectors, dim);
    let address = address_type([&x, &grad]);
    let (dx, dx_arg) = output(&grad, 1, true);
    let pitches = plan.pitches([&x, &grad, &dx]);
    // SAFETY: units beyond `vectors` return, so that `Plan::pitches` keeps the others within the rows of x, of the
    // gradient, which has its shape, as `check_grad` asserts, and of dx, and `Plan::new` has vectors fill those. The
    // parameters have `count` values, as `check` asserts.
    unsafe {
        slope_kernel::launch_unchecked(
            &client,
            cubes,
            dim,
            address,
            plan.width,
            plan.param_width(),
            x.into_buffer_arg(),
            grad.into_buffer_arg(),
            dx_arg,
            params_arg(params),
            vectors,
            plan.view.count,
            plan.view.inner,
            pitches,
            programs.slope.clone(),
            types,
        );
    }
    dx
}

/// dx and the parameter gradients, where neighbours share a channel.
fn rows(
    programs: &Programs,
    x: CubeTensor,
    params: &[CubeTensor],
    grad: CubeTensor,
    plan: Plan,
    with_dx: bool,
) -> (Option<CubeTensor>, Vec<CubeTensor>) {
    let (client, types) = (x.client.clone(), types(&x));
    let View {
        outer,
        count,
        inner,
    } = plan.view;
    let row_vectors = inner / plan.width;
    // Short rows get small cubes: a reduction over units that saw one vector each would cost more
    // than it saves.
    let units = (row_vectors / VECTORS_PER_UNIT).next_power_of_two();
    let units = units.clamp(MIN_CUBE_UNITS.min(plan.units), plan.units);
    let piece_vectors = units * VECTORS_PER_UNIT;
    let pieces = row_vectors.div_ceil(piece_vectors);
    let cubes = outer * count * pieces;
    let partial = partial_sums(&x, params.len() * cubes);
    let address = address_type([&x, &grad]);
    let (dx, dx_arg) = output(&grad, 1, with_dx);
    let pitches = plan.pitches([&x, &grad, &dx]);
    // SAFETY: pieces end with their rows and cubes beyond the last take no element, so that `Plan::pitches` keeps
    // the others within the rows of x, of the gradient, which has its shape, as `check_grad` asserts, and of dx.
    // `partial` has a sum per parameter and cube. The parameters have `count` values, as `check` asserts.
    unsafe {
        rows_kernel::launch_unchecked(
            &client,
            calculate_cube_count_elemwise(&client, cubes, CubeDim::new_1d(1)),
            CubeDim::new_1d(units as u32),
            address,
            plan.width,
            x.into_buffer_arg(),
            grad.into_buffer_arg(),
            dx_arg,
            partial.clone().into_buffer_arg(),
            params_arg(params),
            cubes,
            count,
            row_vectors,
            pieces,
            piece_vectors,
            pitches,
            with_dx,
            programs.slopes.clone(),
            units,
            types,
        );
    }
    let grads = totals(partial, params, pieces, outer * pieces, plan);
    (with_dx.then_some(dx), grads)
}

/// dx and the parameter gradients, where channels change every few elements.
fn columns(
    programs: &Programs,
    x: CubeTensor,
    params: &[CubeTensor],
    grad: CubeTensor,
    plan: Plan,
    with_dx: bool,
) -> (Option<CubeTensor>, Vec<CubeTensor>) {
    let (client, types) = (x.client.clone(), types(&x));
    let View { count, inner, .. } = plan.view;
    // A matrix whose rows hold every channel, or several times every channel if that is short.
    let period = count * inner;
    let columns = period * (CUBE_UNITS / period).max(1);
    let column_vectors = columns / plan.width;
    let rows = plan.len.div_ceil(columns);
    let most = usize::min(
        rows / (MIN_BAND_ROWS * params.len()),
        MAX_SUMS_PER_UNIT * plan.units * count / columns,
    );
    let bands = (BUSY_UNITS / column_vectors).min(most).max(1);
    let band_rows = rows.div_ceil(bands);
    let bands = rows.div_ceil(band_rows);
    let partial = partial_sums(&x, params.len() * bands * columns);

    // The last band may end beyond the last row.
    let reached = AddressType::from_len(bands * band_rows * columns);
    let address = reached
        .max(partial.required_address_type())
        .max(address_type([&x, &grad]));
    let dim = CubeDim::new_1d(plan.units as u32);
    let cubes = calculate_cube_count_elemwise(&client, bands * column_vectors, dim);
    let (dx, dx_arg) = output(&grad, 1, with_dx);
    let pitches = plan.pitches([&x, &grad, &dx]);
    // SAFETY: units beyond the last band return and rows beyond the last element are skipped, so that `Plan::pitches`
    // keeps the others within the rows of x, of the gradient, which has its shape, as `check_grad` asserts, and of
    // dx. `partial` has a sum per parameter, band and column. The parameters have `count` values, as `check` asserts.
    // No index wraps: `address` has room for the end of the last band.
    unsafe {
        columns_kernel::launch_unchecked(
            &client,
            cubes,
            dim,
            address,
            plan.width,
            plan.param_width(),
            x.into_buffer_arg(),
            grad.into_buffer_arg(),
            dx_arg,
            partial.clone().into_buffer_arg(),
            params_arg(params),
            plan.len / plan.width,
            count,
            inner,
            column_vectors,
            bands,
            band_rows,
            pitches,
            with_dx,
            programs.slopes.clone(),
            types,
        );
    }
    let grads = totals(partial, params, inner, bands * columns / count, plan);
    (with_dx.then_some(dx), grads)
}

/// Adds up partial sums seen as `[params, .., count, inner]`, `items` per channel.
fn totals(
    partial: CubeTensor,
    params: &[CubeTensor],
    inner: usize,
    items: usize,
    plan: Plan,
) -> Vec<CubeTensor> {
    let client = partial.client.clone();
    let count = plan.view.count;
    // Few items are not shared. Otherwise as many channels share a cube as leave each unit little to do.
    let units = plan.units;
    let channels = if items < 2 * SUMS_PER_UNIT {
        units
    } else {
        let sharers = items.div_ceil(SUMS_PER_UNIT).next_power_of_two();
        (units / sharers).max(1)
    };
    let dim = CubeDim::new_1d(units as u32);
    let cubes = count.div_ceil(channels);
    let cubes = calculate_cube_count_elemwise(&client, cubes, CubeDim::new_1d(1));
    let grads: Vec<CubeTensor> = params
        .iter()
        .map(|param| empty(param, param.meta.shape().clone(), param.dtype))
        .collect();
    let types = types(&grads[0]);
    let address = partial.required_address_type();
    // SAFETY: `partial` has `params · items · count` elements, as `rows` and `columns` make it, and items beyond the
    // last are not loaded. Channels beyond `count` are skipped, and the gradients have as many values as the
    // parameters, `count`, as `check` asserts.
    unsafe {
        total_kernel::launch_unchecked(
            &client,
            cubes,
            dim,
            address,
            partial.into_buffer_arg(),
            params_arg(&grads),
            count,
            inner,
            items,
            units,
            channels,
            types,
        );
    }
    grads
}

/// Where the result of an elementwise kernel goes: over `x`, its input number `position`, if
/// nobody else holds that or nothing is `written`, into fresh memory otherwise.
fn output(x: &CubeTensor, position: usize, written: bool) -> (CubeTensor, BufferArg) {
    if x.can_mut() || !written {
        let alias = BufferArg::alias(position, x.meta.num_elements());
        return (x.clone(), alias);
    }
    let y = empty(x, x.meta.shape().clone(), x.dtype);
    let arg = y.clone().into_buffer_arg();
    (y, arg)
}

fn partial_sums(like: &CubeTensor, len: usize) -> CubeTensor {
    let dtype = match like.dtype {
        DType::F64 => DType::F64,
        _ => DType::F32,
    };
    empty(like, Shape::from([len]), dtype)
}

fn empty(like: &CubeTensor, shape: Shape, dtype: DType) -> CubeTensor {
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), shape, dtype)
}

fn params_arg<F: CubePrimitive>(params: &[CubeTensor]) -> SequenceArg<Box<[F]>> {
    let mut args = SequenceArg::new();
    for param in params {
        args.push(param.clone().into_buffer_arg());
    }
    args
}

/// The type in memory and the one to compute in.
fn types(x: &CubeTensor) -> [ElemType; 2] {
    let acc = match x.dtype {
        DType::F64 => DType::F64,
        _ => DType::F32,
    };
    [dtype_to_storage_type(x.dtype), dtype_to_storage_type(acc)]
}
