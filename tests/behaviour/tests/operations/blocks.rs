//! One attribute for all functions of an `impl` block or a module.

use async_trait::async_trait;
use lakehouse_otel::opentelemetry::trace::SpanKind;
use lakehouse_otel::prelude::*;
use lakehouse_otel_tests_behaviour::bench;

use crate::schema::text_analysis::SENTENCE_COUNT;

struct Counter<T>(T);

#[trace_operation(text_analysis.sentence_count = 1, sample = 1.0)]
impl<T: AsRef<str>> Counter<T> {
    /// How many it has been.
    pub const LIMIT: usize = { 1 + 1 };

    pub const fn new(text: T) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.helper()
    }

    pub(crate) async fn later(&self) -> usize {
        self.helper()
    }

    #[trace_operation(skip)]
    pub fn is_empty(&self) -> bool {
        self.helper() == 0
    }

    #[track_processing(operation = "annotated")]
    pub fn annotated(&self) {}

    fn helper(&self) -> usize {
        self.0.as_ref().len()
    }
}

#[async_trait]
trait Later {
    async fn boxed(&self) -> Result<usize, String>;
}

#[trace_operation]
#[async_trait]
impl Later for Counter<&'static str> {
    async fn boxed(&self) -> Result<usize, String> {
        Ok(self.0.len())
    }
}

#[trace_operation(kind = client)]
mod analysis {
    use std::fmt;

    use lakehouse_otel::trace_operation;

    pub struct Sentences<const N: usize = { 1 + 1 }> {
        pub count: usize,
    }

    pub static NAMES: [&str; 2] = if true { ["a", "b"] } else { ["c", "d"] };

    impl<const N: usize> Sentences<N> {
        pub fn count(&self) -> usize {
            private(self.count)
        }
    }

    impl<const N: usize> fmt::Display for Sentences<N> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", self.count)
        }
    }

    pub fn split(text: &str) -> Sentences<{ 1 + 1 }> {
        Sentences {
            count: text.split('.').count(),
        }
    }

    fn private(count: usize) -> usize {
        count
    }

    pub mod deeper {
        pub fn words(text: &str) -> usize {
            text.split(' ').count()
        }
    }

    #[trace_operation(skip)]
    pub mod silent {
        pub fn nothing() {}
    }

    pub struct Slow;

    #[trace_operation(kind = producer)]
    impl Slow {
        pub fn of_its_own(&self) {}
    }
}

#[test]
fn an_impl_block() {
    let bench = bench();
    let counter = Counter::new("abc");
    bench.run(|| {
        assert_eq!(counter.len(), 3);
        assert!(!counter.is_empty());
        counter.annotated();
        assert_eq!(Counter::<&str>::LIMIT, 2);
    });
    assert_eq!(bench.block_on(counter.later()), 3);
    let names: Vec<_> = bench
        .capture
        .spans()
        .iter()
        .map(|span| span.name().to_owned())
        .collect();
    assert_eq!(names, ["Counter::len", "annotated", "Counter::later"]);
    bench.capture.span("Counter::len").has(SENTENCE_COUNT, 1);
}

#[test]
fn an_impl_block_of_a_trait() {
    let bench = bench();
    let counter = Counter::new("abc");
    assert_eq!(bench.block_on(counter.boxed()), Ok(3));
    bench.capture.span("Counter::boxed").outcome(Outcome::Ok);
}

#[test]
fn a_module() {
    let bench = bench();
    bench.run(|| {
        let sentences = analysis::split("a.b");
        assert_eq!(sentences.count(), 2);
        assert_eq!(sentences.to_string(), "2");
        assert_eq!(analysis::deeper::words("a b"), 2);
        assert_eq!(analysis::NAMES, ["a", "b"]);
        analysis::silent::nothing();
        analysis::Slow.of_its_own();
    });
    let names: Vec<_> = bench
        .capture
        .spans()
        .iter()
        .map(|span| span.name().to_owned())
        .collect();
    assert_eq!(
        names,
        ["split", "Sentences::count", "words", "Slow::of_its_own"]
    );
    let kind = |name| bench.capture.span(name).data().span_kind.clone();
    assert_eq!(kind("words"), SpanKind::Client);
    // What has an attribute of its own has that alone.
    assert_eq!(kind("Slow::of_its_own"), SpanKind::Producer);
}
