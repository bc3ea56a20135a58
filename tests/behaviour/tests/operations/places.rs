//! Wherever a function stands, its attribute may name what is of the own schema.

use async_trait::async_trait;
use lakehouse_otel::prelude::*;
use lakehouse_otel_tests_behaviour::{bench, yield_now};

use crate::schema::text_analysis::SENTENCE_COUNT;

trait Analyse {
    fn count(&self) -> usize;

    #[trace_operation(name = "default_body", text_analysis.sentence_count = self.count())]
    fn default_body(&self) -> usize {
        self.count()
    }

    async fn later(&mut self, add: usize) -> usize;
}

#[async_trait]
trait Boxed {
    #[trace_operation(name = "boxed_default", text_analysis.sentence_count = 5)]
    async fn boxed_default(&self) -> usize {
        5
    }

    async fn boxed(&self, add: usize) -> Result<usize, String>;
}

struct Text(Vec<&'static str>);

impl Analyse for Text {
    #[trace_operation(name = "count", ok(|count| text_analysis.sentence_count = count))]
    fn count(&self) -> usize {
        self.0.len()
    }

    #[trace_operation(name = "later", text_analysis.sentence_count = self.0.len() + add)]
    async fn later(&mut self, add: usize) -> usize {
        yield_now().await;
        self.0.push("more");
        self.0.len() + add
    }
}

#[async_trait]
impl Boxed for Text {
    #[trace_operation(
        name = "boxed", context = operation, text_analysis.sentence_count = self.0.len(),
        err(|error| text_analysis.embedding.batch_size = error.len()),
    )]
    async fn boxed(&self, add: usize) -> Result<usize, String> {
        yield_now().await;
        operation.add_event("counted", []);
        Ok(self.0.len() + add)
    }
}

macro_rules! analyser {
    ($name:ident, $text:ident: $ty:ty, $count:expr, $body:block) => {
        #[trace_operation(name = "generated", text_analysis.sentence_count = $count)]
        fn $name($text: $ty) -> usize $body
    };
}

analyser!(generated, text: &str, text.len(), { text.len() + 1 });

fn outer(text: &str) -> usize {
    let before = 1;
    #[trace_operation(name = "nested", text_analysis.sentence_count = text.len())]
    fn nested(text: &str) -> usize {
        text.len()
    }
    let sum = before + nested(text);
    return sum;

    #[trace_operation(name = "last", text_analysis.sentence_count = 1)]
    #[allow(dead_code, reason = "it stands at the end of a block")]
    fn last() {}
}

mod deeper {
    #[lakehouse_otel::trace_operation(
        name = "deeper", schema = crate::schema, text_analysis.sentence_count = 1
    )]
    #[lakehouse_otel::trace_stage(stage = "stacked", text_analysis.sentence_count = 2)]
    pub(super) fn deeper() {}
}

#[trace_operation(name = "generic", text_analysis.sentence_count = N)]
fn generic<'a, T, const N: usize>(texts: [&'a T; N]) -> impl Iterator<Item = &'a str>
where
    T: AsRef<str> + ?Sized + 'a,
{
    texts.into_iter().map(AsRef::as_ref)
}

#[test]
fn functions_of_traits() {
    let bench = bench();
    let mut text = Text(vec!["a", "b"]);
    assert_eq!(bench.run(|| text.default_body()), 2);
    assert_eq!(bench.block_on(text.later(1)), 4);
    assert_eq!(bench.block_on(text.boxed_default()), 5);
    assert_eq!(bench.block_on(text.boxed(1)), Ok(4));
    bench.capture.span("default_body").has(SENTENCE_COUNT, 2);
    bench.capture.spans_named("count")[0].has(SENTENCE_COUNT, 2);
    bench.capture.span("later").has(SENTENCE_COUNT, 3);
    bench.capture.span("boxed_default").has(SENTENCE_COUNT, 5);
    let boxed = bench.capture.span("boxed");
    boxed.has(SENTENCE_COUNT, 3);
    assert_eq!(boxed.event_names(), ["counted"]);
}

#[test]
fn functions_in_functions_and_of_macros() {
    let bench = bench();
    assert_eq!(bench.run(|| outer("abc")), 4);
    assert_eq!(bench.run(|| generated("ab")), 3);
    bench.capture.span("nested").has(SENTENCE_COUNT, 3);
    bench.capture.span("generated").has(SENTENCE_COUNT, 2);
}

#[test]
fn stacked_and_generic() {
    let bench = bench();
    bench.run(deeper::deeper);
    // What stands nearer to the function wraps what is expanded before it.
    let [operation, stage] = &bench.capture.spans()[..] else {
        panic!("two operations");
    };
    assert_eq!(stage.name(), "stacked");
    stage.has(SENTENCE_COUNT, 2);
    operation.child_of(stage).has(SENTENCE_COUNT, 1);
    let texts = bench.run(|| generic(["a", "b"]).count());
    assert_eq!(texts, 2);
    bench.capture.span("generic").has(SENTENCE_COUNT, 2);
}

/// The line and file are those of the function, whatever the way of its expansion.
#[test]
fn the_place_in_the_source() {
    let bench = bench();
    bench.run(deeper::deeper);
    let span = &bench.capture.spans()[1];
    let attribute = |key| span.attribute(key).map(ToString::to_string);
    let file = attribute("code.file.path").unwrap();
    assert!(file.ends_with("operations/places.rs"), "{file}");
    let function = attribute("code.function.name").unwrap();
    assert!(function.ends_with("places::deeper::deeper"), "{function}");
    assert_eq!(attribute("code.line.number").as_deref(), Some("87"));
}
