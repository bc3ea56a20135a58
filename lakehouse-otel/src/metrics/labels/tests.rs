use std::borrow::Cow;

use super::{Admitted, Cache, Key, Values};
use crate::metrics::instruments::{BoundInstrument, Instrument};
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
    assert_bound("crypto.symbol", 2_000, &Given::Folded);
    assert_bound("crypto.exchange", 100, &Given::Folded);
    // What the registry declares of them.
    assert_bound("crypto.data_type", 32, &Given::Folded);
    assert_bound("error.type", 32, &Given::Constant("_OTHER"));
}

#[test]
fn the_values_of_one_label_leave_those_of_another_alone() {
    let mut values = Values::new(&CRYPTO_API_REQUESTS);
    for number in 0..2 * 32 {
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

fn series() -> BoundInstrument {
    let meter = opentelemetry::global::meter("test");
    Instrument::new(&meter, &CRYPTO_API_REQUESTS).bind(&[])
}

/// Which of these labels a cache has. To look is to use.
fn kept(cache: &Cache<BoundInstrument>, labels: impl IntoIterator<Item = i64>) -> Vec<i64> {
    let labels = labels.into_iter();
    labels
        .filter(|label| cache.get(&Key::new(&[Given::Int(*label)])).is_some())
        .collect()
}

fn insert(cache: &mut Cache<BoundInstrument>, label: i64) {
    cache.insert(&Key::new(&[Given::Int(label)]), series());
}

#[test]
fn what_was_not_used_for_longest_leaves_the_cache() {
    let mut cache = Cache::new(32);
    (0..32).for_each(|label| insert(&mut cache, label));
    assert_eq!(kept(&cache, [0, 2]), [0, 2]);
    // A sixteenth goes: of the others those that came first.
    insert(&mut cache, 32);
    assert_eq!(cache.entries.len(), 31);
    assert_eq!(kept(&cache, 0..5), [0, 2, 4]);
    insert(&mut cache, 33);
    assert_eq!(cache.entries.len(), 32);
    insert(&mut cache, 34);
    assert_eq!(cache.entries.len(), 31);
    let all: Vec<i64> = [0, 2, 4].into_iter().chain(7..35).collect();
    assert_eq!(kept(&cache, 0..35), all);
}

#[test]
fn none_that_was_used_later_leaves_before_one_that_was_used_earlier() {
    let mut cache = Cache::new(32);
    insert(&mut cache, 0);
    (1..32).for_each(|label| insert(&mut cache, label));
    // All but one were used at the same time.
    assert_eq!(kept(&cache, 1..32).len(), 31);
    insert(&mut cache, 32);
    assert!(kept(&cache, [0]).is_empty());
    assert_eq!(kept(&cache, 1..32).len(), 30);
}

#[test]
fn a_cache_keeps_to_its_bound() {
    for capacity in [1, 2, 100] {
        let mut cache = Cache::new(capacity);
        for label in 0..500 {
            insert(&mut cache, label);
            assert!(cache.entries.len() <= capacity);
            assert_eq!(kept(&cache, [label]), [label]);
        }
        assert!(cache.entries.len() > capacity - (capacity / 16).max(1));
    }
}
