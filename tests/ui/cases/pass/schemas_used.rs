//! The right code of `docs/diagnostics.md`: a schema that uses another.

lakehouse_otel::schema!("telemetry/registry.yaml", uses(lakehouse_otel_tests_schema_shared::schema));

fn main() {
    assert_eq!(schema::Room::Hall.as_str(), "hall");
    assert_eq!(schema::Language::De.as_str(), "de");
}
