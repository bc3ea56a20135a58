//! `events.rs`: the names of the events.

use super::text::Text;
use crate::model::Registry;
use crate::names;

pub(super) fn write(registry: &Registry) -> String {
    let mut out = Text::new();
    out.line("//! The names of the events that operations add to their spans.");
    for event in &registry.events {
        out.line("");
        out.about(&event.about);
        if !event.attributes.is_empty() {
            let keys: Vec<String> = event
                .attributes
                .iter()
                .map(|of| format!("`{}`", of.key.value))
                .collect();
            out.doc_paragraph(&format!("Attributes: {}.", keys.join(", ")));
        }
        let name = event.name.as_str();
        out.line(&format!(
            "pub const {}: &str = {name:?};",
            names::constant(name)
        ));
    }
    out.finish()
}
