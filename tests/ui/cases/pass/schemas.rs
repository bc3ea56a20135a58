//! The right code of `docs/diagnostics.md`: schemas.

mod arguments {
    lakehouse_otel::schema!("telemetry/registry.yaml", uses(lakehouse_otel_tests_schema_shared::schema));
}

mod alone {
    lakehouse_otel::schema!("telemetry/registry.yaml");
}

fn main() {
    assert_eq!(arguments::schema::Room::Hall.as_str(), "hall");
    assert_eq!(alone::schema::shelf::ROOM.name(), "shelf.room");
}
