//! A program with a schema of its own: `telemetry/`. See `tests/` for what it gives.

lakehouse_otel::schema!(
    "telemetry",
    uses(lakehouse_otel_tests_schema_shared::schema)
);
