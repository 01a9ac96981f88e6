//! How much memory a thread takes.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// The system's allocator, and what each thread takes of it: other tests run meanwhile.
struct PerThread;

#[global_allocator]
static ALLOCATOR: PerThread = PerThread;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn add(size: isize) {
    // A thread that ends has none any more.
    let _ = LIVE.try_with(|live| {
        live.set(live.get().wrapping_add(size));
        let _ = MOST.try_with(|most| most.set(most.get().max(live.get())));
    });
}

// SAFETY: all memory comes from the system's allocator and goes back to it, with what the caller passes. Counting neither
// allocates nor unwinds.
unsafe impl GlobalAlloc for PerThread {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        // SAFETY: the caller keeps what `GlobalAlloc::alloc` asks for, and all memory is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        // SAFETY: the caller keeps what `GlobalAlloc::alloc_zeroed` asks for, and all memory is the system's.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add(size as isize - layout.size() as isize);
        // SAFETY: the caller keeps what `GlobalAlloc::realloc` asks for, and all memory is the system's.
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        add(-(layout.size() as isize));
        // SAFETY: the caller keeps what `GlobalAlloc::dealloc` asks for, and all memory is the system's.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Runs `work`: its result, and by how many bytes the memory of this thread grew at most.
pub fn most<R>(work: impl FnOnce() -> R) -> (R, isize) {
    let before = LIVE.get();
    MOST.set(before);
    let result = work();
    (result, MOST.get() - before)
}
