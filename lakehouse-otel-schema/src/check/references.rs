//! Everything that is mentioned stands somewhere.

use crate::model::{AttributeRef, Deprecated, Registry};
use crate::source::{Located, Report};
use crate::suggest::did_you_mean;

pub(super) fn check(registry: &Registry, report: &mut Report) {
    for attribute in &registry.attributes {
        let keys = keys(registry);
        deprecation(
            attribute.about.deprecated.as_ref(),
            &attribute.key,
            "attribute",
            keys.into_iter(),
            report,
        );
        if let Some(Deprecated::Renamed(to, _)) = &attribute.about.deprecated
            && let Some(target) = registry.attribute(to.as_str())
            && target.about.deprecated.is_some()
            && to.value != attribute.key.value
        {
            report.at(&to.at, format!("`{}` is deprecated itself", to.value));
        }
    }
    for metric in &registry.metrics {
        let names = registry.metrics.iter().map(|metric| metric.name.as_str());
        deprecation(
            metric.about.deprecated.as_ref(),
            &metric.name,
            "metric",
            names,
            report,
        );
        mentions(&metric.attributes, registry, report);
    }
    for event in &registry.events {
        let names = registry.events.iter().map(|event| event.name.as_str());
        deprecation(
            event.about.deprecated.as_ref(),
            &event.name,
            "event",
            names,
            report,
        );
        mentions(&event.attributes, registry, report);
    }
    for entity in &registry.entities {
        let types = registry
            .entities
            .iter()
            .map(|entity| entity.entity_type.as_str());
        deprecation(
            entity.about.deprecated.as_ref(),
            &entity.entity_type,
            "entity",
            types,
            report,
        );
        mentions(&entity.identity, registry, report);
        mentions(&entity.description, registry, report);
    }
    for span in &registry.spans {
        let types = registry.spans.iter().map(|span| span.span_type.as_str());
        deprecation(
            span.about.deprecated.as_ref(),
            &span.span_type,
            "span",
            types,
            report,
        );
        mentions(&span.attributes, registry, report);
        for also in span
            .attributes
            .iter()
            .filter_map(|mention| mention.argument.as_ref())
            .flat_map(|of| &of.also)
        {
            attribute(also, registry, report);
        }
        for metric in span
            .operation
            .iter()
            .flat_map(|operation| &operation.metrics)
        {
            if registry.metric(metric.metric.as_str()).is_none() {
                let all = registry.all();
                let names = all.iter().flat_map(|registry| &registry.metrics);
                let names = names.map(|metric| metric.name.as_str());
                missing(&metric.metric, "metric", names, report);
            }
        }
    }
}

/// The keys that may be mentioned.
fn keys(registry: &Registry) -> Vec<&str> {
    let all = registry.all().into_iter();
    let attributes = all.flat_map(|registry| &registry.attributes);
    attributes.map(|attribute| attribute.key.as_str()).collect()
}

fn mentions(mentions: &[AttributeRef], registry: &Registry, report: &mut Report) {
    for (index, mention) in mentions.iter().enumerate() {
        attribute(&mention.key, registry, report);
        if let Some(first) = mentions[..index]
            .iter()
            .find(|earlier| earlier.key.value == mention.key.value)
        {
            report.at(
                &mention.key.at,
                format!(
                    "`{}` is mentioned twice; first on line {}",
                    mention.key.value, first.key.at.line
                ),
            );
        }
    }
}

fn attribute(key: &Located<String>, registry: &Registry, report: &mut Report) {
    match registry.attribute(key.as_str()) {
        None => {
            missing(key, "attribute", keys(registry).into_iter(), report);
        }
        Some(attribute) => match &attribute.about.deprecated {
            Some(Deprecated::Renamed(to, _)) => {
                report.at(
                    &key.at,
                    format!("`{}` is deprecated; use `{}`", key.value, to.value),
                );
            }
            Some(Deprecated::Obsoleted(note) | Deprecated::Uncategorized(note)) => {
                report.at(&key.at, format!("`{}` is deprecated: {note}", key.value));
            }
            None => {}
        },
    }
}

fn deprecation<'r>(
    deprecated: Option<&Deprecated>,
    own: &Located<String>,
    what: &str,
    names: impl Iterator<Item = &'r str> + Clone,
    report: &mut Report,
) {
    let Some(Deprecated::Renamed(to, _)) = deprecated else {
        return;
    };
    if to.value == own.value {
        report.at(&to.at, format!("`{}` is renamed to itself", own.value));
    } else if !names.clone().any(|name| name == to.value) {
        missing(to, what, names, report);
    }
}

fn missing<'r>(
    name: &Located<String>,
    what: &str,
    names: impl Iterator<Item = &'r str>,
    report: &mut Report,
) {
    let meant = did_you_mean(name.as_str(), names);
    report.at(
        &name.at,
        format!("the registry has no {what} `{}`{meant}", name.value),
    );
}
