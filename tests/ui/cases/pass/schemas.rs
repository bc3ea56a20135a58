//! The right code of `docs/diagnostics.md`: a schema.

lakehouse_otel::schema!("telemetry/registry.yaml");

fn main() {
    assert_eq!(schema::shelf::ROOM.name(), "shelf.room");
}
