//! CPU kernels read and write their elements and nothing else.
//!
//! All that a kernel is given ends where a page begins that nobody may touch, or begins where one ends: one element
//! too far, read or written, ends the process. What lies between the rows of a tile belongs to others, and stays as
//! it is.

use std::{ptr, slice};

use crate::common::{Numbers, allowed_value, kernel, process::run_again};
use burn_rectifiers::op::{Arrangement, Block, CpuKernel, Kernel, Params};
use proptest::prelude::*;

/// Elements between pages that must not be touched.
struct Guarded<T> {
    map: *mut libc::c_void,
    size: usize,
    first: *mut T,
    len: usize,
}

impl<T: Copy> Guarded<T> {
    /// With `values`, at the end of the pages that may be touched or at their beginning.
    fn new(values: &[T], at_end: bool) -> Self {
        let page = 4096;
        let bytes = size_of_val(values);
        let inner = bytes.next_multiple_of(page).max(page);
        let size = inner + 2 * page;
        // SAFETY: the map is new, and `size` bytes long; the elements are within its inner pages.
        unsafe {
            let access = libc::PROT_READ | libc::PROT_WRITE;
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let map = libc::mmap(ptr::null_mut(), size, access, flags, -1, 0);
            assert_ne!(map, libc::MAP_FAILED);
            for guard in [map, map.byte_add(page + inner)] {
                assert_eq!(libc::mprotect(guard, page, libc::PROT_NONE), 0);
            }
            let offset = page + if at_end { inner - bytes } else { 0 };
            let first = map.byte_add(offset).cast::<T>();
            ptr::copy_nonoverlapping(values.as_ptr(), first, values.len());
            let len = values.len();
            Self {
                map,
                size,
                first,
                len,
            }
        }
    }

    fn get(&mut self) -> &mut [T] {
        // SAFETY: `new` has put `len` elements there, and `self` is borrowed.
        unsafe { slice::from_raw_parts_mut(self.first, self.len) }
    }
}

impl<T> Drop for Guarded<T> {
    fn drop(&mut self) {
        // SAFETY: `new` has made this map, and nothing of it is borrowed any more.
        unsafe { libc::munmap(self.map, self.size) };
    }
}

/// A type that CPU kernels compute in.
trait Float: Copy + Default + PartialEq + std::fmt::Debug + 'static {
    fn of(value: f64) -> Self;
    fn get(self) -> f64;
    fn kernel(curve: &dyn Kernel) -> &'static dyn CpuKernel<Self>;
}

macro_rules! float {
    ($float:ty, $kernel:ident) => {
        impl Float for $float {
            fn of(value: f64) -> Self {
                value as Self
            }
            fn get(self) -> f64 {
                self.into()
            }
            fn kernel(curve: &dyn Kernel) -> &'static dyn CpuKernel<Self> {
                curve.$kernel()
            }
        }
    };
}
float!(f32, cpu_f32);
float!(f64, cpu_f64);

/// Elements and how they use parameters.
#[derive(Debug, Clone)]
struct Layout {
    arrangement: Arrangement,
    len: usize,
    /// Values of each parameter.
    values: usize,
}

impl Layout {
    /// Which value the element uses; none if it belongs to somebody else.
    fn value(&self, i: usize) -> Option<usize> {
        match self.arrangement {
            Arrangement::Columns { width, pitch } => (i % pitch < width).then_some(i % pitch),
            Arrangement::Runs {
                first,
                start,
                inner,
            } => Some((first + (start + i) / inner) % self.values),
        }
    }

    /// To which sum the element adds.
    fn sum(&self, i: usize) -> usize {
        match self.arrangement {
            Arrangement::Columns { pitch, .. } => i % pitch,
            Arrangement::Runs { start, inner, .. } => (start + i) / inner - start / inner,
        }
    }
}

fn layouts() -> impl Strategy<Value = Layout> {
    let any_size = || prop_oneof![1..9usize, 1..70usize, 1..1300usize];
    let rows = (any_size(), 1..9usize, any_size()).prop_flat_map(|(inner, values, len)| {
        (0..values, 0..inner).prop_map(move |(first, start)| Layout {
            arrangement: Arrangement::Runs {
                first,
                start,
                inner,
            },
            len,
            values,
        })
    });
    let columns = (any_size(), prop_oneof![Just(0), 1..40usize], 1..12usize).prop_flat_map(
        |(width, gap, rows)| {
            (1..=width).prop_map(move |last| Layout {
                arrangement: Arrangement::Columns {
                    width,
                    pitch: width + gap,
                },
                len: (rows - 1) * (width + gap) + last,
                values: width,
            })
        },
    );
    prop_oneof![rows, columns]
}

/// No parameter to four, with and without a shared exponential.
const CURVES: [&str; 6] = ["tanh", "prelu", "learnable_elu", "pelu", "acon_c", "srelu"];

fn check<T: Float>(layout: &Layout, name: &str, at_end: bool, seed: u64) {
    let (curve, mut source) = (kernel(name), Numbers(seed));
    let mut random = |count: usize| -> Vec<T> {
        (0..count)
            .map(|_| T::of(source.between(-3.0, 3.0)))
            .collect()
    };
    let (xs, gs, old) = (random(layout.len), random(layout.len), random(layout.len));
    let params: Vec<Vec<T>> = (curve.params().iter())
        .map(|info| {
            (0..layout.values)
                .map(|_| T::of(allowed_value(info, &mut source)))
                .collect()
        })
        .collect();
    let mut params: Vec<_> = params.iter().map(|p| Guarded::new(p, at_end)).collect();
    let params: Vec<&[T]> = params.iter_mut().map(|p| &*p.get()).collect();
    let at = |value: usize| -> Vec<f64> { params.iter().map(|p| p[value].get()).collect() };
    let all = Params::new(&params, layout.arrangement);
    let kernel = T::kernel(curve);
    let close = |what: &str, got: f64, exact: f64, size: f64| {
        let tolerance = if size_of::<T>() == 4 { 1e-5 } else { 1e-13 };
        assert!(
            (got - exact).abs() <= tolerance * size.max(1.0),
            "{what}: {got} is not {exact}"
        );
    };

    let [mut xs, mut ys, mut in_place] = [&xs, &old, &xs].map(|data| Guarded::new(data, at_end));
    let [xs, ys, in_place] = [xs.get(), ys.get(), in_place.get()];
    kernel.value(Block::between(xs, ys), all);
    kernel.value(Block::over(in_place), all);
    for i in 0..layout.len {
        match layout.value(i) {
            Some(value) => {
                close(
                    "value",
                    ys[i].get(),
                    curve.value_at(xs[i].get(), &at(value)),
                    10.0,
                );
                assert_eq!(in_place[i], ys[i]);
            }
            None => assert_eq!((ys[i], in_place[i]), (old[i], xs[i]), "between rows"),
        }
    }

    let units = all.units(layout.len);
    let mut sums: Vec<_> = params
        .iter()
        .map(|_| Guarded::new(&vec![0.5; units], at_end))
        .collect();
    for with_sums in [true, false] {
        let mut dx = Guarded::new(&gs, at_end);
        let dx = dx.get();
        let mut sums: Vec<&mut [f64]> = match with_sums {
            true => sums.iter_mut().map(Guarded::get).collect(),
            false => vec![],
        };
        kernel.grads(Block::over(dx), xs, all, &mut sums);
        let mut exact = vec![vec![(0.5, 1.0); units]; sums.len()];
        for i in 0..layout.len {
            let Some(value) = layout.value(i) else {
                assert_eq!(dx[i], gs[i], "between rows");
                continue;
            };
            let (x, g, at) = (xs[i].get(), gs[i].get(), at(value));
            close("slope", dx[i].get(), g * curve.slope_at(x, &at), 100.0);
            let grads = curve.grads_at(x, &at);
            for (exact, grad) in exact.iter_mut().zip(grads) {
                let (sum, size) = &mut exact[layout.sum(i)];
                *sum += g * grad;
                *size += (g * grad).abs() * 10.0;
            }
        }
        for (sums, exact) in sums.iter().zip(&exact) {
            for (sum, (exact, size)) in sums.iter().zip(exact) {
                close("sum", *sum, *exact, *size);
            }
        }
    }
}

#[test]
#[ignore = "kernels_touch_nothing_else runs it on each instruction set, in processes that it may end"]
fn elements_and_nothing_else() {
    let choices = (any::<prop::sample::Index>(), any::<bool>(), any::<u64>());
    proptest!(ProptestConfig::with_cases(1500), |(layout in layouts(), choices in choices)| {
        let (curve, at_end, seed) = choices;
        let name = CURVES[curve.index(CURVES.len())];
        check::<f32>(&layout, name, at_end, seed);
        check::<f64>(&layout, name, at_end, seed);
    });
}

#[test]
fn kernels_touch_nothing_else() {
    for limit in ["portable", "avx2", "avx512"] {
        run_again(limit, &["guarded::elements_and_nothing_else"], &[]);
    }
}
