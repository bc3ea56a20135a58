mod none {
    lakehouse_otel::schema!();
}

mod not_text {
    lakehouse_otel::schema!(telemetry / registry.yaml);
}

mod misspelt {
    lakehouse_otel::schema!("telemetry/registry.yaml", use(other::schema));
}

mod twice {
    lakehouse_otel::schema!("telemetry/registry.yaml", crate = ::lakehouse_otel, crate = ::lakehouse_otel);
}

mod not_there {
    lakehouse_otel::schema!("telemetry/nowhere.yaml");
}

mod no_schema {
    lakehouse_otel::schema!("telemetry/registry.yaml", uses(std::fmt));
}

mod no_comma {
    lakehouse_otel::schema!("telemetry/registry.yaml" "telemetry/another.yaml");
}

mod no_list {
    lakehouse_otel::schema!("telemetry/registry.yaml", uses = other::schema);
}

fn main() {}
