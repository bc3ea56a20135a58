//! The hard limit on spans a second.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::{Randomness, Threshold};

const SECOND: u64 = 1_000_000_000;

/// Into how many intervals a second may be parted.
const PARTS: [u64; 19] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
    200_000, 500_000, 1_000_000,
];

/// Lets through so many a second: of each interval those with the highest randomness, so that what is let through can
/// say for how many it stands.
///
/// It holds what it is offered until the interval is over, or [`close`](Self::close) is called. Where too many came, the
/// randomness of the first one out becomes the threshold of those that stay. Of equal ones at that border all go, for they are
/// one trace, or one subtree; but where nothing would stay then, the first that came stay, and their threshold is erased.
///
/// An interval is a second, or as much shorter as holding no more than allowed wants it. Whatever happens, no more than one
/// interval's share comes out for each interval.
#[derive(Debug)]
pub struct Cap<T> {
    /// How many an interval lets through; 0 where there is no limit.
    quota: usize,
    /// How long an interval is, in nanoseconds.
    length: u64,
    /// Which interval it is, counted from the clock's zero.
    interval: u64,
    /// How many of this interval were let through already.
    let_through: usize,
    came: u64,
    held: Held<T>,
    /// The highest randomness of those that are out.
    first_out: Option<Randomness>,
}

#[derive(Debug)]
enum Held<T> {
    /// As they came: there is room for all.
    All(Vec<Entry<T>>),
    /// The one to go next is on top.
    Best(BinaryHeap<Entry<T>>),
}

#[derive(Debug)]
struct Entry<T> {
    randomness: Randomness,
    came: u64,
    threshold: Option<Threshold>,
    item: T,
}

impl<T> Cap<T> {
    /// A limit of so many a second, which never holds more than `at_most_held`. A limit of 0 is none, and then nothing is held.
    #[must_use]
    pub fn new(per_second: u64, at_most_held: usize) -> Self {
        let at_most_held = at_most_held.max(1);
        let share = |parts: u64| usize::try_from(per_second / parts).unwrap_or(usize::MAX);
        // The least number of parts that is enough; none so many that a part would have no share.
        let parts = PARTS
            .into_iter()
            .take_while(|parts| *parts <= per_second.max(1))
            .reduce(|parts, more| {
                if share(parts) <= at_most_held {
                    parts
                } else {
                    more
                }
            });
        let parts = parts.unwrap_or(1);
        Self {
            quota: share(parts).min(at_most_held),
            length: SECOND / parts,
            interval: 0,
            let_through: 0,
            came: 0,
            held: Held::All(Vec::new()),
            first_out: None,
        }
    }

    /// How long an interval is.
    #[must_use]
    pub const fn interval(&self) -> Duration {
        Duration::from_nanos(self.length)
    }

    /// How many it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.held {
            Held::All(entries) => entries.len(),
            Held::Best(entries) => entries.len(),
        }
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How long it is until the interval is over, nothing where it is over already; `None` where nothing is held.
    #[must_use]
    pub fn due_in(&self, now_nanos: u64) -> Option<Duration> {
        let left = if now_nanos / self.length == self.interval {
            self.length - now_nanos % self.length
        } else {
            0
        };
        (!self.is_empty()).then(|| Duration::from_nanos(left))
    }

    /// Whether it holds some of an interval that is over.
    #[must_use]
    pub fn is_due(&self, now_nanos: u64) -> bool {
        self.due_in(now_nanos).is_some_and(|left| left.is_zero())
    }

    /// Offers one at this time, in nanoseconds of the taker's clock, whatever the item says of itself. Where that begins a new interval, the one before
    /// comes `out` with thresholds, or is `dropped`. A time before the interval counts as in it.
    pub fn offer(
        &mut self,
        at_nanos: u64,
        randomness: Randomness,
        threshold: Option<Threshold>,
        item: T,
        out: &mut Vec<(T, Option<Threshold>)>,
        dropped: &mut Vec<T>,
    ) {
        if self.quota == 0 {
            out.push((item, threshold));
            return;
        }
        if at_nanos / self.length > self.interval {
            self.close(at_nanos, out, dropped);
        }
        self.came += 1;
        let entry = Entry {
            randomness,
            came: self.came,
            threshold,
            item,
        };
        self.hold(entry, dropped);
    }

    /// Lets out what it holds. What else comes in this interval shares what is left of its limit. Which interval it is, this time
    /// says, whatever times were offered.
    pub fn close(
        &mut self,
        now_nanos: u64,
        out: &mut Vec<(T, Option<Threshold>)>,
        dropped: &mut Vec<T>,
    ) {
        let border = self.first_out.take();
        let mut entries = match &mut self.held {
            Held::All(entries) => std::mem::take(entries),
            Held::Best(entries) => {
                let mut entries = std::mem::take(entries).into_vec();
                entries.sort_unstable_by_key(|entry| entry.came);
                entries
            }
        };
        let before = out.len();
        match border {
            None => out.extend(entries.drain(..).map(|entry| (entry.item, entry.threshold))),
            Some(border) if entries.iter().all(|entry| entry.randomness <= border) => {
                out.extend(entries.drain(..).map(|entry| (entry.item, None)));
            }
            Some(border) => {
                for entry in entries.drain(..) {
                    if entry.randomness > border {
                        let raised = |threshold: Threshold| threshold.max(border.into());
                        out.push((entry.item, entry.threshold.map(raised)));
                    } else {
                        dropped.push(entry.item);
                    }
                }
            }
        }
        self.let_through += out.len() - before;
        // The memory serves the next interval.
        self.held = Held::All(entries);
        let interval = now_nanos / self.length;
        if interval != self.interval {
            self.interval = interval;
            self.let_through = 0;
        }
    }

    fn hold(&mut self, entry: Entry<T>, dropped: &mut Vec<T>) {
        let room = self.quota.saturating_sub(self.let_through);
        let entries = match &mut self.held {
            Held::All(entries) if entries.len() < room => {
                entries.push(entry);
                return;
            }
            Held::All(entries) => {
                let heap = BinaryHeap::from(std::mem::take(entries));
                self.held = Held::Best(heap);
                return self.hold(entry, dropped);
            }
            Held::Best(entries) => entries,
        };
        let out = match entries.peek_mut() {
            // The top is the worst; an entry is "greater" that goes sooner.
            Some(mut worst) if *worst > entry => std::mem::replace(&mut *worst, entry),
            _ => entry,
        };
        self.first_out = self.first_out.max(Some(out.randomness));
        dropped.push(out.item);
    }
}

/// Which goes sooner: the lower randomness, and of equal ones the later.
impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .randomness
            .cmp(&self.randomness)
            .then(self.came.cmp(&other.came))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Entry<T> {}
