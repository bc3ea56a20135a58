//! `docs/schema.md`.
use crate::model::Registry;
pub(super) fn write(_registry: &Registry) -> String {
    String::new()
}
