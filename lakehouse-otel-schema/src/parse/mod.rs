//! From the text of the files to the [model](crate::model), one kind of entry a file.

mod annotations;
mod attribute;
mod manifest;
mod metric;
mod reference;
mod span;

use crate::fields::{Fields, choice};
use crate::files::SourceFile;
use crate::model::{About, Deprecated, Dialect, Entity, Event, Registry, Stability};
use crate::source::Report;
use crate::yaml::{self, Node};

/// Reads the files of a registry; tells whether all could be read.
pub(crate) fn files(
    files: &[SourceFile],
    dialect: Dialect,
    report: &mut Report,
) -> (Registry, bool) {
    let mut registry = Registry {
        dialect,
        ..Registry::default()
    };
    let mut complete = true;
    for file in files {
        let Some(document) = yaml::read(&file.path, &file.text, report) else {
            complete = false;
            continue;
        };
        if file.is_manifest() {
            registry.manifest = manifest::parse(&document, report);
        } else {
            definitions(&document, &mut registry, report);
        }
    }
    if dialect == Dialect::Own {
        span::name_operations(&mut registry.spans);
    }
    (registry, complete)
}

fn definitions(document: &Node, registry: &mut Registry, report: &mut Report) {
    let known = [
        "file_format",
        "attributes",
        "entities",
        "events",
        "metrics",
        "spans",
    ];
    let Some(fields) = Fields::of(document, "a registry file", &known, report) else {
        return;
    };
    if let Some(format) = fields.required("file_format", report) {
        choice(format, "file_format", &[("definition/2", ())], report);
    }
    for node in fields.list("attributes", report) {
        registry.attributes.extend(attribute::parse(node, report));
    }
    for node in fields.list("entities", report) {
        registry.entities.extend(entity(node, report));
    }
    for node in fields.list("events", report) {
        registry.events.extend(event(node, report));
    }
    for node in fields.list("metrics", report) {
        registry.metrics.extend(metric::parse(node, report));
    }
    for node in fields.list("spans", report) {
        let span = span::parse(node, registry.dialect, report);
        registry.spans.extend(span);
    }
}

fn entity(node: &Node, report: &mut Report) -> Option<Entity> {
    let known = [
        "type",
        "brief",
        "note",
        "stability",
        "deprecated",
        "identity",
        "description",
        "annotations",
    ];
    let fields = Fields::of(node, "an entity", &known, report)?;
    let entity_type = fields.required_text("type", report);
    let about = about(&fields, report);
    if let Some(annotations) = fields.get("annotations") {
        annotations::of(annotations, "an entity", &[], report);
    }
    let identity = reference::list(&fields, "identity", report);
    let description = reference::list(&fields, "description", report);
    Some(Entity {
        entity_type: entity_type?,
        about,
        identity,
        description,
    })
}

fn event(node: &Node, report: &mut Report) -> Option<Event> {
    let known = [
        "name",
        "brief",
        "note",
        "stability",
        "deprecated",
        "attributes",
        "annotations",
    ];
    let fields = Fields::of(node, "an event", &known, report)?;
    let name = fields.required_text("name", report);
    let about = about(&fields, report);
    if let Some(annotations) = fields.get("annotations") {
        annotations::of(annotations, "an event", &[], report);
    }
    let attributes = reference::list(&fields, "attributes", report);
    Some(Event {
        name: name?,
        about,
        attributes,
    })
}

/// `brief`, `note`, `stability` and `deprecated`, which every entry has.
fn about(fields: &Fields<'_>, report: &mut Report) -> About {
    let brief = fields.required_text("brief", report);
    if let Some(brief) = &brief
        && brief.value.is_empty()
    {
        report.at(
            &brief.at,
            "`brief` is empty; it says in one line what this is",
        );
    }
    About {
        brief: brief.map(|brief| brief.value).unwrap_or_default(),
        note: fields.text("note", report).map(|note| note.value),
        stability: fields
            .required_choice("stability", Stability::NAMES, report)
            .unwrap_or(Stability::Development),
        deprecated: fields
            .get("deprecated")
            .and_then(|node| deprecated(node, report)),
    }
}

fn deprecated(node: &Node, report: &mut Report) -> Option<Deprecated> {
    let fields = Fields::of(
        node,
        "a deprecation",
        &["reason", "renamed_to", "note"],
        report,
    )?;
    let reasons = [("renamed", 0), ("obsoleted", 1), ("uncategorized", 2)];
    let reason = fields.required_choice("reason", &reasons, report)?;
    if reason == 0 {
        let to = fields.required_text("renamed_to", report)?;
        return Some(Deprecated::Renamed(
            to,
            fields.text("note", report).map(|note| note.value),
        ));
    }
    if let Some(renamed) = fields.get("renamed_to") {
        report.at(&renamed.at, "`renamed_to` goes with `reason: renamed` only");
    }
    let why = fields.required_text("note", report)?.value;
    Some(if reason == 1 {
        Deprecated::Obsoleted(why)
    } else {
        Deprecated::Uncategorized(why)
    })
}
