//! The queue between the threads that end spans and the worker that exports them.
//!
//! ```text
//! thread 1 ── push ──► lane 1 ─┐
//! thread 2 ── push ──► lane 2 ─┼─ take ──► worker ── settle ──► exported, failed, …
//! thread 3 ── push ──► lane 3 ─┘
//! ```
//!
//! Each thread has a lane of its own: rings with one writer, the thread, and one reader, the worker, so that neither
//! waits for the other. A lane has one ring, and a larger one when that is full; the worker empties them in turn. One
//! bound holds over all lanes: a lane takes permits from it, a few at a time, so that threads meet at the shared counter
//! once in many spans. A permit comes back when its span has left the queue for an export.
//!
//! The account is of what lanes count and of what the worker has claimed: an item that a thread has pushed is either
//! claimed, which happens under the queue's lock, or waits.

mod lane;

use std::time::{Duration, Instant};

use self::lane::{LaneState, Spare};
use super::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use super::sync::{Arc, Condvar, LARGEST, Mutex, MutexGuard, PoisonError};

pub(crate) use self::lane::{Lane, Pushed};

/// A bounded queue with a lane for each thread.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    /// How many items may wait.
    capacity: usize,
    /// How many of these only urgent items may take.
    reserved: usize,
    /// How many make a batch.
    batch: usize,
    /// At how many permits the worker is woken: a batch more than it holds back.
    wake_at: AtomicUsize,
    /// Permits that are out: of items that wait, and of lanes ahead of theirs.
    pub(super) permits: AtomicUsize,
    /// How many permits all lanes together may hold ahead of their items, or the worker would be woken for little
    /// and threads that rest would keep room from those that are busy.
    most_ahead: usize,
    /// How many they may hold as they are.
    pub(super) ahead: AtomicUsize,
    /// How many lanes there are.
    pub(super) lanes: AtomicUsize,
    /// How often the worker has come for what is in them.
    takes: AtomicUsize,
    closed: AtomicBool,
    /// Large rings that are empty, to be used again: the system is asked for no memory that was given back just before.
    spare: Mutex<Vec<Spare<T>>>,
    state: Mutex<State<T>>,
    /// Wakes the worker.
    work: Condvar,
    /// Wakes whoever waits for the worker.
    progress: Condvar,
}

/// What the threads counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Items that were begun, whether they came to be pushed or not.
    pub(crate) started: u64,
    /// Of those begun, how many were ended in any way.
    pub(crate) ended: u64,
    /// Items that were there to be exported.
    pub(crate) created: u64,
    /// Items that the queue had no room for.
    pub(crate) full: u64,
    /// Items that came after the close.
    pub(crate) late: u64,
    /// Items that were beyond the budget of errors.
    pub(crate) over_budget: u64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.started += other.started;
        self.ended += other.ended;
        self.created += other.created;
        self.full += other.full;
        self.late += other.late;
        self.over_budget += other.over_budget;
    }
}

#[derive(Debug)]
struct State<T> {
    lanes: Vec<Claims<T>>,
    /// What lanes counted whose threads are gone.
    retired: Counts,
    /// Taken by the worker, and not settled yet.
    in_hand: usize,
    woken: bool,
    flush_asked: u64,
    flush_done: u64,
    phase: Phase,
}

/// A lane, as the worker has it.
#[derive(Debug)]
struct Claims<T> {
    lane: Arc<LaneState<T>>,
    /// How many of its items the worker has claimed so far.
    claimed: u64,
}

impl<T> Claims<T> {
    /// How many items wait in it.
    fn waiting(&self) -> u64 {
        self.lane.pushed() - self.claimed
    }

    /// Claims what waits in it, to be taken out.
    fn claim(&mut self) -> usize {
        let waiting = self.waiting();
        self.claimed += waiting;
        usize::try_from(waiting).unwrap_or(usize::MAX)
    }
}

impl<T> State<T> {
    /// What is known of a lane, and how many items wait in it. Those that came while the queue closed, and that nobody
    /// came for, are late.
    fn stand(&self, claims: &Claims<T>) -> (Counts, u64) {
        let waiting = claims.waiting();
        let mut counts = claims.lane.counts(claims.claimed + waiting);
        if self.phase.is_over() {
            counts.late += waiting;
            (counts, 0)
        } else {
            (counts, waiting)
        }
    }
}

/// Where the queue stands in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    #[default]
    Open,
    /// Nothing is taken any more; the worker empties the queue.
    Closing,
    /// The time to close is over: what was left is written off.
    Abandoned,
    /// The worker is gone.
    Closed,
}

impl Phase {
    /// Whether there is nothing left to wait for.
    const fn is_over(self) -> bool {
        matches!(self, Self::Abandoned | Self::Closed)
    }
}

/// Why the worker goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// There is a batch, or the time is over.
    Due,
    /// Everything that there is has to leave, for the flush of this number.
    Flush(u64),
    /// Everything that there is has to leave, for the last time.
    Close,
}

/// How the queue stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) counts: Counts,
    /// In the lanes.
    pub(crate) waiting: u64,
    /// With the worker.
    pub(crate) in_hand: u64,
}

impl<T> Queue<T> {
    /// A queue for so many items, a share of them for urgent ones. The worker is woken when a
    /// batch of them waits.
    pub(crate) fn new(capacity: usize, reserved: usize, batch: usize) -> Arc<Self> {
        let reserved = reserved.min(capacity.saturating_sub(1));
        let batch = batch.clamp(1, capacity - reserved);
        Arc::new(Self {
            capacity,
            reserved,
            batch,
            wake_at: AtomicUsize::new(batch),
            permits: AtomicUsize::new(0),
            most_ahead: (batch / 2).min((capacity - reserved) / 8),
            ahead: AtomicUsize::new(0),
            lanes: AtomicUsize::new(0),
            takes: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            spare: Mutex::default(),
            state: Mutex::new(State {
                lanes: Vec::new(),
                retired: Counts::default(),
                in_hand: 0,
                woken: false,
                flush_asked: 0,
                flush_done: 0,
                phase: Phase::Open,
            }),
            work: Condvar::new(),
            progress: Condvar::new(),
        })
    }

    /// How many items may wait.
    pub(crate) const fn capacity(&self) -> usize {
        self.capacity
    }

    /// Whether nothing is taken any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Lets a lane join.
    fn add(&self, lane: Arc<LaneState<T>>) {
        let mut state = self.lock();
        state.lanes.push(Claims { lane, claimed: 0 });
        self.lanes.store(state.lanes.len(), Ordering::Relaxed);
    }

    /// Lets a lane go whose thread has ended, where nothing is left in it; the worker, which may be busy
    /// or gone, sees to the others.
    fn retire(&self, lane: &Arc<LaneState<T>>) {
        let mut state = self.lock();
        let lanes = &state.lanes;
        let Some(at) = lanes.iter().position(|one| Arc::ptr_eq(&one.lane, lane)) else {
            return;
        };
        let (counts, waiting) = state.stand(&state.lanes[at]);
        if waiting == 0 {
            state.retired.add(counts);
            state.lanes.swap_remove(at);
            self.lanes.store(state.lanes.len(), Ordering::Relaxed);
        }
    }

    fn wake(&self) {
        self.lock().woken = true;
        self.work.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the queue stands at one moment, with what `read` says of what has left it.
    pub(crate) fn standing<R>(&self, read: impl FnOnce() -> R) -> (Standing, R) {
        // The worker moves items under the same lock.
        let state = self.lock();
        let mut standing = Standing {
            counts: state.retired,
            waiting: 0,
            in_hand: state.in_hand as u64,
        };
        for claims in &state.lanes {
            let (counts, waiting) = state.stand(claims);
            standing.counts.add(counts);
            standing.waiting += waiting;
        }
        (standing, read())
    }

    pub(crate) fn phase(&self) -> Phase {
        self.lock().phase
    }

    /// Asks the worker to empty the queue; the number of the flush.
    pub(crate) fn ask_flush(&self) -> u64 {
        let mut state = self.lock();
        state.flush_asked += 1;
        let ticket = state.flush_asked;
        drop(state);
        self.work.notify_one();
        ticket
    }

    /// Waits until the worker has carried out this flush, or there is nothing left to flush.
    pub(crate) fn await_flush(&self, ticket: u64, deadline: Instant) -> bool {
        self.wait_until(deadline, |state| {
            state.flush_done >= ticket || state.phase.is_over()
        })
    }

    /// Closes the queue to further items and tells the worker to finish.
    /// `false` where it was closed before, and over.
    pub(crate) fn close(&self) -> bool {
        let mut state = self.lock();
        match state.phase {
            Phase::Open => state.phase = Phase::Closing,
            Phase::Closing => {}
            Phase::Abandoned | Phase::Closed => return false,
        }
        self.closed.store(true, Ordering::Release);
        drop(state);
        self.work.notify_one();
        true
    }

    /// Waits until the worker is gone, or somebody else gave up on it.
    pub(crate) fn await_close(&self, deadline: Instant) -> bool {
        self.wait_until(deadline, |state| state.phase.is_over())
    }

    /// Gives up on what is left: `account` is called with how many items that was. They are dropped,
    /// and what the worker holds counts no more.
    pub(crate) fn abandon(&self, account: impl FnOnce(u64)) {
        let mut state = self.lock();
        if state.phase.is_over() {
            return;
        }
        state.phase = Phase::Abandoned;
        let mut left = state.in_hand;
        state.in_hand = 0;
        let claimed = self.claim(&mut state);
        left += claimed.iter().map(|(_, items)| items).sum::<usize>();
        account(left as u64);
        drop(state);
        self.progress.notify_all();
        let mut dropped = Vec::new();
        for (lane, items) in claimed {
            lane.take(items, &mut dropped, &mut Vec::new());
        }
    }

    /// A large ring that is empty. Nobody waits for one: where another thread looks for one there is none.
    fn spare(&self) -> Option<Spare<T>> {
        self.spare.try_lock().ok()?.pop()
    }

    /// Keeps rings for the lanes: room for as many items as the queue has, and no more.
    fn keep(&self, rings: Vec<Spare<T>>) {
        if !rings.is_empty() {
            let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
            let room = self.capacity.div_ceil(LARGEST).saturating_sub(spare.len());
            spare.extend(rings.into_iter().take(room));
        }
    }

    /// Claims everything that waits in the lanes, and lets those go whose threads have: what is to be taken out.
    fn claim(&self, state: &mut State<T>) -> Vec<(Arc<LaneState<T>>, usize)> {
        let mut claimed = Vec::new();
        let mut retired = Counts::default();
        state.lanes.retain_mut(|claims| {
            // In this order: a thread pushes nothing after it has left.
            let is_left = claims.lane.is_left();
            let items = claims.claim();
            if items > 0 {
                claimed.push((Arc::clone(&claims.lane), items));
            }
            if is_left {
                retired.add(claims.lane.counts(claims.claimed));
            }
            !is_left
        });
        state.retired.add(retired);
        self.lanes.store(state.lanes.len(), Ordering::Relaxed);
        claimed
    }

    fn wait_until(&self, deadline: Instant, ready: impl Fn(&State<T>) -> bool) -> bool {
        let mut state = self.lock();
        loop {
            if ready(&state) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self
                .progress
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

/// The worker's side.
impl<T> Queue<T> {
    /// Waits until there is something to do, no longer than `timeout`. The worker holds back so
    /// many items, which need nothing done.
    pub(crate) fn wait(&self, timeout: Duration, held: usize) -> Woken {
        let due = Instant::now() + timeout;
        // Those that are not urgent come no further.
        let wake_at = (held + self.batch)
            .min(self.capacity - self.reserved)
            .max(held + self.ahead.load(Ordering::Relaxed).min(self.most_ahead) + 1);
        self.wake_at.store(wake_at, Ordering::SeqCst);
        let mut state = self.lock();
        loop {
            if state.phase != Phase::Open {
                return Woken::Close;
            }
            if state.flush_asked > state.flush_done {
                return Woken::Flush(state.flush_asked);
            }
            let left = due.saturating_duration_since(Instant::now());
            if std::mem::take(&mut state.woken)
                || self.permits.load(Ordering::SeqCst) >= wake_at
                || left.is_zero()
            {
                return Woken::Due;
            }
            state = self
                .work
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Takes everything out of the lanes; how much is in hand then counts as such. Where the worker was woken for items and
    /// there are none, their threads have permits and are about to push: it is to give way.
    pub(crate) fn take(&self, into: &mut Vec<T>) -> usize {
        let mut state = self.lock();
        if state.phase == Phase::Abandoned {
            return 0;
        }
        let claimed = self.claim(&mut state);
        self.takes.fetch_add(1, Ordering::Relaxed);
        let items: usize = claimed.iter().map(|(_, items)| items).sum();
        state.in_hand += items;
        drop(state);
        into.reserve(items);
        let mut spare = Vec::new();
        for (lane, items) in claimed {
            lane.take(items, into, &mut spare);
        }
        self.keep(spare);
        items
    }

    /// Lets others into the places of so many items, which leave for an export.
    pub(crate) fn release(&self, items: usize) {
        self.permits.fetch_sub(items, Ordering::Relaxed);
    }

    /// So many items in hand have met their end. `account` is called while the queue's account
    /// stands still, unless they were written off before.
    pub(crate) fn settle(&self, items: usize, account: impl FnOnce()) {
        let mut state = self.lock();
        if state.phase != Phase::Abandoned {
            state.in_hand -= items;
            account();
        }
        drop(state);
        self.progress.notify_all();
    }

    /// This flush is carried out.
    pub(crate) fn flushed(&self, ticket: u64) {
        self.lock().flush_done = ticket;
        self.progress.notify_all();
    }

    /// The worker is gone.
    pub(crate) fn closed(&self) {
        let mut state = self.lock();
        state.flush_done = state.flush_asked;
        if state.phase != Phase::Abandoned {
            state.phase = Phase::Closed;
        }
        // Their threads ended after the worker had come for the last time.
        let left: Vec<_> = state
            .lanes
            .extract_if(.., |claims| claims.lane.is_left())
            .collect();
        for claims in &left {
            let (counts, _) = state.stand(claims);
            state.retired.add(counts);
        }
        self.lanes.store(state.lanes.len(), Ordering::Relaxed);
        drop(state);
        drop(left);
        self.progress.notify_all();
    }
}
