use std::ops::Range;

use shuttle::thread::{self, JoinHandle};
use shuttle::{check_pct, check_random};

use crate::model::{Model, never};
use crate::queue::{Lane, Phase};
use crate::sync::Arc;
use crate::sync::atomic::Ordering;

const SCHEDULES: usize = 1_000;

/// How many unlucky choices a schedule of `check_pct` has.
const DEPTH: usize = 4;

fn check(model: impl Fn() + Send + Sync + Copy + 'static) {
    check_random(model, SCHEDULES);
    check_pct(model, SCHEDULES, DEPTH);
}

fn worker(model: &Arc<Model>, hold: usize) -> JoinHandle<()> {
    let model = Arc::clone(model);
    thread::spawn(move || model.work(hold))
}

/// A thread that pushes so many items from this one on, every third of them urgent, and ends.
fn producer(model: &Arc<Model>, first: u32, items: u32) -> JoinHandle<()> {
    let model = Arc::clone(model);
    thread::spawn(move || {
        let lane = model.queue.lane();
        for item in first..first + items {
            model.push(&lane, item, item.is_multiple_of(3));
        }
    })
}

/// A thread that looks at the account while others change it.
fn observer(model: &Arc<Model>, looks: u32) -> JoinHandle<()> {
    let model = Arc::clone(model);
    thread::spawn(move || (0..looks).for_each(|_| model.check()))
}

fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        thread.join().unwrap();
    }
}

fn close(model: &Model) {
    assert!(model.queue.close());
    assert!(model.queue.await_close(never()));
    assert_eq!(model.queue.phase(), Phase::Closed);
}

#[test]
fn nothing_is_lost_or_doubled_and_the_bound_holds() {
    check(|| {
        let model = Model::new(6, 2, 2);
        let working = worker(&model, 0);
        let observing = observer(&model, 6);
        join([
            producer(&model, 0, 5),
            producer(&model, 5, 5),
            producer(&model, 10, 5),
        ]);
        close(&model);
        join([working, observing]);
        model.check_orderly_end(15);
    });
}

#[test]
fn a_batch_wakes_the_worker() {
    check(|| {
        let model = Model::new(100, 10, 3);
        let working = worker(&model, 0);
        let producing = [producer(&model, 0, 4), producer(&model, 4, 4)];
        // Without anybody who asks: at most a batch less one may stay.
        model.await_ends(6);
        join(producing);
        close(&model);
        join([working]);
        assert_eq!(model.refused(), 0);
        model.check_orderly_end(8);
    });
}

#[test]
fn a_batch_wakes_a_worker_that_holds_some_back() {
    check(|| {
        let model = Model::new(100, 10, 2);
        let working = worker(&model, 3);
        let producing = [producer(&model, 0, 4), producer(&model, 4, 4)];
        // It holds three, and of a batch one less may stay.
        model.await_ends(4);
        join(producing);
        close(&model);
        join([working]);
        model.check_orderly_end(8);
    });
}

#[test]
fn a_flush_takes_everything_before_it() {
    check(|| {
        let model = Model::new(100, 10, 50);
        let working = worker(&model, 3);
        let flushers: Vec<_> = (0..2)
            .map(|thread| {
                let model = Arc::clone(&model);
                thread::spawn(move || {
                    let lane = model.queue.lane();
                    for item in [10 * thread, 10 * thread + 1] {
                        assert!(model.push(&lane, item, false));
                        let ticket = model.queue.ask_flush();
                        assert!(model.queue.await_flush(ticket, never()));
                        assert!(model.is_exported(item));
                        model.check();
                    }
                })
            })
            .collect();
        join(flushers);
        close(&model);
        join([working]);
        model.check_orderly_end(4);
    });
}

#[test]
fn a_close_comes_in_between() {
    check(|| {
        let model = Model::new(6, 1, 2);
        let working = worker(&model, 1);
        let producing = [producer(&model, 0, 4), producer(&model, 4, 4)];
        let flushing = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                let ticket = model.queue.ask_flush();
                assert!(model.queue.await_flush(ticket, never()));
            })
        };
        let closing = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                model.queue.close();
                assert!(model.queue.await_close(never()));
            })
        };
        model.queue.close();
        assert!(model.queue.await_close(never()));
        join([working, flushing, closing]);
        join(producing);
        model.check_end(8);
        // What comes now is late, on an old lane and on a new one.
        assert!(!model.push(&model.queue.lane(), 8, true));
        model.check_end(9);
    });
}

#[test]
fn what_is_abandoned_is_written_off_once() {
    check(|| {
        let model = Model::new(6, 1, 2);
        let working = worker(&model, 1);
        let observing = observer(&model, 4);
        let producing = [producer(&model, 0, 4), producer(&model, 4, 4)];
        let flushing = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                let ticket = model.queue.ask_flush();
                assert!(model.queue.await_flush(ticket, never()));
            })
        };
        model.queue.close();
        // The time to close is over, whatever the worker has come to.
        model.abandon();
        model.abandon();
        let written_off = model.written_off();
        join([working, flushing, observing]);
        join(producing);
        assert_eq!(model.written_off(), written_off);
        model.check_end(8);
        let ticket = model.queue.ask_flush();
        assert!(
            model.queue.await_flush(ticket, never()),
            "nobody is there to wait for"
        );
    });
}

#[test]
fn nobody_waits_for_a_worker_that_was_given_up() {
    check(|| {
        let model = Model::new(6, 1, 2);
        // Its export never ends: there is no worker.
        join([producer(&model, 0, 3)]);
        let waiting = [
            {
                let model = Arc::clone(&model);
                thread::spawn(move || {
                    let ticket = model.queue.ask_flush();
                    assert!(model.queue.await_flush(ticket, never()));
                })
            },
            {
                let model = Arc::clone(&model);
                thread::spawn(move || {
                    model.queue.close();
                    assert!(model.queue.await_close(never()));
                })
            },
        ];
        model.abandon();
        join(waiting);
        assert_eq!(model.written_off(), 3);
        model.check_end(3);
    });
}

#[test]
fn threads_that_end_give_back_what_they_did_not_use() {
    check(|| {
        // Room for a chunk and more: a thread takes many permits for its one item.
        let model = Model::new(80, 8, 72);
        for thread in 0..10 {
            // One after the other, and no worker.
            join([producer(&model, 8 * thread, 8)]);
        }
        // 80 came, 72 are not urgent's to exceed; the urgent have the rest.
        model.check();
        let working = worker(&model, 0);
        close(&model);
        join([working]);
        assert!(model.exported() >= 72, "{}", model.exported());
        model.check_orderly_end(80);
    });
}

#[test]
fn lanes_come_and_go_while_the_worker_takes() {
    check(|| {
        let model = Model::new(6, 1, 1);
        let working = worker(&model, 0);
        let observing = observer(&model, 4);
        for round in 0..3 {
            join([
                producer(&model, 4 * round, 2),
                producer(&model, 4 * round + 2, 2),
            ]);
        }
        close(&model);
        join([working, observing]);
        model.check_orderly_end(12);
    });
}

/// Its threads take many permits at once, which the others do not see.
#[test]
fn permits_that_were_taken_ahead_come_back() {
    check(|| {
        let model = Model::new(64, 4, 24);
        let working = worker(&model, 0);
        let observing = observer(&model, 4);
        join([producer(&model, 0, 12), producer(&model, 12, 12)]);
        close(&model);
        join([working, observing]);
        assert_eq!(model.refused(), 0);
        model.check_orderly_end(24);
    });
}

#[test]
fn threads_that_end_while_the_queue_closes_leave_no_lane() {
    check(|| {
        let model = Model::new(6, 1, 2);
        let working = worker(&model, 0);
        let producing = [producer(&model, 0, 2), producer(&model, 2, 2)];
        model.queue.close();
        assert!(model.queue.await_close(never()));
        join([working]);
        join(producing);
        model.check_end(4);
        assert_eq!(model.queue.lanes.load(Ordering::SeqCst), 0);
    });
}

#[test]
fn what_is_late_stays_late() {
    check(|| {
        let model = Model::new(6, 1, 2);
        let producing = producer(&model, 0, 3);
        model.queue.close();
        model.abandon();
        let late = || model.queue.standing(|| ()).0.counts.late;
        let before = late();
        model.abandon();
        assert!(late() >= before);
        join([producing]);
        model.check_end(3);
    });
}

#[test]
fn threads_that_rest_keep_little_room_from_others() {
    // One thread has all the lanes: there is one schedule.
    let model = || {
        let (usable, most_ahead) = (224, 28);
        let model = Model::new(256, 32, 128);
        let push = |lane: &Lane<u32>, items: Range<u32>| {
            items.filter(|item| model.push(lane, *item, false)).count()
        };
        let resting: Vec<_> = (0..3).map(|_| model.queue.lane()).collect();
        for lane in &resting {
            // One, then two and four at a time: of the last four it has one left, or of the next.
            assert_eq!(push(lane, 0..8), 8);
        }
        let mut taken = Vec::new();
        assert_eq!(model.queue.take(&mut taken), 24);
        model.queue.release(24);
        model.queue.settle(24, || {});
        let ahead = model.queue.permits.load(Ordering::SeqCst);
        assert!((3..=most_ahead).contains(&ahead), "{ahead}");
        let busy = model.queue.lane();
        assert_eq!(push(&busy, 1_000..2_000), usable - ahead);
        // Threads that end leave all of it.
        drop(resting);
        assert_eq!(push(&busy, 2_000..3_000), ahead);
    };
    check_random(model, 1);
}
