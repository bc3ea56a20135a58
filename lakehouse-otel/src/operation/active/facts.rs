//! What an operation learns while it runs.

use crate::metrics::instruments::{BoundInstrument, Number};
use crate::metrics::series::Label;
use crate::operation::outcome::Answer;
use crate::performance::Usage;
use crate::trace::span::SpanRecord;

/// What an operation has learned so far.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// Whether there is anything in it beside the span's attributes.
    is_touched: bool,
    pub(in crate::operation) span: SpanRecord,
    pub(in crate::operation) labels: Vec<Label>,
    pub(in crate::operation) measures: Vec<(&'static str, Number)>,
    pub(in crate::operation) answer: Answer,
    /// What it uses, where that is asked for and somebody may see it.
    pub(in crate::operation) usage: Option<Usage>,
    /// Where this operation counts as running; taken when it ends.
    pub(in crate::operation) running: Vec<BoundInstrument>,
    /// Whether it has ended.
    pub(in crate::operation) is_over: bool,
}

impl Facts {
    /// Says that more than the span's attributes changes.
    #[inline]
    pub(in crate::operation) fn touch(&mut self) {
        self.is_touched = true;
    }

    /// Whether it has not ended, and has learned nothing but attributes of the span.
    #[inline]
    pub(in crate::operation) fn is_plain(&self) -> bool {
        !self.is_touched && !self.is_over
    }

    /// Empties it, and keeps its room.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "most have nothing in them")]
    pub(in crate::operation) fn empty(&mut self) {
        self.span.clear_attributes();
        if self.is_touched {
            self.empty_rest();
        }
    }

    #[cold]
    #[inline(never)]
    fn empty_rest(&mut self) {
        self.is_touched = false;
        self.span.more = None;
        self.labels.clear();
        self.measures.clear();
        self.running.clear();
        self.answer = Answer::default();
        self.usage = None;
    }
}
