//! The registry's files, and their mistakes.

use std::path::{Path, PathBuf};

use lakehouse_otel_schema::model::Registry as Model;
use lakehouse_otel_schema::source::Report;
use lakehouse_otel_schema::{Sources, generate};
use quote::format_ident;
use syn::{Ident, LitStr};

use super::registry::Registry;
use crate::diagnostics::{Code, Diagnostics};

/// What the files of a registry say.
pub(super) struct Loaded {
    pub(super) sources: Sources,
    /// Nothing where they have mistakes.
    pub(super) model: Option<Model>,
}

/// The name that stands for the path of the schema of this number among those that are used.
pub(super) fn used(number: usize) -> Ident {
    format_ident!("__lakehouse_otel_used_{number}")
}

/// Reads the registry and checks it.
pub(super) fn load(path: &LitStr, uses: &[Registry], diagnostics: &mut Diagnostics) -> Loaded {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from);
    let name = |variable: &str| std::env::var(variable).unwrap_or_default();
    let identity = format!(
        "{} {} {}",
        name("CARGO_PKG_NAME"),
        name("CARGO_CRATE_NAME"),
        path.value()
    );
    let uses = uses.iter().enumerate();
    let uses = uses.map(|(number, used_one)| (used(number).to_string(), used_one.sources()));
    let mut report = Report::default();
    let sources = Sources::read(
        &folder,
        Path::new(&path.value()),
        &identity,
        uses.collect(),
        &mut report,
    );
    let unread = !report.is_empty();
    let model = sources.load(generate::RUNTIME, report);
    if let Err(report) = &model {
        for diagnostic in report.diagnostics() {
            let code = if unread {
                Code::SchemaUnreadable
            } else {
                Code::SchemaMistake
            };
            diagnostics.add(code.at(path.span(), diagnostic));
        }
    }
    Loaded {
        sources,
        model: model.ok(),
    }
}
