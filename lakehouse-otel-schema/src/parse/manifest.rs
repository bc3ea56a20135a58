//! `manifest.yaml`: the registry's name, where its schema is published, whose names it uses.

use crate::fields::Fields;
use crate::model::{Dependency, Manifest};
use crate::source::{Located, Report};
use crate::yaml::Node;

/// The manifest of a registry that is not published: it has no `file_format`, and Weaver refuses one that has.
pub(super) fn parse(document: &Node, report: &mut Report) -> Manifest {
    let known = [
        "name",
        "description",
        "schema_url",
        "stability",
        "dependencies",
    ];
    let Some(fields) = Fields::of(document, "a manifest", &known, report) else {
        return Manifest::default();
    };
    fields.choice("stability", crate::model::Stability::NAMES, report);
    let dependencies = fields.list("dependencies", report);
    Manifest {
        name: value(fields.required_text("name", report)),
        description: value(fields.text("description", report)),
        package: String::new(),
        schema_url: schema_url(&fields, report),
        dependencies: dependencies
            .iter()
            .filter_map(|node| {
                let fields = Fields::of(
                    node,
                    "a dependency",
                    &["name", "schema_url", "registry_path"],
                    report,
                )?;
                Some(Dependency {
                    name: fields.required_text("name", report)?.value,
                    schema_url: schema_url(&fields, report),
                })
            })
            .collect(),
    }
}

fn value(text: Option<Located<String>>) -> String {
    text.map(|text| text.value).unwrap_or_default()
}

fn schema_url(fields: &Fields<'_>, report: &mut Report) -> String {
    let Some(url) = fields.required_text("schema_url", report) else {
        return String::new();
    };
    if !url.value.starts_with("https://") && !url.value.starts_with("http://") {
        report.at(
            &url.at,
            format!(
                "`{}` is not a schema URL; one is like `https://opentelemetry.io/schemas/1.37.0`",
                url.value
            ),
        );
    }
    url.value
}
