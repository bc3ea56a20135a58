//! The spans of a capture as a tree, for the messages of failed assertions.

use std::fmt;

use opentelemetry::trace::SpanId;

use super::span::CapturedSpan;

/// Writes every span under its parent; one whose parent has not ended stands at the root.
pub(super) fn write(f: &mut fmt::Formatter<'_>, spans: &[CapturedSpan]) -> fmt::Result {
    if spans.is_empty() {
        return writeln!(f, "(no spans)");
    }
    let ended = |id: SpanId| spans.iter().any(|span| span.span_id() == id);
    let roots = spans.iter().filter(|span| !ended(span.parent_span_id()));
    for root in roots {
        write_subtree(f, spans, root, 0)?;
    }
    Ok(())
}

fn write_subtree(
    f: &mut fmt::Formatter<'_>,
    spans: &[CapturedSpan],
    span: &CapturedSpan,
    depth: usize,
) -> fmt::Result {
    let outcome = span.text("crypto.outcome");
    writeln!(
        f,
        "{:indent$}{} [{}] {:?}",
        "",
        span.name(),
        outcome.as_deref().unwrap_or("-"),
        span.duration(),
        indent = depth * 2
    )?;
    let children = spans
        .iter()
        .filter(|child| child.parent_span_id() == span.span_id());
    for child in children {
        write_subtree(f, spans, child, depth + 1)?;
    }
    Ok(())
}
