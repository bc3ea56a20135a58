//! A thread's lane of the queue.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;

use rtrb::{Consumer, Producer, RingBuffer};

use super::super::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use super::super::sync::{Arc, CHUNK, LARGEST, Mutex, MutexGuard, PoisonError, SMALLEST};
use super::{Counts, Queue};

/// A thread's end of its lane.
#[derive(Debug)]
pub(crate) struct Lane<T> {
    queue: Arc<Queue<T>>,
    shared: Arc<LaneState<T>>,
    near: RefCell<Near<T>>,
}

/// What only the lane's thread sees.
#[derive(Debug)]
struct Near<T> {
    /// The ring that is being filled; none before the first item.
    ring: Option<Producer<T>>,
    /// Permits for items to come.
    permits: usize,
    /// How many permits it may hold ahead of its items, as the queue's own count of these has it.
    ahead: usize,
    /// How often the worker had come when it last took permits.
    takes: usize,
}

/// What a lane's thread shares with the worker.
#[derive(Debug)]
pub(super) struct LaneState<T> {
    tally: Tally,
    /// Rings that the worker has not come to yet.
    fresh: Mutex<Vec<Consumer<T>>>,
    /// The rings that it takes from, one after the other.
    far: Mutex<VecDeque<Consumer<T>>>,
    /// The thread's ends of those that it has filled, in the same order.
    behind: Mutex<VecDeque<Producer<T>>>,
}

/// Both ends of a ring that is empty.
pub(super) type Spare<T> = (Producer<T>, Consumer<T>);

/// What the lane's thread counts. Only it writes here, so that nothing has to wait, and no other lane is on its lines
/// of the cache.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Tally {
    started: AtomicU64,
    ended: AtomicU64,
    /// How many items are in the lane, or were: what is counted here is there to be taken.
    pushed: AtomicU64,
    full: AtomicU64,
    late: AtomicU64,
    over_budget: AtomicU64,
    /// Whether the thread has let go of the lane: nobody pushes here any more.
    left: AtomicBool,
}

/// What an item is to the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pushed {
    /// Whether it may take of the reserve.
    pub(crate) urgent: bool,
    /// Whether it was counted as begun.
    pub(crate) started: bool,
}

/// Counts one more, where nobody else does.
#[inline]
fn count(counter: &AtomicU64) {
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Release);
}

/// What lanes ask of the queue.
impl<T> Queue<T> {
    /// A lane for this thread.
    pub(crate) fn lane(self: &Arc<Self>) -> Lane<T> {
        let shared = Arc::new(LaneState {
            tally: Tally::default(),
            fresh: Mutex::default(),
            far: Mutex::default(),
            behind: Mutex::default(),
        });
        self.add(Arc::clone(&shared));
        Lane {
            queue: Arc::clone(self),
            shared,
            near: RefCell::new(Near {
                ring: None,
                permits: 0,
                ahead: 0,
                takes: usize::MAX,
            }),
        }
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

    /// How many permits this lane may take now: one, the first time since the worker came, and then twice as many each
    /// time, up to a fair share of what all may hold ahead. A thread that has little to say holds none.
    fn fit_chunk<U>(&self, near: &mut Near<U>) -> usize {
        let lanes = self.lanes.load(Ordering::Relaxed).max(1);
        let fair = (self.most_ahead / (2 * lanes)).min(CHUNK - 1);
        let takes = self.takes.load(Ordering::Relaxed);
        let wanted = if near.takes == takes {
            fair.min(2 * near.ahead + 1)
        } else {
            0
        };
        near.takes = takes;
        if wanted < near.ahead {
            self.ahead.fetch_sub(near.ahead - wanted, Ordering::Relaxed);
            near.ahead = wanted;
        } else if wanted > near.ahead {
            // Lanes that have rested since there were fewer may hold it all: then they are not troubled.
            let left = self
                .most_ahead
                .saturating_sub(self.ahead.load(Ordering::Relaxed));
            let more = (wanted - near.ahead).min(left);
            if more > 0 && self.ahead.fetch_add(more, Ordering::Relaxed) + more <= self.most_ahead {
                near.ahead += more;
            } else if more > 0 {
                self.ahead.fetch_sub(more, Ordering::Relaxed);
            }
        }
        near.ahead + 1
    }
}

impl<T> Near<T> {
    /// Puts an item at the end of the lane. It is made when there is room, so that it need not be moved there.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "an item is large, and would be copied on its way"
    )]
    fn put(&mut self, queue: &Queue<T>, shared: &LaneState<T>, item: impl FnOnce() -> T) {
        if self.ring.as_ref().is_none_or(Producer::is_full) {
            self.add_ring(queue, shared);
        }
        if let Some(ring) = &mut self.ring {
            // There is room.
            let _ = ring.push(item());
        }
    }

    /// A ring is twice as large as the one before it, up to a bound: many threads have but a few items.
    #[cold]
    #[inline(never)]
    fn add_ring(&mut self, queue: &Queue<T>, shared: &LaneState<T>) {
        let before = self.ring.as_ref().map(|ring| ring.buffer().capacity());
        let size = before.map_or(SMALLEST, |before| (2 * before).min(LARGEST));
        let spare = if size == LARGEST { queue.spare() } else { None };
        let (near, far) = spare.unwrap_or_else(|| RingBuffer::new(size));
        if let Some(full) = self.ring.replace(near) {
            lock(&shared.behind).push_back(full);
        }
        // The worker holds this no longer than it takes to take the list away.
        lock(&shared.fresh).push(far);
    }
}

impl<T> LaneState<T> {
    /// How many items were put in it so far.
    pub(super) fn pushed(&self) -> u64 {
        self.tally.pushed.load(Ordering::Acquire)
    }

    /// Whether its thread has let go of it. What it pushed is known then.
    pub(super) fn is_left(&self) -> bool {
        self.tally.left.load(Ordering::Acquire)
    }

    /// What its thread counted, where so many items have been put in it.
    pub(super) fn counts(&self, pushed: u64) -> Counts {
        let Tally {
            started,
            ended,
            full,
            late,
            over_budget,
            ..
        } = &self.tally;
        let [full, late, over_budget] =
            [full, late, over_budget].map(|counter| counter.load(Ordering::Acquire));
        // Read before the other: what has ended has begun.
        let ended = ended.load(Ordering::Acquire);
        Counts {
            started: started.load(Ordering::Acquire),
            ended,
            created: pushed + full + late + over_budget,
            full,
            late,
            over_budget,
        }
    }

    /// Takes so many items out of it, which are sure to be there; rings that may serve again are spare.
    pub(super) fn take(&self, mut items: usize, into: &mut Vec<T>, spare: &mut Vec<Spare<T>>) {
        let mut rings = lock(&self.far);
        while items > 0 {
            let Some(ring) = rings.front_mut() else {
                let fresh = mem::take(&mut *lock(&self.fresh));
                rings.extend(fresh);
                if rings.is_empty() {
                    break;
                }
                continue;
            };
            match ring.read_chunk(ring.slots().min(items)) {
                Ok(chunk) if !chunk.is_empty() => {
                    items -= chunk.len();
                    into.extend(chunk);
                }
                // There are more, so its thread has gone on to the next.
                _ => {
                    let ends = (lock(&self.behind).pop_front(), rings.pop_front());
                    if let (Some(near), Some(far)) = ends
                        && far.buffer().capacity() == LARGEST
                    {
                        spare.push((near, far));
                    }
                }
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        count(&self.shared.tally.started);
    }

    /// Counts an item as ended that will not be pushed.
    pub(crate) fn end(&self) {
        count(&self.shared.tally.ended);
    }

    /// Counts an item as dropped because the budget of errors is spent.
    pub(crate) fn drop_over_budget(&self) {
        count(&self.shared.tally.over_budget);
    }

    /// Puts an item at the end of the lane, where there is room; it is made only then. Never waits.
    /// Whether there was room; either way the item has been counted.
    ///
    /// No step of it waits until what was written has left the core: the lines of a record may still belong to the
    /// core that the worker runs on.
    #[inline]
    pub(crate) fn push(&self, pushed: Pushed, item: impl FnOnce() -> T) -> bool {
        let tally = &self.shared.tally;
        if pushed.started {
            count(&tally.ended);
        }
        // One that is pushed while the queue closes, and comes too late, is late as well.
        if self.queue.is_closed() {
            count(&tally.late);
            return false;
        }
        let mut near = self.near.borrow_mut();
        let mut wake = false;
        if near.permits == 0 {
            let (taken, crossed) = self.more_permits(&mut near, pushed.urgent);
            if taken == 0 {
                count(&tally.full);
                return false;
            }
            near.permits = taken;
            wake = crossed;
        }
        near.permits -= 1;
        near.put(&self.queue, &self.shared, item);
        count(&tally.pushed);
        if wake {
            self.queue.wake();
        }
        true
    }

    #[cold]
    fn more_permits(&self, near: &mut Near<T>, urgent: bool) -> (usize, bool) {
        let queue = &self.queue;
        if urgent {
            queue.take_permits(queue.capacity, 1)
        } else {
            let chunk = queue.fit_chunk(near);
            queue.take_permits(queue.capacity - queue.reserved, chunk)
        }
    }
}

/// What it took ahead of its items goes back at once: while an export takes long, many threads may end.
impl<T> Drop for Lane<T> {
    fn drop(&mut self) {
        let near = self.near.get_mut();
        self.queue
            .permits
            .fetch_sub(near.permits, Ordering::Relaxed);
        self.queue.ahead.fetch_sub(near.ahead, Ordering::Relaxed);
        self.shared.tally.left.store(true, Ordering::Release);
        self.queue.retire(&self.shared);
    }
}
