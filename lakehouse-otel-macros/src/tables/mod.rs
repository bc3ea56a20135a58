//! What the macros know of the registry: the arguments that each takes, the enums, and every attribute.
//!
//! The contents are generated from the registry; the types are written by hand.

mod generated;
mod own;

pub(crate) use generated::*;
pub(crate) use own::OwnSchema;

/// One macro: what its operation is called in the runtime, and which arguments it takes.
#[expect(
    dead_code,
    reason = "the table is complete, and the macros need a part of it"
)]
pub(crate) struct MacroTable {
    pub(crate) macro_name: &'static str,
    /// The constructor of `Callsite`; `new`, which takes the definition, for a span of the user's own schema.
    pub(crate) constructor: &'static str,
    /// The definition of the operation in the runtime.
    pub(crate) operation: &'static str,
    /// The span kind.
    pub(crate) kind: &'static str,
    pub(crate) arguments: &'static [Argument],
    /// The keys of the attributes whose values an instrument of the operation records.
    pub(crate) feeds: &'static [&'static str],
    /// The keys of the attributes that label a metric of the operation and may have any text: each with
    /// whether it does so only where a call asks for it.
    pub(crate) labels: &'static [(&'static str, bool)],
}

/// An argument of a macro, and the attribute that it sets.
#[expect(
    dead_code,
    reason = "the table is complete, and the macros need a part of it"
)]
pub(crate) struct Argument {
    pub(crate) name: &'static str,
    pub(crate) key: &'static str,
    /// The module and the constant of the key in the generated schema.
    pub(crate) module: &'static str,
    pub(crate) constant: &'static str,
    pub(crate) value: ValueKind,
    pub(crate) required: bool,
    pub(crate) role: Role,
    pub(crate) brief: &'static str,
    /// Former names.
    pub(crate) deprecated_aliases: &'static [&'static str],
    /// Further keys that the runtime sets to the same value.
    pub(crate) also: &'static [&'static str],
}

/// An attribute of the registry, for the dotted form.
#[expect(
    dead_code,
    reason = "the table is complete, and the macros need a part of it"
)]
pub(crate) struct Attribute {
    pub(crate) key: &'static str,
    pub(crate) module: &'static str,
    pub(crate) constant: &'static str,
    pub(crate) value: ValueKind,
    /// Whether its values are few.
    pub(crate) label: bool,
    /// What to use in its place.
    pub(crate) deprecated: Option<&'static str>,
}

/// What becomes of an argument's value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It labels a metric, so it has few values: a constant, or a member of an enum.
    Label,
    /// It feeds an instrument or decides the outcome.
    Measurement,
    /// It stands on the span alone.
    Span,
    /// It labels a metric because `labels(…)` asks for it: a text, whose values are bounded at run time.
    OptedIn,
}

/// The values that an attribute takes.
#[derive(Clone, Copy)]
pub(crate) enum ValueKind {
    Text,
    Int,
    Double,
    Bool,
    TextList,
    Enum(&'static EnumTable),
}

/// An enum of the schema.
pub(crate) struct EnumTable {
    pub(crate) rust_name: &'static str,
    /// Whether the members are all there is.
    pub(crate) closed: bool,
    /// The members: their Rust name, and their value on the wire.
    pub(crate) members: &'static [(&'static str, &'static str)],
}

impl MacroTable {
    pub(crate) fn argument(&self, name: &str) -> Option<&'static Argument> {
        self.arguments.iter().find(|argument| argument.name == name)
    }

    /// The argument of which this is a former name.
    pub(crate) fn renamed(&self, alias: &str) -> Option<&'static Argument> {
        let mut arguments = self.arguments.iter();
        arguments.find(|argument| argument.deprecated_aliases.contains(&alias))
    }

    /// Whether telemetry is flushed before its functions return.
    pub(crate) fn flushes(&self) -> bool {
        self.constructor == "invocation"
    }

    /// Whether its functions ask an exchange, whose answer the runtime can read.
    pub(crate) fn asks_an_exchange(&self) -> bool {
        self.constructor == "api_request"
    }

    /// What an attribute in dotted form is to this macro's operation.
    pub(crate) fn role_of(&self, key: &str) -> Role {
        /// What an answer says that decides the outcome of any operation.
        const DECIDES: [&str; 3] = [
            "http.response.status_code",
            "crypto.exchange_error",
            "error.type",
        ];
        if self.feeds.contains(&key) || DECIDES.contains(&key) {
            Role::Measurement
        } else {
            Role::Span
        }
    }

    pub(crate) fn argument_of(&self, key: &str) -> Option<&'static Argument> {
        self.arguments.iter().find(|argument| argument.key == key)
    }
}

impl EnumTable {
    pub(crate) fn member(&self, rust_name: &str) -> Option<&'static (&'static str, &'static str)> {
        self.members.iter().find(|(name, _)| *name == rust_name)
    }

    pub(crate) fn member_of_value(
        &self,
        value: &str,
    ) -> Option<&'static (&'static str, &'static str)> {
        self.members.iter().find(|(_, wire)| *wire == value)
    }
}

/// The attribute of the registry with this key.
pub(crate) fn attribute(key: &str) -> Option<&'static Attribute> {
    ATTRIBUTES.iter().find(|attribute| attribute.key == key)
}

/// Whether keys under this first part are the registry's own.
pub(crate) fn owns_namespace(namespace: &str) -> bool {
    let root = |attribute: &Attribute| attribute.key.split('.').next() == Some(namespace);
    ATTRIBUTES.iter().any(root)
}
