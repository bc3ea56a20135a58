//! An allocator that counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};

/// Counts what is allocated and not freed, and how often this thread asks.
struct Counting;

static LIVE: AtomicI64 = AtomicI64::new(0);

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

fn count(bytes: usize, sign: i64) {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    LIVE.fetch_add(sign * bytes, Ordering::Relaxed);
}

// SAFETY: it does what the system's allocator does, and counts. Counting neither allocates nor unwinds: the thread's
// counter has a constant initializer and nothing to drop.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        ASKED.with(|asked| asked.set(asked.get() + 1));
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, allocated: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        // SAFETY: as above.
        unsafe { System.dealloc(allocated, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many bytes more are allocated after this than before.
pub(crate) fn grown(work: impl FnOnce()) -> i64 {
    let before = LIVE.load(Ordering::SeqCst);
    work();
    LIVE.load(Ordering::SeqCst) - before
}

/// Works twice, and allocates nothing the second time.
#[track_caller]
pub(crate) fn assert_allocates_once(what: &str, mut work: impl FnMut()) {
    work();
    let before = ASKED.with(Cell::get);
    for _ in 0..100 {
        work();
    }
    let asked = ASKED.with(Cell::get) - before;
    assert_eq!(asked, 0, "{what} allocated {asked} times in 100 calls");
}
