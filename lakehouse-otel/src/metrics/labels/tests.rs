use std::borrow::Cow;

use super::{Admitted, ERROR_TYPES, Key, OPTED_IN_VALUES, OTHER_VALUES, Values};
use crate::metrics::typed::Given;
use crate::schema::MetricDefinition;
use crate::schema::metrics::CRYPTO_API_REQUESTS;

fn place(key: &str) -> usize {
    let mut attributes = CRYPTO_API_REQUESTS.attributes.iter();
    attributes
        .position(|attribute| attribute.key == key)
        .unwrap()
}

/// The labels of a measurement that gave only this one.
fn labels<'l>(definition: &MetricDefinition, at: usize, text: &'l str) -> Vec<Given<'l>> {
    let mut labels = vec![Given::Nothing; definition.attributes.len()];
    labels[at] = Given::Text(Cow::Borrowed(text));
    labels
}

/// What becomes of so many values, and then of the first and of one more.
#[track_caller]
fn assert_bound(key: &str, bound: usize, further: &Given<'_>) {
    let at = place(key);
    let mut values = Values::new(&CRYPTO_API_REQUESTS);
    for number in 0..bound {
        let text = number.to_string();
        let labels = labels(&CRYPTO_API_REQUESTS, at, &text);
        assert_eq!(values.look_up(&labels), None, "{number} is new");
        assert_eq!(values.admit(&labels), Admitted::AsGiven);
    }
    let first = labels(&CRYPTO_API_REQUESTS, at, "0");
    assert_eq!(values.look_up(&first), Some(Admitted::AsGiven));
    let late = labels(&CRYPTO_API_REQUESTS, at, "late");
    let Some(Admitted::Folded(folded)) = values.look_up(&late) else {
        panic!("it is past the bound");
    };
    assert_eq!(folded[at], *further);
    assert_eq!(folded[(at + 1) % folded.len()], Given::Nothing);
}

#[test]
fn each_label_has_its_bound() {
    assert_bound("crypto.symbol", OPTED_IN_VALUES, &Given::Folded);
    assert_bound("crypto.exchange", OTHER_VALUES, &Given::Folded);
    assert_bound("error.type", ERROR_TYPES, &Given::Constant("_OTHER"));
}

#[test]
fn the_values_of_one_label_leave_those_of_another_alone() {
    let mut values = Values::new(&CRYPTO_API_REQUESTS);
    for number in 0..2 * ERROR_TYPES {
        values.admit(&labels(
            &CRYPTO_API_REQUESTS,
            place("error.type"),
            &number.to_string(),
        ));
    }
    let symbol = labels(&CRYPTO_API_REQUESTS, place("crypto.symbol"), "BTCUSDT");
    assert_eq!(values.admit(&symbol), Admitted::AsGiven);
}

#[test]
fn labels_that_are_equal_have_one_hash_and_others_have_another() {
    let constant = [Given::Constant("binance"), Given::Nothing];
    let text = [Given::Text(Cow::Borrowed("binance")), Given::Nothing];
    assert_eq!(constant, text);
    assert_eq!(Key::new(&constant).hash(), Key::new(&text).hash());

    let mut hashes = vec![Key::new(&constant).hash()];
    let others = [
        [Given::Nothing, Given::Constant("binance")],
        [Given::Constant("binanc"), Given::Constant("e")],
        [Given::Constant("binance"), Given::Folded],
        [Given::Constant("binance"), Given::Constant("")],
        [Given::Constant("binance\0"), Given::Nothing],
        [Given::Int(0), Given::Nothing],
        [Given::Bool(false), Given::Nothing],
    ];
    hashes.extend(others.iter().map(|labels| Key::new(labels).hash()));
    hashes.sort_unstable();
    let count = hashes.len();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}
