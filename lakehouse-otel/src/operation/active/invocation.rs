//! How an invocation begins: a trace of its own, and cold or warm.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt};

use super::core::Core;
use super::facts::Facts;
use crate::operation::current;
use crate::schema::{Kept, Recorded, faas};
use crate::trace::identity::Identity;

impl Core {
    /// Finds the invocation's place, and says whether the process had to be started for it.
    #[cold]
    #[inline(never)]
    pub(super) fn begin_invocation(&mut self, facts: &mut Facts) {
        Context::map_current(|parent| self.identify_invocation(parent));
        let is_cold = self.pipeline.takes_first_invocation();
        self.set(facts, faas::COLDSTART.name(), Recorded(Kept::Bool(is_cold)));
    }

    /// It is under the span of another process, which a carrier named, or begins a trace: what runs
    /// around it here is the loop that takes invocations, and not what asked for this one.
    fn identify_invocation(&mut self, parent: &Context) {
        let pipeline = &self.pipeline;
        let (Some(recorder), Some(sampling)) = (pipeline.recorder(), &self.bound.sampling) else {
            self.identity = Identity::none();
            return;
        };
        let (identity, pipeline) = (&mut self.identity, pipeline.id());
        let is_carried = {
            let span = parent.span();
            let span = span.span_context();
            // One that is not recorded may run under the other process's span still.
            let around = current::get();
            let is_here = around.is_some_and(|around| around.identity().carrier == span.span_id());
            span.is_valid() && span.is_remote() && !is_here
        };
        if is_carried {
            recorder.identify(identity, sampling, parent, None, pipeline);
        } else {
            let root = parent.with_remote_span_context(SpanContext::NONE);
            recorder.identify(identity, sampling, &root, None, pipeline);
        }
    }
}
