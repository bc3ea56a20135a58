//! The wrong code of `docs/diagnostics.md`: schemas.

mod arguments {
    lakehouse_otel::schema!("telemetry/registry.yaml", use(other::schema));
}

mod unreadable {
    lakehouse_otel::schema!("telemetry/nowhere.yaml");
}

mod mistakes {
    lakehouse_otel::schema!("telemetry/mistakes.yaml");
}

fn main() {}
