//! The hard limit on spans a second.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::{Randomness, Threshold};

const SECOND: u64 = 1_000_000_000;

/// Lets through so many a second: of each interval of one second those with the highest randomness, so that
/// what is let through can say for how many it stands.
///
/// It holds what it is offered until the interval is over, or [`close`](Self::close) is called. Where too many came, the
/// randomness of the first one out becomes the threshold of those that stay. Of equal ones at that border all go, for they are
/// one trace, or one subtree; but where nothing would stay then, the first that came stay, and their threshold is erased.
#[derive(Debug)]
pub struct Cap<T> {
    /// 0 where there is no limit.
    per_second: u64,
    /// The interval, in seconds.
    interval: u64,
    /// How many of this interval were let through already.
    let_through: u64,
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
    /// A limit of so many a second; 0 is no limit, and then nothing is held.
    #[must_use]
    pub const fn new(per_second: u64) -> Self {
        Self {
            per_second,
            interval: 0,
            let_through: 0,
            came: 0,
            held: Held::All(Vec::new()),
            first_out: None,
        }
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

    /// Whether it holds some of an interval that is over by now.
    #[must_use]
    pub fn is_due(&self, now_nanos: u64) -> bool {
        !self.is_empty() && now_nanos / SECOND > self.interval
    }

    /// Offers one at this time, in nanoseconds of a clock that nobody sets. Where that begins a new interval, the one before
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
        if self.per_second == 0 {
            out.push((item, threshold));
            return;
        }
        if at_nanos / SECOND > self.interval {
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

    /// Lets out what it holds. What else comes in this interval shares what is left of its limit.
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
        self.let_through += (out.len() - before) as u64;
        // The memory serves the next interval.
        self.held = Held::All(entries);
        let interval = now_nanos / SECOND;
        if interval > self.interval {
            self.interval = interval;
            self.let_through = 0;
        }
    }

    fn hold(&mut self, entry: Entry<T>, dropped: &mut Vec<T>) {
        let room = self.per_second.saturating_sub(self.let_through);
        let entries = match &mut self.held {
            Held::All(entries) if (entries.len() as u64) < room => {
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
