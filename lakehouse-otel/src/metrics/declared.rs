//! The metrics that one provider knows by name: those of the built-in registry, and those of programs' own schemas from
//! the time when they are first recorded.
//!
//! Two crates that know nothing of each other may declare a metric of the same name. Where they declare the same, they
//! record in the same series. Where they do not, the one that was recorded first holds: what the other records would
//! be another metric's labels, unit or kind, so it goes nowhere, and that is said once.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use crate::health::Diagnostics;
use crate::schema::{MetricAttribute, MetricDefinition, metrics};

/// The metrics that one provider knows.
#[derive(Debug)]
pub(super) struct Declared {
    own: RwLock<HashMap<&'static str, Own>>,
    diagnostics: Diagnostics,
}

#[derive(Debug)]
struct Own {
    definition: &'static MetricDefinition,
    /// Whether another one of this name was refused.
    said: bool,
}

impl Declared {
    pub(super) fn new(diagnostics: Diagnostics) -> Self {
        Self {
            own: RwLock::default(),
            diagnostics,
        }
    }

    /// The metric of this name.
    pub(super) fn find(&self, name: &str) -> Option<&'static MetricDefinition> {
        built_in(name).or_else(|| {
            let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
            own.get(name).map(|own| own.definition)
        })
    }

    /// Whether this metric may be recorded: it is the first of its name, or like the first.
    pub(super) fn admits(&self, definition: &'static MetricDefinition) -> bool {
        let first = self.find(definition.name).unwrap_or_else(|| {
            let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
            let first = own.entry(definition.name).or_insert(Own {
                definition,
                said: false,
            });
            first.definition
        });
        let is_like = is_like(definition, first);
        if !is_like && !self.said(first) {
            self.diagnostics.warn(&refusal(definition, first));
        }
        is_like
    }

    /// Whether a refusal was said before; from now on it was.
    fn said(&self, first: &'static MetricDefinition) -> bool {
        let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
        let own = own.entry(first.name).or_insert(Own {
            definition: first,
            said: false,
        });
        std::mem::replace(&mut own.said, true)
    }
}

fn built_in(name: &str) -> Option<&'static MetricDefinition> {
    metrics::ALL
        .iter()
        .find(|definition| definition.name == name)
}

/// Whether both record the same. What they say of it may differ, and how many values their labels have.
pub(super) fn is_like(one: &MetricDefinition, other: &MetricDefinition) -> bool {
    let label = |attribute: &MetricAttribute| (attribute.key, attribute.opt_in);
    std::ptr::eq(one, other)
        || *one
            == MetricDefinition {
                description: one.description,
                attributes: one.attributes,
                ..*other
            }
            && one
                .attributes
                .iter()
                .map(label)
                .eq(other.attributes.iter().map(label))
}

fn refusal(refused: &MetricDefinition, first: &MetricDefinition) -> String {
    let show = |definition: &MetricDefinition| {
        let labels: Vec<_> = definition.attributes.iter().map(|it| it.key).collect();
        format!(
            "{:?} of {:?} in `{}` with the labels [{}]",
            definition.instrument,
            definition.number,
            definition.unit,
            labels.join(", ")
        )
    };
    format!(
        "two schemas declare the metric `{}` differently: one is a {}, and was recorded first; of the other, a {}, nothing is \
         recorded. One of them needs another name; this is said once",
        refused.name,
        show(first),
        show(refused),
    )
}
