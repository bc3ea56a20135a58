//! How many are kept at most, and when none.

use super::*;
use crate::which::klines;

#[test]
fn a_storm_has_a_bound() {
    let clock = Arc::new(ManualClock::new());
    let capture = dropping()
        .clock(&clock)
        .max_error_spans_per_second(10)
        .build();
    let storm = || (0..100).for_each(|_| workflow(failing));
    capture.run(storm);
    // Those beyond it are not there, nor what was around them.
    assert_whole(&capture);
    assert_eq!(capture.spans_named("request").len(), 10);
    assert_eq!(capture.spans_named("workflow").len(), 10);
    clock.advance(Duration::from_secs(1));
    capture.run(storm);
    assert_eq!(capture.spans_named("request").len(), 20);
    assert_eq!(capture.spans().len(), 40);
    capture.metric("crypto.api.errors").sum(200);
}

#[test]
fn what_is_beyond_the_bound_is_there_for_what_is_under_it() {
    let clock = Arc::new(ManualClock::new());
    let capture = dropping()
        .clock(&clock)
        .max_error_spans_per_second(3)
        .build();
    capture.run(|| {
        for _ in 0..4 {
            let outer = Workflow::new("outer").start();
            let answer = outer.in_scope(|| request(Err("refused")));
            outer.returned(Returned::new(&answer).outcome());
        }
    });
    assert_whole(&capture);
    // The second request was the third: the workflow around it is there for it alone.
    assert_eq!(capture.spans_named("request").len(), 2);
    let outer = capture.spans_named("outer");
    assert_eq!(outer.len(), 2, "{capture}");
    assert_certain(&outer[0]);
    assert_unknown(outer[1].outcome(Outcome::Error));
}

#[test]
fn who_is_told_to_keep_nothing_keeps_nothing() {
    let samplers = [
        (Sampler::always_off(), 0),
        (Sampler::parent_based_always_off(), 0),
        (Sampler::trace_id_ratio(0.0), 0),
        (Sampler::trace_id_ratio(1e-9), 2),
        (Sampler::parent_based_trace_id_ratio(1e-9), 2),
    ];
    for (sampler, spans) in samplers {
        let capture = Capture::builder().sampler(sampler).seed(1).build();
        let unkept = Cell::new(0);
        capture.run(|| {
            workflow(|| {
                let _ = klines("BTCUSDT", &unkept, Err("-1121".to_owned()));
            });
        });
        assert_eq!(capture.spans().len(), spans, "{capture}");
        assert_whole(&capture);
    }
}
