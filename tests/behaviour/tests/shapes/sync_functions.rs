//! Sync functions.

use lakehouse_otel::prelude::*;
use lakehouse_otel_tests_behaviour::{bench, millis, work};

#[track_processing(operation = "plain")]
fn plain(rows: u64) -> u64 {
    work(5);
    rows + 1
}

#[test]
fn a_function_is_timed() {
    let bench = bench();
    assert_eq!(bench.run(|| plain(2)), 3);
    bench
        .capture
        .span("plain")
        .lasted(millis(5))
        .outcome(Outcome::Ok)
        .is_root();
}

#[track_processing(operation = "order", symbol = symbol)]
fn with_more(symbol: &str, account: &str, amount: u64) -> Result<String, String> {
    Err(format!("{symbol} {}", account.len() as u64 + amount))
}

#[test]
fn what_is_not_named_is_not_captured() {
    let bench = bench();
    bench
        .run(|| with_more("BTCUSDT", "account-4711", 271_828))
        .unwrap_err();
    let span = bench.capture.span("order");
    span.has(lakehouse_otel::schema::crypto::SYMBOL, "BTCUSDT");
    let data = format!("{:?} {:?}", span.data().attributes, bench.capture.metrics());
    assert!(!data.contains("4711") && !data.contains("271828"), "{data}");
}

#[track_processing(operation = "nothing")]
fn returns_nothing() {
    work(1);
}

#[test]
fn a_function_that_returns_nothing_is_timed() {
    let bench = bench();
    bench.run(returns_nothing);
    bench
        .capture
        .span("nothing")
        .lasted(millis(1))
        .outcome(Outcome::Ok);
}

#[track_processing(operation = "fallible")]
fn fallible(fail: bool) -> Result<u64, std::num::ParseIntError> {
    work(2);
    let parsed: u64 = if fail { "x" } else { "7" }.parse()?;
    work(3);
    Ok(parsed)
}

#[test]
fn a_question_mark_ends_the_operation_where_it_ends_the_function() {
    let bench = bench();
    assert!(bench.run(|| fallible(true)).is_err());
    bench
        .capture
        .span("fallible")
        .lasted(millis(2))
        .outcome(Outcome::Error);
}

#[test]
fn a_result_that_is_well_is_ok() {
    let bench = bench();
    assert_eq!(bench.run(|| fallible(false)), Ok(7));
    bench
        .capture
        .span("fallible")
        .lasted(millis(5))
        .outcome(Outcome::Ok);
}

type Aliased<T> = Result<T, std::fmt::Error>;

#[track_processing(operation = "aliased")]
fn aliased() -> Aliased<u8> {
    Err(std::fmt::Error)
}

#[test]
fn a_result_behind_an_alias_is_a_result() {
    let bench = bench();
    assert!(bench.run(aliased).is_err());
    bench.capture.span("aliased").outcome(Outcome::Error);
}

#[track_processing(operation = "early")]
fn early_return(stop: bool) -> &'static str {
    if stop {
        work(1);
        return "early";
    }
    work(10);
    "late"
}

#[test]
fn an_early_return_returns() {
    let bench = bench();
    assert_eq!(bench.run(|| early_return(true)), "early");
    bench
        .capture
        .span("early")
        .lasted(millis(1))
        .outcome(Outcome::Ok);
}

#[track_processing(operation = "labelled")]
fn labelled_break(limit: u32) -> u32 {
    let mut count = 0;
    'outer: loop {
        loop {
            count += 1;
            work(1);
            if count == limit {
                break 'outer count;
            }
        }
    }
}

#[test]
fn labelled_breaks_break() {
    let bench = bench();
    assert_eq!(bench.run(|| labelled_break(4)), 4);
    bench.capture.span("labelled").lasted(millis(4));
}

#[derive(Debug)]
struct Pair {
    left: u32,
    right: u32,
}

#[track_processing(operation = "patterns", record_count = left + r#type)]
fn patterns(
    Pair { left, right }: Pair,
    mut total: u32,
    r#type: u32,
    _unused: u8,
    (a, _): (u32, u8),
) -> u32 {
    total += left + right + r#type + a;
    total
}

#[test]
fn arguments_may_be_patterns() {
    let bench = bench();
    let total = bench.run(|| patterns(Pair { left: 1, right: 2 }, 10, 4, 0, (8, 0)));
    assert_eq!(total, 25);
    let span = bench.capture.span("patterns");
    span.has(lakehouse_otel::schema::crypto::RECORD_COUNT, 5);
}

#[track_processing(operation = "names")]
fn names_of_the_macro(
    span: u32,
    result: u32,
    operation: u32,
    returned: u32,
    tracer: u32,
    caller: u32,
) -> u32 {
    let value = span + result;
    let future = operation + returned;
    value + future + tracer + caller
}

#[test]
fn arguments_may_be_called_what_the_macro_calls_its_own() {
    let bench = bench();
    assert_eq!(bench.run(|| names_of_the_macro(1, 2, 3, 4, 5, 6)), 21);
}

#[track_processing(operation = "cfg")]
fn cfg_arguments(kept: u8, #[cfg(any())] removed: Missing) -> u8 {
    kept
}

#[test]
fn arguments_may_be_compiled_out() {
    let bench = bench();
    assert_eq!(bench.run(|| cfg_arguments(3)), 3);
    bench.capture.span("cfg").outcome(Outcome::Ok);
}

/// Documented.
#[track_processing(operation = "attributes")]
#[must_use]
#[inline]
fn attributes_stay() -> u8 {
    #![allow(clippy::needless_return)]
    //! Inner documentation.
    return 1;
}

#[test]
fn attributes_and_inner_attributes_stay() {
    assert_eq!(bench().run(attributes_stay), 1);
}

#[track_processing(operation = "boxed")]
fn boxed_trait_object(
    fail: bool,
) -> Result<Box<dyn std::fmt::Display>, Box<dyn std::error::Error + Send + Sync>> {
    if fail {
        return Err("no such thing".into());
    }
    Ok(Box::new(5))
}

#[test]
fn returns_coerce() {
    let bench = bench();
    assert_eq!(
        bench.run(|| boxed_trait_object(false)).unwrap().to_string(),
        "5"
    );
    bench.capture.span("boxed").outcome(Outcome::Ok);
}

#[track_processing(operation = "borrowed")]
fn borrowed<'a>(rows: &'a mut Vec<u32>, fallback: &'a mut u32) -> Result<&'a mut u32, String> {
    match rows.last_mut() {
        Some(last) => Ok(last),
        None => Ok(fallback),
    }
}

#[test]
fn borrowed_returns_borrow() {
    let bench = bench();
    let mut rows = vec![1, 2];
    let mut fallback = 0;
    *bench.run(|| borrowed(&mut rows, &mut fallback)).unwrap() += 5;
    assert_eq!(rows, [1, 7]);
}

#[track_processing(operation = "recursive", record_count = depth)]
fn recursive(depth: u32) -> u32 {
    work(1);
    if depth == 0 {
        0
    } else {
        1 + recursive(depth - 1)
    }
}

#[test]
fn recursion_nests() {
    let bench = bench();
    assert_eq!(bench.run(|| recursive(3)), 3);
    let spans = bench.capture.spans_named("recursive");
    assert_eq!(spans.len(), 4);
    for (index, pair) in spans.windows(2).enumerate() {
        pair[0].child_of(&pair[1]).lasted(millis(index as u64 + 1));
    }
}

#[track_processing(operation = "unsafe")]
unsafe fn unsafe_function(value: *const u32) -> u32 {
    // SAFETY: the caller passes a pointer to a live number.
    unsafe { *value }
}

#[test]
fn unsafe_functions_stay_unsafe() {
    let bench = bench();
    let value = 9;
    // SAFETY: the number lives.
    assert_eq!(
        bench.run(|| unsafe { unsafe_function(&raw const value) }),
        9
    );
    bench.capture.span("unsafe").outcome(Outcome::Ok);
}

#[track_processing(operation = "c")]
extern "C" fn c_function(value: u32) -> u32 {
    value + 1
}

#[test]
fn extern_c_functions_keep_their_abi() {
    let function: extern "C" fn(u32) -> u32 = c_function;
    assert_eq!(bench().run(|| function(1)), 2);
}

macro_rules! generated {
    ($name:ident, $operation:literal, $($argument:ident),*) => {
        #[track_processing(operation = $operation)]
        fn $name($($argument: u32),*) -> u32 {
            0 $(+ $argument)*
        }
    };
}

generated!(from_a_macro, "generated", a, b);

#[test]
fn functions_may_come_from_macro_rules() {
    let bench = bench();
    assert_eq!(bench.run(|| from_a_macro(1, 2)), 3);
    bench.capture.span("generated").outcome(Outcome::Ok);
}

mod shadowed {
    #![allow(dead_code, non_camel_case_types)]

    use lakehouse_otel::prelude::*;

    struct Result;
    struct Option;
    struct Some;
    fn Ok() {}
    mod core {}
    mod std {}

    #[track_processing(operation = "shadowed", record_count = rows)]
    pub(super) fn shadowed(rows: u64) -> ::core::result::Result<u64, ::std::string::String> {
        ::core::result::Result::Ok(rows)
    }
}

#[test]
fn names_may_be_shadowed() {
    let bench = bench();
    assert_eq!(bench.run(|| shadowed::shadowed(3)), Ok(3));
    bench.capture.span("shadowed").outcome(Outcome::Ok);
}
