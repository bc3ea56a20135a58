//! A worker and its books, as the processor has them.

use std::collections::HashSet;
use std::mem;
use std::time::{Duration, Instant};

use crate::queue::{Lane, Phase, Pushed, Queue, Woken};
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Arc, Condvar, Mutex, give_way};

/// Never over: nothing here waits for time.
const LONG: Duration = Duration::from_secs(1_000_000);

pub(crate) fn never() -> Instant {
    Instant::now() + LONG
}

/// What became of the items.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// In the order in which they left.
    pub(crate) exported: Vec<u32>,
    /// What the queue would not take.
    pub(crate) refused: Vec<u32>,
    pub(crate) written_off: u64,
}

/// A queue, with everything that is known of it.
pub(crate) struct Model {
    pub(crate) queue: Arc<Queue<u32>>,
    books: Mutex<Books>,
    /// Wakes whoever waits for the books to say something.
    booked: Condvar,
    /// Released, and not settled: these count as in hand, and others may be in their places.
    leaving: AtomicUsize,
}

impl Model {
    pub(crate) fn new(capacity: usize, reserved: usize, batch: usize) -> Arc<Self> {
        Arc::new(Self {
            queue: Queue::new(capacity, reserved, batch),
            books: Mutex::new(Books::default()),
            booked: Condvar::new(),
            leaving: AtomicUsize::new(0),
        })
    }

    /// The worker, which holds back as many items as this while nobody asks for all.
    pub(crate) fn work(&self, hold: usize) {
        let mut taken = Vec::new();
        let mut flushed = 0;
        loop {
            match self.queue.wait(LONG, taken.len()) {
                Woken::Due => {
                    if self.queue.take(&mut taken) == 0 {
                        give_way();
                    }
                    let leaving = taken.len().saturating_sub(hold);
                    self.export(taken.drain(..leaving).collect());
                }
                Woken::Flush(ticket) => {
                    assert!(ticket > flushed, "a flush is asked for once");
                    flushed = ticket;
                    self.queue.take(&mut taken);
                    self.export(mem::take(&mut taken));
                    self.queue.flushed(ticket);
                }
                Woken::Close => {
                    self.queue.take(&mut taken);
                    self.export(taken);
                    break;
                }
            }
        }
        self.queue.closed();
    }

    fn export(&self, batch: Vec<u32>) {
        if batch.is_empty() {
            return;
        }
        let size = batch.len();
        self.leaving.fetch_add(size, Ordering::SeqCst);
        self.queue.release(size);
        self.queue.settle(size, || {
            self.leaving.fetch_sub(size, Ordering::SeqCst);
            self.books.lock().unwrap().exported.extend(batch);
        });
        self.booked.notify_all();
    }

    /// Pushes an item, and books it where it is refused.
    pub(crate) fn push(&self, lane: &Lane<u32>, item: u32, urgent: bool) -> bool {
        let pushed = Pushed {
            urgent,
            started: true,
        };
        lane.start();
        let taken = lane.push(pushed, || item);
        if !taken {
            self.books.lock().unwrap().refused.push(item);
            self.booked.notify_all();
        }
        taken
    }

    /// Gives up on what is left.
    pub(crate) fn abandon(&self) {
        self.queue
            .abandon(|left| self.books.lock().unwrap().written_off += left);
    }

    /// What must be true at every moment.
    pub(crate) fn check(&self) {
        let (standing, (exported, written_off, leaving)) = self.queue.standing(|| {
            let books = self.books.lock().unwrap();
            let leaving = self.leaving.load(Ordering::SeqCst);
            (
                books.exported.len() as u64,
                books.written_off,
                leaving as u64,
            )
        });
        let counts = standing.counts;
        let queued = standing.waiting + standing.in_hand;
        assert_eq!(
            counts.created,
            exported + written_off + counts.full + counts.late + queued,
            "the account closes: {standing:?}"
        );
        let room = self.queue.capacity() as u64 + leaving;
        assert!(
            self.queue.phase() == Phase::Abandoned || queued <= room,
            "{queued} items in a queue for {room}"
        );
    }

    /// Waits until so many items have met their end.
    pub(crate) fn await_ends(&self, items: usize) {
        let mut books = self.books.lock().unwrap();
        while books.exported.len() + books.refused.len() < items {
            books = self.booked.wait(books).unwrap();
        }
    }

    pub(crate) fn is_exported(&self, item: u32) -> bool {
        self.books.lock().unwrap().exported.contains(&item)
    }

    pub(crate) fn exported(&self) -> usize {
        self.books.lock().unwrap().exported.len()
    }

    pub(crate) fn refused(&self) -> usize {
        self.books.lock().unwrap().refused.len()
    }

    pub(crate) fn written_off(&self) -> u64 {
        self.books.lock().unwrap().written_off
    }

    /// The same, where all threads have ended, and nothing came while the queue closed: nothing is late, and every
    /// permit has come back.
    pub(crate) fn check_orderly_end(&self, items: u32) {
        self.check_end(items);
        let counter = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        let Queue {
            permits,
            ahead,
            lanes,
            ..
        } = &*self.queue;
        assert_eq!([permits, ahead, lanes].map(counter), [0; 3]);
        let (standing, ()) = self.queue.standing(|| ());
        assert_eq!(standing.counts.late, 0);
    }

    /// What must be true at the end: every item met one end, and the queue counted each.
    pub(crate) fn check_end(&self, items: u32) {
        self.check();
        let (standing, ()) = self.queue.standing(|| ());
        let counts = standing.counts;
        assert_eq!((standing.waiting, standing.in_hand), (0, 0));
        assert_eq!(counts.created, u64::from(items));
        assert_eq!(
            (counts.started, counts.ended),
            (counts.created, counts.created)
        );
        let books = self.books.lock().unwrap();
        // Those that were taken while the queue closed, and that nobody came for, are late as well.
        let refused = books.refused.len() as u64;
        let stranded = (counts.full + counts.late).checked_sub(refused);
        let stranded = stranded.expect("what is refused is counted");
        let mut seen = HashSet::new();
        for item in books.exported.iter().chain(&books.refused) {
            assert!(seen.insert(*item), "{item} met two ends");
        }
        let ends = seen.len() as u64 + books.written_off + stranded;
        assert_eq!(ends, u64::from(items));
    }
}
