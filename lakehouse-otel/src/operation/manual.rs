//! What every builder of an operation has in common.
//!
//! A builder gathers what a macro's arguments say. Its labels are known at compile time or members of
//! an enum, as a macro's are, so there are few combinations of them, and each becomes a callsite
//! once.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::callsite::{Callsite, Constant};
use super::guard::{Operation, begin};
use crate::schema::{AttributeKey, IntoValue, OperationDefinition, Recorded};

/// What every builder of an operation has in common.
#[derive(Debug)]
pub(crate) struct ManualOperation {
    definition: &'static OperationDefinition,
    constants: Vec<(&'static str, String)>,
    attributes: Vec<(&'static str, Recorded)>,
}

/// How many callsites the manual API may make. They are never freed, so there is a bound; operations
/// past it share the callsite without labels of their type.
const CALLSITES: usize = 2_000;

type Key = (&'static str, Vec<(&'static str, String)>);

fn callsites() -> &'static Mutex<HashMap<Key, &'static Callsite>> {
    static CALLSITES: OnceLock<Mutex<HashMap<Key, &'static Callsite>>> = OnceLock::new();
    CALLSITES.get_or_init(Mutex::default)
}

impl ManualOperation {
    pub(crate) fn new(definition: &'static OperationDefinition) -> Self {
        Self {
            definition,
            constants: Vec::new(),
            attributes: Vec::new(),
        }
    }

    /// Sets a label.
    pub(crate) fn constant<K>(&mut self, key: AttributeKey<K>, value: impl IntoValue<K>) {
        if let Some(value) = value.to_value() {
            self.constants.retain(|(name, _)| *name != key.name());
            self.constants
                .push((key.name(), value.as_str().into_owned()));
        }
    }

    /// Sets an attribute of the span, which may feed an instrument.
    pub(crate) fn attribute<K>(&mut self, key: AttributeKey<K>, value: impl IntoValue<K>) {
        if let Some(value) = value.to_recorded() {
            self.attributes.push((key.name(), value));
        }
    }

    /// Starts the operation under the current context.
    pub(crate) fn start(self) -> Operation {
        let callsite = callsite(self.definition, self.constants);
        let attributes = self.attributes;
        let operation = begin(callsite, |operation| {
            for (key, value) in attributes {
                operation.set(key, value);
            }
        });
        operation.anywhere()
    }
}

/// The callsite with these labels, made at its first use.
fn callsite(
    definition: &'static OperationDefinition,
    mut constants: Vec<(&'static str, String)>,
) -> &'static Callsite {
    constants.sort_unstable();
    let mut callsites = callsites().lock().unwrap_or_else(PoisonError::into_inner);
    if callsites.len() >= CALLSITES
        && !callsites.contains_key(&(definition.span_type, constants.clone()))
    {
        constants.clear();
    }
    callsites
        .entry((definition.span_type, constants))
        .or_insert_with_key(|(_, constants)| {
            let constants: Vec<_> = constants
                .iter()
                .map(|(key, value)| (*key, Constant::Text(value.clone().leak())))
                .collect();
            let callsite = Callsite::new(definition, definition.span_type, "", "", 0);
            Box::leak(Box::new(callsite.constants(constants.leak())))
        })
}
