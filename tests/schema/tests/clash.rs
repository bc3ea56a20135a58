//! Schemas that know nothing of each other and declare metrics of the same name.

use std::sync::{Arc, Mutex};

use lakehouse_otel::testing::{self, Capture};

mod one {
    lakehouse_otel::schema!("clash/one.yaml");
}
mod other {
    lakehouse_otel::schema!("clash/other.yaml");
}
mod same {
    lakehouse_otel::schema!("clash/same.yaml");
}

use one::schema::{Room, metrics as one_metrics};
use other::schema::{Colour, metrics as other_metrics};
use same::schema::metrics as same_metrics;

fn capture() -> (Capture, Arc<Mutex<Vec<String>>>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&said);
    let sink = move |line: &str| lines.lock().unwrap().push(line.to_owned());
    (Capture::builder().diagnostics(sink).build(), said)
}

#[test]
fn the_first_holds_and_the_other_is_told_once() {
    let (capture, said) = capture();
    capture.run(|| {
        one_metrics::shelf_visits().add(1, Room::Hall);
        for _ in 0..3 {
            other_metrics::shelf_visits().add(10, Colour::Red);
        }
        let bound = other_metrics::shelf_visits().bind(Colour::Blue);
        bound.add(10);
        one_metrics::shelf_visits().add(1, Room::Attic);
    });
    let visits = || capture.metric("shelf.visits");
    visits().sum(2);
    visits().with("shelf.room", "hall").sum(1);
    visits().with("shelf.room", "attic").sum(1);
    let said = said.lock().unwrap();
    let [line] = said.as_slice() else {
        panic!("said once: {said:?}");
    };
    assert_eq!(
        line,
        "lakehouse-otel: two schemas declare the metric `shelf.visits` differently: one is a Counter of U64 in `{visit}` \
         with the labels [shelf.room], and was recorded first; of the other, a Counter of U64 in `{visit}` with the labels \
         [shelf.colour], nothing is recorded. One of them needs another name; this is said once"
    );
}

#[test]
fn of_observed_ones_the_first_holds_too() {
    let (capture, said) = capture();
    let _observed = capture.run(|| {
        (
            one_metrics::shelf_books().observe(|books| books.record(3)),
            other_metrics::shelf_books().observe(|books| books.record(4_000)),
        )
    });
    capture.metric("shelf.books").sum(3);
    assert_eq!(said.lock().unwrap().len(), 1);
}

#[test]
fn those_that_declare_the_same_record_the_same() {
    let capture = testing::capture();
    let observed = capture.run(|| same_metrics::shelf_books().observe(|books| books.record(3)));
    capture.metric("shelf.books").sum(3);
    drop(observed);
    let (capture, said) = self::capture();
    capture.run(|| {
        let definition = one_metrics::SHELF_BOOKS;
        assert_ne!(definition, same_metrics::SHELF_BOOKS);
        let _one = one_metrics::shelf_books().observe(|books| books.record(3));
        let _same = same_metrics::shelf_books().observe(|_| {});
        capture.metric("shelf.books").sum(3);
    });
    assert!(said.lock().unwrap().is_empty());
}

#[test]
fn where_they_differ_in_how_many_values_a_label_has_those_of_the_first_hold() {
    let (capture, said) = capture();
    capture.run(|| {
        for reader in 0..5 {
            let reader = format!("reader {reader}");
            one_metrics::shelf_loans().reader(&reader).add(1);
            same_metrics::shelf_loans().reader(&reader).add(1);
        }
    });
    let loans = capture.metric("shelf.loans");
    loans.sum(10);
    loans.clone().with("shelf.reader", "reader 2").sum(2);
    loans.with("otel.metric.overflow", "true").sum(4);
    assert!(said.lock().unwrap().is_empty());
}
