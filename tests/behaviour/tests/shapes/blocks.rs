//! `operation!` around blocks and async blocks.

use lakehouse_otel::operation;
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::{RECORD_COUNT, SYMBOL};
use lakehouse_otel::schema::error::TYPE as ERROR_TYPE;
use lakehouse_otel_tests_behaviour::{bench, block_on, millis, work, yield_now};

#[derive(Debug, PartialEq)]
struct Wrong;

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("not parsed")]
struct NotParsed;

impl From<NotParsed> for Wrong {
    fn from(_: NotParsed) -> Self {
        Self
    }
}

fn parse(text: &str) -> Result<u32, NotParsed> {
    work(1);
    text.parse().map_err(|_| NotParsed)
}

#[track_processing(operation = "inner")]
fn inner() {
    work(1);
}

/// All the ways out of a block.
fn leave(how: &str, texts: &[&str]) -> Result<u32, Wrong> {
    let mut sum = 0;
    for _ in 0..3 {
        let first = operation!(
            track_processing(
                operation = "block",
                symbol = how,
                record_count = texts.len()
            ),
            {
                inner();
                match how {
                    "return" => return Ok(7),
                    "return_err" => return Err(Wrong),
                    "break" => break,
                    "continue" => continue,
                    "panic" => panic!("in the block"),
                    "none" => {
                        // Not out of the block.
                        let closure = || -> Option<u32> { Some(None::<u32>? + 1) };
                        assert_eq!(closure(), None);
                        'own: loop {
                            for _ in 0..1 {
                                break 'own;
                            }
                        }
                    }
                    _ => {}
                }
                for text in texts {
                    sum += parse(text)?;
                }
                sum
            }
        );
        work(100);
        sum = first;
    }
    Ok(sum)
}

#[test]
fn a_block_gives_its_value() {
    let bench = bench();
    assert_eq!(bench.run(|| leave("end", &["1", "2"])), Ok(9));
    let spans = bench.capture.spans_named("block");
    assert_eq!(spans.len(), 3);
    for span in &spans {
        span.lasted(millis(3))
            .has(SYMBOL, "end")
            .has(RECORD_COUNT, 2)
            .outcome(Outcome::Ok);
    }
    bench.capture.spans_named("inner")[0].child_of(&spans[0]);
    bench.capture.metric("crypto.data.processed").sum(6);
}

#[test]
fn what_leads_out_of_a_block_leads_out_of_it_and_ends_it() {
    for (how, gives, spans, outcome) in [
        ("return", Ok(7), 1, Outcome::Ok),
        ("return_err", Err(Wrong), 1, Outcome::Error),
        ("break", Ok(0), 1, Outcome::Ok),
        ("continue", Ok(0), 3, Outcome::Ok),
        ("none", Ok(3), 3, Outcome::Ok),
    ] {
        let bench = bench();
        assert_eq!(bench.run(|| leave(how, &["1"])), gives, "{how}");
        let captured = bench.capture.spans_named("block");
        assert_eq!(captured.len(), spans, "{how}");
        captured[0].outcome(outcome);
    }
}

#[test]
fn a_question_mark_ends_it_with_the_errors_type() {
    let bench = bench();
    assert_eq!(bench.run(|| leave("?", &["1", "?", "2"])), Err(Wrong));
    bench
        .capture
        .span("block")
        .lasted(millis(3))
        .has(ERROR_TYPE, "NotParsed")
        .outcome(Outcome::Error);
}

#[test]
fn a_panic_goes_through_a_block() {
    let bench = bench();
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        bench.run(|| leave("panic", &[]))
    }));
    unwound.unwrap_err();
    bench.capture.span("block").outcome(Outcome::Panicked);
    // Nothing stays attached.
    bench.run(inner);
    bench.capture.spans_named("inner")[1].is_root();
}

#[test]
fn what_leaves_unseen_is_cancelled() {
    macro_rules! bail {
        () => {
            return Err(Wrong)
        };
    }
    fn bails() -> Result<(), Wrong> {
        operation!(track_processing(operation = "block"), {
            if true {
                bail!()
            }
        });
        Ok(())
    }
    let bench = bench();
    bench.run(bails).unwrap_err();
    bench.capture.span("block").outcome(Outcome::Cancelled);
}

#[test]
fn what_leaves_out_of_a_macro_or_an_inner_block_ends_all_that_are_left() {
    fn in_macros(text: &str) -> Result<String, NotParsed> {
        let said = operation!(track_processing(operation = "outer"), {
            let inner = operation!(track_processing(operation = "within"), {
                format!("{} {}", parse("1")?, parse(text)?)
            });
            assert_eq!(vec![parse("1")?, 2], [1, 2]);
            inner
        });
        Ok(said)
    }
    let bench = bench();
    bench.run(|| {
        assert_eq!(in_macros("2").unwrap(), "1 2");
        in_macros("two").unwrap_err();
    });
    for operation in ["outer", "within"] {
        let spans = bench.capture.spans_named(operation);
        let [first, second] = &spans[..] else {
            panic!("{spans:?}");
        };
        first.outcome(Outcome::Ok);
        second.outcome(Outcome::Error).has(ERROR_TYPE, "NotParsed");
    }
}

#[test]
fn results_of_blocks_are_outcomes() {
    let bench = bench();
    bench.run(|| {
        let failed = operation!(
            track_processing(operation = "block", err(|error| symbol = error.to_string())),
            { parse("?") },
        );
        assert_eq!(failed, Err(NotParsed));
        let parsed: Result<Vec<u32>, std::num::ParseIntError> = operation!(
            track_processing(operation = "typed", ok(|rows| record_count = rows.len())),
            { ["1", "2"].iter().map(|text| text.parse()).collect() }
        );
        assert_eq!(parsed.unwrap(), [1, 2]);
    });
    bench
        .capture
        .span("block")
        .has(ERROR_TYPE, "NotParsed")
        .has(SYMBOL, "not parsed")
        .outcome(Outcome::Error);
    bench.capture.span("typed").has(RECORD_COUNT, 2);
}

#[test]
fn types_are_inferred_through_question_marks() {
    fn sum(texts: &[&str]) -> Result<u64, Box<dyn std::error::Error>> {
        Ok(operation!(track_processing(operation = "block"), {
            let mut sum = 0;
            for text in texts {
                let number: u64 = text.parse()?;
                sum += number;
            }
            if sum == 0 {
                Err("nothing")?;
            }
            sum
        }))
    }
    let bench = bench();
    bench.run(|| {
        assert_eq!(sum(&["1", "2"]).unwrap(), 3);
        sum(&["?"]).unwrap_err();
        sum(&[]).unwrap_err();
    });
    let spans = bench.capture.spans_named("block");
    spans[0].outcome(Outcome::Ok);
    spans[1].has(ERROR_TYPE, "ParseIntError");
    spans[2].has(ERROR_TYPE, "_OTHER").outcome(Outcome::Error);
}

#[test]
fn a_block_borrows_and_assigns_as_it_does_without() {
    let bench = bench();
    let rows = [1, 2];
    let mut kept = Vec::new();
    let moved = String::from("rows");
    let late = bench.run(|| {
        let late;
        operation!(
            track_processing(
                operation = "block",
                record_count = rows.len(),
                context = ctx
            ),
            {
                ctx.add_event("kept", []);
                kept.push(rows[0]);
                late = rows.len();
                drop(moved);
            }
        );
        late
    });
    assert_eq!((kept, late), (vec![1], 2));
    assert_eq!(bench.capture.span("block").event_names(), ["kept"]);
}

#[test]
fn an_async_block_is_a_future() {
    async fn upload(rows: &[u32], fail: bool) -> Result<usize, NotParsed> {
        work(2);
        yield_now().await;
        inner();
        if fail { Err(NotParsed) } else { Ok(rows.len()) }
    }
    let bench = bench();
    let rows = vec![1, 2];
    let mut seen = 0;
    bench.block_on(async {
        let uploading = operation!(
            track_storage(
                operation = Put,
                system = S3,
                ok(|count| file_count = *count)
            ),
            async {
                seen = upload(&rows, false).await?;
                Ok::<_, NotParsed>(seen)
            }
        );
        work(100);
        assert_eq!(uploading.await, Ok(2));
        let failed = operation!(
            track_storage(
                operation = Put,
                system = S3,
                size_bytes = rows.len(),
                context = ctx
            ),
            async move {
                ctx.add_event("moved", []);
                upload(&rows, true).await
            },
        );
        failed.await.unwrap_err();
        drop(operation!(
            track_storage(operation = Put, system = S3),
            async {}
        ));
    });
    assert_eq!(seen, 2);
    let spans = bench.capture.spans_named("put s3");
    assert_eq!(spans.len(), 2);
    spans[0]
        .lasted(millis(3))
        .has(lakehouse_otel::schema::crypto::FILE_COUNT, 2)
        .outcome(Outcome::Ok);
    spans[1]
        .has(lakehouse_otel::schema::crypto::DATA_SIZE_BYTES, 2)
        .outcome(Outcome::Error);
    assert_eq!(spans[1].event_names(), ["moved", "exception"]);
    bench.capture.spans_named("inner")[0].child_of(&spans[0]);
}

#[test]
fn blocks_nest_and_are_generic() {
    fn generic<T: Clone, const N: usize>(rows: &[T; N]) -> Vec<T> {
        operation!(trace_stage(stage = "outer"), {
            operation!(trace_stage(stage = "inner", record_count = N), {
                rows.to_vec()
            })
        })
    }
    let bench = bench();
    bench.run(|| {
        assert_eq!(generic(&[1, 2]), [1, 2]);
        assert_eq!(generic(&["a"]), ["a"]);
    });
    let outer = bench.capture.spans_named("outer");
    let inner = bench.capture.spans_named("inner");
    inner[1].child_of(&outer[1]).has(RECORD_COUNT, 1);
}

#[test]
fn a_block_in_an_async_function_is_left_before_that_waits() {
    async fn load() -> u32 {
        let sum = operation!(track_processing(operation = "block"), {
            inner();
            3
        });
        yield_now().await;
        inner();
        sum
    }
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let bench = bench();
    assert_eq!(bench.run(|| block_on(is_send(load()))), 3);
    let inner = bench.capture.spans_named("inner");
    inner[0].child_of(&bench.capture.span("block"));
    inner[1].is_root();
}
