//! Spans to trees: gathers each trace until its root ends, and prints it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::TraceId;

use super::format::{Style, duration};
use super::node::Node;
use super::tree::Trace;
use super::{
    FULL_TREES_PER_NAME, MAX_QUIET, MAX_ROOT_NAMES, MAX_SPANS, MAX_SPANS_PER_TRACE, Output,
};
use crate::export::sink::{Batch, ExportFailure, Exported, Rejected, SpanSink};

/// Prints spans, a tree a trace.
#[derive(Debug)]
pub(crate) struct ConsoleSpans {
    output: Output,
    traces: HashMap<TraceId, Trace>,
    /// The traces in the order of their first span.
    order: VecDeque<TraceId>,
    kept: usize,
    roots: BTreeMap<String, Root>,
    /// When the oldest of the traces that are folded by now ended.
    folded_since: Option<SystemTime>,
}

/// The traces whose roots have one name.
#[derive(Debug, Default)]
struct Root {
    printed: u64,
    printed_failed: u64,
    folded: u64,
    folded_failed: u64,
    shortest: Duration,
    longest: Duration,
}

impl ConsoleSpans {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            output,
            traces: HashMap::new(),
            order: VecDeque::new(),
            kept: 0,
            roots: BTreeMap::new(),
            folded_since: None,
        }
    }

    fn keep(&mut self, id: TraceId, node: Node) {
        let trace = self.traces.entry(id).or_insert_with(|| {
            self.order.push_back(id);
            Trace::default()
        });
        // A root is what the trace is known by.
        if trace.nodes.len() >= MAX_SPANS_PER_TRACE && !node.is_root {
            trace.not_kept += 1;
        } else {
            trace.nodes.push(node);
            self.kept += 1;
        }
    }

    fn take(&mut self, id: TraceId) -> Option<Trace> {
        let trace = self.traces.remove(&id)?;
        self.order.retain(|other| *other != id);
        self.kept -= trace.nodes.len();
        Some(trace)
    }

    /// The trace as text; nothing where it is folded into the count of its like.
    fn render(&mut self, id: TraceId, trace: &Trace, note: &str) -> String {
        let failed = trace.failed();
        let root = trace.nodes.iter().rfind(|node| node.is_root);
        let name = root.or(trace.nodes.last()).map_or("", |node| &*node.name);
        let name = if self.roots.len() >= MAX_ROOT_NAMES && !self.roots.contains_key(name) {
            "other operations"
        } else {
            name
        };
        let like = self.roots.entry(name.to_owned()).or_default();
        let full = like.printed < FULL_TREES_PER_NAME
            || (failed && like.printed_failed < FULL_TREES_PER_NAME);
        if full {
            like.printed += 1;
            like.printed_failed += u64::from(failed);
            return trace.render(id, note, self.style());
        }
        let took = root.map(|node| node.duration).unwrap_or_default();
        like.shortest = if like.folded == 0 {
            took
        } else {
            like.shortest.min(took)
        };
        like.longest = like.longest.max(took);
        like.folded += 1;
        like.folded_failed += u64::from(failed);
        let ended = root.map(|node| node.start + node.duration);
        let since = *self
            .folded_since
            .get_or_insert(ended.unwrap_or(SystemTime::UNIX_EPOCH));
        let quiet = ended.and_then(|ended| ended.duration_since(since).ok());
        if quiet.is_some_and(|quiet| quiet >= MAX_QUIET) {
            self.folded()
        } else {
            String::new()
        }
    }

    fn folded(&mut self) -> String {
        let style = self.style();
        let mut text = String::new();
        self.folded_since = None;
        for (name, root) in &mut self.roots {
            if root.folded == 0 {
                continue;
            }
            let line = format!(
                "… and {} more traces `{name}`  {} … {}",
                root.folded,
                duration(root.shortest),
                duration(root.longest),
            );
            text.push_str(&style.dim(&line));
            if root.folded_failed > 0 {
                // Writing to a string cannot fail.
                let _ = write!(
                    text,
                    "  {}",
                    style.red(&format!("{} failed", root.folded_failed))
                );
            }
            text.push('\n');
            root.folded = 0;
            root.folded_failed = 0;
            root.longest = Duration::ZERO;
        }
        text
    }

    fn style(&self) -> Style {
        Style {
            colour: self.output.colour,
        }
    }
}

impl SpanSink for ConsoleSpans {
    fn export(&mut self, batch: Batch<'_>) -> Exported {
        let mut ended = Vec::new();
        for span in &batch.into_span_data() {
            let id = span.span_context.trace_id();
            let node = Node::new(span);
            if node.is_root && !ended.contains(&id) {
                ended.push(id);
            }
            self.keep(id, node);
        }
        let mut text = String::new();
        for id in ended {
            if let Some(trace) = self.take(id) {
                text += &self.render(id, &trace, "");
            }
        }
        while self.kept > MAX_SPANS
            && let Some(oldest) = self.order.front().copied()
            && let Some(trace) = self.take(oldest)
        {
            text += &self.render(oldest, &trace, "unfinished, printed to make room");
        }
        self.output
            .print(&text)
            .map(|()| Rejected(0))
            .map_err(|error| ExportFailure::new(error.to_string()))
    }

    fn flush(&mut self) {
        let mut text = String::new();
        while let Some(oldest) = self.order.front().copied()
            && let Some(trace) = self.take(oldest)
        {
            text += &self.render(oldest, &trace, "its root is not among them");
        }
        text += &self.folded();
        // A console that is gone is no reason to fail.
        let _ = self.output.print(&text);
    }
}
