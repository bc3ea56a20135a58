//! A thread's lane of the queue.

use std::iter;

use super::super::sync::atomic::{AtomicU64, Ordering};
use super::super::sync::{Arc, BLOCK, Mutex, MutexGuard, PoisonError};
use super::{Counts, Phase, Queue, State};

/// How many permits a lane takes at once, at most.
const CHUNK: usize = 32;

/// A thread's part of the queue.
#[derive(Debug)]
pub(crate) struct Lane<T> {
    queue: Arc<Queue<T>>,
    shared: Arc<LaneState<T>>,
}

/// No other lane is on its lines of the cache.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct LaneState<T> {
    /// Only the lane's thread writes it.
    started: AtomicU64,
    inner: Mutex<LaneInner<T>>,
}

#[derive(Debug)]
pub(super) struct LaneInner<T> {
    /// The block that is being filled; none where it has no room.
    pub(super) items: Vec<T>,
    /// Those before it.
    pub(super) full: Vec<Vec<T>>,
    pub(super) permits: usize,
    pub(super) closed: bool,
    /// Whether its thread has let go of it: nobody pushes here any more.
    pub(super) left: bool,
    counts: Counts,
}

/// What an item is to the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pushed {
    /// Whether it may take of the reserve.
    pub(crate) urgent: bool,
    /// Whether it was counted as begun.
    pub(crate) started: bool,
}

/// What lanes ask of the queue.
impl<T> Queue<T> {
    /// A lane for this thread.
    pub(crate) fn lane(self: &Arc<Self>) -> Lane<T> {
        let mut state = self.lock();
        let shared = Arc::new(LaneState {
            started: AtomicU64::new(0),
            inner: Mutex::new(LaneInner {
                items: Vec::new(),
                full: Vec::new(),
                permits: 0,
                closed: state.phase != Phase::Open,
                left: false,
                counts: Counts::default(),
            }),
        });
        state.lanes.push(Arc::clone(&shared));
        self.fit_chunk(&state);
        Lane {
            queue: Arc::clone(self),
            shared,
        }
    }

    pub(super) fn fit_chunk(&self, state: &State<T>) {
        let share = self.batch / (4 * state.lanes.len().max(1));
        self.chunk.store(share.clamp(1, CHUNK), Ordering::Relaxed);
    }

    /// Takes permits for items that may fill the queue up to `limit`: `chunk` while that is far,
    /// then one at a time, and at last none. Whether the worker is to be woken comes with them.
    fn take_permits(&self, limit: usize, chunk: usize) -> (usize, bool) {
        let mut before = self.permits.load(Ordering::Relaxed);
        loop {
            let left = limit.saturating_sub(before);
            // Near the brim a lane that takes many would keep others out.
            let wanted = if left > 4 * CHUNK { chunk } else { left.min(1) };
            if wanted == 0 {
                return (0, false);
            }
            // In one order with what `wait` does, so that one of the two sees the other.
            let taken = self.permits.compare_exchange_weak(
                before,
                before + wanted,
                Ordering::SeqCst,
                Ordering::Relaxed,
            );
            match taken {
                Ok(_) => {
                    let wake_at = self.wake_at.load(Ordering::SeqCst);
                    let crossed = before < wake_at && before + wanted >= wake_at;
                    return (wanted, crossed);
                }
                Err(now) => before = now,
            }
        }
    }

    /// Lets a lane go whose thread has ended, where nothing is left in it; the worker, which may be busy
    /// or gone, sees to the others.
    fn retire(&self, lane: &Arc<LaneState<T>>) {
        let mut state = self.lock();
        let Some(at) = state.lanes.iter().position(|one| Arc::ptr_eq(one, lane)) else {
            return;
        };
        let inner = lane.lock();
        if inner.len() == 0 {
            let counts = lane.counts(&inner);
            drop(inner);
            state.retired.add(counts);
            state.lanes.swap_remove(at);
        }
    }
}

impl<T> LaneInner<T> {
    /// How many items wait in it.
    pub(super) fn len(&self) -> usize {
        self.full.iter().map(Vec::len).sum::<usize>() + self.items.len()
    }

    /// Puts an item at its end, where it is made: it is large, and would be moved there otherwise.
    #[inline]
    fn push(&mut self, queue: &Queue<T>, item: impl FnOnce() -> T) {
        if self.items.len() == self.items.capacity() {
            self.make_room(queue);
        }
        self.items.extend(iter::once_with(item));
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self, queue: &Queue<T>) {
        if self.items.len() >= BLOCK {
            self.full.push(std::mem::take(&mut self.items));
        }
        if self.items.is_empty() {
            // Nobody waits: where another thread is at the spare blocks there is a new one.
            let spare = queue.spare.try_lock().ok();
            if let Some(block) = spare.and_then(|mut spare| spare.pop()) {
                self.items = block;
            }
        }
        // A block that is new grows with what comes, up to its size: many threads have but a few items.
        if self.items.len() == self.items.capacity() {
            self.items.reserve_exact(self.items.len().max(4));
        }
    }
}

impl<T> LaneState<T> {
    pub(super) fn lock(&self) -> MutexGuard<'_, LaneInner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn counts(&self, inner: &LaneInner<T>) -> Counts {
        Counts {
            started: self.started.load(Ordering::Relaxed),
            ..inner.counts
        }
    }
}

impl<T> Lane<T> {
    /// Whether it is a lane of this queue.
    #[inline]
    pub(crate) fn belongs_to(&self, queue: &Arc<Queue<T>>) -> bool {
        Arc::ptr_eq(&self.queue, queue)
    }

    /// Whether the queue behind it takes nothing any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }

    /// Counts an item as begun.
    #[inline]
    pub(crate) fn start(&self) {
        let started = &self.shared.started;
        // Nobody else writes it.
        started.store(started.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// Counts an item as ended that will not be pushed.
    pub(crate) fn end(&self) {
        self.shared.lock().counts.ended += 1;
    }

    /// Counts an item as dropped because the budget of errors is spent.
    pub(crate) fn drop_over_budget(&self) {
        let mut inner = self.shared.lock();
        inner.counts.created += 1;
        inner.counts.over_budget += 1;
    }

    /// Puts an item at the end of the lane, where there is room; it is made only then. Never waits.
    /// Whether there was room; either way the item has been counted.
    #[inline]
    pub(crate) fn push(&self, pushed: Pushed, item: impl FnOnce() -> T) -> bool {
        let mut inner = self.shared.lock();
        inner.counts.created += 1;
        inner.counts.ended += u64::from(pushed.started);
        if inner.closed {
            inner.counts.late += 1;
            return false;
        }
        let mut wake = false;
        if inner.permits > 0 {
            inner.permits -= 1;
        } else {
            let (taken, crossed) = self.more_permits(pushed.urgent);
            if taken == 0 {
                inner.counts.full += 1;
                return false;
            }
            inner.permits = taken - 1;
            wake = crossed;
        }
        inner.push(&self.queue, item);
        // The worker locks the queue and then the lanes.
        drop(inner);
        if wake {
            self.queue.wake();
        }
        true
    }

    fn more_permits(&self, urgent: bool) -> (usize, bool) {
        let queue = &self.queue;
        if urgent {
            queue.take_permits(queue.capacity, 1)
        } else {
            let chunk = queue.chunk.load(Ordering::Relaxed);
            queue.take_permits(queue.capacity - queue.reserved, chunk)
        }
    }
}

/// What it took ahead of its items goes back at once: while an export takes long, many threads may end.
impl<T> Drop for Lane<T> {
    fn drop(&mut self) {
        let mut inner = self.shared.lock();
        inner.left = true;
        // Under the lock: the worker would not find the lane that holds them, and go round and round.
        let unused = std::mem::take(&mut inner.permits);
        self.queue.permits.fetch_sub(unused, Ordering::Relaxed);
        // The queue is locked before its lanes.
        drop(inner);
        self.queue.retire(&self.shared);
    }
}
