//! Random trees: whatever the tree, errors are there and nothing hangs in the air.

use super::*;

/// Random trees.
struct Forest<'a> {
    random: StdRng,
    capture: &'a Capture,
    nodes: i64,
    failed: Vec<i64>,
}

impl Forest<'_> {
    fn grow(&mut self, depth: u32) {
        let children = self.random.random_range(0..3);
        for _ in 0..children {
            self.node(depth);
        }
    }

    fn node(&mut self, depth: u32) {
        if depth == 0 {
            return;
        }
        let tracer = self.capture.tracer("api");
        match self.random.random_range(0..10) {
            0 | 1 => tracer.in_span("span", |_| self.grow(depth - 1)),
            2 => {
                let context = Context::current();
                thread::scope(|scope| {
                    scope.spawn(|| {
                        let _attached = context.attach();
                        self.grow(depth - 1);
                    });
                });
            }
            3 => {
                let context = Context::current();
                block_on(async { self.grow(depth - 1) }.with_context(context));
            }
            4..=6 => self.operation(Stage::new("stage").start(), depth),
            7 | 8 => {
                let request = lakehouse_otel::operation::ApiRequest::new(Exchange::Okx, "/");
                self.operation(request.start(), depth);
            }
            _ => self.operation(Workflow::new("workflow").start(), depth),
        }
    }

    fn operation(&mut self, operation: Operation, depth: u32) {
        self.nodes += 1;
        let node = self.nodes;
        operation
            .handle()
            .set_attribute(KeyValue::new("node", node));
        operation.in_scope(|| self.grow(depth - 1));
        if self.random.random_ratio(1, 8) {
            self.failed.push(node);
            operation.error(&std::io::Error::other("failed"));
        } else {
            operation.ok();
        }
    }
}

#[test]
fn whatever_the_tree_errors_are_there_and_nothing_hangs_in_the_air() {
    let (mut rescued, mut around) = (0, 0);
    for seed in 0..1_500 {
        let mut random = StdRng::seed_from_u64(seed);
        let share = [0.0, 0.1, 0.5][random.random_range(0..3)];
        let capture = Capture::builder()
            .sampler(rate(share))
            .seed(seed)
            .max_error_spans_per_second(1_000_000)
            .build();
        let mut forest = Forest {
            random,
            capture: &capture,
            nodes: 0,
            failed: Vec::new(),
        };
        capture.run(|| forest.grow(6));
        let mut failed = forest.failed;
        assert_whole(&capture);
        let spans = capture.spans();
        let mut found = Vec::new();
        for span in spans
            .iter()
            .filter(|span| span.attribute("error.type").is_some())
        {
            assert_certain(span);
            let Some(lakehouse_otel::opentelemetry::Value::I64(node)) = span.attribute("node")
            else {
                panic!("{capture}");
            };
            found.push(*node);
        }
        failed.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, failed, "seed {seed}\n{capture}");
        rescued += found.len();
        for span in &spans {
            // What stands for nothing is there for something under it.
            if threshold(span).is_none() && sampling(span).randomness.is_none() && share == 0.0 {
                around += 1;
                let below = spans.iter().any(|other| {
                    other.trace_id() == span.trace_id() && other.parent_span_id() == span.span_id()
                });
                assert!(below, "seed {seed}: {:?}\n{capture}", span.name());
            }
        }
    }
    assert!(rescued > 300 && around > 100, "{rescued} {around}");
}
