//! Where the generated Rust stands, and by which paths it names what it uses.

use crate::model::{Attribute, Dialect, Registry};
use crate::names;

/// What stands for the path of the runtime in the schema of a program. Whoever expands it puts the path in its place.
pub const RUNTIME: &str = "__lakehouse_otel_runtime";

/// Where the generated Rust stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// In the runtime itself.
    Runtime,
    /// In a program's crate, in the module of its schema.
    Program,
}

impl Target {
    /// The path of the runtime.
    pub(super) fn runtime(self) -> &'static str {
        match self {
            Self::Runtime => "crate",
            Self::Program => RUNTIME,
        }
    }

    pub(super) fn opentelemetry(self) -> String {
        match self {
            Self::Runtime => "opentelemetry".to_owned(),
            Self::Program => format!("{RUNTIME}::opentelemetry"),
        }
    }

    pub(super) fn std(self) -> &'static str {
        match self {
            Self::Runtime => "std",
            Self::Program => "::std",
        }
    }

    /// What the measurements of metrics are made of.
    pub(super) fn typed(self) -> String {
        match self {
            Self::Runtime => "super::typed".to_owned(),
            Self::Program => format!("{RUNTIME}::__private::typed"),
        }
    }

    /// The path of an enum, from a module of the schema. What other programs declare is exported again beside the
    /// program's own.
    pub(super) fn enumeration(self, attribute: &Attribute, registry: &Registry) -> String {
        let name = names::enum_name(attribute);
        let key = attribute.key.as_str();
        let built_in = registry.built_in();
        match self {
            Self::Runtime => format!("schema::{name}"),
            Self::Program if built_in.is_some_and(|of| of.attribute(key).is_some()) => {
                format!("{RUNTIME}::schema::{name}")
            }
            Self::Program => format!("super::{name}"),
        }
    }

    /// The path of a metric's definition, from a module of the schema.
    pub(super) fn metric(self, name: &str, registry: &Registry) -> String {
        let constant = names::constant(name);
        let built_in = registry.built_in();
        if self == Self::Program && built_in.is_some_and(|of| of.metric(name).is_some()) {
            format!("{RUNTIME}::schema::metrics::{constant}")
        } else {
            format!("metrics::{constant}")
        }
    }

    /// Whether the docs show examples: their paths are known for the runtime alone.
    pub(super) fn has_examples(self) -> bool {
        self == Self::Runtime
    }
}

impl From<Dialect> for Target {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::BuiltIn => Self::Runtime,
            Dialect::Own => Self::Program,
        }
    }
}
