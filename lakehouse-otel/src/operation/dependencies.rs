//! Stages of a workflow, and those that they depend on: `depends_on = …`.
//!
//! A stage that ends leaves its span with its [workflow](crate::trace::stages). One that depends on it, and begins later in
//! the same workflow, gets a link to it: to the latest of the same symbol, or else to the latest of that stage.

use opentelemetry::KeyValue;
use opentelemetry::trace::{Link, SpanContext, SpanId, TraceFlags, TraceState};

use super::active::{Active, Core, Facts};
use super::callsite::{Callsite, Constant};
use crate::metrics::instruments::{Given, Number};
use crate::schema::{OperationType, StageUnlinkedReason, crypto, metrics};
use crate::trace::stages::{Latest, Workflow};

/// What a callsite is to its workflow.
#[derive(Debug)]
pub(super) enum Part {
    /// The workflow itself.
    Workflow,
    Stage {
        name: &'static str,
        symbol: Option<&'static str>,
        depends_on: &'static [&'static str],
    },
}

impl Part {
    pub(super) fn of(callsite: &'static Callsite) -> Option<Self> {
        let text = |key| match callsite.constant(key) {
            Some(Constant::Text(text)) => Some(text),
            _ => None,
        };
        match callsite.definition.operation_type {
            OperationType::WorkflowExecution => Some(Self::Workflow),
            OperationType::Stage => Some(Self::Stage {
                name: text(crypto::PROCESSING_STAGE.name())?,
                symbol: text(crypto::SYMBOL.name()),
                depends_on: match callsite.constant(crypto::STAGE_DEPENDS_ON.name()) {
                    Some(Constant::TextList(stages)) => stages,
                    _ => &[],
                },
            }),
            _ => None,
        }
    }
}

impl Core {
    /// The workflow that the operation is in, or is.
    fn workflow(&self) -> Option<Workflow> {
        let identity = &self.identity;
        let known = self.is_traced() && identity.workflow != SpanId::INVALID;
        known.then(|| (identity.trace_id(), identity.workflow))
    }

    /// It begins: a workflow has stages from now on.
    #[cold]
    pub(super) fn begin_part(&mut self, is_workflow: bool) {
        if is_workflow && self.is_traced() {
            self.identity.workflow = self.identity.span_id();
            if let (Some(recorder), Some(workflow)) = (self.pipeline.recorder(), self.workflow()) {
                recorder.stages().begin(workflow);
            }
        }
    }

    /// It has ended, and its span is exported or not.
    #[cold]
    pub(super) fn end_part(&self, part: &Part, facts: &Facts, is_exported: bool) {
        let (Some(recorder), Some(workflow)) = (self.pipeline.recorder(), self.workflow()) else {
            return;
        };
        match part {
            Part::Workflow => recorder.stages().over(workflow),
            Part::Stage { name, symbol, .. } => {
                let end = if is_exported {
                    Latest::Span(self.identity.span_id())
                } else {
                    Latest::NotSampled
                };
                let symbol = symbol.or_else(|| facts.symbol());
                recorder.stages().ended(workflow, name, symbol, end);
            }
        }
    }

    /// The link to a stage that this one depends on.
    fn dependency(&self, stage: &str, symbol: Option<&str>) -> Result<Link, StageUnlinkedReason> {
        let (Some(recorder), Some(workflow)) = (self.pipeline.recorder(), self.workflow()) else {
            return Err(StageUnlinkedReason::NoWorkflow);
        };
        let span = match recorder.stages().latest(workflow, stage, symbol) {
            Latest::None => return Err(StageUnlinkedReason::NotEnded),
            Latest::NotSampled => return Err(StageUnlinkedReason::NotSampled),
            Latest::Span(span) => span,
        };
        let flags = TraceFlags::SAMPLED;
        let span = SpanContext::new(workflow.0, span, flags, false, TraceState::NONE);
        let name = KeyValue::new(crypto::PROCESSING_STAGE.name(), stage.to_owned());
        Ok(Link::new(span, vec![name], 0))
    }

    /// Counts a stage that there is no link to.
    fn count_unlinked(&self, stage: &str, reason: StageUnlinkedReason) {
        let name = match &self.bound.part {
            Some(Part::Stage { name, .. }) => Given::Constant(name),
            _ => Given::Nothing,
        };
        if self.bound.series.is_some()
            && let Some(instruments) = self.pipeline.instruments()
        {
            // In the order of the registry.
            let labels = [
                name,
                Given::Text(stage.into()),
                Given::Constant(reason.as_str()),
            ];
            let table = instruments.table(&metrics::LAKEHOUSE_STAGE_UNLINKED);
            table.record(&labels, Number::Int(1));
        }
    }
}

impl Active {
    /// Links it to the stages that its callsite says it depends on.
    #[cold]
    pub(super) fn link_part(&self, part: &Part) {
        if let Part::Stage { depends_on, .. } = part {
            self.link_dependencies(depends_on.iter().copied());
        }
    }

    /// Links it to these stages, as far as their ends are known.
    pub(super) fn link_dependencies<'s>(&self, stages: impl Iterator<Item = &'s str>) {
        if !self.keeps() {
            return;
        }
        let constant = match &self.bound.part {
            Some(Part::Stage { symbol, .. }) => *symbol,
            _ => None,
        };
        let symbol = self.open_facts().and_then(|facts| {
            let symbol = constant.or_else(|| facts.symbol());
            symbol.map(str::to_owned)
        });
        let mut links = Vec::new();
        for stage in stages {
            match self.dependency(stage, symbol.as_deref()) {
                Ok(link) => links.push(link),
                Err(reason) if self.records() => self.count_unlinked(stage, reason),
                Err(_) => {}
            }
        }
        self.add_links(links);
    }
}

impl Facts {
    /// The symbol that was said.
    fn symbol(&self) -> Option<&str> {
        let mut attributes = self.span.attributes.iter();
        let set = attributes.find(|set| set.name.as_str() == crypto::SYMBOL.name())?;
        set.value.as_text()
    }
}
