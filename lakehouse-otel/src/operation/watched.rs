//! What operations used, and how long they took, for callsites that ask for it.
//!
//! One with `resources = true` or a budget has a history of its name. `resources = true` also puts on the
//! span what the call used. Any other callsite pays a look at a field for it.

use super::active::{Active, Core, Facts};
use super::callsite::{Callsite, Constant};
use crate::clock::Timestamp;
use crate::performance::{BudgetCheck, ResourceUse, Series, Throughput, Usage, Work};
use crate::pipeline::Pipeline;
use crate::schema::{Outcome, crypto};
use crate::trace::span::{AttributeName, SetAttribute};

/// What of a callsite is watched under one pipeline.
#[derive(Debug)]
pub(super) struct Watched {
    resources: bool,
    /// `None` where there are too many names.
    series: Option<Series>,
}

impl Watched {
    pub(super) fn new(callsite: &'static Callsite, pipeline: &Pipeline) -> Option<Self> {
        let resources = callsite.resources;
        (resources || callsite.budget.is_some()).then(|| Self {
            resources,
            series: pipeline.history().series(callsite.span_name()),
        })
    }
}

impl Active {
    /// The work goes on, on this thread. Whether that is of interest.
    #[inline]
    pub(super) fn resume(&self) -> bool {
        let resources = self.callsite.resources;
        if resources {
            self.change_usage(Usage::resume);
        }
        resources
    }

    /// The work pauses.
    #[inline]
    pub(super) fn suspend(&self) {
        if self.callsite.resources {
            self.change_usage(Usage::suspend);
        }
    }

    #[cold]
    #[inline(never)]
    fn change_usage(&self, change: impl FnOnce(&mut Usage)) {
        if let Some(mut facts) = self.open_facts()
            && let Some(usage) = &mut facts.usage
        {
            change(usage);
        }
    }
}

impl Core {
    /// What it uses from now on, where the span may show it.
    #[cold]
    #[inline(never)]
    pub(super) fn begin_usage(&self, facts: &mut Facts) {
        facts.touch();
        facts.usage = self.keeps().then(Usage::begin);
    }

    /// Whether the attribute says how much work was done, and that is asked for.
    #[inline]
    pub(super) fn is_work(&self, key: &str) -> bool {
        self.callsite.resources && says_how_much(key)
    }

    /// Takes the operation, which ends now, into the history of its name, and puts on its span what it
    /// used.
    #[inline]
    pub(super) fn account_for(
        &self,
        facts: &mut Facts,
        now: Timestamp,
        outcome: Outcome,
        is_exported: bool,
    ) {
        if let Some(watched) = &self.bound.watched {
            self.account_in(watched, facts, now, outcome, is_exported);
        }
    }

    #[cold]
    #[inline(never)]
    fn account_in(
        &self,
        watched: &Watched,
        facts: &mut Facts,
        now: Timestamp,
        outcome: Outcome,
        is_exported: bool,
    ) {
        let used = facts.usage.take().map(Usage::end);
        let work = Work {
            elapsed: now.since(self.started),
            records: self.amount(facts, crypto::RECORD_COUNT.name()),
            bytes: self.amount(facts, crypto::DATA_SIZE_BYTES.name()),
            budget: self.callsite.budget,
        };
        // What it took to be cancelled says nothing of what the work takes.
        if let Some(series) = &watched.series
            && outcome != Outcome::Cancelled
        {
            series.record(work.elapsed);
        }
        if !watched.resources {
            return;
        }
        // Nor does what a failed one did in its time.
        let series = watched.series.as_ref();
        let series = series.filter(|_| outcome == Outcome::Ok);
        match used.filter(|_| is_exported) {
            Some(used) => self.tell(facts, used, work, series),
            None => {
                if let Some(series) = series {
                    let throughput = Throughput::new(work.records, work.bytes, work.elapsed);
                    series.record_throughput(throughput);
                }
            }
        }
    }

    fn tell(&self, facts: &mut Facts, used: ResourceUse, work: Work, series: Option<&Series>) {
        let named = used.named(work, series);
        if let Some(limits) = self.limits()
            && !facts.span.is_ended()
        {
            for (name, value) in named {
                let attribute = SetAttribute {
                    name: AttributeName::Declared(name),
                    value: value.into(),
                };
                facts.span.set(attribute, limits);
            }
        }
    }

    /// How much of it there was, as a call said, or the callsite.
    fn amount(&self, facts: &Facts, key: &str) -> Option<u64> {
        let said = facts.measures.iter().find(|(name, _)| *name == key);
        match (said, self.callsite.constant(key)) {
            (Some((_, number)), _) => Some(number.as_u64()),
            (None, Some(Constant::Int(number))) => u64::try_from(number).ok(),
            (None, _) => None,
        }
    }

    /// How it stands against its budget.
    pub(super) fn check_budget(&self) -> BudgetCheck {
        let elapsed = self.now().since(self.started);
        BudgetCheck::new(self.callsite.budget, elapsed)
    }
}

#[cold]
#[inline(never)]
fn says_how_much(key: &str) -> bool {
    key == crypto::RECORD_COUNT.name() || key == crypto::DATA_SIZE_BYTES.name()
}
