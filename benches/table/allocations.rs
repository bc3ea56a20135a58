//! The system's allocator, which counts where it is told to.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

static COUNTING: AtomicBool = AtomicBool::new(false);
static ALL: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static MINE: Cell<u64> = const { Cell::new(0) };
}

/// Costs a load and a branch an allocation while it does not count, for every contender alike.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count() {
    if COUNTING.load(Ordering::Relaxed) {
        ALL.fetch_add(1, Ordering::Relaxed);
        MINE.with(|mine| mine.set(mine.get() + 1));
    }
}

// SAFETY: all is left to the system's allocator. Counting neither allocates nor unwinds: the thread's
// counter has a constant initializer and nothing to drop.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promised.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller promised.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// How often memory was asked for: by this thread, and by all of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allocations {
    pub(crate) mine: u64,
    pub(crate) all: u64,
}

/// Counts from now on.
pub(crate) fn start() {
    ALL.store(0, Ordering::SeqCst);
    MINE.with(|mine| mine.set(0));
    COUNTING.store(true, Ordering::SeqCst);
}

/// What was counted so far; it goes on.
pub(crate) fn so_far() -> Allocations {
    Allocations {
        mine: MINE.with(Cell::get),
        all: ALL.load(Ordering::SeqCst),
    }
}

/// Counts no longer.
pub(crate) fn stop() {
    COUNTING.store(false, Ordering::SeqCst);
}
